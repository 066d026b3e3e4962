// The four moments of a series of returns that parametric measures of risk look at.
import { knownOrThrow } from "./tail-risk.js";

/** Per session. */
export interface Moments {
  readonly mean: number;
  /** Divisor n - 1. */
  readonly deviation: number;
  /** Third moment about the mean over the 3/2 power of the second, divisor n; 0 for a series that does not vary. */
  readonly skewness: number;
  /** Fourth moment about the mean over the square of the second, less 3, divisor n; 0 for a series that does not vary. */
  readonly excessKurtosis: number;
}

/** `returns`: fractions per session, at least two. Throws `bad-usage` for fewer and for one that is not finite. */
export function momentsOf(returns: Float64Array): Moments {
  knownOrThrow(returns, 2, "returns");
  const n = returns.length;
  let sum = 0;
  let largest = 0;
  for (const r of returns) {
    sum += r;
    largest = Math.max(largest, Math.abs(r));
  }
  const mean = sum / n;
  let [second, third, fourth] = [0, 0, 0];
  for (const r of returns) {
    const d = r - mean;
    const square = d * d;
    second += square;
    third += square * d;
    fourth += square * square;
  }
  const variance = second / n;
  // What rounding leaves of a series that does not vary is no variance; and of less than 1e-75 no number holds the fourth power.
  if (!(Math.sqrt(variance) > Math.max(1e-75, 1e-13 * largest))) return { mean, deviation: 0, skewness: 0, excessKurtosis: 0 };
  return {
    mean,
    deviation: Math.sqrt(second / (n - 1)),
    skewness: third / n / variance ** 1.5,
    excessKurtosis: fourth / n / variance ** 2 - 3,
  };
}

/** Of the sum of `horizon` independent returns with these moments: cumulants add up. */
export function momentsOver(horizon: number, { mean, deviation, skewness, excessKurtosis }: Moments): Moments {
  return {
    mean: mean * horizon,
    deviation: deviation * Math.sqrt(horizon),
    skewness: skewness / Math.sqrt(horizon),
    excessKurtosis: excessKurtosis / horizon,
  };
}
