// The ascending order of a window, shared by all statistics that ask for it. The plan keeps the order from bar to bar (window-order.ts) and
// offers it; where it does not, the window is sorted here. Equal values stay in order of time, so that the order is one and the same
// wherever it comes from.
import { rememberWindow, SeenWindows } from "./window-memo.js";

/** The order of windows of one of the two series. */
export class SortedWindows {
  private readonly seen = new SeenWindows();
  /** Ascending values of the window at `[from, from + n)`; -0 becomes 0. */
  values = new Float64Array(0);
  /** Where each of them stands in the window, from 0. */
  places = new Int32Array(0);

  /** Makes `values` and `places` those of `x[from .. from + n)`, finite. */
  find(x: Float64Array, from: number, n: number): this {
    this.reserve(x);
    if (this.seen.before(x, from, from + n)) return this;
    const { values, places } = this;
    for (let k = 0; k < n; k++) {
      const v = (x[from + k] as number) + 0;
      let p = from + k;
      while (p > from && (values[p - 1] as number) > v) {
        values[p] = values[p - 1] as number;
        places[p] = places[p - 1] as number;
        p--;
      }
      values[p] = v;
      places[p] = k;
    }
    return this;
  }

  /**
   * Takes the newest `n` of `count` values as the order of `x[from .. from + n)`: the ascending `keys[at .. at + count)`, which stand
   * at `stand`.
   */
  offer(x: Float64Array, from: number, n: number, keys: Float64Array, stand: Int32Array, at: number, count: number): void {
    this.reserve(x);
    this.seen.before(x, from, from + n);
    const { values, places } = this;
    const cut = count - n;
    let p = from;
    for (let k = at; p < from + n; k++) {
      const place = (stand[k] as number) - cut;
      values[p] = keys[k] as number;
      places[p] = place;
      p += Number(place >= 0);
    }
  }

  private reserve(x: Float64Array): void {
    if (this.values.length >= x.length) return;
    this.values = new Float64Array(x.length);
    this.places = new Int32Array(x.length);
  }
}

export const firstSorted = new SortedWindows();
export const secondSorted = new SortedWindows();

/** The first series' window in ascending order, at the same places. A statistic that asks for it says so by `sorts`. */
export function sortedWindow(x: Float64Array, from: number, n: number): Float64Array {
  return firstSorted.find(x, from, n).values;
}

/** The `q`-quantile of the ascending `s[from .. from + n)`, interpolated linearly (Hyndman and Fan 1996, type 7; numpy's default). */
export function quantileAt(s: Float64Array, from: number, n: number, q: number): number {
  const place = q * (n - 1);
  const below = Math.floor(place);
  const a = s[from + below] as number;
  return below + 1 < n ? a + (place - below) * ((s[from + below + 1] as number) - a) : a;
}

/** Where the run of values equal to the one at place `k` of the ascending `s[from .. from + n)` ends. */
export function endOfTies(s: Float64Array, from: number, n: number, k: number): number {
  const v = s[from + k] as number;
  let end = k + 1;
  while (end < n && s[from + end] === v) end++;
  return end;
}

/** Ranks 1 to n within the window, ties at their average; one memory for each of two series. */
export const ranksOfFirst = rememberWindow((x, from, n, out) => rank(firstSorted.find(x, from, n), from, n, out));
export const ranksOfSecond = rememberWindow((x, from, n, out) => rank(secondSorted.find(x, from, n), from, n, out));

function rank({ values, places }: SortedWindows, from: number, n: number, out: Float64Array): void {
  for (let k = 0; k < n; ) {
    const end = endOfTies(values, from, n, k);
    const shared = (k + end + 1) / 2;
    for (; k < end; k++) out[from + (places[from + k] as number)] = shared;
  }
}
