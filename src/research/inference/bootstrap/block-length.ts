// How long the blocks of a bootstrap should be: Politis & White (2004), section 3.2, with the correction of Patton, Politis & White (2009).
import { TruewindError } from "#base/errors.js";
import { mean } from "#research/metrics/long-run-variance.js";

export interface BlockLengths {
  /** Mean length for the stationary bootstrap, in days; at least 1. */
  readonly stationary: number;
  /** Length for the circular block bootstrap, in days; real, at least 1. */
  readonly circular: number;
}

/**
 * The lengths that make the mean square error of the bootstrap's variance of the mean smallest, from the series' own autocovariances under a
 * flat-top window. Serial dependence of the mean only: volatility clusters do not lengthen blocks. Throws `bad-usage` below 10 values.
 */
export function blockLengths(series: ArrayLike<number>): BlockLengths {
  const n = series.length;
  if (n < 10)
    throw new TruewindError("bad-usage", `A block length cannot be chosen from ${n} values: give at least 10, or the length itself.`);
  const longest = Math.ceil(Math.min(3 * Math.sqrt(n), n / 3));
  const quiet = Math.max(5, Math.floor(Math.log10(n)));
  const most = Math.ceil(Math.sqrt(n)) + quiet;
  const center = mean(series);
  const e = Float64Array.from(series, (value) => value - center);
  const covariance = (lag: number): number => {
    let sum = 0;
    for (let i = lag; i < n; i++) sum += (e[i] as number) * (e[i - lag] as number);
    return sum / n;
  };
  const last = Math.min(most, n - 1);
  const covariances = Float64Array.from({ length: last + 1 }, (_, lag) => covariance(lag));
  const zero = covariances[0] as number;
  if (!(zero > 0)) return { stationary: 1, circular: 1 };

  const window = bandwidth(e, covariances, quiet, most);
  let curve = 0;
  let longRun = zero;
  for (let lag = 1; lag <= Math.min(window, last); lag++) {
    const weight = lag / window <= 0.5 ? 1 : 2 * (1 - lag / window);
    curve += 2 * weight * lag * (covariances[lag] as number);
    longRun += 2 * weight * (covariances[lag] as number);
  }
  const length = (spread: number): number => {
    const best = Math.cbrt((2 * curve ** 2) / (spread * longRun ** 2)) * Math.cbrt(n);
    return Math.min(Math.max(1, best), longest);
  };
  return { stationary: length(2), circular: length(4 / 3) };
}

/**
 * Twice the first lag after which `quiet` autocorrelations in a row are insignificant (Politis 2003, section 2.1). Each is a correlation of
 * the two parts of the series that it compares, as in the authors' own program.
 */
function bandwidth(e: Float64Array, covariances: Float64Array, quiet: number, most: number): number {
  const n = e.length;
  const significant = 2 * Math.sqrt(Math.log10(n) / n);
  let early = 0;
  let late = 0;
  for (const value of e) early += value * value;
  late = early;
  let still = 0;
  for (let lag = 0; lag < covariances.length; lag++) {
    // The first lag + 1 and the last lag + 1 values lie outside.
    late -= (e[lag] as number) ** 2;
    early -= (e[n - 1 - lag] as number) ** 2;
    still = Math.abs(((covariances[lag] as number) * n) / Math.sqrt(early * late)) < significant ? still + 1 : 0;
    if (still === quiet && lag < most) return Math.min(2 * Math.max(1, lag + 1 - quiet), most);
  }
  return most;
}
