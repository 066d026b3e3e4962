// Permutation importance: how much a score falls when the values of a feature are dealt out to other rows (Breiman 2001, section 10).
import type { Rng } from "#base/rng.js";
import type { Rows } from "./explainer.js";
import type { RowPredictor } from "./row-predictor.js";

/** Rows that one model predicts out of sample: the test of a fold. Values change hands within a part only. */
export interface Part extends Rows {
  readonly predict: RowPredictor;
}

export interface PermutationOptions {
  readonly parts: readonly Part[];
  readonly features: number;
  /** Sets of features that are dealt out together, each row's values staying together. */
  readonly groups: readonly (readonly number[])[];
  readonly repeats: number;
  readonly rng: Rng;
  /** Of the predictions of each part; larger is better. */
  readonly score: (predictions: readonly Float64Array[]) => number;
  readonly onProgress: (done: number) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface Importance {
  /** The score as it is. */
  readonly score: number;
  /** Per group: mean fall of the score, and its standard deviation over the repeats (0 with one repeat). */
  readonly drops: readonly { readonly mean: number; readonly deviation: number }[];
}

/** Of a model that looks back, a feature's whole window goes to another row. `x` of the parts is left as it was. Throws what the signal says. */
export async function permutationImportance(options: PermutationOptions): Promise<Importance> {
  const { parts, features: k, groups, repeats, rng, score, onProgress, signal } = options;
  const whole: Float64Array[] = [];
  for (const part of parts) whole.push(await part.predict(part));
  const best = score(whole);
  const orders = Array.from({ length: repeats }, (_, r) => parts.map(({ rows }, p) => shuffled(rows, rng.fork(`repeat-${r}-part-${p}`))));
  const drops: { mean: number; deviation: number }[] = [];
  for (const [g, group] of groups.entries()) {
    const falls: number[] = [];
    for (const order of orders) {
      signal?.throwIfAborted();
      const predictions: Float64Array[] = [];
      for (const [p, part] of parts.entries())
        predictions.push(await part.predict({ x: dealt(part, order[p] as Int32Array, group, k), rows: part.rows }));
      falls.push(best - score(predictions));
      onProgress((g * repeats + falls.length) / (groups.length * repeats));
    }
    const mean = falls.reduce((sum, fall) => sum + fall, 0) / repeats;
    const squares = falls.reduce((sum, fall) => sum + (fall - mean) ** 2, 0);
    drops.push({ mean, deviation: repeats > 1 ? Math.sqrt(squares / (repeats - 1)) : 0 });
  }
  return { score: best, drops };
}

function dealt({ x, rows }: Rows, order: Int32Array, group: readonly number[], k: number): Float32Array {
  const out = x.slice();
  const width = rows === 0 ? 0 : x.length / rows;
  for (let row = 0; row < rows; row++) {
    const from = (order[row] as number) * width;
    for (const j of group) for (let at = j; at < width; at += k) out[row * width + at] = x[from + at] as number;
  }
  return out;
}

/** Fisher and Yates. */
function shuffled(n: number, rng: Rng): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = rng.int(i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}
