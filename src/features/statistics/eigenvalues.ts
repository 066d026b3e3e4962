// Eigenvalues of a small symmetric matrix.

/**
 * Of `a`, n x n, row after row, which is destroyed; written into `out[0 .. n)`, largest first. Cyclic Jacobi rotations (Golub and Van Loan
 * 2013, section 8.5) until what is off the diagonal is below rounding.
 */
export function symmetricEigenvalues(a: Float64Array, n: number, out: Float64Array): void {
  for (let sweep = 0; sweep < 30; sweep++) {
    let [off, all] = [0, 0];
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const square = (a[i * n + j] as number) ** 2;
        all += square;
        if (i !== j) off += square;
      }
    }
    if (!(off > 1e-32 * all)) break;
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(a, n, p, q);
  }
  for (let i = 0; i < n; i++) out[i] = a[i * n + i] as number;
  out.subarray(0, n).sort().reverse();
}

function rotate(a: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q] as number;
  if (apq === 0) return;
  const half = ((a[q * n + q] as number) - (a[p * n + p] as number)) / (2 * apq);
  const t = (half < 0 ? -1 : 1) / (Math.abs(half) + Math.sqrt(half * half + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const [x, y] = [a[k * n + p] as number, a[k * n + q] as number];
    a[k * n + p] = c * x - s * y;
    a[k * n + q] = s * x + c * y;
  }
  for (let k = 0; k < n; k++) {
    const [x, y] = [a[p * n + k] as number, a[q * n + k] as number];
    a[p * n + k] = c * x - s * y;
    a[q * n + k] = s * x + c * y;
  }
}
