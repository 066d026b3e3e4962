// Sums and means over a window, by blocks (blocks.ts).
import { tailSlot, wholeSlot } from "./blocks.js";
import { type Op, slotAt, type Work } from "./kernel.js";

export function sumBlocks(ops: readonly Op[], { memory, width, t, rows, from, to }: Work): void {
  for (let k = 0; k < ops.length; k++) {
    const { x, blocks } = ops[k] as Op;
    const { last, shift, head } = blocks;
    const p = t & last;
    const left = t - 2 * p - 1;
    const a = x.at;
    const b = slotAt(x, left, width);
    const tail = blocks.tail + tailSlot(blocks, left, width);
    if (p === 0) {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        memory[head + i] = memory[a + i] as number;
        memory[tail + i] = memory[b + i] as number;
      }
    } else {
      const right = blocks.tail + tailSlot(blocks, left + 1, width);
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        memory[head + i] = (memory[head + i] as number) + (memory[a + i] as number);
        memory[tail + i] = (memory[b + i] as number) + (memory[right + i] as number);
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

/** Sum / factor: factor 1 for a sum, `bars` for a mean. */
export function sumWindow(ops: readonly Op[], { memory, width, t, rows, from, to }: Work): void {
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
      let sum = memory[tail + i] as number;
      if (count > 0) sum += memory[w0 + i] as number;
      if (count > 1) sum += memory[w1 + i] as number;
      if (count > 2) sum += memory[w2 + i] as number;
      memory[r + i] = (sum + (memory[head + i] as number)) / factor;
    }
  }
}
