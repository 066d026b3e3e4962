// Least-squares slope per bar over a window, by blocks (blocks.ts) of mean and S, the sum of (bar - mean bar)(x - mean x).
// A block whose mean lies d from the window's and whose middle lies j bars from the window's adds S + n j d.
import { anchorAt, tailSlot, wholeSlot } from "./blocks.js";
import { type Op, slotAt, type Work } from "./kernel.js";

/** Fields: mean, S. */
export function slopeBlocks(ops: readonly Op[], { memory, width, t, rows, from, to }: Work): void {
  for (let k = 0; k < ops.length; k++) {
    const { x, blocks } = ops[k] as Op;
    const { last, shift, head, head2 } = blocks;
    const p = t & last;
    const n = p + 1;
    const left = t - 2 * p - 1;
    const a = x.at;
    const b = slotAt(x, left, width);
    const slot = tailSlot(blocks, left, width);
    const tail = blocks.tail + slot;
    const tail2 = blocks.tail2 + slot;
    if (p === 0) {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        const v = memory[a + i] as number;
        const u = memory[b + i] as number;
        // 0, or NaN when the value is.
        memory[head + i] = memory[head2 + i] = v - v;
        memory[tail + i] = memory[tail2 + i] = u - u;
      }
    } else {
      const headAnchor = slotAt(x, t - p, width);
      const tailAnchor = slotAt(x, t - p - 1, width);
      const before = tailSlot(blocks, left + 1, width);
      const right = blocks.tail + before;
      const right2 = blocks.tail2 + before;
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        const h = memory[head + i] as number;
        const d = (memory[a + i] as number) - (memory[headAnchor + i] as number) - h;
        memory[head + i] = h + d / n;
        memory[head2 + i] = (memory[head2 + i] as number) + 0.5 * p * d;
        const m = memory[right + i] as number;
        const e = (memory[b + i] as number) - (memory[tailAnchor + i] as number) - m;
        memory[tail + i] = m + e / n;
        memory[tail2 + i] = (memory[right2 + i] as number) - 0.5 * p * e;
      }
    }
    if (p === last) {
      const block = wholeSlot(t >> shift, width);
      const whole = blocks.whole + block;
      const whole2 = blocks.whole2 + block;
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        memory[whole + i] = memory[head + i] as number;
        memory[whole2 + i] = memory[head2 + i] as number;
      }
    }
  }
}

export function slopeWindow(ops: readonly Op[], { memory, width, t, rows, from, to }: Work): void {
  for (let k = 0; k < ops.length; k++) {
    const { x, out, blocks, bars } = ops[k] as Op;
    const { last, shift, head, head2 } = blocks;
    const size = last + 1;
    const spread = (bars * (bars * bars - 1)) / 12; // the sum of (bar - mean bar)^2
    const oldest = t - bars + 1;
    const slot = tailSlot(blocks, oldest, width);
    const tail = blocks.tail + slot;
    const tail2 = blocks.tail2 + slot;
    // The middles are measured from the window's own, so they sum to 0 and the common mean need not be known.
    const tailCount = size - (oldest & last);
    const headCount = (t & last) + 1;
    const tailWeight = 0.5 * tailCount * (bars - tailCount);
    const headWeight = 0.5 * headCount * (bars - headCount);
    const middle = tailCount + 0.5 * (size - bars);
    const current = t >> shift;
    const block = (oldest >> shift) + 1;
    const count = current - block;
    const w0 = wholeSlot(block, width);
    const w1 = wholeSlot(block + 1, width);
    const w2 = wholeSlot(block + 2, width);
    const a0 = anchorAt(x, blocks, block, width);
    const a1 = anchorAt(x, blocks, block + 1, width);
    const a2 = anchorAt(x, blocks, block + 2, width);
    const { whole, whole2 } = blocks;
    // All means are measured from the last bar of the tail.
    const bases = slotAt(x, (block << shift) - 1, width);
    const headAnchor = anchorAt(x, blocks, current, width);
    const r = out.at;
    for (let j = from; j < to; j++) {
      const i = rows[j] as number;
      const base = memory[bases + i] as number;
      const headMean = (memory[headAnchor + i] as number) - base + (memory[head + i] as number);
      let sum = (memory[tail2 + i] as number) + (memory[head2 + i] as number);
      sum += headWeight * headMean - tailWeight * (memory[tail + i] as number);
      if (count > 0) {
        const m0 = (memory[a0 + i] as number) - base + (memory[whole + w0 + i] as number);
        sum += (memory[whole2 + w0 + i] as number) + size * middle * m0;
        if (count > 1) {
          const m1 = (memory[a1 + i] as number) - base + (memory[whole + w1 + i] as number);
          sum += (memory[whole2 + w1 + i] as number) + size * (middle + size) * m1;
          if (count > 2) {
            const m2 = (memory[a2 + i] as number) - base + (memory[whole + w2 + i] as number);
            sum += (memory[whole2 + w2 + i] as number) + size * (middle + 2 * size) * m2;
          }
        }
      }
      memory[r + i] = sum / spread;
    }
  }
}
