// Statistics of the ordered window that a few outliers cannot move, and statistics of its tails. Windows without spread give NaN.
import { deviation } from "./centered.js";
import type { Statistic } from "./statistic.js";
import { quantileAt, sortedWindow } from "./window-sort.js";

const plain = { series: 1, powers: [0, 0], params: [], sorts: true } as const;

/** Median of |x - median|: the two sorted halves are merged outward from the median until half of the values are passed. */
function medianDeviation(s: Float64Array, from: number, n: number): number {
  const median = quantileAt(s, from, n, 0.5);
  let above = n >> 1;
  let below = above - 1;
  let last = 0;
  let before = 0;
  for (let passed = 0; passed <= n >> 1; passed++) {
    before = last;
    const down = below >= 0 ? median - (s[from + below] as number) : Number.POSITIVE_INFINITY;
    const up = above < n ? (s[from + above] as number) - median : Number.POSITIVE_INFINITY;
    if (down < up) {
      last = down;
      below--;
    } else {
      last = up;
      above++;
    }
  }
  return n % 2 === 1 ? last : (before + last) / 2;
}

/** How many of `n` values a share takes in: at least one. */
function tailCount(share: number, n: number): number {
  return Math.max(1, (share * n + 1e-9) | 0);
}

/** Mean of log(s[k] / s[edge]) over k of [start, start + count), NaN unless the edge lies on the tail's side of 0. */
function meanLogExcess(s: Float64Array, start: number, edge: number, count: number): number {
  const inner = s[edge] as number;
  if (!(start > edge ? inner > 0 : inner < 0)) return Number.NaN;
  // One logarithm of a product for many, while it does not overflow.
  let product = 1;
  let sum = 0;
  for (let k = start; k < start + count; k++) {
    const ratio = (s[k] as number) / inner;
    if (product * ratio > 1e300) {
      sum += Math.log(product);
      product = 1;
    }
    product *= ratio;
  }
  return (sum + Math.log(product)) / count;
}

export const robustStatistics = {
  /** Median absolute deviation x 1.4826 over the standard deviation: 1 for the normal distribution, less with fat tails. */
  madRatio: {
    ...plain,
    least: 3,
    value: (x, _, from, n) => (1.482602218505602 * medianDeviation(sortedWindow(x, from, n), from, n)) / deviation(x, from, n),
  },
  /** Quantile skewness (Hinkley 1975; Bowley for 0.25, Kelly for 0.1): (upper + lower - 2 median) / (upper - lower), in [-1, 1]. */
  quantileSkew: {
    ...plain,
    least: 4,
    params: ["lower probability in (0, 0.5)"],
    value: (x, _, from, n, [q = 0.25]) => {
      const s = sortedWindow(x, from, n);
      const median = quantileAt(s, from, n, 0.5);
      const up = quantileAt(s, from, n, 1 - q) - median;
      const down = median - quantileAt(s, from, n, q);
      return (up - down) / (up + down);
    },
  },
  /** Moors 1988, on octiles: ((E7 - E5) + (E3 - E1)) / (E6 - E2). */
  octileKurtosis: {
    ...plain,
    least: 8,
    value: (x, _, from, n) => {
      const s = sortedWindow(x, from, n);
      const e = (k: number): number => quantileAt(s, from, n, k / 8);
      return (e(7) - e(5) + (e(3) - e(1))) / (e(6) - e(2));
    },
  },
  /** Crow and Siddiqui 1967: distance of two outer quantiles over the quartile distance. */
  tailSpread: {
    ...plain,
    least: 8,
    params: ["outer probability in (0, 0.25)"],
    value: (x, _, from, n, [q = 0.05]) => {
      const s = sortedWindow(x, from, n);
      const inner = quantileAt(s, from, n, 0.75) - quantileAt(s, from, n, 0.25);
      return (quantileAt(s, from, n, 1 - q) - quantileAt(s, from, n, q)) / inner;
    },
  },
  /** Groeneveld and Meeden 1984: (mean - median) / mean |x - median|, in [-1, 1]. */
  medianSkew: {
    ...plain,
    least: 3,
    value: (x, _, from, n) => {
      const median = quantileAt(sortedWindow(x, from, n), from, n, 0.5);
      let sum = 0;
      let size = 0;
      for (let k = 0; k < n; k++) {
        const d = (x[from + k] as number) - median;
        sum += d;
        size += Math.abs(d);
      }
      return sum / size;
    },
  },
  /** Yuen 1974, one sample: trimmed mean over its standard error from the winsorised variance. */
  trimmedT: {
    ...plain,
    least: 5,
    params: ["share trimmed at each end, in (0, 0.5)"],
    value: (x, _, from, n, [share = 0.2]) => {
      const s = sortedWindow(x, from, n);
      const g = (share * n + 1e-9) | 0;
      const kept = n - 2 * g;
      const first = s[from + g] as number;
      const last = s[from + n - g - 1] as number;
      let sum = 0;
      for (let k = g; k < n - g; k++) sum += (s[from + k] as number) - first;
      const winsorized = (sum + g * (last - first)) / n;
      let squares = g * winsorized ** 2 + g * (last - first - winsorized) ** 2;
      for (let k = g; k < n - g; k++) squares += ((s[from + k] as number) - first - winsorized) ** 2;
      const error = Math.sqrt(squares / (n - 1)) / ((kept / n) * Math.sqrt(n));
      return (first + sum / kept) / error;
    },
  },
  /** Mean of the lowest share of the values over the standard deviation: expected shortfall in volatilities, as a return. */
  lowMean: {
    ...plain,
    least: 2,
    params: ["share in (0, 1)"],
    value: (x, _, from, n, [share = 0.05]) => {
      const s = sortedWindow(x, from, n);
      const count = tailCount(share, n);
      let sum = 0;
      for (let k = 0; k < count; k++) sum += s[from + k] as number;
      return sum / count / deviation(x, from, n);
    },
  },
  /** Mean of the highest share of the values over the standard deviation. */
  highMean: {
    ...plain,
    least: 2,
    params: ["share in (0, 1)"],
    value: (x, _, from, n, [share = 0.05]) => {
      const s = sortedWindow(x, from, n);
      const count = tailCount(share, n);
      let sum = 0;
      for (let k = n - count; k < n; k++) sum += s[from + k] as number;
      return sum / count / deviation(x, from, n);
    },
  },
  /** Mean distance of the lowest share from its own upper edge, in standard deviations: how far losses go beyond value at risk. */
  excessLoss: {
    ...plain,
    least: 4,
    params: ["share in (0, 0.5)"],
    value: (x, _, from, n, [share = 0.1]) => {
      const s = sortedWindow(x, from, n);
      const count = tailCount(share, n);
      const edge = s[from + count] as number;
      let sum = 0;
      for (let k = 0; k < count; k++) sum += edge - (s[from + k] as number);
      return sum / count / deviation(x, from, n);
    },
  },
  /**
   * Hill 1975: mean log of the `share` largest values over the next one, which is 1 / tail index. NaN when that one is not above 0.
   */
  hill: {
    ...plain,
    least: 4,
    params: ["share of the window in (0, 0.5)"],
    value: (x, _, from, n, [share = 0.1]) => {
      const count = tailCount(share, n);
      return meanLogExcess(sortedWindow(x, from, n), from + n - count, from + n - count - 1, count);
    },
  },
  /** The same of the lowest values, signs turned. */
  hillLow: {
    ...plain,
    least: 4,
    params: ["share of the window in (0, 0.5)"],
    value: (x, _, from, n, [share = 0.1]) => {
      const count = tailCount(share, n);
      return meanLogExcess(sortedWindow(x, from, n), from, from + count, count);
    },
  },
} as const satisfies Readonly<Record<string, Statistic>>;
