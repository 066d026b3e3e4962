// Population skewness over a window, by blocks (blocks.ts) of mean, M2 and M3, the sums of squared and cubed deviations.
// As block-moments.ts, one power further: a block whose mean lies d from the window's adds M3 + 3 d M2 + n d^3 (Pebay 2008).
import { BlockKernel, BlockWindow } from "./blocks.js";
import type { Kernel } from "./kernel.js";

export class SkewBlocks extends BlockKernel implements Kernel {
  run(rows: Int32Array, n: number): void {
    const { width, bar, ring, mask, lag, last, shift, head, tail, whole, head2, tail2, whole2, head3, tail3, whole3 } = this;
    const tailMask = 4 * last + 3;
    for (let k = 0; k < n; k++) {
      const i = rows[k] as number;
      const t = bar[i] as number;
      const p = t & last;
      const x = ring[Math.imul((t - lag) & mask, width) + i] as number;
      let m = x - x; // 0, or NaN when x is
      let q = m;
      let c = q;
      if (p !== 0) {
        const before = head[i] as number;
        const d = x - (ring[Math.imul((t - p - lag) & mask, width) + i] as number) - before;
        const step = d / (p + 1);
        const term = d * step * p;
        const squares = head2[i] as number;
        m = before + step;
        q = squares + term;
        c = (head3[i] as number) + step * (term * (p - 1) - 3 * squares);
      }
      head[i] = m;
      head2[i] = q;
      head3[i] = c;
      if (p === last) {
        const w = Math.imul((t >> shift) & 3, width) + i;
        whole[w] = m;
        whole2[w] = q;
        whole3[w] = c;
      }
      const s = t - 2 * p - 1;
      const u = ring[Math.imul((s - lag) & mask, width) + i] as number;
      m = u - u;
      q = m;
      c = q;
      if (p !== 0) {
        const right = Math.imul((s + 1) & tailMask, width) + i;
        const before = tail[right] as number;
        const d = u - (ring[Math.imul((t - p - 1 - lag) & mask, width) + i] as number) - before;
        const step = d / (p + 1);
        const term = d * step * p;
        const squares = tail2[right] as number;
        m = before + step;
        q = squares + term;
        c = (tail3[right] as number) + step * (term * (p - 1) - 3 * squares);
      }
      const w = Math.imul(s & tailMask, width) + i;
      tail[w] = m;
      tail2[w] = q;
      tail3[w] = c;
    }
  }
}

export class SkewWindow extends BlockWindow implements Kernel {
  run(rows: Int32Array, n: number): void {
    const { width, bar, ring, mask, lag, last, shift, head, tail, whole, head2, tail2, whole2, head3, tail3, whole3, out, outMask, bars } =
      this;
    const size = last + 1;
    const tailMask = 4 * last + 3;
    for (let k = 0; k < n; k++) {
      const i = rows[k] as number;
      const t = bar[i] as number;
      const first = t - bars + 1;
      const start = Math.imul(first & tailMask, width) + i;
      const from = (first >> shift) + 1;
      const current = t >> shift;
      // All means from here on are measured from the last bar of the tail.
      const base = ring[Math.imul((from * size - 1 - lag) & mask, width) + i] as number;
      const tailMean = tail[start] as number;
      const tailCount = size - (first & last);
      const headCount = (t & last) + 1;
      const headMean = (ring[Math.imul((current * size - lag) & mask, width) + i] as number) - base + (head[i] as number);
      let offset = tailCount * tailMean + headCount * headMean;
      for (let b = from; b < current; b++) {
        const anchor = ring[Math.imul((b * size - lag) & mask, width) + i] as number;
        offset += size * (anchor - base + (whole[Math.imul(b & 3, width) + i] as number));
      }
      const mean = offset / bars;
      let d = tailMean - mean;
      let q = (tail2[start] as number) + tailCount * d * d;
      let c = (tail3[start] as number) + d * (3 * (tail2[start] as number) + tailCount * d * d);
      for (let b = from; b < current; b++) {
        const w = Math.imul(b & 3, width) + i;
        d = (ring[Math.imul((b * size - lag) & mask, width) + i] as number) - base + (whole[w] as number) - mean;
        q += (whole2[w] as number) + size * d * d;
        c += (whole3[w] as number) + d * (3 * (whole2[w] as number) + size * d * d);
      }
      d = headMean - mean;
      q += (head2[i] as number) + headCount * d * d;
      c += (head3[i] as number) + d * (3 * (head2[i] as number) + headCount * d * d);
      const variance = q / bars;
      out[Math.imul(t & outMask, width) + i] = variance === 0 ? Number.NaN : c / bars / (variance * Math.sqrt(variance));
    }
  }
}
