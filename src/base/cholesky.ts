// Cholesky factors of a symmetric matrix, kept so that many right sides are solved by one (Golub & Van Loan 2013, algorithm 4.2.1).

/** L of a = L L', row-major with zeros above the diagonal; null when a pivot is not positive within rounding. */
export function cholesky(a: Float64Array, n: number): Float64Array | null {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j] as number;
      for (let k = 0; k < j; k++) sum -= (l[i * n + k] as number) * (l[j * n + k] as number);
      if (i > j) l[i * n + j] = sum / (l[j * n + j] as number);
      else if (sum > 1e-13 * (a[i * n + i] as number)) l[i * n + i] = Math.sqrt(sum);
      else return null;
    }
  }
  return l;
}

/** x of L L' x = b. */
export function solveFactored(l: Float64Array, n: number, b: Float64Array): Float64Array {
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    let sum = x[i] as number;
    for (let k = 0; k < i; k++) sum -= (l[i * n + k] as number) * (x[k] as number);
    x[i] = sum / (l[i * n + i] as number);
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i] as number;
    for (let k = i + 1; k < n; k++) sum -= (l[k * n + i] as number) * (x[k] as number);
    x[i] = sum / (l[i * n + i] as number);
  }
  return x;
}
