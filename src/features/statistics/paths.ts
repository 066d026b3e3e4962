// Statistics of a price path, given as its log returns: the path begins at 0 and rises by each return. NaN where the path does not move.
import { centered, squaresOf } from "./centered.js";
import { leastSquares } from "./least-squares.js";
import type { Statistic } from "./statistic.js";

const plain = { series: 1, powers: [0, 0], params: [] } as const;

let path = new Float64Array(512);
let steps = new Float64Array(512);
let stepsBefore = new Float64Array(512);
let levels = new Float64Array(512);
let time = new Float64Array(512);

/** Fills `path[0 .. n]` with the sums of the first returns. */
function walk(x: Float64Array, from: number, n: number): Float64Array {
  if (path.length <= n) {
    [path, steps, stepsBefore, levels, time] = Array.from({ length: 5 }, () => new Float64Array(2 * n)) as [
      Float64Array<ArrayBuffer>,
      Float64Array<ArrayBuffer>,
      Float64Array<ArrayBuffer>,
      Float64Array<ArrayBuffer>,
      Float64Array<ArrayBuffer>,
    ];
  }
  path[0] = 0;
  for (let k = 0; k < n; k++) path[k + 1] = (path[k] as number) + (x[from + k] as number);
  return path;
}

/** The largest fall of the log path below its earlier maximum; with sign -1 the largest rise above its earlier minimum. */
function largestFall(x: Float64Array, from: number, n: number, sign: number): number {
  let [depth, largest] = [0, 0];
  for (let k = from; k < from + n; k++) {
    depth = Math.max(0, depth - sign * (x[k] as number));
    largest = Math.max(largest, depth);
  }
  return largest;
}

/** Step on level before, then `lags` earlier steps, then time if wanted. */
function dickeyFuller(x: Float64Array, from: number, n: number, lags: number, trend: number): ReturnType<typeof leastSquares> {
  const y = walk(x, from, n);
  for (let k = 0; k < n; k++) {
    steps[k] = x[from + k] as number;
    levels[k] = y[k] as number;
    stepsBefore[k] = k > 0 ? (x[from + k - 1] as number) : 0;
    time[k] = k;
  }
  const columns = [levels];
  if (lags > 0) columns.push(stepsBefore);
  if (trend > 0) columns.push(time);
  return leastSquares(steps, columns, columns.length, lags, n);
}

export const pathStatistics = {
  /** Largest loss from an earlier high of the path, as a share, in [0, 1]. */
  maxDrawdown: { ...plain, least: 1, value: (x, _, from, n) => -Math.expm1(-largestFall(x, from, n, 1)) },
  /** Largest fall less largest rise over their sum, in log terms, in [-1, 1]. */
  fallBalance: {
    ...plain,
    least: 1,
    value: (x, _, from, n) => {
      const [fall, rise] = [largestFall(x, from, n, 1), largestFall(x, from, n, -1)];
      return (fall - rise) / (fall + rise);
    },
  },
  /** Mean depth under the running high over the largest depth, in log terms, in [0, 1]: how long the pain lasts. NaN without a fall. */
  painRatio: {
    ...plain,
    least: 1,
    value: (x, _, from, n) => {
      let [depth, largest, sum] = [0, 0, 0];
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
      let [depth, bars] = [0, 0];
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
      let [depth, bars] = [0, 0];
      for (let k = from; k < from + n; k++) {
        depth = Math.max(0, depth - (x[k] as number));
        if (depth > 0) bars++;
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
      let sum = 0;
      for (let k = 0; k <= n; k++) sum += y[k] as number;
      const mean = sum / (n + 1);
      let crossings = 0;
      for (let k = 1; k <= n; k++) if ((y[k] as number) > mean !== (y[k - 1] as number) > mean) crossings++;
      return crossings / n;
    },
  },
  /** Dickey and Fuller 1979: t statistic of the level in a regression of steps on a constant, the level and `lags` earlier steps. */
  dickeyFuller: {
    ...plain,
    least: 10,
    params: ["lagged steps, 0 or 1", "1 with a linear trend, else 0"],
    value: (x, _, from, n, [lags = 0, trend = 0]) => {
      const { coefficient, error } = dickeyFuller(x, from, n, lags, trend);
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
      const { coefficient } = dickeyFuller(x, from, n, 0, 0);
      if (coefficient >= 0) return 1;
      return coefficient <= -1 ? 0 : Math.min(1, Math.LN2 / -Math.log1p(coefficient) / n);
    },
  },
  /** Kwiatkowski, Phillips, Schmidt and Shin 1992, equation 13: stationarity of the level, long-run variance by Bartlett weights. */
  kpss: {
    ...plain,
    least: 10,
    params: ["lags of the long-run variance"],
    value: (x, _, from, n, [lags = 4]) => {
      const d = centered(walk(x, from, n), 0, n + 1);
      const count = n + 1;
      let longRun = squaresOf(d, count);
      for (let lag = 1; lag <= lags; lag++) {
        let sum = 0;
        for (let k = lag; k < count; k++) sum += (d[k] as number) * (d[k - lag] as number);
        longRun += 2 * (1 - lag / (lags + 1)) * sum;
      }
      let [sum, squares] = [0, 0];
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
      const d = centered(walk(x, from, n), 0, count);
      const middle = n / 2;
      const spread = (count * count - 1) / 12;
      let [ty, qy, tt, qq] = [0, 0, 0, 0];
      for (let k = 0; k < count; k++) {
        const t = k - middle;
        const q = t * t - spread;
        ty += t * (d[k] as number);
        qy += q * (d[k] as number);
        tt += t * t;
        qq += q * q;
      }
      const [slope, bend] = [ty / tt, qy / qq];
      let residual = 0;
      for (let k = 0; k < count; k++) {
        const t = k - middle;
        residual += ((d[k] as number) - slope * t - bend * (t * t - spread)) ** 2;
      }
      return residual > 1e-20 * squaresOf(d, count) ? bend / Math.sqrt(residual / (count - 3) / qq) : Number.NaN;
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
      let [weight, sum] = [1, 0];
      for (let k = 0; k < n; k++) {
        sum += weight * (y[n - k] as number);
        weight *= -(d - k) / (k + 1);
      }
      return sum / Math.sqrt(squaresOf(centered(x, from, n), n) / n);
    },
  },
} as const satisfies Readonly<Record<string, Statistic>>;
