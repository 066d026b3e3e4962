// Maximum and, with `sign` -1, minimum over a window, by blocks (blocks.ts; van Herk 1992, Gil and Werman 1993). What is kept is sign x value.
import { BlockKernel, type BlockState, BlockWindow } from "./blocks.js";
import type { Kernel, Lane, Shape } from "./kernel.js";
import type { Memory } from "./memory.js";

export class ExtremeBlocks extends BlockKernel implements Kernel {
  constructor(
    private readonly sign: number,
    x: Lane,
    state: BlockState,
    memory: Memory,
    shape: Shape,
  ) {
    super(x, state, memory, shape);
  }

  run(rows: Int32Array, n: number): void {
    const { width, bar, ring, mask, lag, head, tail, whole, last, shift, sign } = this;
    const tailMask = 4 * last + 3;
    for (let k = 0; k < n; k++) {
      const i = rows[k] as number;
      const t = bar[i] as number;
      const p = t & last;
      const x = sign * (ring[Math.imul((t - lag) & mask, width) + i] as number);
      const h = p === 0 ? x : Math.max(head[i] as number, x);
      head[i] = h;
      if (p === last) whole[Math.imul((t >> shift) & 3, width) + i] = h;
      const s = t - 2 * p - 1;
      const u = sign * (ring[Math.imul((s - lag) & mask, width) + i] as number);
      tail[Math.imul(s & tailMask, width) + i] = p === 0 ? u : Math.max(u, tail[Math.imul((s + 1) & tailMask, width) + i] as number);
    }
  }
}

export class ExtremeWindow extends BlockWindow implements Kernel {
  constructor(
    private readonly sign: number,
    bars: number,
    x: Lane,
    state: BlockState,
    out: Lane,
    memory: Memory,
    shape: Shape,
  ) {
    super(bars, x, state, out, memory, shape);
  }

  run(rows: Int32Array, n: number): void {
    const { width, bar, head, tail, whole, last, shift, out, outMask, bars, sign } = this;
    const tailMask = 4 * last + 3;
    for (let k = 0; k < n; k++) {
      const i = rows[k] as number;
      const t = bar[i] as number;
      const first = t - bars + 1;
      let most = tail[Math.imul(first & tailMask, width) + i] as number;
      const current = t >> shift;
      for (let b = (first >> shift) + 1; b < current; b++) most = Math.max(most, whole[Math.imul(b & 3, width) + i] as number);
      out[Math.imul(t & outMask, width) + i] = sign * Math.max(most, head[i] as number);
    }
  }
}
