// Population skewness over a window, by blocks (blocks.ts) of mean, M2 and M3, the sums of squared and cubed deviations.
// As block-moments.ts, one power further: a block whose mean lies d from the window's adds M3 + 3 d M2 + n d^3 (Pebay 2008).
import { anchorAt, tailSlot, wholeSlot } from "./blocks.js";
import { type Op, slotAt, type Work } from "./kernel.js";

/** Fields: mean, M2, M3. */
export function skewBlocks(ops: readonly Op[], { memory, width, t, rows, from, to }: Work): void {
  for (let k = 0; k < ops.length; k++) {
    const { x, blocks } = ops[k] as Op;
    const { last, shift, head, head2, head3 } = blocks;
    const p = t & last;
    const n = p + 1;
    const left = t - 2 * p - 1;
    const a = x.at;
    const b = slotAt(x, left, width);
    const slot = tailSlot(blocks, left, width);
    const tail = blocks.tail + slot;
    const tail2 = blocks.tail2 + slot;
    const tail3 = blocks.tail3 + slot;
    if (p === 0) {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        const v = memory[a + i] as number;
        const u = memory[b + i] as number;
        // 0, or NaN when the value is.
        memory[head + i] = memory[head2 + i] = memory[head3 + i] = v - v;
        memory[tail + i] = memory[tail2 + i] = memory[tail3 + i] = u - u;
      }
    } else {
      const headAnchor = slotAt(x, t - p, width);
      const tailAnchor = slotAt(x, t - p - 1, width);
      const before = tailSlot(blocks, left + 1, width);
      const right = blocks.tail + before;
      const right2 = blocks.tail2 + before;
      const right3 = blocks.tail3 + before;
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        const mean = memory[head + i] as number;
        const d = (memory[a + i] as number) - (memory[headAnchor + i] as number) - mean;
        const step = d / n;
        const term = d * step * p;
        const squares = memory[head2 + i] as number;
        memory[head + i] = mean + step;
        memory[head2 + i] = squares + term;
        memory[head3 + i] = (memory[head3 + i] as number) + step * (term * (p - 1) - 3 * squares);
      }
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        const mean = memory[right + i] as number;
        const d = (memory[b + i] as number) - (memory[tailAnchor + i] as number) - mean;
        const step = d / n;
        const term = d * step * p;
        const squares = memory[right2 + i] as number;
        memory[tail + i] = mean + step;
        memory[tail2 + i] = squares + term;
        memory[tail3 + i] = (memory[right3 + i] as number) + step * (term * (p - 1) - 3 * squares);
      }
    }
    if (p === last) {
      const block = wholeSlot(t >> shift, width);
      const whole = blocks.whole + block;
      const whole2 = blocks.whole2 + block;
      const whole3 = blocks.whole3 + block;
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        memory[whole + i] = memory[head + i] as number;
        memory[whole2 + i] = memory[head2 + i] as number;
        memory[whole3 + i] = memory[head3 + i] as number;
      }
    }
  }
}

export function skewWindow(ops: readonly Op[], { memory, width, t, rows, from, to }: Work): void {
  for (let k = 0; k < ops.length; k++) {
    const { x, out, blocks, bars } = ops[k] as Op;
    const { last, shift, head, head2, head3 } = blocks;
    const size = last + 1;
    const oldest = t - bars + 1;
    const slot = tailSlot(blocks, oldest, width);
    const tail = blocks.tail + slot;
    const tail2 = blocks.tail2 + slot;
    const tail3 = blocks.tail3 + slot;
    const tailCount = size - (oldest & last);
    const headCount = (t & last) + 1;
    const current = t >> shift;
    const block = (oldest >> shift) + 1;
    const count = current - block;
    const w0 = wholeSlot(block, width);
    const w1 = wholeSlot(block + 1, width);
    const w2 = wholeSlot(block + 2, width);
    const a0 = anchorAt(x, blocks, block, width);
    const a1 = anchorAt(x, blocks, block + 1, width);
    const a2 = anchorAt(x, blocks, block + 2, width);
    const { whole, whole2, whole3 } = blocks;
    // All means are measured from the last bar of the tail.
    const bases = slotAt(x, (block << shift) - 1, width);
    const headAnchor = anchorAt(x, blocks, current, width);
    const r = out.at;
    for (let j = from; j < to; j++) {
      const i = rows[j] as number;
      const base = memory[bases + i] as number;
      const tailMean = memory[tail + i] as number;
      const headMean = (memory[headAnchor + i] as number) - base + (memory[head + i] as number);
      let offset = tailCount * tailMean + headCount * headMean;
      let m0 = 0;
      let m1 = 0;
      let m2 = 0;
      if (count > 0) {
        m0 = (memory[a0 + i] as number) - base + (memory[whole + w0 + i] as number);
        offset += size * m0;
        if (count > 1) {
          m1 = (memory[a1 + i] as number) - base + (memory[whole + w1 + i] as number);
          offset += size * m1;
          if (count > 2) {
            m2 = (memory[a2 + i] as number) - base + (memory[whole + w2 + i] as number);
            offset += size * m2;
          }
        }
      }
      const mean = offset / bars;
      let d = tailMean - mean;
      let squares = memory[tail2 + i] as number;
      let q = squares + tailCount * d * d;
      let c = (memory[tail3 + i] as number) + d * (3 * squares + tailCount * d * d);
      if (count > 0) {
        d = m0 - mean;
        squares = memory[whole2 + w0 + i] as number;
        q += squares + size * d * d;
        c += (memory[whole3 + w0 + i] as number) + d * (3 * squares + size * d * d);
        if (count > 1) {
          d = m1 - mean;
          squares = memory[whole2 + w1 + i] as number;
          q += squares + size * d * d;
          c += (memory[whole3 + w1 + i] as number) + d * (3 * squares + size * d * d);
          if (count > 2) {
            d = m2 - mean;
            squares = memory[whole2 + w2 + i] as number;
            q += squares + size * d * d;
            c += (memory[whole3 + w2 + i] as number) + d * (3 * squares + size * d * d);
          }
        }
      }
      d = headMean - mean;
      squares = memory[head2 + i] as number;
      q += squares + headCount * d * d;
      c += (memory[head3 + i] as number) + d * (3 * squares + headCount * d * d);
      const variance = q / bars;
      memory[r + i] = variance === 0 ? Number.NaN : c / bars / (variance * Math.sqrt(variance));
    }
  }
}
