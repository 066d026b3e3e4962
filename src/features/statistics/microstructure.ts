// Statistics of order flow over a window: volume buckets, runs of signs, bulk classification of volume.
import type { Statistic } from "./statistic.js";

/** Standard normal distribution function to 7.5e-8 (Abramowitz and Stegun 1964, 26.2.17). */
export function normalShare(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = poly * Math.exp((-z * z) / 2) * 0.3989422804014327;
  return z > 0 ? 1 - tail : tail;
}

/** Sum of |imbalance| over volume buckets of equal size, filled from the newest bar back; a bar is cut in proportion. */
function bucketImbalance(bought: Float64Array, sold: Float64Array, from: number, n: number, buckets: number): number {
  let total = 0;
  for (let k = from; k < from + n; k++) total += (bought[k] as number) + (sold[k] as number);
  const size = total / buckets;
  if (!(size > 0 && size < Number.POSITIVE_INFINITY)) return Number.NaN;
  let [room, net, imbalance] = [size, 0, 0];
  for (let k = from + n - 1; k >= from; k--) {
    const all = (bought[k] as number) + (sold[k] as number);
    if (!(all > 0)) continue;
    const tilt = ((bought[k] as number) - (sold[k] as number)) / all;
    for (let left = all; left > 0; ) {
      const taken = Math.min(left, room);
      net += tilt * taken;
      left -= taken;
      room -= taken;
      if (room <= 0) {
        imbalance += Math.abs(net);
        [room, net] = [size, 0];
      }
    }
  }
  // What rounding left over of the last bucket.
  return Math.min(1, (imbalance + Math.abs(net)) / total);
}

export const microstructureStatistics = {
  /**
   * Volume-synchronised probability of informed trading, in [0, 1]: mean |bought - sold| / size over buckets of equal volume (Easley, Lopez
   * de Prado and O'Hara 2012, equation 4). Series: volume bought and sold per bar. The window's volume is cut into the buckets.
   */
  vpin: {
    series: 2,
    least: 2,
    powers: [0, 0],
    params: ["buckets"],
    value: (bought, sold, from, n, [buckets = 10]) => bucketImbalance(bought, sold, from, n, buckets),
  },
  /** Bars since the sign last changed, this one included, times the sign; 0 at a bar without sign. */
  signRun: {
    series: 1,
    least: 2,
    powers: [0, 0],
    params: [],
    value: (x, _, from, n) => {
      const sign = Math.sign(x[from + n - 1] as number);
      if (sign === 0) return 0;
      let run = 1;
      while (run < n && Math.sign(x[from + n - 1 - run] as number) === sign) run++;
      return run * sign;
    },
  },
  /** Longest run of bars with one sign; bars without sign end a run. */
  longestSignRun: {
    series: 1,
    least: 2,
    powers: [0, 0],
    params: [],
    value: (x, _, from, n) => {
      let [longest, run, before] = [0, 0, 0];
      for (let k = from; k < from + n; k++) {
        const sign = Math.sign(x[k] as number);
        run = sign === 0 ? 0 : sign === before ? run + 1 : 1;
        before = sign;
        if (run > longest) longest = run;
      }
      return longest;
    },
  },
  /**
   * Bulk volume classification (Easley, Lopez de Prado and O'Hara 2012, equation 7): each bar's volume is bought in the proportion
   * Phi(change / deviation of changes). Series: change and volume per bar. Gives (bought - sold) / volume of the window, in [-1, 1].
   */
  bulkImbalance: {
    series: 2,
    least: 3,
    powers: [0, 0],
    params: [],
    value: (change, volume, from, n) => {
      const sigma = deviation(change, from, n);
      let [net, total] = [0, 0];
      for (let k = from; k < from + n; k++) {
        net += (volume[k] as number) * (2 * normalShare((change[k] as number) / sigma) - 1);
        total += volume[k] as number;
      }
      return sigma > 0 && total > 0 ? net / total : Number.NaN;
    },
  },
  /** VPIN with volume classified in bulk: sum of |bought - sold| over the bars / volume, in [0, 1]. Series: change and volume per bar. */
  bulkVpin: {
    series: 2,
    least: 3,
    powers: [0, 0],
    params: [],
    value: (change, volume, from, n) => {
      const sigma = deviation(change, from, n);
      let [imbalance, total] = [0, 0];
      for (let k = from; k < from + n; k++) {
        imbalance += Math.abs((volume[k] as number) * (2 * normalShare((change[k] as number) / sigma) - 1));
        total += volume[k] as number;
      }
      return sigma > 0 && total > 0 ? imbalance / total : Number.NaN;
    },
  },
} as const satisfies Readonly<Record<string, Statistic>>;

/** Population standard deviation. */
function deviation(x: Float64Array, from: number, n: number): number {
  let mean = 0;
  for (let k = from; k < from + n; k++) mean += (x[k] as number) / n;
  let squares = 0;
  for (let k = from; k < from + n; k++) squares += ((x[k] as number) - mean) ** 2;
  return Math.sqrt(squares / n);
}
