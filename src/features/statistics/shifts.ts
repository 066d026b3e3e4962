// Statistics of change within a window, and of the last value's place in it. Windows without spread give NaN.
import { centered, squaresOf } from "./centered.js";
import type { Statistic } from "./statistic.js";

const plain = { series: 1, powers: [0, 0], params: [] } as const;

/** The sum of `d` that lies farthest from 0, and how many values it holds. */
const farthest = { sum: 0, count: 0 };
function farthestSum(d: Float64Array, n: number): void {
  let sum = 0;
  farthest.sum = farthest.count = 0;
  // All values sum to 0 but for rounding.
  for (let k = 0; k < n - 1; k++) {
    sum += d[k] as number;
    if (Math.abs(sum) <= Math.abs(farthest.sum)) continue;
    farthest.sum = sum;
    farthest.count = k + 1;
  }
}

/** Squares of the window less their mean, whose own total is returned. */
function centeredSquares(x: Float64Array, from: number, n: number): { d: Float64Array; total: number } {
  const d = centered(x, from, n);
  let total = 0;
  for (let k = 0; k < n; k++) {
    d[k] = (d[k] as number) ** 2;
    total += d[k] as number;
  }
  for (let k = 0; k < n; k++) d[k] = (d[k] as number) - total / n;
  return { d, total };
}

export const shiftStatistics = {
  /**
   * Farthest sum of deviations from the mean over deviation and sqrt(n) (Ploberger and Kraemer 1992), above 0 when the later values are
   * the larger ones.
   */
  meanBreak: {
    ...plain,
    least: 4,
    value: (x, _, from, n) => {
      const d = centered(x, from, n);
      farthestSum(d, n);
      return -farthest.sum / Math.sqrt(squaresOf(d, n));
    },
  },
  /** Bars since that break, over the window's length, in [0, 1]. */
  breakAge: {
    ...plain,
    least: 4,
    value: (x, _, from, n) => {
      const d = centered(x, from, n);
      if (squaresOf(d, n) === 0) return Number.NaN;
      farthestSum(d, n);
      return 1 - farthest.count / n;
    },
  },
  /** Inclan and Tiao 1994: sqrt(n / 2) max |C_k / C_n - k / n| of summed squared deviations, above 0 when the variance has risen. */
  varianceBreak: {
    ...plain,
    least: 4,
    value: (x, _, from, n) => {
      const { d, total } = centeredSquares(x, from, n);
      farthestSum(d, n);
      return (-Math.sqrt(n / 2) * farthest.sum) / total;
    },
  },
  /** Bars since the break of variance, over the window's length, in [0, 1]. */
  varianceBreakAge: {
    ...plain,
    least: 4,
    value: (x, _, from, n) => {
      const { d, total } = centeredSquares(x, from, n);
      if (total === 0) return Number.NaN;
      farthestSum(d, n);
      return 1 - farthest.count / n;
    },
  },
  /** Page 1954: one-sided sum of x - drift from the window's start, never below 0. */
  cusum: {
    ...plain,
    least: 2,
    params: ["drift taken off each value"],
    value: (x, _, from, n, [drift = 0.5]) => {
      let sum = 0;
      for (let k = from; k < from + n; k++) sum = Math.max(0, sum + (x[k] as number) - drift);
      return sum;
    },
  },
  /** Page-Hinkley test (Hinkley 1971) from the window's start: sum of x - running mean - drift above its own minimum. */
  pageHinkley: {
    ...plain,
    least: 2,
    params: ["drift taken off each value"],
    value: (x, _, from, n, [drift = 0.05]) => {
      let [mean, sum, lowest] = [0, 0, 0];
      for (let k = 0; k < n; k++) {
        const v = x[from + k] as number;
        mean += (v - mean) / (k + 1);
        sum += v - mean - drift;
        lowest = Math.min(lowest, sum);
      }
      return sum - lowest;
    },
  },
  /** Place of the last value among all, ties half, in [0, 1]. */
  percentile: {
    ...plain,
    least: 2,
    value: (x, _, from, n) => {
      const last = x[from + n - 1] as number;
      let [below, upTo] = [0, 0];
      for (let k = from; k < from + n; k++) {
        if ((x[k] as number) < last) below++;
        if ((x[k] as number) <= last) upTo++;
      }
      return (below + upTo) / (2 * n);
    },
  },
} as const satisfies Readonly<Record<string, Statistic>>;
