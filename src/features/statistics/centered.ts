// A window less its mean, the beginning of most statistics of moments. Sums run in four strands, which a processor adds up at once.
import { rememberWindow } from "./window-memo.js";

/**
 * Writes `x[from .. from + n)` less its mean to `out[at .. at + n)`. The mean is taken around the first value, so that a constant window
 * gives exact zeros.
 */
export function center(x: Float64Array, from: number, n: number, out: Float64Array, at: number): void {
  const first = x[from] as number;
  const mean = meanAround(x, from, n, first);
  for (let k = 0; k < n; k++) out[at + k] = (x[from + k] as number) - first - mean;
}

/** Mean of `x[from .. from + n)` less `origin`. */
function meanAround(x: Float64Array, from: number, n: number, origin: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const end = from + n;
  let k = from;
  for (; k + 3 < end; k += 4) {
    a += (x[k] as number) - origin;
    b += (x[k + 1] as number) - origin;
    c += (x[k + 2] as number) - origin;
    d += (x[k + 3] as number) - origin;
  }
  for (; k < end; k++) a += (x[k] as number) - origin;
  return (a + b + (c + d)) / n;
}

/** Sum of squares of `d[at .. at + n)`. */
export function squaresOf(d: Float64Array, at: number, n: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let e = 0;
  const end = at + n;
  let k = at;
  for (; k + 3 < end; k += 4) {
    a += (d[k] as number) * (d[k] as number);
    b += (d[k + 1] as number) * (d[k + 1] as number);
    c += (d[k + 2] as number) * (d[k + 2] as number);
    e += (d[k + 3] as number) * (d[k + 3] as number);
  }
  for (; k < end; k++) a += (d[k] as number) * (d[k] as number);
  return a + b + (c + e);
}

/** Mean of `x[from .. from + n)`, taken around its first value. */
export function meanOf(x: Float64Array, from: number, n: number): number {
  const first = x[from] as number;
  return first + meanAround(x, from, n, first);
}

/** The first series' window less its mean, at the same places. Not to be changed. */
export const deviations = rememberWindow((x, from, n, out) => center(x, from, n, out, from));

/** The second series' window less its mean, at the same places. Not to be changed. */
export const companionDeviations = rememberWindow((y, from, n, out) => center(y, from, n, out, from));

const squares = rememberWindow((x, from, n, out) => {
  out[from] = squaresOf(deviations(x, from, n), from, n);
});

/** Sum of squares of the window's deviations from its mean. */
export function spread(x: Float64Array, from: number, n: number): number {
  return squares(x, from, n)[from] as number;
}

/** Standard deviation of the window (divisor n). */
export function deviation(x: Float64Array, from: number, n: number): number {
  return Math.sqrt(spread(x, from, n) / n);
}

/** The squares of the window's deviations, less their own mean, at the same places. Their mean is `spread` / n. */
export const centeredSquares = rememberWindow((x, from, n, out) => {
  const d = deviations(x, from, n);
  const mean = spread(x, from, n) / n;
  for (let k = from; k < from + n; k++) out[k] = (d[k] as number) * (d[k] as number) - mean;
});
