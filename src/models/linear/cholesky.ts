// Solves a symmetric positive definite system by Cholesky factors (Golub & Van Loan 2013, algorithm 4.2.1).

/**
 * Solves A x = b, A given by its upper triangle, row-major `[n][n]`; A and b are overwritten and b becomes x.
 * False when a pivot is not positive within rounding: the columns are collinear.
 */
export function solveInPlace(a: Float64Array, b: Float64Array): boolean {
  const n = b.length;
  for (let j = 0; j < n; j++) {
    const diagonal = a[j * n + j] as number;
    // Row by row, so that memory is read in its order.
    for (let i = 0; i < j; i++) {
      const factor = a[i * n + j] as number;
      if (factor === 0) continue;
      for (let k = j, from = i * n + j, to = j * n + j; k < n; k++, from++, to++) a[to] = (a[to] as number) - factor * (a[from] as number);
    }
    let pivot = a[j * n + j] as number;
    if (!(pivot > 1e-15 * diagonal)) return false;
    pivot = Math.sqrt(pivot);
    a[j * n + j] = pivot;
    for (let k = j + 1; k < n; k++) a[j * n + k] = (a[j * n + k] as number) / pivot;
  }
  for (let j = 0; j < n; j++) {
    let sum = b[j] as number;
    for (let i = 0; i < j; i++) sum -= (a[i * n + j] as number) * (b[i] as number);
    b[j] = sum / (a[j * n + j] as number);
  }
  for (let j = n - 1; j >= 0; j--) {
    let sum = b[j] as number;
    for (let k = j + 1; k < n; k++) sum -= (a[j * n + k] as number) * (b[k] as number);
    b[j] = sum / (a[j * n + j] as number);
  }
  return true;
}
