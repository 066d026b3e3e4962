// What no family can learn from, told in one sentence by all of them.
import { TruewindError } from "#base/errors.js";
import type { SampleFacts } from "#ports/model.js";

/** Labels are squared and summed, and the derivatives of some losses kept as float32. */
const LARGEST = 1e30;

/** Throws `bad-file` for the first label or weight that is not a number, or out of bounds. */
export function refuseNonsense(family: string, { y, weight, rows }: SampleFacts): void {
  for (let row = 0; row < rows; row++) {
    if (!(Math.abs(y[row] as number) <= LARGEST))
      throw new TruewindError(
        "bad-file",
        `${family} cannot learn the label ${y[row]} of sample ${row}: labels lie within ${LARGEST} of 0.`,
      );
    const w = weight?.[row] ?? 1;
    if (!(w >= 0 && w <= LARGEST))
      throw new TruewindError(
        "bad-file",
        `${family} cannot learn from sample ${row} with the weight ${w}: weights are numbers from 0 to ${LARGEST}.`,
      );
  }
}
