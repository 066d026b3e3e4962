// What the backtest of an experiment leads one to expect of a session that goes on from it, and the limits that follow from that.

/** Of the backtest's sessions before the watched one began. Plain data without NaN. */
export interface Expectation {
  /** `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
  /** Net returns per session, fractions: the strategy's, equal weight's, and cash's. */
  readonly returns: readonly number[];
  readonly baseline: readonly number[];
  readonly cash: readonly number[];
  /** Largest turnover of a session, fraction of equity. */
  readonly mostTurnover: number;
  /** Instruments held once it was invested: from the tenth session after the first with a position. */
  readonly leastPositions: number;
  readonly mostPositions: number;
  /** Orders that risk refused or the venue rejected / orders made. */
  readonly refusedShare: number;
  /** Of all predictions: their percentiles 0 to 100; null where there was none. */
  readonly predictions: readonly number[] | null;
  /** Largest distance (`distanceTo`) of one decision's predictions from those percentiles. */
  readonly mostShift: number;
}

/** Limits of the watch: figures of the backtest, with some room. Each is a documented constant, declared beforehand. */
export const limits = {
  /** A market order's price may be worse or better than the modelled one by this part of it, and twice the modelled cost. */
  fillDistance: 0.0025,
  /** Refused and rejected orders / orders of the last 20 sessions: this, or three times the backtest's share. */
  refusedShare: 0.05,
  refusedTimes: 3,
  /** Times the backtest's largest turnover of a session; its first sessions build the portfolio and are left out. */
  turnoverTimes: 1.25,
  /** Part by which the number of positions may lie outside the backtest's range, and at least one. */
  positions: 0.25,
  /** Part of the names of the day before that may be silent. */
  silent: 0.1,
  /** Part of the day's rows that may come after the mark that waited for them. */
  late: 0.02,
  /** Standard deviations of the backtest's sessions. */
  sigmas: 5,
  /** Times the backtest's largest distance of one decision's predictions from all. */
  shiftTimes: 1.25,
} as const;

/** Sessions at the start in which the portfolio is built: turnover and positions are not judged. */
export const BUILDING_SESSIONS = 10;

/**
 * Kolmogorov-Smirnov distance in [0, 1] of a set of values from the law that the percentiles describe, at the percentiles; NaN without a
 * known value.
 */
export function distanceTo(percentiles: readonly number[], values: ArrayLike<number>): number {
  const known = Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
  if (known.length === 0) return Number.NaN;
  const last = percentiles.length - 1;
  let largest = 0;
  let [at, upTo] = [0, 0];
  // At each value of the law: both laws just below it, and at it.
  for (let k = 0; k <= last; ) {
    const value = percentiles[k] as number;
    let end = k;
    while (end < last && percentiles[end + 1] === value) end++;
    while (at < known.length && (known[at] as number) < value) at++;
    while (upTo < known.length && (known[upTo] as number) <= value) upTo++;
    largest = Math.max(largest, Math.abs(at / known.length - k / last), Math.abs(upTo / known.length - end / last));
    k = end + 1;
  }
  return largest;
}

/** Percentiles 0 to 100 of the known values; null when there is none. */
export function percentilesOf(values: ArrayLike<number>): readonly number[] | null {
  const known = Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
  if (known.length === 0) return null;
  return Array.from({ length: 101 }, (_, k) => known[Math.round((k / 100) * (known.length - 1))] as number);
}
