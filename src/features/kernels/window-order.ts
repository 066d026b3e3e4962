// The ascending order of windows. From bar to bar one value leaves a window and one comes, so the order of the bar before is nearly right:
// it is kept as a hint and put right by insertion. A wrong hint (after a restart, a gap, a split) costs time and never changes a result:
// equal values are put in order of time.
import type { SortedWindows } from "#features/statistics/window-sort.js";

export class WindowOrder {
  /** Per instrument: bar numbers modulo `bars`, by ascending value. */
  private readonly hints: Uint16Array;
  private keys = new Float64Array(0);
  /** Per key: bars after the oldest of the window. */
  private places = new Int32Array(0);

  /** For windows of at most `bars` bars of `width` instruments, whose order is told to `target`. */
  constructor(
    private readonly bars: number,
    width: number,
    private readonly target: SortedWindows,
  ) {
    this.hints = new Uint16Array(bars * width);
    for (let k = 0; k < this.hints.length; k++) this.hints[k] = k % bars;
  }

  /** Makes room for the windows of `n` instruments at a time. */
  reserve(n: number): void {
    if (this.keys.length >= n * this.bars) return;
    this.keys = new Float64Array(n * this.bars);
    this.places = new Int32Array(n * this.bars);
  }

  /** Orders the window that begins at `values[from]`, all finite, of instrument `i` at bar `t`, as number `j` of those at hand. */
  sort(values: Float64Array, from: number, i: number, t: number, j: number): void {
    const { bars, hints, keys, places } = this;
    const oldest = (t + 1) % bars;
    const first = j * bars;
    const hint = i * bars;
    let top = Number.NEGATIVE_INFINITY;
    let topPlace = -1;
    for (let k = 0; k < bars; k++) {
      const slot = hints[hint + k] as number;
      const place = slot >= oldest ? slot - oldest : slot - oldest + bars;
      // Zeros of both signs become one, so that their order cannot matter.
      const v = (values[from + place] as number) + 0;
      let p = k;
      if (top > v || (top === v && topPlace > place)) {
        do {
          keys[first + p] = keys[first + p - 1] as number;
          places[first + p] = places[first + p - 1] as number;
          hints[hint + p] = hints[hint + p - 1] as number;
          p--;
        } while (p > 0 && isAfter(keys[first + p - 1] as number, places[first + p - 1] as number, v, place));
        hints[hint + p] = slot;
      } else {
        top = v;
        topPlace = place;
      }
      keys[first + p] = v;
      places[first + p] = place;
    }
  }

  /** Hands the order of the newest `n` values, which stand at `x[from]`, to the statistics that ask for it. */
  offer(x: Float64Array, from: number, n: number, j: number): void {
    this.target.offer(x, from, n, this.keys, this.places, j * this.bars, this.bars);
  }
}

/** Whether the value at one place comes after the value at another. */
function isAfter(key: number, keyPlace: number, v: number, place: number): boolean {
  return key > v || (key === v && keyPlace > place);
}
