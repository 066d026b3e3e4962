// Statistics of order: quantiles, ranks and places of extremes within a window.
import type { Statistic } from "./statistic.js";
import { quantileAt, sortedWindow } from "./window-sort.js";

export const orderStatistics = {
  /** Linear interpolation between order statistics (Hyndman and Fan 1996, type 7; numpy's default). */
  quantile: {
    series: 1,
    least: 1,
    powers: [1, 0],
    params: ["probability in [0, 1]"],
    sorts: true,
    value: (x, _, from, n, [q = 0.5]) => quantileAt(sortedWindow(x, from, n), from, n, q),
  },
  /** Rank of the last value among the window's, over its length, in (0, 1]; ties share their average rank (pandas rank(pct=True)). */
  percentRank: {
    series: 1,
    least: 1,
    powers: [0, 0],
    params: [],
    value: (x, _, from, n) => {
      const last = x[from + n - 1] as number;
      let below = 0;
      let equal = 0;
      for (let k = from; k < from + n; k++) {
        const v = x[k] as number;
        below += Number(v < last);
        equal += Number(v === last);
      }
      return (below + (equal + 1) / 2) / n;
    },
  },
  /**
   * Place of the largest value, 1 for the oldest bar to n for the newest; the oldest of equals (pyqlib IdxMax). The plan (program.ts) finds
   * the same number from runs that all windows of a series share.
   */
  placeOfMax: {
    series: 1,
    least: 1,
    powers: [0, 0],
    params: [],
    value: (x, _, from, n) => {
      let place = from;
      for (let k = from + 1; k < from + n; k++) if ((x[k] as number) > (x[place] as number)) place = k;
      return place - from + 1;
    },
  },
  /** The same for the smallest (pyqlib IdxMin). */
  placeOfMin: {
    series: 1,
    least: 1,
    powers: [0, 0],
    params: [],
    value: (x, _, from, n) => {
      let place = from;
      for (let k = from + 1; k < from + n; k++) if ((x[k] as number) < (x[place] as number)) place = k;
      return place - from + 1;
    },
  },
} as const satisfies Readonly<Record<string, Statistic>>;
