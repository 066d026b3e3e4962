// Eigenvalues and eigenvectors of a symmetric matrix by Householder's reduction to three diagonals and implicit symmetric QR steps with
// Wilkinson's shift (Golub & Van Loan 2013, algorithms 8.3.1 and 8.3.3). Rows, not columns, are turned, so that memory is walked in order.

/** Most QR steps per eigenvalue; more than a handful are never seen. */
const MOST_STEPS = 60;

/**
 * Values of `a` (n x n, row-major, symmetric; destroyed) in no order, and in `v` the unit vector of each, one a row. Errors are of the size of
 * rounding of the largest value. Null when a value has not been found within its steps.
 */
export function tridiagonalEigen(a: Float64Array, n: number, v: Float64Array): Float64Array | null {
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  reduce(a, n, v, diagonal, beside);
  return iterate(diagonal, beside, n, v) ? diagonal : null;
}

/** a = Q T Q'; rows of `v` become those of Q', `beside[i]` stands between i - 1 and i. */
function reduce(a: Float64Array, n: number, v: Float64Array, diagonal: Float64Array, beside: Float64Array): void {
  const p = new Float64Array(n);
  const factors = new Float64Array(n);
  for (let k = 0; k < n - 2; k++) {
    // The reflection that leaves only the first of row k right of the diagonal is kept in that row.
    const row = k * n;
    let size = 0;
    for (let j = k + 1; j < n; j++) size = Math.max(size, Math.abs(a[row + j] as number));
    let norm = 0;
    if (size > 0) {
      for (let j = k + 1; j < n; j++) norm += ((a[row + j] as number) / size) ** 2;
      norm = size * Math.sqrt(norm);
    }
    const first = a[row + k + 1] as number;
    const alpha = first > 0 ? -norm : norm;
    beside[k + 1] = alpha;
    if (norm === 0) continue;
    const head = first - alpha;
    for (let j = k + 2; j < n; j++) a[row + j] = (a[row + j] as number) / head;
    a[row + k + 1] = 1;
    const beta = -head / alpha;
    factors[k] = beta;
    // p = beta A u, then A -= u w' + w u' with w = p - beta / 2 (p'u) u; only what is right of and below the diagonal is kept.
    p.fill(0, k + 1);
    for (let i = k + 1; i < n; i++) {
      const ui = a[row + i] as number;
      const at = i * n;
      let sum = (a[at + i] as number) * ui;
      for (let j = i + 1; j < n; j++) {
        const value = a[at + j] as number;
        sum += value * (a[row + j] as number);
        p[j] = (p[j] as number) + value * ui;
      }
      p[i] = (p[i] as number) + sum;
    }
    let along = 0;
    for (let i = k + 1; i < n; i++) {
      p[i] = beta * (p[i] as number);
      along += (p[i] as number) * (a[row + i] as number);
    }
    for (let i = k + 1; i < n; i++) p[i] = (p[i] as number) - 0.5 * beta * along * (a[row + i] as number);
    for (let i = k + 1; i < n; i++) {
      const [ui, wi, at] = [a[row + i] as number, p[i] as number, i * n];
      for (let j = i; j < n; j++) a[at + j] = (a[at + j] as number) - ui * (p[j] as number) - wi * (a[row + j] as number);
    }
  }
  for (let i = 0; i < n; i++) diagonal[i] = a[i * n + i] as number;
  if (n > 1) beside[n - 1] = a[(n - 2) * n + n - 1] as number;
  // Q' = H(n-3) ... H(0), made from the last reflection backwards: Q = H(0) ... H(n-3), whose columns are the rows wanted.
  v.fill(0);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let k = n - 3; k >= 0; k--) {
    const beta = factors[k] as number;
    if (beta === 0) continue;
    const row = k * n;
    for (let i = k + 1; i < n; i++) {
      const at = i * n;
      let sum = 0;
      for (let j = k + 1; j < n; j++) sum += (v[at + j] as number) * (a[row + j] as number);
      if (sum === 0) continue;
      sum *= beta;
      for (let j = k + 1; j < n; j++) v[at + j] = (v[at + j] as number) - sum * (a[row + j] as number);
    }
  }
}

/** QR steps until nothing is left beside the diagonal; false when they do not end. */
function iterate(d: Float64Array, e: Float64Array, n: number, v: Float64Array): boolean {
  let last = n - 1;
  for (let steps = 0; last > 0; ) {
    const small = (i: number): boolean =>
      Math.abs(e[i] as number) <= Number.EPSILON * (Math.abs(d[i] as number) + Math.abs(d[i - 1] as number));
    if (small(last)) {
      e[last--] = 0;
      steps = 0;
      continue;
    }
    if (++steps > MOST_STEPS) return false;
    let first = last - 1;
    while (first > 0 && !small(first)) first--;
    if (first > 0) e[first] = 0;
    step(d, e, first, last, n, v);
  }
  return true;
}

/** One implicit step with Wilkinson's shift on rows `first` to `last`. */
function step(d: Float64Array, e: Float64Array, first: number, last: number, n: number, v: Float64Array): void {
  const half = ((d[last - 1] as number) - (d[last] as number)) / 2;
  const off = e[last] as number;
  const shift = (d[last] as number) - (off * off) / (half + (half < 0 ? -1 : 1) * Math.hypot(half, off));
  let x = (d[first] as number) - shift;
  let z = e[first + 1] as number;
  for (let k = first; k < last; k++) {
    const r = Math.hypot(x, z);
    const [c, s] = r === 0 ? [1, 0] : [x / r, z / r];
    if (k > first) e[k] = r;
    const [a, b, w] = [d[k] as number, d[k + 1] as number, e[k + 1] as number];
    d[k] = c * c * a + 2 * c * s * w + s * s * b;
    d[k + 1] = s * s * a - 2 * c * s * w + c * c * b;
    e[k + 1] = c * s * (b - a) + (c * c - s * s) * w;
    if (k + 1 < last) {
      x = e[k + 1] as number;
      z = s * (e[k + 2] as number);
      e[k + 2] = c * (e[k + 2] as number);
    }
    for (let j = 0, p = k * n, q = p + n; j < n; j++, p++, q++) {
      const [f, g] = [v[p] as number, v[q] as number];
      v[p] = c * f + s * g;
      v[q] = c * g - s * f;
    }
  }
}
