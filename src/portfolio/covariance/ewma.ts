// Recent sessions count more: the exponentially weighted covariance of RiskMetrics (J.P. Morgan 1996, section 5.2).
import { TruewindError } from "#base/errors.js";
import { type Covariance, outerSum } from "./covariance.js";
import type { ReturnsPanel } from "./panel.js";

/**
 * Weights fall by `decay`, in (0, 1), per session and sum to 1; the mean return is taken to be 0, as in the source. RiskMetrics: 0.94 for
 * days, 0.97 for months. It rests on about (1 + decay) / (1 - decay) sessions (32 at 0.94) and is as good as singular for more names than
 * that. Throws `bad-usage`.
 */
export function ewmaCovariance({ sessions, names, values }: ReturnsPanel, decay = 0.94): Covariance {
  if (!(decay > 0 && decay < 1))
    throw new TruewindError("bad-usage", `The decay of an exponential covariance is ${decay}: give one between 0 and 1.`);
  const weights = new Float64Array(sessions);
  let sum = 0;
  for (let t = sessions - 1, weight = 1; t >= 0; t--, weight *= decay) {
    weights[t] = weight;
    sum += weight;
  }
  return { names, values: outerSum(values, names, (t) => (weights[t] as number) / sum) };
}
