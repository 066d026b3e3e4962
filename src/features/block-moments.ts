// Population standard deviation over a window, by blocks (blocks.ts) of mean and M2, the sum of squared deviations.
// Bars are added by the one-pass update of Pebay (2008), section 2.1; the blocks of a window are merged
// around their common mean, taken relative to the first block's, so that a high flat price loses no digits.
import { BlockKernel, type BlockState } from "./blocks.js";
import type { Kernel, Lane, Shape } from "./kernel.js";
import type { Memory } from "./memory.js";

/** Fields: mean, M2. */
export class MomentBlocks extends BlockKernel implements Kernel {
  run(rows: Int32Array, n: number): void {
    const { width, bar, ring, mask, lag, last, shift, head, tail, whole, head2, tail2, whole2 } = this;
    const tailMask = 4 * last + 3;
    for (let k = 0; k < n; k++) {
      const i = rows[k] as number;
      const t = bar[i] as number;
      const p = t & last;
      let m = ring[Math.imul((t - lag) & mask, width) + i] as number;
      let q = m - m; // 0, or NaN when x is
      if (p !== 0) {
        const before = head[i] as number;
        const d = m - before;
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
      m = ring[Math.imul((s - lag) & mask, width) + i] as number;
      q = m - m;
      if (p !== 0) {
        const right = Math.imul((s + 1) & tailMask, width) + i;
        const before = tail[right] as number;
        const d = m - before;
        m = before + d / (p + 1);
        q = (tail2[right] as number) + ((d * d) / (p + 1)) * p;
      }
      const w = Math.imul(s & tailMask, width) + i;
      tail[w] = m;
      tail2[w] = q;
    }
  }
}

export class StdWindow extends BlockKernel implements Kernel {
  constructor(
    private readonly bars: number,
    state: BlockState,
    out: Lane,
    memory: Memory,
    shape: Shape,
  ) {
    super(out, state, memory, shape);
  }

  run(rows: Int32Array, n: number): void {
    const { width, bar, ring, mask, last, shift, head, tail, whole, head2, tail2, whole2, bars } = this;
    const size = last + 1;
    const tailMask = 4 * last + 3;
    for (let k = 0; k < n; k++) {
      const i = rows[k] as number;
      const t = bar[i] as number;
      const first = t - bars + 1;
      const start = Math.imul(first & tailMask, width) + i;
      const from = (first >> shift) + 1;
      const current = t >> shift;
      const base = tail[start] as number;
      const headCount = (t & last) + 1;
      const headMean = (head[i] as number) - base;
      let offset = headCount * headMean;
      for (let b = from; b < current; b++) offset += size * ((whole[Math.imul(b & 3, width) + i] as number) - base);
      const mean = offset / bars;
      const headShift = headMean - mean;
      let q = (tail2[start] as number) + (size - (first & last)) * mean * mean + (head2[i] as number) + headCount * headShift * headShift;
      for (let b = from; b < current; b++) {
        const w = Math.imul(b & 3, width) + i;
        const d = (whole[w] as number) - base - mean;
        q += (whole2[w] as number) + size * d * d;
      }
      ring[Math.imul(t & mask, width) + i] = Math.sqrt(q / bars);
    }
  }
}
