// The recursive average y += alpha (x - y), seeded with the mean of the first `bars` known values (TA-Lib EMA; Wilder's with alpha 1/n).
// A value that is not finite gives NaN at that bar and leaves the memory as it was.
import type { Op, Work } from "./kernel.js";

/** Operand 1 counts the values seen while seeding, at most `bars`; operand 2 is the mean of those while seeding, then the average. */
export function smooth(ops: readonly Op[], { memory, rows, from, to }: Work): void {
  for (let k = 0; k < ops.length; k++) {
    const { x, y, z, out, bars, factor } = ops[k] as Op;
    const a = x.at;
    const r = out.at;
    for (let j = from; j < to; j++) {
      const i = rows[j] as number;
      const v = memory[a + i] as number;
      let average = Number.NaN;
      if (v - v === 0) {
        const last = memory[z.offset + i] as number;
        const seen = memory[y.offset + i] as number;
        // Seeding is a running mean, which cannot overflow as a sum can.
        average = seen === bars ? last + factor * (v - last) : last + (v - last) / (seen + 1);
        memory[z.offset + i] = average;
        if (seen < bars) {
          memory[y.offset + i] = seen + 1;
          if (seen + 1 < bars) average = Number.NaN;
        }
      }
      memory[r + i] = average;
    }
  }
}
