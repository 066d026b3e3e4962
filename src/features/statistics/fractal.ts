// Statistics of scaling, of a window of log returns. NaN where the path does not move.
import { deviations, meanOf, spread, squaresOf } from "./centered.js";
import { autocovariance } from "./lagged.js";
import type { Statistic } from "./statistic.js";
import { walk } from "./walk.js";

const plain = { series: 1, powers: [0, 0], params: [] } as const;

const logs = { x: new Float64Array(32), y: new Float64Array(32) };

/** Least-squares slope over the first `count` points of `logs`. */
function slope(count: number): number {
  let mx = 0;
  let my = 0;
  for (let k = 0; k < count; k++) {
    mx += (logs.x[k] as number) / count;
    my += (logs.y[k] as number) / count;
  }
  let xy = 0;
  let xx = 0;
  for (let k = 0; k < count; k++) {
    const d = (logs.x[k] as number) - mx;
    xy += d * ((logs.y[k] as number) - my);
    xx += d * d;
  }
  return xy / xx;
}

/** The larger of two, without a branch that could be foreseen wrongly; exact but for rounding. */
function larger(a: number, b: number): number {
  return (a + b + Math.abs(a - b)) / 2;
}
/** The smaller of two, likewise. */
function smaller(a: number, b: number): number {
  return (a + b - Math.abs(a - b)) / 2;
}

/** Range of the sums of `x[at .. at + n)` less `mean`, which begin at 0, over their standard deviation; 0 when they are all alike. */
function rescaledRange(x: Float64Array, at: number, n: number, mean: number): number {
  let sum = 0;
  let low = 0;
  let high = 0;
  let squares = 0;
  let others = 0;
  const end = at + n;
  let k = at;
  // Four at a time: the next four wait for one addition and one comparison only.
  for (; k + 3 < end; k += 4) {
    const a = (x[k] as number) - mean;
    const b = (x[k + 1] as number) - mean;
    const c = (x[k + 2] as number) - mean;
    const d = (x[k + 3] as number) - mean;
    squares += a * a + b * b;
    others += c * c + d * d;
    const first = sum + a;
    const second = sum + (a + b);
    const third = second + c;
    sum += a + b + (c + d);
    low = smaller(low, smaller(smaller(first, second), smaller(third, sum)));
    high = larger(high, larger(larger(first, second), larger(third, sum)));
  }
  for (; k < end; k++) {
    const a = (x[k] as number) - mean;
    squares += a * a;
    sum += a;
    low = Math.min(low, sum);
    high = Math.max(high, sum);
  }
  const total = squares + others;
  return total > 0 ? (high - low) / Math.sqrt(total / n) : 0;
}

/** Of parts of a path: mean, sum of products with time around the part's middle, sum of squared residuals from a straight line. */
let partMeans = new Float64Array(128);
let partSlopes = new Float64Array(128);
let partResiduals = new Float64Array(128);

/** Fits lines to parts of four values each, `y[at .. at + 4 parts)`: what a line leaves is the quadratic and the cubic contrast. */
function fitFours(y: Float64Array, at: number, parts: number): void {
  if (partMeans.length < parts) {
    [partMeans, partSlopes, partResiduals] = [new Float64Array(2 * parts), new Float64Array(2 * parts), new Float64Array(2 * parts)];
  }
  for (let part = 0; part < parts; part++) {
    const k = at + 4 * part;
    const a = y[k] as number;
    const b = y[k + 1] as number;
    const c = y[k + 2] as number;
    const d = y[k + 3] as number;
    const inner = c - b;
    const outer = d - a;
    const bend = a - b - c + d;
    const twist = outer - 3 * inner;
    partMeans[part] = (a + b + (c + d)) / 4;
    partSlopes[part] = 0.5 * inner + 1.5 * outer;
    partResiduals[part] = (bend * bend) / 4 + (twist * twist) / 20;
  }
}

/**
 * From lines through parts of `size` values to lines through two of them each. One line leaves what two left, and what fitting it to the
 * points of the two lines leaves.
 */
function joinParts(parts: number, size: number): void {
  const own = (size * (size * size - 1)) / 12;
  const both = (2 * size * (4 * size * size - 1)) / 12;
  for (let part = 0; part < parts; part++) {
    const a = 2 * part;
    const b = 2 * part + 1;
    const apart = ((partMeans[b] as number) - (partMeans[a] as number)) / 2;
    const product = (partSlopes[a] as number) + (partSlopes[b] as number) + size * size * apart;
    const slope = product / both;
    const shift = (slope * size) / 2 - apart;
    const first = (partSlopes[a] as number) / own - slope;
    const second = (partSlopes[b] as number) / own - slope;
    partMeans[part] = ((partMeans[a] as number) + (partMeans[b] as number)) / 2;
    partSlopes[part] = product;
    partResiduals[part] =
      (partResiduals[a] as number) + (partResiduals[b] as number) + 2 * size * shift * shift + own * (first * first + second * second);
  }
}

/** Sum of |y[t] - y[t - lag]| for t of [lag, n]. */
function absoluteChanges(y: Float64Array, n: number, lag: number): number {
  let a = 0;
  let b = 0;
  let t = lag;
  for (; t < n; t += 2) {
    a += Math.abs((y[t] as number) - (y[t - lag] as number));
    b += Math.abs((y[t + 1] as number) - (y[t + 1 - lag] as number));
  }
  if (t === n) a += Math.abs((y[t] as number) - (y[t - lag] as number));
  return a + b;
}

export const fractalStatistics = {
  /** Hurst exponent by rescaled range (Hurst 1951; Mandelbrot and Wallis 1969): mean R / S of parts of n, n / 2, ... 8 bars against their length. */
  hurst: {
    ...plain,
    least: 16,
    value: (x, _, from, n) => {
      let count = 0;
      for (let size = n; size >= 8; size >>= 1) {
        let sum = 0;
        let parts = 0;
        for (let at = from; at + size <= from + n; at += size) {
          const range = rescaledRange(x, at, size, meanOf(x, at, size));
          if (range === 0) continue;
          sum += range;
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
      let longRun = spread(x, from, n);
      const short = Math.sqrt(longRun / n);
      for (let lag = 1; lag <= lags; lag++) longRun += 2 * (1 - lag / (lags + 1)) * autocovariance(x, from, n, lag);
      if (!(longRun > 0)) return Number.NaN;
      const range = rescaledRange(x, from, n, meanOf(x, from, n)) * short;
      return range / Math.sqrt(longRun / n) / Math.sqrt(n);
    },
  },
  /** Detrended fluctuation analysis (Peng et al. 1994), parts of 4, 8, ... n / 2 bars, straight lines: 0.5 for independent returns. */
  detrendedFluctuation: {
    ...plain,
    least: 16,
    value: (x, _, from, n) => {
      const y = walk(deviations(x, from, n), from, n);
      let size = 4;
      let parts = n >> 2;
      fitFours(y, 1, parts);
      const rounding = 1e-24 * squaresOf(y, 1, n);
      for (let count = 0; ; count++) {
        let sum = 0;
        for (let part = 0; part < parts; part++) sum += partResiduals[part] as number;
        // Residuals below rounding are none.
        if (!(sum > rounding)) return Number.NaN;
        logs.x[count] = count * Math.LN2;
        logs.y[count] = Math.log(sum / (parts * size)) / 2;
        if (4 * size > n) return slope(count + 1);
        parts >>= 1;
        joinParts(parts, size);
        size *= 2;
      }
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
        logs.x[k] = Math.log(lag);
        logs.y[k] = Math.log(absoluteChanges(y, n, lag) / (n - lag + 1));
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
      for (let stride = 1; stride <= longest; stride++) {
        // The first starts have room for one jump more than the others.
        const most = (n / stride) | 0;
        const longer = n - most * stride + 1;
        let more = 0;
        for (let start = 0; start < longer; start++) {
          for (let t = start + stride; t <= n; t += stride) more += Math.abs((y[t] as number) - (y[t - stride] as number));
        }
        const less = longer < stride ? (absoluteChanges(y, n, stride) - more) / (most - 1) : 0;
        const total = ((more / most + less) * n) / (stride * stride);
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
      let length = 0;
      let farthest = 0;
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
        turns += Number((x[k] as number) < (x[k - 1] as number)) ^ Number((x[k - 1] as number) < (x[k - 2] as number));
      }
      return Math.log10(n) / (Math.log10(n) + Math.log10(n / (n + 0.4 * turns)));
    },
  },
} as const satisfies Readonly<Record<string, Statistic>>;
