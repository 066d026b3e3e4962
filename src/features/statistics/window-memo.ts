// Shares what several statistics of one window need (its order, its ranks, its spectrum). The plan asks for all statistics of a window one
// after the other, so the last results are kept beside a copy of the values they came from: equal values, equal result, nothing else.
import { sortWindow } from "./sort-window.js";

/** Writes the result for `x[from .. from + n)` into `out[from .. from + n)`. */
type Compute = (x: Float64Array, from: number, n: number, out: Float64Array) => void;

interface WindowMemo {
  (x: Float64Array, from: number, n: number): Float64Array;
  /** Takes `result[0 .. n)`, found elsewhere, as the result for `x[from .. from + n)`. */
  readonly offer: (x: Float64Array, from: number, n: number, result: Float64Array) => void;
}

/**
 * The same function with a memory of its last windows. What it returns holds the result in `[from, from + n)` and is valid until the
 * next call. Zeros of either sign count as equal.
 */
export function rememberWindow(compute: Compute): WindowMemo {
  let seen = new Float64Array(0);
  let results = new Float64Array(0);
  /** Start of the window that was computed here last. Windows of one length that overlap share an end. */
  let starts = new Int32Array(0);
  let length = 0;
  const reserve = (end: number, n: number): void => {
    if (seen.length < end) {
      seen = new Float64Array(2 * end);
      results = new Float64Array(2 * end);
      starts = new Int32Array(2 * end).fill(-1);
    } else if (length !== n) {
      starts.fill(-1);
    }
    length = n;
  };
  const note = (x: Float64Array, from: number, end: number): void => {
    for (let k = from; k < end; k++) {
      seen[k] = x[k] as number;
      starts[k] = from;
    }
  };
  const find = (x: Float64Array, from: number, n: number): Float64Array => {
    const end = from + n;
    reserve(end, n);
    let same = starts[from] === from && starts[end - 1] === from;
    for (let k = from; same && k < end; k++) same = seen[k] === x[k];
    if (same) return results;
    note(x, from, end);
    compute(x, from, n, results);
    return results;
  };
  const offer = (x: Float64Array, from: number, n: number, result: Float64Array): void => {
    reserve(from + n, n);
    note(x, from, from + n);
    for (let k = 0; k < n; k++) results[from + k] = result[k] as number;
  };
  return Object.assign(find, { offer });
}

/** The window in ascending order; one memory for each of two series. */
export const sortedWindow = rememberWindow(sortWindow);
/** Says the order of a window before it is asked for, to spare the sorting; a statistic that will ask says so by `sorts`. */
export const offerSorted = sortedWindow.offer;
export const sortedSecond = rememberWindow(sortWindow);

/** Number of values below `v` in the ascending `s[from .. from + n)`. */
export function countBelow(s: Float64Array, from: number, n: number, v: number): number {
  let low = from;
  // Steps by halves without a branch that could be foreseen wrongly.
  for (let left = n; left > 1; ) {
    const half = left >> 1;
    low += (s[low + half - 1] as number) < v ? half : 0;
    left -= half;
  }
  return low - from + (n > 0 && (s[low] as number) < v ? 1 : 0);
}

/** Number of values not above `v` in the ascending `s[from .. from + n)`, of which `below` are below it. */
export function countUpTo(s: Float64Array, from: number, n: number, v: number, below: number): number {
  let count = below;
  while (count < n && s[from + count] === v) count++;
  return count;
}

/** The `q`-quantile of the ascending `s[from .. from + n)`, interpolated linearly (Hyndman and Fan 1996, type 7; numpy's default). */
export function quantileAt(s: Float64Array, from: number, n: number, q: number): number {
  const place = q * (n - 1);
  const below = Math.floor(place);
  const a = s[from + below] as number;
  return below + 1 < n ? a + (place - below) * ((s[from + below + 1] as number) - a) : a;
}

/** Ranks 1 to n within the window, ties at their average; one memory for each of two series. */
export const ranksOfFirst = rememberWindow((x, from, n, out) => rank(x, sortedWindow(x, from, n), from, n, out));
export const ranksOfSecond = rememberWindow((x, from, n, out) => rank(x, sortedSecond(x, from, n), from, n, out));

function rank(x: Float64Array, s: Float64Array, from: number, n: number, out: Float64Array): void {
  for (let k = from; k < from + n; k++) {
    const v = x[k] as number;
    const below = countBelow(s, from, n, v);
    out[k] = (below + countUpTo(s, from, n, v, below) + 1) / 2;
  }
}
