// A fitted model as a function of rows. Models are asked for frames of instruments; here every row is an instrument of a frame of its own,
// so that rows can be made up. It holds for models that score each instrument by itself, and all families do.
import type { Micros } from "#domain/time.js";
import type { FittedModel } from "#ports/model.js";
import type { Rows } from "./explainer.js";

/** One prediction per row; NaN where nothing of the row is known. */
export type RowPredictor = (rows: Rows) => Promise<Float64Array>;

/** Rows of one frame: above it memory grows and speed does not. */
const CHUNK = 4096;

/** `asOf`: the moment that the frames are of, for models that look at it. */
export function rowPredictor(model: FittedModel, asOf: Micros): RowPredictor {
  const { features, steps } = model;
  const k = features.length;
  const width = steps * k;
  return async ({ x, rows }) => {
    const out = new Float64Array(rows);
    for (let start = 0; start < rows; start += CHUNK) {
      const n = Math.min(CHUNK, rows - start);
      const windows = x.subarray(start * width, (start + n) * width);
      const values = new Float64Array(n * k);
      for (let i = 0; i < n; i++) values.set(windows.subarray((i + 1) * width - k, (i + 1) * width), i * k);
      const all = new Uint8Array(n).fill(1);
      const history = steps === 1 ? null : { steps, values: windows };
      out.set(await model.predict({ asOf, instruments: n, features, values, fresh: all, member: all, history }), start);
    }
    return out;
  };
}
