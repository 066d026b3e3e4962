// The path of a window of returns.

let path = new Float64Array(512);

/** Sums of the first values of `x[from .. from + n)`: result[0 .. n], beginning at 0, valid until the next call. */
export function walk(x: Float64Array, from: number, n: number): Float64Array {
  if (path.length <= n + 1) path = new Float64Array(2 * n + 2);
  let sum = 0;
  path[0] = 0;
  // Two steps at a time: the next pair waits for one addition only.
  for (let k = 0; k < n; k += 2) {
    const step = x[from + k] as number;
    path[k + 1] = sum + step;
    sum += step + (k + 1 < n ? (x[from + k + 1] as number) : 0);
    path[k + 2] = sum;
  }
  return path;
}
