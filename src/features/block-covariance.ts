// Population covariance over a window, by blocks (blocks.ts) of both means and C, the sum of (x - mean x)(y - mean y).
// As block-moments.ts, for a product instead of a square: a block whose means lie dx and dy from the window's adds C + n dx dy.
import { BlockKernel, type BlockState, BlockWindow } from "./blocks.js";
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
      const x = ring[Math.imul((t - lag) & mask, width) + i] as number;
      const y = yRing[Math.imul((t - yLag) & yMask, width) + i] as number;
      let mx = x - x; // 0, or NaN when x is
      let my = y - y;
      let c = mx + my;
      if (p !== 0) {
        const dx = x - (ring[Math.imul((t - p - lag) & mask, width) + i] as number) - (head[i] as number);
        const dy = y - (yRing[Math.imul((t - p - yLag) & yMask, width) + i] as number) - (head2[i] as number);
        mx = (head[i] as number) + dx / (p + 1);
        my = (head2[i] as number) + dy / (p + 1);
        c = (head3[i] as number) + ((dx * dy) / (p + 1)) * p;
      }
      head[i] = mx;
      head2[i] = my;
      head3[i] = c;
      if (p === last) {
        const w = Math.imul((t >> shift) & 3, width) + i;
        whole[w] = mx;
        whole2[w] = my;
        whole3[w] = c;
      }
      const s = t - 2 * p - 1;
      const u = ring[Math.imul((s - lag) & mask, width) + i] as number;
      const v = yRing[Math.imul((s - yLag) & yMask, width) + i] as number;
      mx = u - u;
      my = v - v;
      c = mx + my;
      if (p !== 0) {
        const right = Math.imul((s + 1) & tailMask, width) + i;
        const dx = u - (ring[Math.imul((t - p - 1 - lag) & mask, width) + i] as number) - (tail[right] as number);
        const dy = v - (yRing[Math.imul((t - p - 1 - yLag) & yMask, width) + i] as number) - (tail2[right] as number);
        mx = (tail[right] as number) + dx / (p + 1);
        my = (tail2[right] as number) + dy / (p + 1);
        c = (tail3[right] as number) + ((dx * dy) / (p + 1)) * p;
      }
      const w = Math.imul(s & tailMask, width) + i;
      tail[w] = mx;
      tail2[w] = my;
      tail3[w] = c;
    }
  }
}

export class CovarianceWindow extends BlockWindow implements Kernel {
  constructor(
    bars: number,
    x: Lane,
    private readonly y: Lane,
    state: BlockState,
    out: Lane,
    memory: Memory,
    shape: Shape,
  ) {
    super(bars, x, state, out, memory, shape);
  }

  run(rows: Int32Array, n: number): void {
    const { width, bar, ring, mask, lag, last, shift, head, tail, whole, head2, tail2, whole2, head3, tail3, whole3, out, outMask, bars } =
      this;
    const yRing = this.y.ring;
    const yMask = this.y.mask;
    const yLag = this.y.lag;
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
      const xBase = ring[Math.imul((from * size - 1 - lag) & mask, width) + i] as number;
      const yBase = yRing[Math.imul((from * size - 1 - yLag) & yMask, width) + i] as number;
      const tailCount = size - (first & last);
      const headCount = (t & last) + 1;
      const xHead = (ring[Math.imul((current * size - lag) & mask, width) + i] as number) - xBase + (head[i] as number);
      const yHead = (yRing[Math.imul((current * size - yLag) & yMask, width) + i] as number) - yBase + (head2[i] as number);
      let xOffset = tailCount * (tail[start] as number) + headCount * xHead;
      let yOffset = tailCount * (tail2[start] as number) + headCount * yHead;
      for (let b = from; b < current; b++) {
        const w = Math.imul(b & 3, width) + i;
        xOffset += size * ((ring[Math.imul((b * size - lag) & mask, width) + i] as number) - xBase + (whole[w] as number));
        yOffset += size * ((yRing[Math.imul((b * size - yLag) & yMask, width) + i] as number) - yBase + (whole2[w] as number));
      }
      const xMean = xOffset / bars;
      const yMean = yOffset / bars;
      let c = (tail3[start] as number) + tailCount * ((tail[start] as number) - xMean) * ((tail2[start] as number) - yMean);
      c += (head3[i] as number) + headCount * (xHead - xMean) * (yHead - yMean);
      for (let b = from; b < current; b++) {
        const w = Math.imul(b & 3, width) + i;
        const dx = (ring[Math.imul((b * size - lag) & mask, width) + i] as number) - xBase + (whole[w] as number) - xMean;
        const dy = (yRing[Math.imul((b * size - yLag) & yMask, width) + i] as number) - yBase + (whole2[w] as number) - yMean;
        c += (whole3[w] as number) + size * dx * dy;
      }
      out[Math.imul(t & outMask, width) + i] = c / bars;
    }
  }
}
