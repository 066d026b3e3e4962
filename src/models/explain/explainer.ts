// What every way of explaining a prediction gives: a value to start from, and what each feature adds to it.

/** Windows as models see them, `[row][step][feature]`, f32; NaN: not known. */
export interface Rows {
  readonly x: Float32Array;
  readonly rows: number;
}

export type Method = "linear SHAP" | "TreeSHAP" | "integrated gradients" | "KernelSHAP" | "LIME" | "sum of its members' explanations";

export interface Attributions {
  /** `[row]`: what the model predicts; NaN for a row of which nothing is known, and so are its contributions. */
  readonly prediction: Float64Array;
  /** `[row][feature]`, in units of the prediction: base + their sum is the prediction, up to `error`. */
  readonly contributions: Float64Array;
  /**
   * `[row]`: how far a contribution may be off, in units of the prediction. Sampled ways give the largest standard error of the row,
   * integrated gradients and LIME what their sum misses of the prediction, exact ways 0.
   */
  readonly error: Float64Array;
}

export interface Explainer {
  readonly method: Method;
  /** True when nothing but rounding stands between the contributions and their definition. */
  readonly exact: boolean;
  /** What the contributions start from. */
  readonly base: number;
  /** What the base is, to be read behind "above": of the rows compared with. Where predictions are not the scores, these are not one. */
  readonly baseIs: "the mean prediction" | "the prediction of a mean row" | "the prediction of the mean score";
  /** Rows compared with. */
  readonly background: number;
  /** What explaining one row costs, in predictions of one row. */
  readonly workPerRow: number;
  /** What it cost to be made, likewise. */
  readonly setupWork: number;
  attribute(rows: Rows): Promise<Attributions>;
}

/** Positions spread evenly over `count`, at most `most`, ascending. */
export function spreadOver(count: number, most: number): Int32Array {
  if (count <= most) return Int32Array.from({ length: count }, (_, i) => i);
  return Int32Array.from({ length: most }, (_, i) => Math.floor(((i + 0.5) * count) / most));
}

/** Rows spread evenly over all, at most `most`, in their order. The same rows give the same choice. */
export function spread({ x, rows }: Rows, most: number): Rows {
  if (rows <= most) return { x, rows };
  const width = x.length / rows;
  const out = new Float32Array(most * width);
  spreadOver(rows, most).forEach((row, i) => out.set(x.subarray(row * width, (row + 1) * width), i * width));
  return { x: out, rows: most };
}

/** Rows of which something is known, in their order. */
export function knownOf({ x, rows }: Rows, width: number): Rows {
  const known = Array.from({ length: rows }, (_, row) => row).filter((row) => isKnownRow(x, row, width));
  if (known.length === rows) return { x, rows };
  const out = new Float32Array(known.length * width);
  known.forEach((row, i) => out.set(x.subarray(row * width, (row + 1) * width), i * width));
  return { x: out, rows: known.length };
}

/** True where something of the row is known. */
export function isKnownRow(x: Float32Array, row: number, width: number): boolean {
  for (let at = row * width; at < (row + 1) * width; at++) if ((x[at] as number) - (x[at] as number) === 0) return true;
  return false;
}
