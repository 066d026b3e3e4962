// KernelSHAP: Shapley values of any model by weighted least squares over coalitions of features (Lundberg & Lee 2017, section 4.1).
// Features that are out of a coalition are taken from the rows of the background, one after the other, and the predictions averaged.
import type { Rng } from "#base/rng.js";
import { type Coalitions, chooseCoalitions, fewestCoalitions } from "./coalitions.js";
import { type Explainer, isKnownRow, type Rows } from "./explainer.js";
import type { RowPredictor } from "./row-predictor.js";

export interface KernelShapOptions {
  readonly features: number;
  /** Predictions that explaining one row may take. `fewestCoalitions` times the rows of the background are taken all the same. */
  readonly evaluations: number;
  readonly rng: Rng;
}

/** Cells of the made-up rows that are held at once. */
const CELLS = 1 << 22;
const MOST_ROWS = 4096;

/**
 * Exact where all coalitions of the features in which a row differs from the background fit into the evaluations: then the error is 0.
 * Else it is a standard error (delete-a-group jackknife over the drawn coalitions). Of a model that looks back a feature is its whole
 * window. Mixtures of which nothing is known count as the base. A feature that equals the background in all its rows gets 0.
 */
export async function kernelShap(predict: RowPredictor, background: Rows, options: KernelShapOptions): Promise<Explainer> {
  const { features: k, evaluations, rng } = options;
  const outcomes = await predict(background);
  const base = meanKnown(outcomes, 0, background.rows, Number.NaN);
  const designs = new Map<number, Coalitions>();
  const designOf = (m: number): Coalitions => {
    // The same for every row that differs in as many features: the same row has the same explanation wherever it stands.
    let design = designs.get(m);
    if (design === undefined)
      designs.set(m, (design = chooseCoalitions(m, Math.floor(evaluations / background.rows), rng.fork(`coalitions-${m}`))));
    return design;
  };
  const all = 2 ** Math.min(k, 50) - 2;
  const coalitions = Math.min(all, Math.max(fewestCoalitions(k), Math.floor(evaluations / background.rows)));
  return {
    method: "KernelSHAP",
    exact: coalitions === all,
    base,
    baseIs: "the mean prediction",
    background: background.rows,
    workPerRow: Math.max(1, coalitions) * background.rows,
    setupWork: background.rows,
    async attribute({ x, rows }) {
      const width = x.length / Math.max(1, rows);
      const prediction = Float64Array.from(await predict({ x, rows }));
      const contributions = new Float64Array(rows * k).fill(Number.NaN);
      const error = new Float64Array(rows);
      for (let row = 0; row < rows; row++) {
        const own = x.subarray(row * width, (row + 1) * width);
        if (!isKnownRow(own, 0, width) || Number.isNaN(prediction[row])) continue;
        const gain = (prediction[row] as number) - base;
        const varying = differing(own, background, k);
        const out = contributions.subarray(row * k, (row + 1) * k).fill(0);
        if (varying.length < 2) {
          for (const j of varying) out[j] = gain;
          continue;
        }
        const design = designOf(varying.length);
        const value = await valuesOf(predict, own, background, k, varying, design, base);
        const { phi, deviation } = solveKernel(design, varying.length, value, gain);
        for (const [i, j] of varying.entries()) out[j] = phi[i] as number;
        error[row] = deviation;
      }
      return { prediction, contributions, error };
    },
  };
}

/** Features in whose window the row differs from the background anywhere; two values that are not known are alike. */
function differing(own: Float32Array, { x, rows }: Rows, k: number): readonly number[] {
  const width = own.length;
  const differs = new Uint8Array(k);
  for (let row = 0; row < rows; row++) for (let at = 0; at < width; at++) if (!Object.is(own[at], x[row * width + at])) differs[at % k] = 1;
  return [...differs.keys()].filter((j) => differs[j] === 1);
}

/** Mean prediction of each coalition over the background, less the base. */
async function valuesOf(
  predict: RowPredictor,
  own: Float32Array,
  background: Rows,
  k: number,
  varying: readonly number[],
  { members, count }: Coalitions,
  base: number,
): Promise<Float64Array> {
  const width = own.length;
  const m = varying.length;
  const each = background.rows;
  const atOnce = Math.max(1, Math.floor(Math.min(MOST_ROWS, CELLS / width) / each));
  const value = new Float64Array(count);
  for (let start = 0; start < count; start += atOnce) {
    const n = Math.min(atOnce, count - start);
    const mixed = new Float32Array(n * each * width);
    for (let c = 0; c < n; c++) {
      const block = mixed.subarray(c * each * width, (c + 1) * each * width);
      block.set(background.x.subarray(0, each * width));
      for (let i = 0; i < m; i++) {
        if (members[(start + c) * m + i] === 0) continue;
        for (let at = varying[i] as number; at < width; at += k) {
          const known = own[at] as number;
          for (let to = at; to < block.length; to += width) block[to] = known;
        }
      }
    }
    const predicted = await predict({ x: mixed, rows: n * each });
    for (let c = 0; c < n; c++) value[start + c] = meanKnown(predicted, c * each, (c + 1) * each, base) - base;
  }
  return value;
}

function meanKnown(values: Float64Array, from: number, to: number, otherwise: number): number {
  let sum = 0;
  let count = 0;
  for (let i = from; i < to; i++) {
    if (Number.isNaN(values[i])) continue;
    sum += values[i] as number;
    count++;
  }
  return count === 0 ? otherwise : sum / count;
}

const MOST_STEPS = 300;
/** Groups of drawn coalitions, of which each is left out once. */
const GROUPS = 8;

function solveKernel(
  design: Coalitions,
  m: number,
  value: Float64Array,
  gain: number,
): { readonly phi: Float64Array; readonly deviation: number } {
  const { count, weight, drawnFrom } = design;
  const phi = constrainedSquares(design, weight, value, gain, new Float64Array(m).fill(gain / m), 1e-12);
  const pairs = (count - drawnFrom) / 2;
  if (pairs < GROUPS) return { phi, deviation: 0 };
  const groupOf = (c: number): number => Math.floor((Math.floor((c - drawnFrom) / 2) * GROUPS) / pairs);
  const without = Array.from({ length: GROUPS }, (_, g) => {
    const rest = weight.map((w, c) => (c < drawnFrom ? w : groupOf(c) === g ? 0 : (w * GROUPS) / (GROUPS - 1)));
    return constrainedSquares(design, rest, value, gain, phi, 1e-3);
  });
  let largest = 0;
  for (let j = 0; j < m; j++) {
    const mean = without.reduce((sum, one) => sum + (one[j] as number), 0) / GROUPS;
    const squares = without.reduce((sum, one) => sum + ((one[j] as number) - mean) ** 2, 0);
    largest = Math.max(largest, Math.sqrt(((GROUPS - 1) / GROUPS) * squares));
  }
  return { phi, deviation: largest };
}

/**
 * Minimizes the sum of weight (value - sum of phi over the coalition)^2 under the condition that all phi add up to `gain`, by conjugate
 * gradients among the vectors that add up to it. With all coalitions the matrix is a multiple of one there, and with the drawn ones
 * nearly: few steps do, and no matrix is made. `start` adds up to `gain`; `tolerance`: of the slope, beside that at the start.
 */
function constrainedSquares(
  design: Coalitions,
  weight: Float64Array,
  value: Float64Array,
  gain: number,
  start: Float64Array,
  tolerance: number,
): Float64Array {
  const m = start.length;
  const phi = Float64Array.from(start);
  const residual = downhill(design, weight, value, phi);
  const direction = Float64Array.from(residual);
  let size = dot(residual, residual);
  const enough = size * tolerance ** 2;
  const none = new Float64Array(value.length);
  for (let step = 0; step < MOST_STEPS && size > enough; step++) {
    const bent = downhill(design, weight, none, direction);
    const length = size / -dot(direction, bent);
    for (let j = 0; j < m; j++) {
      phi[j] = (phi[j] as number) + length * (direction[j] as number);
      residual[j] = (residual[j] as number) + length * (bent[j] as number);
    }
    const next = dot(residual, residual);
    for (let j = 0; j < m; j++) direction[j] = (residual[j] as number) + (next / size) * (direction[j] as number);
    size = next;
  }
  // Rounding adds up over the steps.
  const missing = (gain - phi.reduce((sum, one) => sum + one, 0)) / m;
  return phi.map((one) => one + missing);
}

/** Z'W(value - Z phi) less its mean. */
function downhill({ side, sideFrom, outside }: Coalitions, weight: Float64Array, value: Float64Array, phi: Float64Array): Float64Array {
  const total = phi.reduce((sum, one) => sum + one, 0);
  const out = new Float64Array(phi.length);
  for (let c = 0; c < weight.length; c++) {
    const w = weight[c] as number;
    if (w === 0) continue;
    const [from, to] = [sideFrom[c] as number, sideFrom[c + 1] as number];
    let sum = 0;
    for (let at = from; at < to; at++) sum += phi[side[at] as number] as number;
    // What goes to all features alike is taken out with the mean.
    const left = outside[c] === 1 ? -w * ((value[c] as number) - total + sum) : w * ((value[c] as number) - sum);
    for (let at = from; at < to; at++) out[side[at] as number] = (out[side[at] as number] as number) + left;
  }
  const mean = out.reduce((sum, one) => sum + one, 0) / out.length;
  return out.map((one) => one - mean);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j] as number) * (b[j] as number);
  return sum;
}
