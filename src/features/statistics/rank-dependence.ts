// Dependence by ranks: nothing but the order of the values counts. Windows without spread give NaN.
import { countBelowLimit } from "./bits.js";
import { meanOf } from "./centered.js";
import type { Statistic } from "./statistic.js";
import { endOfTies, firstSorted, ranksOfFirst, ranksOfSecond, secondSorted } from "./window-sort.js";

const two = { series: 2, powers: [0, 0], params: [], sorts: true } as const;
const clip = (v: number): number => Math.max(-1, Math.min(1, v));

/** Of each value of the second series: its number in ascending order, how many are below it, how many not above it. */
let numbers = new Int32Array(256);
let below = new Int32Array(256);
let upTo = new Int32Array(256);
let passed = new Int32Array(8);

function reserve(n: number): void {
  if (numbers.length >= n) return;
  [numbers, below, upTo] = [new Int32Array(2 * n), new Int32Array(2 * n), new Int32Array(2 * n)];
  passed = new Int32Array((n >> 4) + 1);
}

/** Fills them, and returns the number of pairs of different values. */
function placeSecond(y: Float64Array, from: number, n: number): number {
  reserve(n);
  const { values, places } = secondSorted.find(y, from, n);
  let untied = 0;
  for (let k = 0; k < n; ) {
    const start = k;
    const end = endOfTies(values, from, n, k);
    for (; k < end; k++) {
      const place = places[from + k] as number;
      numbers[place] = k;
      below[place] = start;
      upTo[place] = end;
      untied += start;
    }
  }
  return untied;
}

/**
 * Concordant less discordant pairs over the square root of untied pairs of either side (Kendall 1945, tau b). The first series is passed in
 * ascending order; of those passed, the second's numbers are kept as bits.
 */
function tau(x: Float64Array, from: number, n: number, untiedY: number): number {
  const { values, places } = firstSorted.find(x, from, n);
  passed.fill(0, 0, (n + 31) >>> 5);
  let score = 0;
  let untiedX = 0;
  for (let k = 0; k < n; ) {
    const start = k;
    const end = endOfTies(values, from, n, k);
    for (; k < end; k++) {
      const place = places[from + k] as number;
      const notAbove = countBelowLimit(passed, 0, upTo[place] as number);
      score += countBelowLimit(passed, 0, below[place] as number) + notAbove - start;
      untiedX += start;
    }
    for (k = start; k < end; k++) {
      const number = numbers[places[from + k] as number] as number;
      passed[number >>> 5] = (passed[number >>> 5] as number) | (1 << (number & 31));
    }
  }
  return clip(score / Math.sqrt(untiedX * untiedY));
}

/** As `tau`, of a series with time. */
function tauWithTime(x: Float64Array, from: number, n: number): number {
  reserve(n);
  for (let k = 0; k < n; k++) {
    numbers[k] = below[k] = k;
    upTo[k] = k + 1;
  }
  return tau(x, from, n, (n * (n - 1)) / 2);
}

export const rankDependenceStatistics = {
  /** Spearman 1904: correlation of ranks, ties at their average. */
  spearman: {
    ...two,
    least: 3,
    value: (x, y, from, n) => {
      const a = ranksOfFirst(x, from, n);
      const b = ranksOfSecond(y, from, n);
      const middle = (n + 1) / 2;
      let xy = 0;
      let xx = 0;
      let yy = 0;
      for (let k = from; k < from + n; k++) {
        const u = (a[k] as number) - middle;
        const v = (b[k] as number) - middle;
        xy += u * v;
        xx += u * u;
        yy += v * v;
      }
      return clip(xy / Math.sqrt(xx * yy));
    },
  },
  /** Kendall's tau b of two series. */
  kendall: { ...two, least: 3, value: (x, y, from, n) => tau(x, from, n, placeSecond(y, from, n)) },
  /** Mann 1945: Kendall's tau b of a series with time. */
  mannKendall: { series: 1, powers: [0, 0], params: [], sorts: true, least: 3, value: (x, _, from, n) => tauWithTime(x, from, n) },
  /**
   * Chatterjee 2021, equation 1 with ties: how far `y` is any function of `x`, straight or not. Equal `x` stay in order of time. At most 1.
   */
  chatterjee: {
    ...two,
    least: 4,
    value: (x, y, from, n) => {
      placeSecond(y, from, n);
      const { places } = firstSorted.find(x, from, n);
      let steps = 0;
      let spread = 0;
      let last = 0;
      for (let k = 0; k < n; k++) {
        const place = places[from + k] as number;
        const rank = upTo[place] as number;
        if (k > 0) steps += Math.abs(rank - last);
        spread += (n - (below[place] as number)) * (below[place] as number);
        last = rank;
      }
      return Math.min(1, 1 - (n * steps) / (2 * spread));
    },
  },
  /** Blomqvist 1950: share of pairs on one side of both medians less those on different sides, of those on neither median. */
  quadrant: {
    ...two,
    least: 4,
    value: (x, y, from, n) => {
      const middle = (n + 1) / 2;
      const a = ranksOfFirst(x, from, n);
      const b = ranksOfSecond(y, from, n);
      let score = 0;
      let count = 0;
      for (let k = from; k < from + n; k++) {
        const sign = Math.sign((a[k] as number) - middle) * Math.sign((b[k] as number) - middle);
        score += sign;
        count += sign * sign;
      }
      return score / count;
    },
  },
  /** Two-sample Kolmogorov-Smirnov distance between the last values and those before them, in [0, 1]. */
  kolmogorovShift: {
    series: 1,
    sorts: true,
    powers: [0, 0],
    params: ["number of last values"],
    least: 4,
    value: (x, _, from, n, [late = 10]) => {
      const { values, places } = firstSorted.find(x, from, n);
      let largest = 0;
      let done = 0;
      for (let k = 0; k < n; k++) {
        done += Number((places[from + k] as number) >= n - late);
        if (k + 1 < n && values[from + k + 1] === values[from + k]) continue;
        largest = Math.max(largest, Math.abs(done / late - (k + 1 - done) / (n - late)));
      }
      return largest;
    },
  },
  /** Welch 1947: t statistic of the last values' mean against the mean of those before them. */
  welch: {
    series: 1,
    powers: [0, 0],
    params: ["number of last values"],
    least: 6,
    value: (x, _, from, n, [late = 10]) => {
      const early = n - late;
      const cut = from + n - late;
      const a = meanOf(x, from, early);
      const b = meanOf(x, cut, late);
      let va = 0;
      let vb = 0;
      for (let k = from; k < cut; k++) va += ((x[k] as number) - a) ** 2;
      for (let k = cut; k < from + n; k++) vb += ((x[k] as number) - b) ** 2;
      return (b - a) / Math.sqrt(va / (early - 1) / early + vb / (late - 1) / late);
    },
  },
} as const satisfies Readonly<Record<string, Statistic>>;
