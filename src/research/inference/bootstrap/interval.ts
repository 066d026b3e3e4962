// How far a figure of one or several aligned series may be from the truth: confidence intervals by block bootstrap, for any statistic.
import { TruewindError } from "#base/errors.js";
import { neweyWestLags, neweyWestVariance } from "#research/metrics/long-run-variance.js";
import { blockLengths } from "./block-length.js";
import { type ResamplingOptions, resamplingOf } from "./default-resampling.js";
import { fillIndices } from "./resampling.js";

/** A figure of aligned series. NaN where it has no value. */
export type Statistic = (series: readonly Float64Array[]) => number;

/** 2,000 draws by default, and as block length the longest that Politis and White choose for any of the series. */
export interface IntervalOptions extends ResamplingOptions {
  /** Confidence of the two-sided interval, .95 by default. */
  readonly level?: number;
  /**
   * `percentile` (the default): quantiles of the drawn figures. `basic`: the estimate minus quantiles of their errors. `studentized`: the
   * same of errors over their standard errors, the most exact where `error` gives one (Davison & Hinkley 1997, sections 5.2 and 5.3).
   */
  readonly method?: "percentile" | "basic" | "studentized";
  /** Standard error of the statistic, for `studentized`: of a mean, `meanError`. */
  readonly error?: Statistic;
}

export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** One-sided, of "the true figure is not above zero", by the same method as the interval: at most 2.5 % where 95 % of it lie above zero. */
  readonly pValue: number;
  /** Days. */
  readonly blockLength: number;
  /** Draws in which the statistic had a value. */
  readonly draws: number;
}

/** The series are drawn together, day by day, so that what binds them stays. Throws `bad-usage`. */
export function bootstrapInterval(series: readonly ArrayLike<number>[], statistic: Statistic, options: IntervalOptions): Interval {
  const { level = 0.95, method = "percentile", error } = options;
  if (!(level > 0 && level < 1)) throw usage(`A confidence of ${level} is none: give a number between 0 and 1.`);
  if (method === "studentized" && error === undefined) throw usage("A studentized interval needs the statistic's standard error.");
  const given = series.map((values) => Float64Array.from(values));
  const days = given[0]?.length ?? 0;
  if (days < 10 || given.some((values) => values.length !== days)) throw usage("Give one series or more, all of the same 10 days or more.");
  const resampling = resamplingOf(options, days, 2000, () => Math.max(...given.map((values) => blockLengths(values).stationary)));
  const estimate = statistic(given);
  const ownError = method === "studentized" ? (error as Statistic)(given) : 1;
  if (!Number.isFinite(estimate) || !(ownError > 0)) throw usage("The statistic has no value on these series, so that it has no interval.");

  const pivots: number[] = [];
  const indices = new Int32Array(days);
  const drawn = given.map(() => new Float64Array(days));
  for (let draw = 0; draw < resampling.draws; draw++) {
    fillIndices(resampling, draw, indices);
    for (const [s, values] of given.entries()) {
      const into = drawn[s] as Float64Array;
      for (let t = 0; t < days; t++) into[t] = values[indices[t] as number] as number;
    }
    const off = statistic(drawn) - estimate;
    const pivot = method === "studentized" ? off / (error as Statistic)(drawn) : off;
    if (Number.isFinite(pivot)) pivots.push(pivot);
  }
  if (pivots.length < resampling.draws / 2) throw usage("The statistic has no value in most draws of these series: there is no interval.");
  const sorted = Float64Array.from(pivots).sort();
  const [lower, upper] = [quantile(sorted, (1 - level) / 2), quantile(sorted, (1 + level) / 2)];
  const [low, high] =
    method === "percentile" ? [estimate + lower, estimate + upper] : [estimate - upper * ownError, estimate - lower * ownError];
  // An interval of percentiles mirrors the errors: the figure is refuted by draws as far below it.
  const against = sorted.filter((pivot) => (method === "percentile" ? pivot <= -estimate : pivot >= estimate / ownError)).length;
  return { estimate, low, high, pValue: (1 + against) / (1 + sorted.length), blockLength: resampling.blockLength, draws: sorted.length };
}

/** Standard error of the mean of the first series: Newey & West (1987) with their textbook lags. */
export function meanError([series]: readonly Float64Array[]): number {
  const values = series as Float64Array;
  return Math.sqrt(neweyWestVariance(values, neweyWestLags(values.length)) / values.length);
}

/** The value below which `part` of n + 1 lie (Weibull's plotting position): ends then agree with p-values of (1 + count) / (1 + n). */
function quantile(sorted: Float64Array, part: number): number {
  const at = Math.min(Math.max(part * (sorted.length + 1) - 1, 0), sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] as number;
  return low + (at - below) * ((sorted[Math.min(below + 1, sorted.length - 1)] as number) - low);
}

function usage(message: string): TruewindError {
  return new TruewindError("bad-usage", message);
}
