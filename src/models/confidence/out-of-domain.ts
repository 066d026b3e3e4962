// How far a row lies from what a model was trained on: Mahalanobis' distance under a covariance that is shrunk towards independence (Ledoit &
// Wolf 2004), told as the share of training rows that lie nearer. Features are standardized; one that is not known lies at its mean, and
// the share of those is a coordinate of its own.
import type { ByteReader, ByteWriter } from "#base/bytes.js";

export interface Domain {
  /** Training mean and 1 / deviation per feature, and last of the share of unknown features; 0 switches a coordinate off. */
  readonly mean: Float64Array;
  readonly inverseDeviation: Float64Array;
  /** Lower Cholesky factor of the shrunk covariance, row-major, packed: row i holds i + 1 numbers. */
  readonly factor: Float64Array;
  /** Squared distances of training rows at even ranks, ascending. */
  readonly distances: Float64Array;
}

/** More rows would move nothing that can be seen, and cost time. */
const MOST_ROWS = 10_000;
const RANKS = 512;
/** Standardized values beyond it are taken as it: one absurd cell must not hide behind a covariance that it made itself. */
const FARTHEST = 1e3;

/** `x`: row-major `[row][feature]`, NaN or infinite: not known. Rows of which nothing is known take no part; with none left, nothing is strange. */
export function fitDomain(x: Float32Array, features: number): Domain {
  const n = features + 1;
  const rows = knownRows(x, features);
  const { mean, inverseDeviation } = standardize(x, features, rows);
  const covariance = shrunkCovariance(x, rows, { mean, inverseDeviation });
  const factor = factorize(covariance, n);
  const domain = { mean, inverseDeviation, factor, distances: new Float64Array(0) };
  const all = Float64Array.from(rows, (row) => squaredDistance(domain, x, row * features) as number).sort();
  const kept = Math.min(RANKS, all.length);
  const distances = Float64Array.from({ length: kept }, (_, i) => all[Math.floor(((i + 0.5) * all.length) / kept)] as number);
  return { ...domain, distances };
}

/** Share of training rows that lie nearer, in [0, 1]; NaN when nothing of the row is known. The row begins at `from` of `x`. */
export function outOfDomain(domain: Domain, x: ArrayLike<number>, from: number): number {
  const distance = squaredDistance(domain, x, from);
  const { distances } = domain;
  if (distance === null) return Number.NaN;
  if (distances.length === 0) return 0;
  let low = 0;
  let high = distances.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((distances[middle] as number) < distance) low = middle + 1;
    else high = middle;
  }
  return low / distances.length;
}

/** Null when nothing is known. */
function squaredDistance(domain: Pick<Domain, "mean" | "inverseDeviation" | "factor">, x: ArrayLike<number>, from: number): number | null {
  const n = domain.mean.length;
  const z = new Float64Array(n);
  if (!coordinates(domain, x, from, z)) return null;
  // Solve L u = z; the distance is |u|^2.
  let sum = 0;
  for (let i = 0, at = 0; i < n; i++) {
    let value = z[i] as number;
    for (let j = 0; j < i; j++, at++) value -= (domain.factor[at] as number) * (z[j] as number);
    value /= domain.factor[at++] as number;
    z[i] = value;
    sum += value * value;
  }
  return sum;
}

/** Writes the standardized row into `z`; false when nothing is known. */
function coordinates(
  { mean, inverseDeviation }: Pick<Domain, "mean" | "inverseDeviation">,
  x: ArrayLike<number>,
  from: number,
  z: Float64Array,
): boolean {
  const k = mean.length - 1;
  let unknown = 0;
  for (let j = 0; j < k; j++) {
    const value = Math.fround(x[from + j] as number);
    const known = value - value === 0;
    if (!known) unknown++;
    z[j] = known ? limited((value - (mean[j] as number)) * (inverseDeviation[j] as number)) : 0;
  }
  z[k] = limited((unknown / k - (mean[k] as number)) * (inverseDeviation[k] as number));
  return unknown < k;
}

const limited = (value: number): number => Math.max(-FARTHEST, Math.min(FARTHEST, value));

/** Rows with at least one known value, at even distances when there are many. */
function knownRows(x: Float32Array, k: number): Uint32Array {
  const known: number[] = [];
  for (let row = 0; row * k < x.length; row++) {
    for (let at = row * k; at < (row + 1) * k; at++) {
      if (!Number.isFinite(x[at])) continue;
      known.push(row);
      break;
    }
  }
  if (known.length <= MOST_ROWS) return Uint32Array.from(known);
  return Uint32Array.from({ length: MOST_ROWS }, (_, i) => known[Math.floor((i * known.length) / MOST_ROWS)] as number);
}

function standardize(x: Float32Array, k: number, rows: Uint32Array): { mean: Float64Array; inverseDeviation: Float64Array } {
  const mean = new Float64Array(k + 1);
  const inverseDeviation = new Float64Array(k + 1);
  for (let j = 0; j < k; j++) {
    let [count, sum, squares] = [0, 0, 0];
    for (const row of rows) {
      const value = x[row * k + j] as number;
      if (value - value !== 0) continue;
      count++;
      sum += value;
    }
    if (count === 0) continue;
    const center = sum / count;
    for (const row of rows) {
      const value = x[row * k + j] as number;
      if (value - value === 0) squares += (value - center) ** 2;
    }
    const deviation = Math.sqrt(squares / count);
    mean[j] = center;
    // A feature that never varied is strange as soon as it does: its deviation counts as a thousandth of its size.
    inverseDeviation[j] = 1 / Math.max(deviation, 1e-3 * Math.abs(center), 1e-30);
  }
  let [sum, squares] = [0, 0];
  for (const row of rows) {
    let unknown = 0;
    for (let at = row * k; at < (row + 1) * k; at++) if (!Number.isFinite(x[at])) unknown++;
    sum += unknown / k;
    squares += (unknown / k) ** 2;
  }
  const share = rows.length === 0 ? 0 : sum / rows.length;
  mean[k] = share;
  // At least one feature's worth: where all was known in training, one that is not is one deviation away, and half of them are far.
  inverseDeviation[k] = 1 / Math.max(Math.sqrt(Math.max(0, squares / Math.max(1, rows.length) - share * share)), 1 / k);
  return { mean, inverseDeviation };
}

/** Ledoit & Wolf (2004), lemmas 3.2 to 3.4: the shrinkage towards a multiple of the identity that is best in the Frobenius norm. */
function shrunkCovariance(x: Float32Array, rows: Uint32Array, scaling: Pick<Domain, "mean" | "inverseDeviation">): Float64Array {
  const n = scaling.mean.length;
  const covariance = new Float64Array(n * n);
  const z = new Float64Array(n);
  let fourth = 0;
  for (const row of rows) {
    coordinates(scaling, x, row * (n - 1), z);
    let norm = 0;
    for (let i = 0; i < n; i++) {
      const value = z[i] as number;
      norm += value * value;
      if (value === 0) continue;
      for (let j = 0; j <= i; j++) covariance[i * n + j] = (covariance[i * n + j] as number) + value * (z[j] as number);
    }
    fourth += norm * norm;
  }
  const count = Math.max(1, rows.length);
  let [trace, square] = [0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = (covariance[i * n + j] as number) / count;
      covariance[i * n + j] = value;
      covariance[j * n + i] = value;
      square += (i === j ? 1 : 2) * value * value;
      if (i === j) trace += value;
    }
  }
  const level = trace / n;
  const spread = square - n * level * level;
  const noise = (fourth / count - square) / count;
  const shrinkage = spread <= 0 ? 1 : Math.max(0, Math.min(1, noise / spread));
  // A trace of it always stays: collinear features would leave no factor.
  const weight = Math.max(shrinkage, 1e-4);
  for (let i = 0; i < n * n; i++)
    covariance[i] = (1 - weight) * (covariance[i] as number) + (i % (n + 1) === 0 ? weight * Math.max(level, 1e-6) : 0);
  return covariance;
}

/** Golub & Van Loan (2013), algorithm 4.2.1, packed by rows. The matrix is positive definite. */
function factorize(a: Float64Array, n: number): Float64Array {
  const factor = new Float64Array((n * (n + 1)) / 2);
  const at = (i: number, j: number): number => (i * (i + 1)) / 2 + j;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j] as number;
      for (let m = 0; m < j; m++) sum -= (factor[at(i, m)] as number) * (factor[at(j, m)] as number);
      factor[at(i, j)] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (factor[at(j, j)] as number);
    }
  }
  return factor;
}

export function writeDomain(writer: ByteWriter, { mean, inverseDeviation, factor, distances }: Domain): void {
  writer.f64s(mean).f64s(inverseDeviation).f64s(factor).f64s(distances);
}

export function readDomain(reader: ByteReader): Domain {
  return { mean: reader.f64s(), inverseDeviation: reader.f64s(), factor: reader.f64s(), distances: reader.f64s() };
}
