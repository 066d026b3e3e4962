// Statistics of order: quantiles, ranks and places of extremes within a window.
import type { Statistic } from "./statistic.js";

let sorted = new Float64Array(256);

/** The window in ascending order; valid until the next call. */
export function sortWindow(x: Float64Array, from: number, n: number): Float64Array {
  if (sorted.length < n) sorted = new Float64Array(2 * n);
  const out = sorted.subarray(0, n);
  out.set(x.subarray(from, from + n));
  out.sort();
  return out;
}

export const orderStatistics = {
  /** Linear interpolation between order statistics (Hyndman and Fan 1996, type 7; numpy's default). */
  quantile: {
    series: 1,
    least: 1,
    powers: [1, 0],
    params: ["probability in [0, 1]"],
    value: (x, _, from, n, [q = 0.5]) => {
      const s = sortWindow(x, from, n);
      const place = q * (n - 1);
      const below = Math.floor(place);
      const a = s[below] as number;
      return below + 1 < n ? a + (place - below) * ((s[below + 1] as number) - a) : a;
    },
  },
} as const satisfies Readonly<Record<string, Statistic>>;
