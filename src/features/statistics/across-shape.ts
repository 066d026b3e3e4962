// Shape of the values of one moment, and of the means of its sectors.
import { symmetricEigenvalues } from "#base/symmetric-eigen.js";
import type { Across } from "./across.js";
import { quantileAt } from "./window-sort.js";

const stateless = { params: [], cells: () => 0, warmup: () => 0, memory: () => 0 } as const;
/** Sectors with a number from here on are left out. */
const SECTORS = 12;
let sorted = new Float64Array(256);

function sort(x: Float64Array, n: number): Float64Array {
  if (sorted.length < n) sorted = new Float64Array(2 * n);
  const part = sorted.subarray(0, n);
  part.set(x.subarray(0, n));
  part.sort();
  return sorted;
}

const sums = new Float64Array(SECTORS);
const members = new Float64Array(SECTORS);

/** Mean of each sector's values into `sums`, NaN for one without any. */
function sectorMeans(x: Float64Array, sector: Int32Array, n: number): Float64Array {
  sums.fill(0);
  members.fill(0);
  for (let k = 0; k < n; k++) {
    const s = sector[k] as number;
    if (s < 0 || s >= SECTORS) continue;
    sums[s] = (sums[s] as number) + (x[k] as number);
    members[s] = (members[s] as number) + 1;
  }
  for (let s = 0; s < SECTORS; s++) sums[s] = (sums[s] as number) / (members[s] as number);
  return sums;
}

const matrix = new Float64Array(SECTORS * SECTORS);
const present: number[] = [];
const away = new Float64Array(SECTORS);
const values = new Float64Array(SECTORS);

/** Cells: number of moments, means, covariances row after row. */
const COUNT = 0;
const MEAN = 1;
const COVARIANCE = 1 + SECTORS;
const CELLS = 1 + SECTORS + SECTORS * SECTORS;

/** Deviations of the sectors' means from their averages into `away`; a sector without a value deviates by 0. */
function deviate(x: Float64Array, sector: Int32Array, n: number, cells: Float64Array): void {
  const means = sectorMeans(x, sector, n);
  for (let s = 0; s < SECTORS; s++) {
    const d = (means[s] as number) - (cells[MEAN + s] as number);
    away[s] = d - d === 0 ? d : 0;
  }
}

/** Brings averages and covariances up to date with `away`: the plain average at first, then exponential with weight 1 - `keep`. */
function learn(cells: Float64Array, keep: number): void {
  const count = (cells[COUNT] as number) + 1;
  cells[COUNT] = count;
  const weight = Math.max(1 - keep, 1 / count);
  for (let a = 0; a < SECTORS; a++) {
    cells[MEAN + a] = (cells[MEAN + a] as number) + weight * (away[a] as number);
    for (let b = 0; b < SECTORS; b++) {
      const at = COVARIANCE + a * SECTORS + b;
      cells[at] = (1 - weight) * ((cells[at] as number) + weight * (away[a] as number) * (away[b] as number));
    }
  }
}

/** Sectors whose variance is known, into `present`; their covariances into `matrix`. */
function pick(cells: Float64Array): number {
  present.length = 0;
  for (let s = 0; s < SECTORS; s++) if ((cells[COVARIANCE + s * SECTORS + s] as number) > 0) present.push(s);
  const k = present.length;
  for (let a = 0; a < k; a++) {
    for (let b = 0; b < k; b++) {
      matrix[a * k + b] = cells[COVARIANCE + (present[a] as number) * SECTORS + (present[b] as number)] as number;
    }
  }
  return k;
}

/** Squared Mahalanobis distance of `away` by a Cholesky factor of `matrix`, whose off-diagonal values are shrunk. */
function distance(k: number, shrink: number): number {
  let sum = 0;
  for (let a = 0; a < k; a++) {
    let rest = away[present[a] as number] as number;
    for (let b = 0; b <= a; b++) {
      let v = (matrix[a * k + b] as number) * (a === b ? 1 : 1 - shrink);
      for (let j = 0; j < b; j++) v -= (matrix[a * k + j] as number) * (matrix[b * k + j] as number);
      matrix[a * k + b] = a === b ? Math.sqrt(v) : v / (matrix[b * k + b] as number);
      if (a !== b) rest -= (matrix[a * k + b] as number) * (values[b] as number);
    }
    values[a] = rest / (matrix[a * k + a] as number);
    sum += (values[a] as number) ** 2;
  }
  return sum;
}

const finite = (v: number): number => (v - v === 0 ? v : Number.NaN);
const fading = (keep: number): number => Math.ceil(Math.log(1e-11) / Math.log(keep));

export const acrossShapes = {
  /** Population skewness; NaN without spread. */
  skew: {
    ...stateless,
    value: (x, _, n) => {
      let mean = 0;
      for (let k = 0; k < n; k++) mean += (x[k] as number) / n;
      let [squares, cubes] = [0, 0];
      for (let k = 0; k < n; k++) {
        const d = (x[k] as number) - mean;
        squares += d * d;
        cubes += d * d * d;
      }
      return finite(cubes / n / (squares / n) ** 1.5);
    },
  },
  /** Distance of two quantiles, `q` from either end. */
  quantileSpread: {
    ...stateless,
    params: ["probability in (0, 0.5)"],
    value: (x, _, n, __, [q = 0.25]) => {
      const s = sort(x, n);
      return quantileAt(s, 0, n, 1 - q) - quantileAt(s, 0, n, q);
    },
  },
  /** Population standard deviation of the sectors' means; NaN with fewer than two sectors. */
  sectorSpread: {
    ...stateless,
    value: (x, sector, n) => {
      const means = sectorMeans(x, sector, n);
      let [count, sum, squares] = [0, 0, 0];
      for (let s = 0; s < SECTORS; s++) {
        const v = means[s] as number;
        if (v - v !== 0) continue;
        count++;
        sum += v;
      }
      for (let s = 0; s < SECTORS; s++) {
        const d = (means[s] as number) - sum / count;
        if (d - d === 0) squares += d * d;
      }
      return count < 2 ? Number.NaN : Math.sqrt(squares / count);
    },
  },
  /**
   * Turbulence (Kritzman and Li 2010, equation 1): squared Mahalanobis distance of the sectors' means from their exponential averages up to
   * the moment before, over the number of sectors. Correlations are shrunk by a tenth, so that the matrix has an inverse.
   */
  turbulence: {
    params: ["weight of the past, in (0, 1)", "moments before the first value"],
    cells: () => CELLS,
    warmup: ([, least = 0]) => least,
    memory: ([keep = 0, least = 0]) => least + fading(keep),
    value: (x, sector, n, cells, [keep = 0.97, least = 0]) => {
      deviate(x, sector, n, cells);
      const enough = (cells[COUNT] as number) >= least;
      const k = enough ? pick(cells) : 0;
      const result = k > 0 ? finite(distance(k, 0.1) / k) : Number.NaN;
      learn(cells, keep);
      return result;
    },
  },
  /**
   * Absorption ratio (Kritzman, Li, Page and Rigobon 2011, equation 1): share of the variance of the sectors' means along the largest fifth of
   * the eigenvectors of their exponential covariance, at least one, in (0, 1].
   */
  absorption: {
    params: ["weight of the past, in (0, 1)", "moments before the first value"],
    cells: () => CELLS,
    warmup: ([, least = 0]) => least,
    memory: ([keep = 0, least = 0]) => least + fading(keep),
    value: (x, sector, n, cells, [keep = 0.97, least = 0]) => {
      deviate(x, sector, n, cells);
      const enough = (cells[COUNT] as number) >= least;
      learn(cells, keep);
      const k = enough ? pick(cells) : 0;
      if (k === 0) return Number.NaN;
      symmetricEigenvalues(matrix, k, values);
      let [top, all] = [0, 0];
      for (let s = 0; s < k; s++) {
        if (s < Math.max(1, Math.round(k / 5))) top += values[s] as number;
        all += values[s] as number;
      }
      return finite(Math.min(1, top / all));
    },
  },
} as const satisfies Readonly<Record<string, Across>>;
