// Historical simulation: what came will come again, each stretch as likely as any other (Hendricks 1996).
import { TruewindError } from "#base/errors.js";
import { empiricalTail } from "./empirical-tail.js";
import { type RiskOptions, type TailRisk, horizonOrThrow, knownOrThrow } from "./tail-risk.js";

/**
 * `returns`: fractions per session of the portfolio as it is held now. Over several sessions the outcomes are all overlapping stretches,
 * compounded; they depend on each other, so that the tail of n returns is worth about n / horizon outcomes. Quantile as in `empiricalTail`.
 * Throws `bad-usage` for options out of range, fewer returns than one horizon, and a return that is not finite.
 */
export function historicalRisk(returns: Float64Array, options: RiskOptions): TailRisk {
  return empiricalTail(compounded(returns, horizonOrThrow(options)), options.level);
}

/** Returns of all stretches of `horizon` sessions, overlapping, in order: n - horizon + 1 fractions. Throws `bad-usage` for too few or unknown returns. */
export function compounded(returns: Float64Array, horizon: number): Float64Array {
  if (!Number.isInteger(horizon) || horizon < 1)
    throw new TruewindError("bad-usage", `A stretch of returns is a whole number of sessions from 1 on, not ${horizon}.`);
  knownOrThrow(returns, horizon, "returns");
  if (horizon === 1) return Float64Array.from(returns);
  return Float64Array.from({ length: returns.length - horizon + 1 }, (_, from) => {
    let wealth = 1;
    for (let t = from; t < from + horizon; t++) wealth *= 1 + (returns[t] as number);
    return wealth - 1;
  });
}
