// Could one have known beforehand which of two forecasters would be better? Giacomini & White (2006), conditional predictive ability.
import { TruewindError } from "#base/errors.js";
import { chiSquareUpperTail } from "#base/chi-square.js";
import { lossDifferences } from "./loss-differences.js";

export interface GiacominiWhite {
  /** Follows chi square with `degrees` where nothing known beforehand tells the better one. */
  readonly statistic: number;
  /** Number of instruments. */
  readonly degrees: number;
  readonly pValue: number;
}

export interface GiacominiWhiteOptions {
  /** Steps ahead, 1 by default. */
  readonly horizon?: number;
  /**
   * Lags that the covariance allows for, with Bartlett's weights; h - 1 by default, as in the paper. These weights take off a part of the
   * dependence that errors of forecasts h steps ahead have, so that the test calls too often; three times as many lags leave little of that.
   */
  readonly lags?: number;
  /**
   * What was known at each moment, one series each, the last `horizon` values unused; by default a constant and the difference of losses
   * at that moment (section 3.3). A constant alone asks whether they are equally good on average.
   */
  readonly instruments?: readonly ArrayLike<number>[];
}

/** Lags enough that overlapping labels are not called too often: three times those of the paper. `horizon`: steps, at least 1. */
export function lagsForOverlap(horizon: number): number {
  return 3 * (horizon - 1);
}

/**
 * Losses of two forecasters at the same moments, in time order, fitted on a rolling window or a fixed one: the test compares forecasting
 * methods as they were used (theorems 1 and 3). Past one step the covariance has Bartlett's weights over h - 1 lags. Throws `bad-usage`.
 */
export function giacominiWhite(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  { horizon = 1, lags = horizon - 1, instruments }: GiacominiWhiteOptions = {},
): GiacominiWhite {
  if (!Number.isSafeInteger(horizon) || horizon < 1)
    throw new TruewindError("bad-usage", `A horizon of ${horizon} steps is none: give a whole number from 1 up.`);
  if (!Number.isSafeInteger(lags) || lags < 0)
    throw new TruewindError("bad-usage", `A covariance over ${lags} lags is none: give a whole number from 0 up.`);
  const differences = lossDifferences(first, second, 20 + horizon + lags);
  const known = instruments ?? [new Float64Array(differences.length).fill(1), differences];
  const n = differences.length - horizon;
  const products = known.map((values, i) => {
    if (values.length !== differences.length)
      throw new TruewindError("bad-usage", `Instrument ${i} has ${values.length} values for ${differences.length} losses: give one each.`);
    const product = Float64Array.from({ length: n }, (_, t) => (values[t] as number) * (differences[t + horizon] as number));
    // The statistic does not know units; the elimination below would.
    const size = Math.sqrt(product.reduce((sum, value) => sum + value * value, 0) / n);
    return size > 0 ? product.map((value) => value / size) : product;
  });
  const means = products.map((z) => z.reduce((a, b) => a + b, 0) / n);
  const covariance = products.map((z) => products.map((y) => covarianceOf(z, y, lags)));
  const solved = solve(covariance, means);
  const statistic = solved === null ? 0 : n * means.reduce((sum, m, i) => sum + m * (solved[i] as number), 0);
  return { statistic, degrees: known.length, pValue: chiSquareUpperTail(statistic, known.length) };
}

/** Not centered, because the mean is zero where the null holds. */
function covarianceOf(z: Float64Array, y: Float64Array, lags: number): number {
  const n = z.length;
  let total = 0;
  for (let lag = 0; lag <= lags; lag++) {
    let sum = 0;
    for (let t = lag; t < n; t++) {
      sum += (z[t] as number) * (y[t - lag] as number);
      if (lag > 0) sum += (z[t - lag] as number) * (y[t] as number);
    }
    total += (1 - lag / (lags + 1)) * (sum / n);
  }
  return total;
}

/** A x = b for a matrix of size 1, by Gauss and Jordan; null where it is singular, as for losses that never differ. */
function solve(a: readonly (readonly number[])[], b: readonly number[]): readonly number[] | null {
  const rows = a.map((row, i) => [...row, b[i] as number]);
  const n = rows.length;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let i = column; i < n; i++) if (Math.abs(rows[i]?.[column] as number) > Math.abs(rows[pivot]?.[column] as number)) pivot = i;
    const [top, other] = [rows[pivot] as number[], rows[column] as number[]];
    rows[pivot] = other;
    rows[column] = top;
    if (!(Math.abs(top[column] as number) > 1e-12)) return null;
    for (let i = 0; i < n; i++) {
      if (i === column) continue;
      const row = rows[i] as number[];
      const factor = (row[column] as number) / (top[column] as number);
      for (let j = column; j <= n; j++) row[j] = (row[j] as number) - factor * (top[j] as number);
    }
  }
  return rows.map((row, i) => (row[n] as number) / (row[i] as number));
}
