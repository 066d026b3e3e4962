// Implementation shortfall with bounds: no step sells more than its cap, none buys back. The same problem as Almgren & Chriss, and no closed form.
// Solved by its optimality conditions: given the marginal cost of the last step, all others follow backwards, and their sum rises with it.
import { TruewindError } from "#base/errors.js";

export interface BoundedProblem {
  /** To be traded, positive. */
  readonly units: number;
  /** Most that each step may trade, at least 0; Infinity for no bound. */
  readonly caps: ArrayLike<number>;
  /** Cost of trading n in a step is `temporary` n^2, per step; positive. */
  readonly temporary: ArrayLike<number>;
  /** Cost of leaving x after a step is `risk` x^2; at least 0. */
  readonly risk: number;
}

/**
 * What each step trades. Less than `units` in all where the caps do not hold it: then every step trades its cap. Exact to about 1e-12 of `units`.
 *
 * Minimize the sum of temporary_k n_k^2 + risk x_k^2 with x_k = x_(k-1) - n_k and 0 <= n_k <= cap_k. With p_k the worth of one unit less after
 * step k - 1, p_k = p_(k+1) + 2 risk x_k and n_k = clip(p_k / (2 temporary_k)): Pontryagin, backwards from x_N = 0. Throws `bad-usage`.
 */
export function boundedSlices(problem: BoundedProblem): Float64Array {
  refuseNonsense(problem);
  const { units, caps, temporary, risk } = problem;
  const steps = caps.length;
  const slices = new Float64Array(steps);
  /** Fills `slices` from the marginal cost of the last step; returns their sum, which never falls when that rises. */
  const shoot = (last: number): number => {
    let [worth, left] = [last, 0];
    for (let k = steps - 1; k >= 0; k--) {
      const n = Math.min(caps[k] as number, worth / (2 * (temporary[k] as number)));
      slices[k] = n;
      left += n;
      worth += 2 * risk * left; // an overflow to Infinity trades the cap, as it should
    }
    return left;
  };
  let total = 0;
  for (let k = 0; k < steps; k++) total += caps[k] as number;
  if (total <= units) {
    for (let k = 0; k < steps; k++) slices[k] = caps[k] as number;
    return slices;
  }
  // The worth of the last unit may be e^-kappaT of the first: the exponent is found before the digits.
  let high = 1;
  while (shoot(high) < units) high *= 4;
  while (high > 1e-300 && shoot(high / 4) >= units) high /= 4;
  let low = high / 4;
  for (let i = 0; i < 64; i++) {
    const middle = (low + high) / 2;
    if (shoot(middle) < units) low = middle;
    else high = middle;
  }
  const found = shoot(high);
  // What bisection left, a rounding error, is taken from where it changes least: the largest slice.
  if (found > units) {
    let largest = 0;
    for (let k = 1; k < steps; k++) if ((slices[k] as number) > (slices[largest] as number)) largest = k;
    slices[largest] = Math.max(0, (slices[largest] as number) - (found - units));
  }
  return slices;
}

function refuseNonsense({ units, caps, temporary, risk }: BoundedProblem): void {
  const refuse = (sentence: string): never => {
    throw new TruewindError("bad-usage", `An order in steps ${sentence}.`);
  };
  if (!(units > 0 && units < Infinity)) refuse("needs `units` above 0");
  if (!(risk >= 0 && risk < Infinity)) refuse("needs `risk` of at least 0");
  if (temporary.length !== caps.length) refuse(`needs as many \`temporary\` as \`caps\`: there are ${temporary.length} and ${caps.length}`);
  for (let k = 0; k < caps.length; k++) {
    if (!((caps[k] as number) >= 0)) refuse(`needs \`caps\` of at least 0: step ${k} has ${caps[k]}`);
    if (!((temporary[k] as number) > 0 && (temporary[k] as number) < Infinity))
      refuse(`needs \`temporary\` above 0: step ${k} has ${temporary[k]}`);
  }
}
