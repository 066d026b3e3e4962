// Sums of products of a series with its own past, several lags in one pass.
import { deviations } from "./centered.js";
import { rememberWindow } from "./window-memo.js";

/** Lags of which the products of a window are found together. */
const SHARED = 10;

/** Sum of d[k] d[k - lag] over the places of `d[at .. at + n)`. */
export function laggedSum(d: Float64Array, at: number, n: number, lag: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let e = 0;
  const end = at + n;
  let k = at + lag;
  for (; k + 3 < end; k += 4) {
    a += (d[k] as number) * (d[k - lag] as number);
    b += (d[k + 1] as number) * (d[k + 1 - lag] as number);
    c += (d[k + 2] as number) * (d[k + 2 - lag] as number);
    e += (d[k + 3] as number) * (d[k + 3 - lag] as number);
  }
  for (; k < end; k++) a += (d[k] as number) * (d[k - lag] as number);
  return a + b + (c + e);
}

/** Writes the sums for the lags 1 to `lags` to `out[to .. to + lags)`. */
export function laggedSums(d: Float64Array, at: number, n: number, lags: number, out: Float64Array, to: number): void {
  let lag = 1;
  for (; lag + 3 <= lags; lag += 4) {
    let a = 0;
    let b = 0;
    let c = 0;
    let e = 0;
    // The places that lags of this four reach only in part.
    for (let k = lag; k < Math.min(n, lag + 3); k++) {
      const v = d[at + k] as number;
      a += v * (d[at + k - lag] as number);
      if (k > lag) b += v * (d[at + k - lag - 1] as number);
      if (k > lag + 1) c += v * (d[at + k - lag - 2] as number);
    }
    for (let k = at + lag + 3; k < at + n; k++) {
      const v = d[k] as number;
      a += v * (d[k - lag] as number);
      b += v * (d[k - lag - 1] as number);
      c += v * (d[k - lag - 2] as number);
      e += v * (d[k - lag - 3] as number);
    }
    out[to + lag - 1] = a;
    out[to + lag] = b;
    out[to + lag + 1] = c;
    out[to + lag + 2] = e;
  }
  for (; lag <= lags; lag++) out[to + lag - 1] = laggedSum(d, at, n, lag);
}

const shared = rememberWindow((x, from, n, out) => {
  laggedSums(deviations(x, from, n), from, n, Math.min(SHARED, n), out, from);
});

/** Sum of the products of the window's deviations from its mean with those `lag` bars before, for a statistic that needs several lags. */
export function autocovariance(x: Float64Array, from: number, n: number, lag: number): number {
  if (lag > SHARED || lag > n) return laggedSum(deviations(x, from, n), from, n, lag);
  return shared(x, from, n)[from + lag - 1] as number;
}
