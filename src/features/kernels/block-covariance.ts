// Population covariance over a window, by blocks (blocks.ts) of both means and C, the sum of (x - mean x)(y - mean y).
// As block-moments.ts, for a product instead of a square: a block whose means lie dx and dy from the window's adds C + n dx dy.
import { anchorAt, tailSlot, wholeSlot } from "./blocks.js";
import { type Op, slotAt, type Work } from "./kernel.js";

/** Fields: mean x, mean y, C. */
export function covarianceBlocks(ops: readonly Op[], { memory, width, t, rows, from, to }: Work): void {
  for (let k = 0; k < ops.length; k++) {
    const { x, y, blocks } = ops[k] as Op;
    const { last, shift, head, head2, head3 } = blocks;
    const p = t & last;
    const n = p + 1;
    const left = t - 2 * p - 1;
    const xNew = x.at;
    const yNew = y.at;
    const xOld = slotAt(x, left, width);
    const yOld = slotAt(y, left, width);
    const slot = tailSlot(blocks, left, width);
    const tail = blocks.tail + slot;
    const tail2 = blocks.tail2 + slot;
    const tail3 = blocks.tail3 + slot;
    if (p === 0) {
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        // 0, or NaN when the value is.
        const dx = (memory[xNew + i] as number) - (memory[xNew + i] as number);
        const dy = (memory[yNew + i] as number) - (memory[yNew + i] as number);
        memory[head + i] = dx;
        memory[head2 + i] = dy;
        memory[head3 + i] = dx + dy;
        const ex = (memory[xOld + i] as number) - (memory[xOld + i] as number);
        const ey = (memory[yOld + i] as number) - (memory[yOld + i] as number);
        memory[tail + i] = ex;
        memory[tail2 + i] = ey;
        memory[tail3 + i] = ex + ey;
      }
    } else {
      const xHead = slotAt(x, t - p, width);
      const yHead = slotAt(y, t - p, width);
      const xTail = slotAt(x, t - p - 1, width);
      const yTail = slotAt(y, t - p - 1, width);
      const before = tailSlot(blocks, left + 1, width);
      const right = blocks.tail + before;
      const right2 = blocks.tail2 + before;
      const right3 = blocks.tail3 + before;
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        const mx = memory[head + i] as number;
        const my = memory[head2 + i] as number;
        const dx = (memory[xNew + i] as number) - (memory[xHead + i] as number) - mx;
        const dy = (memory[yNew + i] as number) - (memory[yHead + i] as number) - my;
        memory[head + i] = mx + dx / n;
        memory[head2 + i] = my + dy / n;
        memory[head3 + i] = (memory[head3 + i] as number) + ((dx * dy) / n) * p;
      }
      for (let j = from; j < to; j++) {
        const i = rows[j] as number;
        const mx = memory[right + i] as number;
        const my = memory[right2 + i] as number;
        const dx = (memory[xOld + i] as number) - (memory[xTail + i] as number) - mx;
        const dy = (memory[yOld + i] as number) - (memory[yTail + i] as number) - my;
        memory[tail + i] = mx + dx / n;
        memory[tail2 + i] = my + dy / n;
        memory[tail3 + i] = (memory[right3 + i] as number) + ((dx * dy) / n) * p;
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

export function covarianceWindow(ops: readonly Op[], { memory, width, t, rows, from, to }: Work): void {
  for (let k = 0; k < ops.length; k++) {
    const { x, y, out, blocks, bars } = ops[k] as Op;
    const { last, shift, head, head2, head3, whole, whole2, whole3 } = blocks;
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
    const x0 = anchorAt(x, blocks, block, width);
    const x1 = anchorAt(x, blocks, block + 1, width);
    const x2 = anchorAt(x, blocks, block + 2, width);
    const y0 = anchorAt(y, blocks, block, width);
    const y1 = anchorAt(y, blocks, block + 1, width);
    const y2 = anchorAt(y, blocks, block + 2, width);
    // All means are measured from the last bar of the tail.
    const xBases = slotAt(x, (block << shift) - 1, width);
    const yBases = slotAt(y, (block << shift) - 1, width);
    const xAnchor = anchorAt(x, blocks, current, width);
    const yAnchor = anchorAt(y, blocks, current, width);
    const r = out.at;
    for (let j = from; j < to; j++) {
      const i = rows[j] as number;
      const xBase = memory[xBases + i] as number;
      const yBase = memory[yBases + i] as number;
      const xTail = memory[tail + i] as number;
      const yTail = memory[tail2 + i] as number;
      const xHead = (memory[xAnchor + i] as number) - xBase + (memory[head + i] as number);
      const yHead = (memory[yAnchor + i] as number) - yBase + (memory[head2 + i] as number);
      let xOffset = tailCount * xTail + headCount * xHead;
      let yOffset = tailCount * yTail + headCount * yHead;
      let mx0 = 0;
      let my0 = 0;
      let mx1 = 0;
      let my1 = 0;
      let mx2 = 0;
      let my2 = 0;
      if (count > 0) {
        mx0 = (memory[x0 + i] as number) - xBase + (memory[whole + w0 + i] as number);
        my0 = (memory[y0 + i] as number) - yBase + (memory[whole2 + w0 + i] as number);
        xOffset += size * mx0;
        yOffset += size * my0;
        if (count > 1) {
          mx1 = (memory[x1 + i] as number) - xBase + (memory[whole + w1 + i] as number);
          my1 = (memory[y1 + i] as number) - yBase + (memory[whole2 + w1 + i] as number);
          xOffset += size * mx1;
          yOffset += size * my1;
          if (count > 2) {
            mx2 = (memory[x2 + i] as number) - xBase + (memory[whole + w2 + i] as number);
            my2 = (memory[y2 + i] as number) - yBase + (memory[whole2 + w2 + i] as number);
            xOffset += size * mx2;
            yOffset += size * my2;
          }
        }
      }
      const xMean = xOffset / bars;
      const yMean = yOffset / bars;
      let c = (memory[tail3 + i] as number) + tailCount * (xTail - xMean) * (yTail - yMean);
      c += (memory[head3 + i] as number) + headCount * (xHead - xMean) * (yHead - yMean);
      if (count > 0) {
        c += (memory[whole3 + w0 + i] as number) + size * (mx0 - xMean) * (my0 - yMean);
        if (count > 1) {
          c += (memory[whole3 + w1 + i] as number) + size * (mx1 - xMean) * (my1 - yMean);
          if (count > 2) {
            c += (memory[whole3 + w2 + i] as number) + size * (mx2 - xMean) * (my2 - yMean);
          }
        }
      }
      memory[r + i] = c / bars;
    }
  }
}
