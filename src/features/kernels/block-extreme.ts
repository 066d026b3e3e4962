// Maximum and, with factor -1, minimum over a window, by blocks (blocks.ts; van Herk 1992, Gil and Werman 1993). What is kept is factor x value.
import { tailSlot, wholeSlot } from "./blocks.js";
import { type Op, slotAt, type Work } from "./kernel.js";

export function extremeBlocks(ops: readonly Op[], { memory, width, t, rows, from, to }: Work): void {
  for (let k = 0; k < ops.length; k++) {
    const { x, blocks, factor } = ops[k] as Op;
    const { last, shift, head } = blocks;
    const p = t & last;
    const left = t - 2 * p - 1;
    const a = x.at;
    const b = slotAt(x, left, width);
    const tail = blocks.tail + tailSlot(blocks, left, width);
    if (p === 0) {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        memory[head + i] = factor * (memory[a + i] as number);
        memory[tail + i] = factor * (memory[b + i] as number);
      }
    } else {
      const right = blocks.tail + tailSlot(blocks, left + 1, width);
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        memory[head + i] = Math.max(memory[head + i] as number, factor * (memory[a + i] as number));
        memory[tail + i] = Math.max(factor * (memory[b + i] as number), memory[right + i] as number);
      }
    }
    if (p === last) {
      const whole = blocks.whole + wholeSlot(t >> shift, width);
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        memory[whole + i] = memory[head + i] as number;
      }
    }
  }
}

export function extremeWindow(ops: readonly Op[], { memory, width, t, rows, from, to }: Work): void {
  for (let k = 0; k < ops.length; k++) {
    const { out, blocks, bars, factor } = ops[k] as Op;
    const { shift, head } = blocks;
    const oldest = t - bars + 1;
    const tail = blocks.tail + tailSlot(blocks, oldest, width);
    const block = (oldest >> shift) + 1;
    const count = (t >> shift) - block;
    const w0 = blocks.whole + wholeSlot(block, width);
    const w1 = blocks.whole + wholeSlot(block + 1, width);
    const w2 = blocks.whole + wholeSlot(block + 2, width);
    const r = out.at;
    for (let j = from; j < to; j++) {
      const i = rows[j] as number;
      let most = memory[tail + i] as number;
      if (count > 0) most = Math.max(most, memory[w0 + i] as number);
      if (count > 1) most = Math.max(most, memory[w1 + i] as number);
      if (count > 2) most = Math.max(most, memory[w2 + i] as number);
      memory[r + i] = factor * Math.max(most, memory[head + i] as number);
    }
  }
}
