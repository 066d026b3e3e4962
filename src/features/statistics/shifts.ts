// Statistics of change within a window, and of the last value's place in it. Windows without spread give NaN.
import { centeredSquares, deviations, spread } from "./centered.js";
import type { Statistic } from "./statistic.js";

const plain = { series: 1, powers: [0, 0], params: [] } as const;

/** The sum of `d` that lies farthest from 0, and how many values it holds. */
const farthest = { sum: 0, count: 0 };
function farthestSum(d: Float64Array, from: number, n: number): void {
  let sum = 0;
  farthest.sum = farthest.count = 0;
  // All values sum to 0 but for rounding.
  for (let k = 0; k < n - 1; k++) {
    sum += d[from + k] as number;
    if (Math.abs(sum) <= Math.abs(farthest.sum)) continue;
    farthest.sum = sum;
    farthest.count = k + 1;
  }
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
      farthestSum(deviations(x, from, n), from, n);
      return -farthest.sum / Math.sqrt(spread(x, from, n));
    },
  },
  /** Bars since that break, over the window's length, in [0, 1]. */
  breakAge: {
    ...plain,
    least: 4,
    value: (x, _, from, n) => {
      if (spread(x, from, n) === 0) return Number.NaN;
      farthestSum(deviations(x, from, n), from, n);
      return 1 - farthest.count / n;
    },
  },
  /** Inclan and Tiao 1994: sqrt(n / 2) max |C_k / C_n - k / n| of summed squared deviations, above 0 when the variance has risen. */
  varianceBreak: {
    ...plain,
    least: 4,
    value: (x, _, from, n) => {
      farthestSum(centeredSquares(x, from, n), from, n);
      return (-Math.sqrt(n / 2) * farthest.sum) / spread(x, from, n);
    },
  },
  /** Bars since the break of variance, over the window's length, in [0, 1]. */
  varianceBreakAge: {
    ...plain,
    least: 4,
    value: (x, _, from, n) => {
      if (spread(x, from, n) === 0) return Number.NaN;
      farthestSum(centeredSquares(x, from, n), from, n);
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
      let total = 0;
      let sum = 0;
      let lowest = 0;
      for (let k = 0; k < n; k++) {
        const v = x[from + k] as number;
        total += v;
        sum += v - total / (k + 1) - drift;
        lowest = Math.min(lowest, sum);
      }
      return sum - lowest;
    },
  },
  /** Place of the last value among all, ties half, in [0, 1]. The plan reads the same number from a window kept in order (program.ts). */
  percentile: {
    ...plain,
    least: 2,
    value: (x, _, from, n) => {
      const last = x[from + n - 1] as number;
      let below = 0;
      let upTo = 0;
      for (let k = from; k < from + n; k++) {
        below += Number((x[k] as number) < last);
        upTo += Number((x[k] as number) <= last);
      }
      return (below + upTo) / (2 * n);
    },
  },
} as const satisfies Readonly<Record<string, Statistic>>;
