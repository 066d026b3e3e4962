// The best of many worthless strategies looks splendid: what it shows on average, and what is left of a result once that is taken off.
import { normalQuantile } from "#base/normal-quantile.js";
import type { SharpeMoments } from "./moments.js";
import { probabilisticSharpe } from "./probabilistic.js";

const EULER_MASCHERONI = 0.5772156649015329;

/**
 * Expected greatest Sharpe ratio of `trials` independent strategies whose estimated ratios are normal around zero with variance `variance`
 * (Bailey & Lopez de Prado 2014, "The deflated Sharpe ratio", equation 1: the limit law of Gumbel; 2 % high at ten trials). 0 for one trial.
 * `trials` may be an effective number, from 1 up; per session or per year, as `variance` is.
 */
export function expectedMaximumSharpe(trials: number, variance: number): number {
  if (trials <= 1) return 0;
  const high = -normalQuantile(1 / trials);
  const higher = -normalQuantile(1 / (trials * Math.E));
  return Math.sqrt(variance) * Math.max(0, (1 - EULER_MASCHERONI) * high + EULER_MASCHERONI * higher);
}

/**
 * Deflated Sharpe ratio (ibid., equation 2): probability in [0, 1] that the true ratio is above what the best of `trials` worthless ones is
 * expected to show. `variance`: of the ratios of all trials, per session. Assumes what `probabilisticSharpe` does, and independent trials: give
 * the effective number.
 */
export function deflatedSharpe(moments: SharpeMoments, trials: number, variance: number): number {
  return probabilisticSharpe(moments, expectedMaximumSharpe(trials, variance));
}
