// Every name brings the same part of the risk, or the part that it was given: Newton's method on the convex problem of Spinu (2013, "An
// algorithm for computing risk parity weights"), whose steps are damped until they are known to converge from any start.
import { cholesky, solveFactored } from "#base/cholesky.js";
import { TruewindError } from "#base/errors.js";
import { checkVariances, type Covariance, deviationsOf, varianceOf } from "../covariance/covariance.js";

const STEPS = 1_000;
/** (3 - sqrt 5) / 2: below this decrement a whole step converges quadratically. */
const WHOLE_STEP = 0.38;

/**
 * Weights, positive with sum 1, at which name i brings `budgets[i]` of the variance: w_i (C w)_i = budget_i w'C w. Budgets are above 0 and
 * scaled to sum 1; left out, all are equal. There is exactly one such portfolio where the covariance is positive definite. Throws `bad-usage`
 * on budgets and on names without variance, `diverged` on a covariance that lets names cancel each other altogether.
 */
export function riskParity(covariance: Covariance, budgets?: ArrayLike<number>): Float64Array {
  checkVariances(covariance);
  const { names: n, values } = covariance;
  const budget = budgetsOf(n, budgets);
  const deviation = deviationsOf(covariance);
  // In units of deviations the matrix is one of correlations: the scale of a name is nothing.
  const c = values.map((value, at) => value / (deviation[Math.floor(at / n)] as number) / (deviation[at % n] as number));
  const least = budget.reduce((a, b) => Math.min(a, b));
  // The answer has y'C y = 1: a start that has it, too, saves most of the damped steps.
  const start = Float64Array.from(budget, Math.sqrt);
  const size = Math.sqrt(varianceOf({ names: n, values: c }, start));
  const y = size > 1e-9 ? start.map((value) => value / size) : start;
  let before = Number.POSITIVE_INFINITY;
  for (let step = 0; step < STEPS; step++) {
    const hessian = Float64Array.from(c);
    const gradient = new Float64Array(n);
    let worst = 0;
    for (let i = 0; i < n; i++) {
      const [own, b] = [y[i] as number, budget[i] as number];
      let risk = 0;
      for (let j = 0; j < n; j++) risk += (c[i * n + j] as number) * (y[j] as number);
      gradient[i] = risk - b / own;
      hessian[i * n + i] = (hessian[i * n + i] as number) + b / (own * own);
      worst = Math.max(worst, Math.abs(own * risk - b) / b);
    }
    const factor = cholesky(hessian, n);
    if (factor === null) break;
    const move = solveFactored(factor, n, gradient);
    let decrement = 0;
    for (let i = 0; i < n; i++) decrement += (move[i] as number) * (gradient[i] as number);
    decrement = Math.sqrt(Math.max(0, decrement) / least);
    // At the end whole steps only stir what rounding has left.
    if (worst < 1e-13 || (decrement < 1e-4 && worst >= before / 2)) return shares(y.map((value, i) => value / (deviation[i] as number)));
    before = worst;
    const part = decrement < WHOLE_STEP ? 1 : 1 / (1 + decrement);
    for (let i = 0; i < n; i++) y[i] = (y[i] as number) - part * (move[i] as number);
  }
  throw new TruewindError("diverged", "Risk parity found no portfolio: the covariance is singular; use a shrunk one.");
}

function budgetsOf(n: number, budgets: ArrayLike<number> | undefined): Float64Array {
  if (budgets === undefined) return new Float64Array(n).fill(1 / n);
  const given = Float64Array.from(budgets);
  if (given.length !== n || !given.every((value) => value > 0 && Number.isFinite(value)))
    throw new TruewindError("bad-usage", `Risk budgets: give ${n} numbers above 0, one per name.`);
  return shares(given);
}

function shares(values: Float64Array): Float64Array {
  let sum = 0;
  for (const value of values) sum += value;
  return values.map((value) => value / sum);
}
