// Population covariance over a window, by blocks (blocks.ts) of both means and C, the sum of (x - mean x)(y - mean y).
// As block-moments.ts, for a product instead of a square: a block whose means lie dx and dy from the window's adds C + n dx dy.
import { BlockKernel, type BlockState } from "./blocks.js";
import type { Kernel, Lane, Shape } from "./kernel.js";
import type { Memory } from "./memory.js";

/** Fields: mean x, mean y, C. */
export class CovarianceBlocks extends BlockKernel implements Kernel {
  constructor(
    x: Lane,
    private readonly y: Lane,
    state: BlockState,
    memory: Memory,
    shape: Shape,
  ) {
    super(x, state, memory, shape);
  }

  run(rows: Int32Array, n: number): void {
    const { width, bar, ring, mask, lag, last, shift, head, tail, whole, head2, tail2, whole2, head3, tail3, whole3 } = this;
    const yRing = this.y.ring;
    const yMask = this.y.mask;
    const yLag = this.y.lag;
    const tailMask = 4 * last + 3;
    for (let k = 0; k < n; k++) {
      const i = rows[k] as number;
      const t = bar[i] as number;
      const p = t & last;
      let x = ring[Math.imul((t - lag) & mask, width) + i] as number;
      let y = yRing[Math.imul((t - yLag) & yMask, width) + i] as number;
      let c = x - x + (y - y); // 0, or NaN when x or y is
      if (p !== 0) {
        const dx = x - (head[i] as number);
        const dy = y - (head2[i] as number);
        x = (head[i] as number) + dx / (p + 1);
        y = (head2[i] as number) + dy / (p + 1);
        c = (head3[i] as number) + ((dx * dy) / (p + 1)) * p;
      }
      head[i] = x;
      head2[i] = y;
      head3[i] = c;
      if (p === last) {
        const w = Math.imul((t >> shift) & 3, width) + i;
        whole[w] = x;
        whole2[w] = y;
        whole3[w] = c;
      }
      const s = t - 2 * p - 1;
      x = ring[Math.imul((s - lag) & mask, width) + i] as number;
      y = yRing[Math.imul((s - yLag) & yMask, width) + i] as number;
      c = x - x + (y - y);
      if (p !== 0) {
        const right = Math.imul((s + 1) & tailMask, width) + i;
        const dx = x - (tail[right] as number);
        const dy = y - (tail2[right] as number);
        x = (tail[right] as number) + dx / (p + 1);
        y = (tail2[right] as number) + dy / (p + 1);
        c = (tail3[right] as number) + ((dx * dy) / (p + 1)) * p;
      }
      const w = Math.imul(s & tailMask, width) + i;
      tail[w] = x;
      tail2[w] = y;
      tail3[w] = c;
    }
  }
}

export class CovarianceWindow extends BlockKernel implements Kernel {
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
    const { width, bar, ring, mask, last, shift, head, tail, whole, head2, tail2, whole2, head3, tail3, whole3, bars } = this;
    const size = last + 1;
    const tailMask = 4 * last + 3;
    for (let k = 0; k < n; k++) {
      const i = rows[k] as number;
      const t = bar[i] as number;
      const first = t - bars + 1;
      const start = Math.imul(first & tailMask, width) + i;
      const from = (first >> shift) + 1;
      const current = t >> shift;
      const xBase = tail[start] as number;
      const yBase = tail2[start] as number;
      const headCount = (t & last) + 1;
      const xHead = (head[i] as number) - xBase;
      const yHead = (head2[i] as number) - yBase;
      let xOffset = headCount * xHead;
      let yOffset = headCount * yHead;
      for (let b = from; b < current; b++) {
        const w = Math.imul(b & 3, width) + i;
        xOffset += size * ((whole[w] as number) - xBase);
        yOffset += size * ((whole2[w] as number) - yBase);
      }
      const xMean = xOffset / bars;
      const yMean = yOffset / bars;
      let c = (tail3[start] as number) + (size - (first & last)) * xMean * yMean;
      c += (head3[i] as number) + headCount * (xHead - xMean) * (yHead - yMean);
      for (let b = from; b < current; b++) {
        const w = Math.imul(b & 3, width) + i;
        c += (whole3[w] as number) + size * ((whole[w] as number) - xBase - xMean) * ((whole2[w] as number) - yBase - yMean);
      }
      ring[Math.imul(t & mask, width) + i] = c / bars;
    }
  }
}
