// Least-squares slope per bar over a window, by blocks (blocks.ts) of mean and S, the sum of (bar - mean bar)(x - mean x).
// A block whose mean lies d from the window's and whose middle lies j bars from the window's adds S + n j d.
import { BlockKernel, BlockWindow } from "./blocks.js";
import type { Kernel } from "./kernel.js";

export class SlopeBlocks extends BlockKernel implements Kernel {
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
        q = (head2[i] as number) + 0.5 * p * d;
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
        q = (tail2[right] as number) - 0.5 * p * d;
      }
      const w = Math.imul(s & tailMask, width) + i;
      tail[w] = m;
      tail2[w] = q;
    }
  }
}

export class SlopeWindow extends BlockWindow implements Kernel {
  run(rows: Int32Array, n: number): void {
    const { width, bar, ring, mask, lag, last, shift, head, tail, whole, head2, tail2, whole2, out, outMask, bars } = this;
    const size = last + 1;
    const tailMask = 4 * last + 3;
    const spread = (bars * (bars * bars - 1)) / 12; // the sum of (bar - mean bar)^2
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
      // The middles are measured from the window's own, so they sum to 0 and the common mean need not be known.
      const tailCount = size - (first & last);
      const headCount = (t & last) + 1;
      const headMean = (ring[Math.imul((current * size - lag) & mask, width) + i] as number) - base + (head[i] as number);
      let sum = (tail2[start] as number) + (head2[i] as number);
      sum += 0.5 * headCount * (bars - headCount) * headMean - 0.5 * tailCount * (bars - tailCount) * tailMean;
      let middle = tailCount + 0.5 * (size - bars);
      for (let b = from; b < current; b++) {
        const w = Math.imul(b & 3, width) + i;
        const mean = (ring[Math.imul((b * size - lag) & mask, width) + i] as number) - base + (whole[w] as number);
        sum += (whole2[w] as number) + size * middle * mean;
        middle += size;
      }
      out[Math.imul(t & outMask, width) + i] = sum / spread;
    }
  }
}
