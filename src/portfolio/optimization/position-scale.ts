// How much of a portfolio: the growth-optimal bet, and a given volatility.
import { cholesky, solveFactored } from "#base/cholesky.js";
import type { Covariance } from "../covariance/covariance.js";
import { perName, usage } from "./portfolio-problem.js";
import { portfolioVariance, type RiskModel } from "./risk-model.js";

/**
 * fraction x C^-1 excess: the weights of fastest growth without limits, for small steps (Kelly 1956; Thorp 2006, "The Kelly criterion", section 8),
 * `excess` being returns over cash. Half of it (0.5) has three quarters of the growth. Under limits it is `meanVariance` with the risk aversion
 * `kellyAversion`. Throws `bad-usage`.
 */
export function kellyWeights({ names, values }: Covariance, excess: ArrayLike<number>, fraction: number): Float64Array {
  const factor = cholesky(values, names);
  if (factor === null) throw usage("The covariance is not positive definite: use a shrunk one.");
  const whole = solveFactored(factor, names, perName("The excess return", excess, names));
  return whole.map((value) => value / kellyAversion(fraction));
}

/** The risk aversion whose mean-variance portfolio bets this fraction of Kelly's. */
export function kellyAversion(fraction: number): number {
  if (!(fraction > 0 && fraction <= 1)) throw usage(`The fraction of Kelly's bet is ${fraction}: give a part above 0 and at most 1.`);
  return 1 / fraction;
}

/** What to multiply `weights` with so that their deviation is `target` in the unit of the covariance, at most `most`; `most` without risk. Throws `bad-usage`. */
export function volatilityScale(risk: RiskModel, weights: ArrayLike<number>, target: number, most: number): number {
  if (!(target > 0 && most > 0)) throw usage(`A target of ${target} and a largest scale of ${most}: both must be above 0.`);
  const deviation = Math.sqrt(Math.max(0, portfolioVariance(risk, perName("The weights", weights, risk.names))));
  return deviation * most <= target ? most : target / deviation;
}
