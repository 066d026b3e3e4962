// How derivatives become whole numbers. Scales are powers of two, so that whole numbers stay exact and every machine agrees.
import { TruewindError } from "#base/errors.js";

/** Bits of the largest rounded derivative; fewer when so many rows could overflow a sum of 31 bits. */
const BITS = 14;

/** The power of two that takes `largest` into 14 bits, or fewer, so that no sum over the rows overflows. Throws `diverged` for NaN. */
export function scaleFor(largest: number, rows: number, what: string): number {
  if (!Number.isFinite(largest))
    throw new TruewindError(
      "diverged",
      `A ${what} of the loss is not a finite number: check the labels and weights, or lower the learning rate.`,
    );
  if (largest === 0) return 1;
  return 2 ** (Math.min(BITS, 30 - exponent(rows)) - exponent(largest));
}

/** The smallest e with x <= 2^e, for a positive number that is not subnormal. */
function exponent(x: number): number {
  const words = new Uint32Array(new Float64Array([x]).buffer);
  const high = words[1] as number;
  const whole = (words[0] as number) === 0 && (high & 0xfffff) === 0;
  return (high >>> 20) - 1023 + (whole ? 0 : 1);
}
