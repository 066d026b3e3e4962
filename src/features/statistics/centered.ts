// A window less its mean, the beginning of most statistics of moments.

let scratch = new Float64Array(256);

/**
 * `x[from + k]` less the window's mean at place k of [0, n), valid until the next call. The mean is taken around the first value, so that
 * a constant window gives exact zeros.
 */
export function centered(x: Float64Array, from: number, n: number): Float64Array {
  if (scratch.length < n) scratch = new Float64Array(2 * n);
  const first = x[from] as number;
  let sum = 0;
  for (let k = 0; k < n; k++) {
    const d = (x[from + k] as number) - first;
    scratch[k] = d;
    sum += d;
  }
  const mean = sum / n;
  for (let k = 0; k < n; k++) scratch[k] = (scratch[k] as number) - mean;
  return scratch;
}

/** Sum of squares of `d[0 .. n)`. */
export function squaresOf(d: Float64Array, n: number): number {
  let sum = 0;
  for (let k = 0; k < n; k++) sum += (d[k] as number) * (d[k] as number);
  return sum;
}

/** Mean of `x[from .. from + n)`, taken around its first value. */
export function meanOf(x: Float64Array, from: number, n: number): number {
  const first = x[from] as number;
  let sum = 0;
  for (let k = 1; k < n; k++) sum += (x[from + k] as number) - first;
  return first + sum / n;
}
