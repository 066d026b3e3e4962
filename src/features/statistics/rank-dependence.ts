// Dependence by ranks: nothing but the order of the values counts. Windows without spread give NaN.
import { meanOf } from "./centered.js";
import { sortWindow } from "./sort-window.js";
import type { Statistic } from "./statistic.js";
import { countBelow, countUpTo, ranksOfFirst, ranksOfSecond, sortedSecond, sortedWindow } from "./window-memo.js";

const two = { series: 2, powers: [0, 0], params: [] } as const;
const clip = (v: number): number => Math.max(-1, Math.min(1, v));
let order = new Int32Array(256);
let recent = new Float64Array(256);

/** Concordant less discordant pairs over the square root of untied pairs of either side (Kendall 1945, tau b). */
function tau(x: Float64Array, y: Float64Array, from: number, to: number): number {
  let [score, untiedX, untiedY] = [0, 0, 0];
  for (let j = from + 1; j < to; j++) {
    const xj = x[j] as number;
    const yj = y[j] as number;
    for (let k = from; k < j; k++) {
      const dx = xj - (x[k] as number);
      const dy = yj - (y[k] as number);
      const sx = dx > 0 ? 1 : dx < 0 ? -1 : 0;
      const sy = dy > 0 ? 1 : dy < 0 ? -1 : 0;
      score += sx * sy;
      untiedX += sx * sx;
      untiedY += sy * sy;
    }
  }
  return clip(score / Math.sqrt(untiedX * untiedY));
}

/** As `tau`, of a series with time. */
function tauWithTime(x: Float64Array, from: number, to: number): number {
  let [score, untied] = [0, 0];
  for (let j = from + 1; j < to; j++) {
    const xj = x[j] as number;
    for (let k = from; k < j; k++) {
      const d = xj - (x[k] as number);
      const sign = d > 0 ? 1 : d < 0 ? -1 : 0;
      score += sign;
      untied += sign * sign;
    }
  }
  const n = to - from;
  return clip(score / Math.sqrt((untied * n * (n - 1)) / 2));
}

export const rankDependenceStatistics = {
  /** Spearman 1904: correlation of ranks, ties at their average. */
  spearman: {
    ...two,
    sorts: true,
    least: 3,
    value: (x, y, from, n) => {
      const a = ranksOfFirst(x, from, n);
      const b = ranksOfSecond(y, from, n);
      const middle = (n + 1) / 2;
      let [xy, xx, yy] = [0, 0, 0];
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
  /** Kendall's tau b of two series; n (n - 1) / 2 comparisons. */
  kendall: { ...two, least: 3, value: (x, y, from, n) => tau(x, y, from, from + n) },
  /** Mann 1945: Kendall's tau b of a series with time. */
  mannKendall: { series: 1, powers: [0, 0], params: [], least: 3, value: (x, _, from, n) => tauWithTime(x, from, from + n) },
  /**
   * Chatterjee 2021, equation 1 with ties: how far `y` is any function of `x`, straight or not. Equal `x` stay in order of time. At most 1.
   */
  chatterjee: {
    ...two,
    sorts: true,
    least: 4,
    value: (x, y, from, n) => {
      if (order.length < n) order = new Int32Array(2 * n);
      const s = sortedWindow(x, from, n);
      // Place of each value among the sorted ones: ties fill theirs in order of time.
      order.fill(-1, 0, n);
      for (let k = 0; k < n; k++) {
        let place = countBelow(s, from, n, x[from + k] as number);
        while ((order[place] as number) >= 0) place++;
        order[place] = k;
      }
      const t = sortedSecond(y, from, n);
      let [steps, spread, last] = [0, 0, 0];
      for (let place = 0; place < n; place++) {
        const v = y[from + (order[place] as number)] as number;
        const below = countBelow(t, from, n, v);
        const upTo = countUpTo(t, from, n, v, below);
        if (place > 0) steps += Math.abs(upTo - last);
        spread += (n - below) * below;
        last = upTo;
      }
      return Math.min(1, 1 - (n * steps) / (2 * spread));
    },
  },
  /** Blomqvist 1950: share of pairs on one side of both medians less those on different sides, of those on neither median. */
  quadrant: {
    ...two,
    sorts: true,
    least: 4,
    value: (x, y, from, n) => {
      const middle = (n + 1) / 2;
      const a = ranksOfFirst(x, from, n);
      const b = ranksOfSecond(y, from, n);
      let [score, count] = [0, 0];
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
      const s = sortedWindow(x, from, n);
      if (recent.length < from + n) recent = new Float64Array(2 * (from + n));
      sortWindow(x, from + n - late, late, recent);
      let [largest, done] = [0, 0];
      for (let k = 0; k < n; k++) {
        const v = s[from + k] as number;
        if (k + 1 < n && s[from + k + 1] === v) continue;
        while (done < late && (recent[from + n - late + done] as number) <= v) done++;
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
      const [early, cut] = [n - late, from + n - late];
      const [a, b] = [meanOf(x, from, early), meanOf(x, cut, late)];
      let [va, vb] = [0, 0];
      for (let k = from; k < cut; k++) va += ((x[k] as number) - a) ** 2;
      for (let k = cut; k < from + n; k++) vb += ((x[k] as number) - b) ** 2;
      return (b - a) / Math.sqrt(va / (early - 1) / early + vb / (late - 1) / late);
    },
  },
} as const satisfies Readonly<Record<string, Statistic>>;
