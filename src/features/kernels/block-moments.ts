// Population standard deviation over a window, by blocks (blocks.ts) of mean and M2, the sum of squared deviations.
// Bars are added by the one-pass update of Pebay (2008), section 2.1; the blocks of a window are merged
// around their common mean, taken relative to the first block's, so that a high flat price loses no digits.
import { anchorAt, tailSlot, wholeSlot } from "./blocks.js";
import { type Op, slotAt, type Work } from "./kernel.js";

/** Fields: mean, M2. */
export function momentBlocks(ops: readonly Op[], { memory, width, t, rows, from, to }: Work): void {
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
        memory[head2 + i] = (memory[head2 + i] as number) + ((d * d) / n) * p;
        const m = memory[right + i] as number;
        const e = (memory[b + i] as number) - (memory[tailAnchor + i] as number) - m;
        memory[tail + i] = m + e / n;
        memory[tail2 + i] = (memory[right2 + i] as number) + ((e * e) / n) * p;
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

export function stdWindow(ops: readonly Op[], { memory, width, t, rows, from, to }: Work): void {
  for (let k = 0; k < ops.length; k++) {
    const { x, out, blocks, bars } = ops[k] as Op;
    const { last, shift, head, head2 } = blocks;
    const size = last + 1;
    const oldest = t - bars + 1;
    const slot = tailSlot(blocks, oldest, width);
    const tail = blocks.tail + slot;
    const tail2 = blocks.tail2 + slot;
    const tailCount = size - (oldest & last);
    const headCount = (t & last) + 1;
    const current = t >> shift;
    const block = (oldest >> shift) + 1;
    const count = current - block;
    const s0 = wholeSlot(block, width);
    const s1 = wholeSlot(block + 1, width);
    const s2 = wholeSlot(block + 2, width);
    const a0 = anchorAt(x, blocks, block, width);
    const a1 = anchorAt(x, blocks, block + 1, width);
    const a2 = anchorAt(x, blocks, block + 2, width);
    // All means are measured from the last bar of the tail.
    const bases = slotAt(x, (block << shift) - 1, width);
    const headAnchor = anchorAt(x, blocks, current, width);
    const { whole, whole2 } = blocks;
    const r = out.at;
    for (let j = from; j < to; j++) {
      const i = rows[j] as number;
      const base = memory[bases + i] as number;
      const tailMean = memory[tail + i] as number;
      const headMean = (memory[headAnchor + i] as number) - base + (memory[head + i] as number);
      let m0 = 0;
      let m1 = 0;
      let m2 = 0;
      let offset = tailCount * tailMean + headCount * headMean;
      if (count > 0) {
        m0 = (memory[a0 + i] as number) - base + (memory[whole + s0 + i] as number);
        offset += size * m0;
        if (count > 1) {
          m1 = (memory[a1 + i] as number) - base + (memory[whole + s1 + i] as number);
          offset += size * m1;
          if (count > 2) {
            m2 = (memory[a2 + i] as number) - base + (memory[whole + s2 + i] as number);
            offset += size * m2;
          }
        }
      }
      const mean = offset / bars;
      const tailShift = tailMean - mean;
      const headShift = headMean - mean;
      let q =
        (memory[tail2 + i] as number) +
        tailCount * tailShift * tailShift +
        (memory[head2 + i] as number) +
        headCount * headShift * headShift;
      if (count > 0) {
        q += (memory[whole2 + s0 + i] as number) + size * (m0 - mean) * (m0 - mean);
        if (count > 1) {
          q += (memory[whole2 + s1 + i] as number) + size * (m1 - mean) * (m1 - mean);
          if (count > 2) q += (memory[whole2 + s2 + i] as number) + size * (m2 - mean) * (m2 - mean);
        }
      }
      memory[r + i] = Math.sqrt(q / bars);
    }
  }
}
