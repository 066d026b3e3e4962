// Population standard deviation over a window, by blocks (blocks.ts) of mean and M2, the sum of squared deviations.
// Bars are added by the one-pass update of Pebay (2008), section 2.1; the blocks of a window are merged
// around their common mean, taken relative to the first block's, so that a high flat price loses no digits.
import { BlockKernel, BlockWindow } from "./blocks.js";
import type { Kernel } from "./kernel.js";

/** Fields: mean, M2. */
export class MomentBlocks extends BlockKernel implements Kernel {
  run(rows: Int32Array, n: number): void {
    const { width, bar, ring, mask, lag, last, shift, head, tail, whole, head2, tail2, whole2 } = this;
    const tailMask = 4 * last + 3;
    for (let k = 0; k < n; k++) {
      const i = rows[k] as number;
      const t = bar[i] as number;
      const p = t & last;
      const x = ring[Math.imul((t - lag) & mask, width) + i] as number;
      let m = x - x; // 0, or NaN when x is
      let q = m;
      if (p !== 0) {
        const before = head[i] as number;
        const d = x - (ring[Math.imul((t - p - lag) & mask, width) + i] as number) - before;
        m = before + d / (p + 1);
        q = (head2[i] as number) + ((d * d) / (p + 1)) * p;
      }
      head[i] = m;
      head2[i] = q;
      if (p === last) {
        const w = Math.imul((t >> shift) & 3, width) + i;
        whole[w] = m;
        whole2[w] = q;
      }
      const s = t - 2 * p - 1;
      const u = ring[Math.imul((s - lag) & mask, width) + i] as number;
      m = u - u;
      q = m;
      if (p !== 0) {
        const right = Math.imul((s + 1) & tailMask, width) + i;
        const before = tail[right] as number;
        const d = u - (ring[Math.imul((t - p - 1 - lag) & mask, width) + i] as number) - before;
        m = before + d / (p + 1);
        q = (tail2[right] as number) + ((d * d) / (p + 1)) * p;
      }
      const w = Math.imul(s & tailMask, width) + i;
      tail[w] = m;
      tail2[w] = q;
    }
  }
}

export class StdWindow extends BlockWindow implements Kernel {
  run(rows: Int32Array, n: number): void {
    const { width, bar, ring, mask, lag, last, shift, head, tail, whole, head2, tail2, whole2, out, outMask, bars } = this;
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
      const tailShift = tailMean - mean;
      const headShift = headMean - mean;
      let q = (tail2[start] as number) + tailCount * tailShift * tailShift + (head2[i] as number) + headCount * headShift * headShift;
      for (let b = from; b < current; b++) {
        const w = Math.imul(b & 3, width) + i;
        const d = (ring[Math.imul((b * size - lag) & mask, width) + i] as number) - base + (whole[w] as number) - mean;
        q += (whole2[w] as number) + size * d * d;
      }
      out[Math.imul(t & outMask, width) + i] = Math.sqrt(q / bars);
    }
  }
}
