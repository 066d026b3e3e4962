// Eigenvalues and eigenvectors of a symmetric matrix: of few rows by cyclic Jacobi rotations (Golub & Van Loan 2013, section 8.5), which are slow
// and exact to the last digits even for small eigenvalues; of many by a reduction to three diagonals.
import { tridiagonalEigen } from "./tridiagonal-eigen.js";

/** Rows from which the other way is taken: rotations grow with a constant twenty times as large. */
const MANY = 64;

export interface Eigen {
  /** Ascending. */
  readonly values: Float64Array;
  /** Row-major `[which][n]`: the unit vector of each value, one a row. */
  readonly vectors: Float64Array;
}

/** Of `matrix`, n x n, row-major and symmetric, which is left as it is. */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const a = Float64Array.from(matrix);
  const v = new Float64Array(n * n);
  if (n >= MANY) {
    const diagonal = tridiagonalEigen(a, n, v);
    if (diagonal !== null) return sorted(diagonal, v, n);
    a.set(matrix);
    v.fill(0);
  }
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  diagonalize(a, v, n, 40);
  return sorted(
    Float64Array.from({ length: n }, (_, i) => a[i * n + i] as number),
    v,
    n,
  );
}

/** `found[i]` belongs to row i of `v`. */
function sorted(found: Float64Array, v: Float64Array, n: number): Eigen {
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => (found[i] as number) - (found[j] as number) || i - j);
  const vectors = new Float64Array(n * n);
  order.forEach((row, which) => vectors.set(v.subarray(row * n, row * n + n), which * n));
  return { values: Float64Array.from(order, (i) => found[i] as number), vectors };
}

/** Values alone of `a`, as above but destroyed; written into `out[0 .. n)`, largest first. */
export function symmetricEigenvalues(a: Float64Array, n: number, out: Float64Array): void {
  diagonalize(a, null, n, 30);
  for (let i = 0; i < n; i++) out[i] = a[i * n + i] as number;
  out.subarray(0, n).sort().reverse();
}

/** Until what is off the diagonal is below rounding, or after so many sweeps. `v`: vectors that are turned along, one a row. */
function diagonalize(a: Float64Array, v: Float64Array | null, n: number, sweeps: number): void {
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let [off, all] = [0, 0];
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const square = (a[i * n + j] as number) ** 2;
        all += square;
        if (i !== j) off += square;
      }
    }
    if (!(off > 1e-32 * all)) return;
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
  }
}

/** Takes `a[p][q]` to 0, and turns rows p and q of the vectors with it. */
function rotate(a: Float64Array, v: Float64Array | null, n: number, p: number, q: number): void {
  const apq = a[p * n + q] as number;
  if (apq === 0) return;
  const half = ((a[q * n + q] as number) - (a[p * n + p] as number)) / (2 * apq);
  const t = (half < 0 ? -1 : 1) / (Math.abs(half) + Math.sqrt(half * half + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0, ip = p, iq = q; k < n; k++, ip += n, iq += n) {
    const x = a[ip] as number;
    const y = a[iq] as number;
    a[ip] = c * x - s * y;
    a[iq] = s * x + c * y;
  }
  turnRows(a, n, p, q, c, s);
  if (v !== null) turnRows(v, n, p, q, c, s);
}

function turnRows(m: Float64Array, n: number, p: number, q: number, c: number, s: number): void {
  for (let k = 0, ip = p * n, iq = q * n; k < n; k++, ip++, iq++) {
    const x = m[ip] as number;
    const y = m[iq] as number;
    m[ip] = c * x - s * y;
    m[iq] = s * x + c * y;
  }
}
