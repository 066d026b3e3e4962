// Shares what several statistics of one window need (its deviations, its path, its spectrum). The plan fills two arrays with windows and
// asks for all statistics of a window one after the other: what was found for a window holds until the arrays are filled anew, and no
// longer. Windows in other arrays are never remembered.

/** The arrays that the plan fills, and how often it has. */
let first: Float64Array | null = null;
let second: Float64Array | null = null;
let filling = 1;

/**
 * Says that the arrays hold new windows, `y` null when there is one series. They may not change before the next call, and of the windows
 * that share values, all that are asked for must end at the same place.
 */
export function filledAnew(x: Float64Array, y: Float64Array | null): void {
  first = x;
  second = y;
  filling++;
}

/** Remembers which windows of an array were looked at since it was filled. */
export class SeenWindows {
  private owner: Float64Array | null = null;
  /** By end of the window: its start, and the filling that it was seen in. */
  private starts = new Int32Array(0);
  private fillings = new Float64Array(0);

  /** Whether `x[from .. end)` was noted before; if not, notes it. */
  before(x: Float64Array, from: number, end: number): boolean {
    if (x !== this.owner || (x !== first && x !== second)) {
      this.owner = x === first || x === second ? x : null;
      this.starts = new Int32Array(x.length + 1);
      this.fillings = new Float64Array(x.length + 1);
    }
    if (this.fillings[end] === filling && this.starts[end] === from) return true;
    this.fillings[end] = filling;
    this.starts[end] = from;
    return false;
  }
}

/** Writes the result for `x[from .. from + n)` into `out[from .. from + n)`. */
type Compute = (x: Float64Array, from: number, n: number, out: Float64Array) => void;

/**
 * The same function with a memory of the windows at hand. What it returns holds the result in `[from, from + n)` and is valid until the
 * next call. To be used for windows of the first series only, or of the second only.
 */
export function rememberWindow(compute: Compute): (x: Float64Array, from: number, n: number) => Float64Array {
  const seen = new SeenWindows();
  let results = new Float64Array(0);
  return (x, from, n) => {
    if (results.length < x.length) results = new Float64Array(x.length);
    if (!seen.before(x, from, from + n)) compute(x, from, n, results);
    return results;
  };
}
