// How sure a record makes us that the true Sharpe ratio is above a benchmark, and how long a record would have to be
// (Bailey & Lopez de Prado 2012, "The Sharpe ratio efficient frontier"). Both assume that returns are independent from session to session and
// identically distributed, of any law with four moments, and a long record: the estimate is taken as normal with the deviation of Mertens
// (2002). Dependence is not seen. `robustSharpe` sees it, and is what our verdict stands on.
import { normalDistribution, normalQuantile } from "#base/normal-quantile.js";
import type { SharpeMoments } from "./moments.js";

/** Standard error of the ratio per session under independence (Mertens 2002; divisor n - 1 as in the paper of 2012). */
export function sharpeError(moments: SharpeMoments): number {
  return Math.sqrt(spreadOf(moments) / (moments.sessions - 1));
}

/** Probability in [0, 1] that the true ratio is above `benchmark`, which is per session, too. */
export function probabilisticSharpe(moments: SharpeMoments, benchmark: number): number {
  return normalDistribution((moments.sharpe - benchmark) / sharpeError(moments));
}

/**
 * Sessions after which a ratio such as this one would be above `benchmark` with probability `confidence` in (0, 1); Infinity when it is not
 * above it at all.
 */
export function minimumTrackLength(moments: SharpeMoments, benchmark: number, confidence: number): number {
  const margin = moments.sharpe - benchmark;
  if (!(margin > 0)) return Number.POSITIVE_INFINITY;
  return 1 + spreadOf(moments) * (normalQuantile(confidence) / margin) ** 2;
}

/** Variance of the estimate times the length of the record. Pearson's inequality keeps it positive for moments of any sample. */
function spreadOf({ sharpe, skewness, kurtosis }: SharpeMoments): number {
  return Math.max(0, 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe);
}
