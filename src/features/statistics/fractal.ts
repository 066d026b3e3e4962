// Statistics of scaling, of a window of log returns. NaN where the path does not move.
import { centered, squaresOf } from "./centered.js";
import type { Statistic } from "./statistic.js";

const plain = { series: 1, powers: [0, 0], params: [] } as const;

let path = new Float64Array(512);

/** Sums of the first values, `path[0 .. n]`, beginning at 0. */
function walk(x: Float64Array, from: number, n: number): Float64Array {
  if (path.length <= n) path = new Float64Array(2 * n);
  path[0] = 0;
  for (let k = 0; k < n; k++) path[k + 1] = (path[k] as number) + (x[from + k] as number);
  return path;
}

const logs = { x: new Float64Array(32), y: new Float64Array(32) };

/** Least-squares slope over the first `count` points of `logs`. */
function slope(count: number): number {
  let [mx, my] = [0, 0];
  for (let k = 0; k < count; k++) {
    mx += (logs.x[k] as number) / count;
    my += (logs.y[k] as number) / count;
  }
  let [xy, xx] = [0, 0];
  for (let k = 0; k < count; k++) {
    const d = (logs.x[k] as number) - mx;
    xy += d * ((logs.y[k] as number) - my);
    xx += d * d;
  }
  return xy / xx;
}

/** Range of the sums of the deviations `d[0 .. n)`, which begin at 0. */
function rangeOfSums(d: Float64Array, n: number): number {
  let [sum, low, high] = [0, 0, 0];
  for (let k = 0; k < n; k++) {
    sum += d[k] as number;
    low = Math.min(low, sum);
    high = Math.max(high, sum);
  }
  return high - low;
}

/** Sum of squared residuals from the straight line through `y[at .. at + n)`. */
function aroundLine(y: Float64Array, at: number, n: number): number {
  let mean = 0;
  for (let k = 0; k < n; k++) mean += (y[at + k] as number) / n;
  let [ty, tt, yy] = [0, 0, 0];
  for (let k = 0; k < n; k++) {
    const t = k - (n - 1) / 2;
    const d = (y[at + k] as number) - mean;
    ty += t * d;
    tt += t * t;
    yy += d * d;
  }
  const bend = ty / tt;
  let residual = 0;
  for (let k = 0; k < n; k++) residual += ((y[at + k] as number) - mean - bend * (k - (n - 1) / 2)) ** 2;
  return residual > 1e-24 * yy ? residual : 0;
}

export const fractalStatistics = {
  /** Hurst exponent by rescaled range (Hurst 1951; Mandelbrot and Wallis 1969): mean R / S of parts of n, n / 2, ... 8 bars against their length. */
  hurst: {
    ...plain,
    least: 16,
    value: (x, _, from, n) => {
      let count = 0;
      for (let size = n; size >= 8; size = Math.floor(size / 2)) {
        let [sum, parts] = [0, 0];
        for (let at = from; at + size <= from + n; at += size) {
          const d = centered(x, at, size);
          const deviation = Math.sqrt(squaresOf(d, size) / size);
          if (deviation === 0) continue;
          sum += rangeOfSums(d, size) / deviation;
          parts++;
        }
        if (parts === 0) return Number.NaN;
        logs.x[count] = Math.log(size);
        logs.y[count++] = Math.log(sum / parts);
      }
      return slope(count);
    },
  },
  /** Lo 1991, equation 3.8: range of the sums over the long-run deviation and sqrt(n). NaN when that variance is not above 0. */
  modifiedRange: {
    ...plain,
    least: 16,
    params: ["lags of the long-run variance"],
    value: (x, _, from, n, [lags = 4]) => {
      const d = centered(x, from, n);
      let longRun = squaresOf(d, n);
      for (let lag = 1; lag <= lags; lag++) {
        let sum = 0;
        for (let k = lag; k < n; k++) sum += (d[k] as number) * (d[k - lag] as number);
        longRun += 2 * (1 - lag / (lags + 1)) * sum;
      }
      return longRun > 0 ? rangeOfSums(d, n) / Math.sqrt(longRun / n) / Math.sqrt(n) : Number.NaN;
    },
  },
  /** Detrended fluctuation analysis (Peng et al. 1994), parts of 4, 8, ... n / 2 bars, straight lines: 0.5 for independent returns. */
  detrendedFluctuation: {
    ...plain,
    least: 16,
    value: (x, _, from, n) => {
      const d = centered(x, from, n);
      const y = walk(d, 0, n);
      let count = 0;
      for (let size = 4; size <= n / 2; size *= 2) {
        const parts = Math.floor(n / size);
        let sum = 0;
        for (let part = 0; part < parts; part++) sum += aroundLine(y, 1 + part * size, size);
        logs.x[count] = Math.log(size);
        logs.y[count++] = Math.log(Math.sqrt(sum / (parts * size)));
      }
      return slope(count);
    },
  },
  /** Generalised Hurst exponent (Di Matteo 2007), order 1: growth of the path's mean absolute change over 1, 2, 4 ... bars. */
  generalizedHurst: {
    ...plain,
    least: 16,
    params: ["number of lags, each twice the one before"],
    value: (x, _, from, n, [lags = 4]) => {
      const y = walk(x, from, n);
      for (let k = 0; k < lags; k++) {
        const lag = 1 << k;
        let sum = 0;
        for (let t = lag; t <= n; t++) sum += Math.abs((y[t] as number) - (y[t - lag] as number));
        logs.x[k] = Math.log(lag);
        logs.y[k] = Math.log(sum / (n - lag + 1));
      }
      return slope(lags);
    },
  },
  /** Higuchi 1988: fractal dimension of the path from its length at strides 1 to k. */
  higuchi: {
    ...plain,
    least: 16,
    params: ["longest stride"],
    value: (x, _, from, n, [longest = 6]) => {
      const y = walk(x, from, n);
      const count = n + 1;
      for (let stride = 1; stride <= longest; stride++) {
        let total = 0;
        for (let start = 0; start < stride; start++) {
          const jumps = Math.floor((count - start - 1) / stride);
          let length = 0;
          for (let j = 1; j <= jumps; j++) length += Math.abs((y[start + j * stride] as number) - (y[start + (j - 1) * stride] as number));
          total += (length * (count - 1)) / (stride * jumps) / stride;
        }
        logs.x[stride - 1] = Math.log(1 / stride);
        logs.y[stride - 1] = Math.log(total / stride);
      }
      return slope(longest);
    },
  },
  /** Katz 1988: log n / (log n + log(d / L)), of the path's length L, number of steps n and farthest distance d from its start. */
  katz: {
    ...plain,
    least: 5,
    value: (x, _, from, n) => {
      const y = walk(x, from, n);
      let [length, farthest] = [0, 0];
      for (let k = 1; k <= n; k++) {
        length += Math.abs(x[from + k - 1] as number);
        farthest = Math.max(farthest, Math.abs(y[k] as number));
      }
      return Math.log(n) / (Math.log(n) + Math.log(farthest / length));
    },
  },
  /** Petrosian 1995: dimension from the number of turns of the series. NaN never, once it has three values. */
  petrosian: {
    ...plain,
    least: 4,
    value: (x, _, from, n) => {
      let turns = 0;
      for (let k = from + 2; k < from + n; k++) {
        if ((x[k] as number) < (x[k - 1] as number) !== (x[k - 1] as number) < (x[k - 2] as number)) turns++;
      }
      return Math.log10(n) / (Math.log10(n) + Math.log10(n / (n + 0.4 * turns)));
    },
  },
} as const satisfies Readonly<Record<string, Statistic>>;
