// Statistics of an instrument's returns (first series) against those of another (second series): how they go together in falls, in rises and
// in the tails, and what is left of the first after a regression on the second.
import { companionDeviations, deviations } from "./centered.js";
import { sideOf } from "./sides.js";
import type { Statistic } from "./statistic.js";

let scratch = new Float64Array(512);

/** Value at a place of the window in ascending order (Hoare 1961, algorithm 65: FIND); NaN when all are equal. */
function ordered(x: Float64Array, from: number, n: number, place: number): number {
  if (scratch.length < n) scratch = new Float64Array(2 * n);
  const s = scratch;
  let differ = false;
  for (let k = 0; k < n; k++) {
    s[k] = x[from + k] as number;
    if (s[k] !== s[0]) differ = true;
  }
  if (!differ) return Number.NaN;
  let [low, high] = [0, n - 1];
  while (low < high) {
    const pivot = s[place] as number;
    let [i, j] = [low, high];
    while (i <= j) {
      while ((s[i] as number) < pivot) i++;
      while ((s[j] as number) > pivot) j--;
      if (i > j) break;
      const held = s[i] as number;
      s[i++] = s[j] as number;
      s[j--] = held;
    }
    if (j < place) low = i;
    if (i > place) high = j;
  }
  return s[place] as number;
}

/** Of a side of the market: the slope where at least three bars are on it. */
function sideBeta(x: Float64Array, y: Float64Array, from: number, n: number, above: boolean): number {
  const { count, yy, xy } = sideOf(x, y, from, n, above);
  return count >= 3 && yy > 0 ? finite(xy / yy) : Number.NaN;
}

function sideCorrelation(x: Float64Array, y: Float64Array, from: number, n: number, above: boolean): number {
  const { count, xx, yy, xy } = sideOf(x, y, from, n, above);
  const scale = Math.sqrt(xx) * Math.sqrt(yy);
  return count >= 3 && scale > 0 ? Math.min(1, Math.max(-1, xy / scale)) : Number.NaN;
}

function finite(v: number): number {
  return v - v === 0 ? v : Number.NaN;
}

/** Slope of x on y by their deviations from the means, NaN when y is constant. */
function slope(dx: Float64Array, dy: Float64Array, from: number, n: number): number {
  let [yy, xy] = [0, 0];
  for (let k = from; k < from + n; k++) {
    const v = dy[k] as number;
    yy += v * v;
    xy += (dx[k] as number) * v;
  }
  return yy > 0 ? xy / yy : Number.NaN;
}

const paired = { series: 2, least: 5 } as const;

export const crossAssetStatistics = {
  /** Slope of x on y over the bars with y below its mean (Ang, Chen and Xing 2006, equation 6). NaN with fewer than three such bars. */
  downBeta: { ...paired, powers: [1, -1], params: [], value: (x, y, from, n) => sideBeta(x, y, from, n, false) },
  /** The same above the mean. */
  upBeta: { ...paired, powers: [1, -1], params: [], value: (x, y, from, n) => sideBeta(x, y, from, n, true) },
  /** Correlation over the bars with y below its mean, in [-1, 1] (exceedance correlation, Longin and Solnik 2001, at the mean). */
  downCorrelation: { ...paired, powers: [0, 0], params: [], value: (x, y, from, n) => sideCorrelation(x, y, from, n, false) },
  upCorrelation: { ...paired, powers: [0, 0], params: [], value: (x, y, from, n) => sideCorrelation(x, y, from, n, true) },
  /** E[e v^2] / (sqrt(E[e^2]) E[v^2]) with e what the regression on y leaves and v = y - mean (Harvey and Siddique 2000, equation 11). */
  coskewness: {
    ...paired,
    powers: [0, 0],
    params: [],
    value: (x, y, from, n) => {
      const [dx, dy] = [deviations(x, from, n), companionDeviations(y, from, n)];
      const beta = slope(dx, dy, from, n);
      let [ee, vv, evv] = [0, 0, 0];
      for (let k = from; k < from + n; k++) {
        const v = dy[k] as number;
        const e = (dx[k] as number) - beta * v;
        ee += e * e;
        vv += v * v;
        evv += e * v * v;
      }
      return ee > 1e-18 * vv ? finite(evv / n / (Math.sqrt(ee / n) * (vv / n))) : Number.NaN;
    },
  },
  /** E[u v^3] / (sd(u) sd(v)^3) with u, v the deviations from the means (Fang and Lai 1997; Dittmar 2002). */
  cokurtosis: {
    ...paired,
    powers: [0, 0],
    params: [],
    value: (x, y, from, n) => {
      const [dx, dy] = [deviations(x, from, n), companionDeviations(y, from, n)];
      let [uu, vv, uvvv] = [0, 0, 0];
      for (let k = from; k < from + n; k++) {
        const u = dx[k] as number;
        const v = dy[k] as number;
        uu += u * u;
        vv += v * v;
        uvvv += u * v * v * v;
      }
      const scale = Math.sqrt(uu / n) * (vv / n) ** 1.5;
      return scale > 0 ? finite(uvvv / n / scale) : Number.NaN;
    },
  },
  /** Population skewness of what the regression of x on y leaves (Boyer, Mitton and Vorkink 2010). NaN when y explains all of x. */
  residualSkew: {
    ...paired,
    powers: [0, 0],
    params: [],
    value: (x, y, from, n) => {
      const [dx, dy] = [deviations(x, from, n), companionDeviations(y, from, n)];
      const beta = slope(dx, dy, from, n);
      let [xx, ee, eee] = [0, 0, 0];
      for (let k = from; k < from + n; k++) {
        const u = dx[k] as number;
        const e = u - beta * (dy[k] as number);
        xx += u * u;
        ee += e * e;
        eee += e * e * e;
      }
      return ee > 1e-18 * xx ? finite(eee / n / (ee / n) ** 1.5) : Number.NaN;
    },
  },
  /**
   * Share of the bars with y at or below its `q`-quantile on which x is at or below its own, in [0, 1] (empirical lower tail dependence;
   * Joe 1997, section 2.1.10). NaN when either is constant.
   */
  tailDependence: {
    ...paired,
    powers: [0, 0],
    params: ["probability of the tail, in (0, 1)"],
    value: (x, y, from, n, [q = 0.1]) => {
      const place = Math.max(0, Math.floor(q * n) - 1);
      const xBound = ordered(x, from, n, place);
      const yBound = ordered(y, from, n, place);
      if (Number.isNaN(xBound + yBound)) return Number.NaN;
      let [tail, both] = [0, 0];
      for (let k = from; k < from + n; k++) {
        if ((y[k] as number) > yBound) continue;
        tail++;
        if ((x[k] as number) <= xBound) both++;
      }
      return both / tail;
    },
  },
} as const satisfies Readonly<Record<string, Statistic>>;
