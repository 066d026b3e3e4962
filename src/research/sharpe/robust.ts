// The Sharpe ratio with an error that dependence does not deceive: volatility clusters, autocorrelation and fat tails are allowed.
// Lo (2002), section "non-IID returns", by influence values and our long-run variance instead of Newey-West's: where returns are
// independent it tends to Mertens (2002), where they are normal, too, to (1 + SR^2 / 2) / T.
import { quantileAbove, upperTail } from "#base/student-t.js";
import { studentise } from "#research/metrics/studentise.js";
import { sharpeMoments } from "./moments.js";

export interface RobustSharpe {
  /** Per session. */
  readonly sharpe: number;
  /** Its standard error. */
  readonly error: number;
  /** Of Student's t, which (estimate - truth) / error follows nearly. */
  readonly degrees: number;
}

/** Of returns over cash or a yardstick, in the order of their sessions. Null as of `sharpeMoments`. */
export function robustSharpe(returns: ArrayLike<number>): RobustSharpe | null {
  const moments = sharpeMoments(returns);
  if (moments === null) return null;
  const { sharpe } = moments;
  const n = returns.length;
  let centre = 0;
  for (let i = 0; i < n; i++) centre += (returns[i] as number) / n;
  const deviation = deviationAround(returns, centre);
  const influence = Array.from({ length: n }, (_, i) => {
    const z = ((returns[i] as number) - centre) / deviation;
    return z - (sharpe / 2) * (z * z - 1);
  });
  const { error, degrees } = studentise(sharpe, influence);
  return error > 0 ? { sharpe, error, degrees } : null;
}

/** `probabilisticSharpe` without its assumption of independence: confidence in [0, 1] that the true ratio is above `benchmark`, per session. */
export function robustProbabilisticSharpe({ sharpe, error, degrees }: RobustSharpe, benchmark: number): number {
  return 1 - upperTail((sharpe - benchmark) / error, degrees);
}

/** Central interval of the ratio per session at `confidence` in (0, 1). */
export function robustInterval(
  { sharpe, error, degrees }: RobustSharpe,
  confidence: number,
): { readonly low: number; readonly high: number } {
  const reach = error * quantileAbove((1 - confidence) / 2, degrees);
  return { low: sharpe - reach, high: sharpe + reach };
}

function deviationAround(returns: ArrayLike<number>, centre: number): number {
  let sum = 0;
  for (let i = 0; i < returns.length; i++) sum += ((returns[i] as number) - centre) ** 2;
  return Math.sqrt(sum / returns.length);
}
