// Statistics of a price path, given as its log returns: the path begins at 0 and rises by each return. NaN where the path does not move.
import { center, deviation, meanOf, squaresOf } from "./centered.js";
import { laggedSums } from "./lagged.js";
import { levelFit } from "./level-fit.js";
import type { Statistic } from "./statistic.js";
import { walk } from "./walk.js";

const plain = { series: 1, powers: [0, 0], params: [] } as const;

let around = new Float64Array(512);
const products = new Float64Array(32);
/** Weights of fractional differences by their order, oldest value last. */
const fractions = new Map<number, Float64Array>();

/** The path's `count` values less their mean, valid until the next call. */
function aroundMean(y: Float64Array, count: number): Float64Array {
  if (around.length < count) around = new Float64Array(2 * count);
  center(y, 0, count, around, 0);
  return around;
}

/** (-1)^k (d over k) for k of [0, n), at least. */
function fractionsOf(d: number, n: number): Float64Array {
  let weights = fractions.get(d);
  if (weights === undefined || weights.length < n) {
    weights = new Float64Array(n).fill(1);
    for (let k = 1; k < n; k++) weights[k] = -((weights[k - 1] as number) * (d - k + 1)) / k;
    fractions.set(d, weights);
  }
  return weights;
}

/** The largest fall of the log path below its earlier maximum. */
function largestFall(x: Float64Array, from: number, n: number): number {
  let depth = 0;
  let largest = 0;
  for (let k = from; k < from + n; k++) {
    depth = Math.max(0, depth - (x[k] as number));
    largest = Math.max(largest, depth);
  }
  return largest;
}

export const pathStatistics = {
  /** Largest loss from an earlier high of the path, as a share, in [0, 1]. */
  maxDrawdown: { ...plain, least: 1, value: (x, _, from, n) => -Math.expm1(-largestFall(x, from, n)) },
  /** Largest fall less largest rise over their sum, in log terms, in [-1, 1]. */
  fallBalance: {
    ...plain,
    least: 1,
    value: (x, _, from, n) => {
      let under = 0;
      let over = 0;
      let fall = 0;
      let rise = 0;
      for (let k = from; k < from + n; k++) {
        under = Math.max(0, under - (x[k] as number));
        over = Math.max(0, over + (x[k] as number));
        fall = Math.max(fall, under);
        rise = Math.max(rise, over);
      }
      return (fall - rise) / (fall + rise);
    },
  },
  /** Mean depth under the running high over the largest depth, in log terms, in [0, 1]: how long the pain lasts. NaN without a fall. */
  painRatio: {
    ...plain,
    least: 1,
    value: (x, _, from, n) => {
      let depth = 0;
      let largest = 0;
      let sum = 0;
      for (let k = from; k < from + n; k++) {
        depth = Math.max(0, depth - (x[k] as number));
        largest = Math.max(largest, depth);
        sum += depth;
      }
      return sum / n / largest;
    },
  },
  /** Bars since the path's high, over the window's length, in [0, 1]. */
  sinceHigh: {
    ...plain,
    least: 1,
    value: (x, _, from, n) => {
      let depth = 0;
      let bars = 0;
      for (let k = from; k < from + n; k++) {
        depth -= x[k] as number;
        bars++;
        if (depth <= 0) depth = bars = 0;
      }
      return bars / n;
    },
  },
  /** Share of the bars on which the path lies under its running high, in [0, 1]. */
  underWater: {
    ...plain,
    least: 1,
    value: (x, _, from, n) => {
      let depth = 0;
      let bars = 0;
      for (let k = from; k < from + n; k++) {
        depth = Math.max(0, depth - (x[k] as number));
        bars += Number(depth > 0);
      }
      return bars / n;
    },
  },
  /** Crossings of the path through its mean, over the window's length, in [0, 1]. */
  meanCrossings: {
    ...plain,
    least: 2,
    value: (x, _, from, n) => {
      const y = walk(x, from, n);
      const mean = meanOf(y, 0, n + 1);
      let above = Number(mean < 0);
      let crossings = 0;
      for (let k = 1; k <= n; k++) {
        const before = above;
        above = Number((y[k] as number) > mean);
        crossings += above ^ before;
      }
      return crossings / n;
    },
  },
  /** Dickey and Fuller 1979: t statistic of the level in a regression of steps on a constant, the level and `lags` earlier steps. */
  dickeyFuller: {
    ...plain,
    least: 10,
    params: ["lagged steps, 0 or 1", "1 with a linear trend instead, else 0"],
    value: (x, _, from, n, [lags = 0, trend = 0]) => {
      const { coefficient, error } = levelFit(x, from, n, lags > 0 ? "step" : trend > 0 ? "time" : "none");
      return coefficient / error;
    },
  },
  /**
   * Half-life of reversion of the path to its mean as an Ornstein-Uhlenbeck process (Chan 2013, chapter 2), log 2 / -log(1 + b) with b the
   * Dickey-Fuller coefficient, over the window's length, in [0, 1]: 1 when it is longer than the window or the path does not revert.
   */
  halfLife: {
    ...plain,
    least: 10,
    value: (x, _, from, n) => {
      const { coefficient } = levelFit(x, from, n, "none");
      if (coefficient >= 0) return 1;
      return coefficient <= -1 ? 0 : Math.min(1, Math.LN2 / -Math.log1p(coefficient) / n);
    },
  },
  /** Kwiatkowski, Phillips, Schmidt and Shin 1992, equation 13: stationarity of the level, long-run variance by Bartlett weights. */
  kpss: {
    ...plain,
    least: 10,
    params: ["lags of the long-run variance, at most 32"],
    value: (x, _, from, n, [lags = 4]) => {
      const count = n + 1;
      const d = aroundMean(walk(x, from, n), count);
      laggedSums(d, 0, count, lags, products, 0);
      let longRun = squaresOf(d, 0, count);
      for (let lag = 1; lag <= lags; lag++) longRun += 2 * (1 - lag / (lags + 1)) * (products[lag - 1] as number);
      let sum = 0;
      let squares = 0;
      for (let k = 0; k < count; k++) {
        sum += d[k] as number;
        squares += sum * sum;
      }
      return squares / (count * longRun);
    },
  },
  /** t statistic of the square of time in a regression of the path on time and its square: the bend of the trend. */
  curvature: {
    ...plain,
    least: 5,
    value: (x, _, from, n) => {
      const count = n + 1;
      const d = aroundMean(walk(x, from, n), count);
      const middle = n / 2;
      const spread = (count * count - 1) / 12;
      let ty = 0;
      let qy = 0;
      let squares = 0;
      for (let k = 0; k < count; k++) {
        const t = k - middle;
        const v = d[k] as number;
        ty += t * v;
        qy += (t * t - spread) * v;
        squares += v * v;
      }
      // Sums of squares of time, and of its square less its mean.
      const tt = count * spread;
      const qq = (tt * (count * count - 4)) / 15;
      const slope = ty / tt;
      const bend = qy / qq;
      let residual = 0;
      for (let k = 0; k < count; k++) {
        const t = k - middle;
        residual += ((d[k] as number) - slope * t - bend * (t * t - spread)) ** 2;
      }
      return residual > 1e-20 * squares ? bend / Math.sqrt(residual / (count - 3) / qq) : Number.NaN;
    },
  },
  /**
   * Fixed-width fractional difference of the log price (Lopez de Prado 2018, section 5.5) of order d, with the price before the window as
   * origin, in standard deviations of the returns.
   */
  fractionalDifference: {
    ...plain,
    least: 5,
    params: ["order d in (0, 1)"],
    value: (x, _, from, n, [d = 0.5]) => {
      const y = walk(x, from, n);
      const weights = fractionsOf(d, n);
      let sum = 0;
      let other = 0;
      for (let k = 0; k + 1 < n; k += 2) {
        sum += (weights[k] as number) * (y[n - k] as number);
        other += (weights[k + 1] as number) * (y[n - k - 1] as number);
      }
      if (n % 2 === 1) sum += (weights[n - 1] as number) * (y[1] as number);
      return (sum + other) / deviation(x, from, n);
    },
  },
} as const satisfies Readonly<Record<string, Statistic>>;
