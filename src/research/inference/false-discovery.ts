// Many tests at once, and the share of false ones among those called true: adjusted p-values of a family.
import { TruewindError } from "#base/errors.js";

/**
 * Benjamini & Hochberg (1995): calling true all tests whose adjusted p-value is at most q keeps the expected share of false calls at q, for
 * tests that are independent or move together. In the order given. Throws `bad-usage` for a value outside [0, 1].
 */
export function benjaminiHochberg(pValues: ArrayLike<number>): Float64Array {
  return stepUp(pValues, 1);
}

/** Benjamini & Yekutieli (2001), theorem 1.3: the same under any dependence, at the price of the factor 1 + 1/2 + ... + 1/m. */
export function benjaminiYekutieli(pValues: ArrayLike<number>): Float64Array {
  let factor = 0;
  for (let i = 1; i <= pValues.length; i++) factor += 1 / i;
  return stepUp(pValues, factor);
}

function stepUp(pValues: ArrayLike<number>, factor: number): Float64Array {
  const m = pValues.length;
  for (let i = 0; i < m; i++) {
    const p = pValues[i] as number;
    if (!(p >= 0 && p <= 1)) throw new TruewindError("bad-usage", `Test ${i} has the p-value ${p}: give numbers from 0 to 1.`);
  }
  const order = Array.from({ length: m }, (_, i) => i).sort((a, b) => (pValues[b] as number) - (pValues[a] as number));
  const adjusted = new Float64Array(m);
  let least = 1;
  for (const [place, i] of order.entries()) {
    least = Math.min(least, (factor * m * (pValues[i] as number)) / (m - place));
    adjusted[i] = least;
  }
  return adjusted;
}
