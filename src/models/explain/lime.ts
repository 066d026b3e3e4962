// LIME for rows of numbers: a ridge regression on rows drawn around the one to be explained, near ones counting more (Ribeiro, Singh &
// Guestrin 2016, section 3.3). A picture of the neighborhood: unlike Shapley values its parts do not add up to the prediction.
import { TruewindError } from "#base/errors.js";
import type { Rng } from "#base/rng.js";
import { solveInPlace } from "#models/linear/cholesky.js";
import { type Explainer, isKnownRow, type Rows } from "./explainer.js";
import type { RowPredictor } from "./row-predictor.js";

export interface LimeOptions {
  readonly features: number;
  /** Rows drawn per explained row; the row itself comes on top. At least as many as features. */
  readonly samples: number;
  readonly rng: Rng;
}

/** Penalty of the local regression, on features in units of their deviation: that of the authors' own program. */
const PENALTY = 1;

/**
 * Rows are drawn from normal distributions around the row, with the background's deviation of each feature, which is also the unit of
 * distance; weight exp(-d^2 / w^2) with w = 0.75 sqrt(features), as in the authors' program. What is not known counts as the background's
 * mean. Contributions are slope times distance from the background's mean. For models of one step.
 */
export async function lime(predict: RowPredictor, background: Rows, options: LimeOptions): Promise<Explainer> {
  const { features: k, samples, rng } = options;
  if (background.x.length !== background.rows * k)
    throw new TruewindError("bad-usage", "LIME is made for models of one decision, and this one looks back: choose another method.");
  const { mean, deviation } = momentsOf(background, k);
  const base = (await predict({ x: mean, rows: 1 }))[0] as number;
  return {
    method: "LIME",
    exact: false,
    base,
    baseIs: "the prediction of a mean row",
    background: background.rows,
    workPerRow: samples + 1,
    setupWork: 1,
    async attribute({ x, rows }) {
      const prediction = new Float64Array(rows).fill(Number.NaN);
      const contributions = new Float64Array(rows * k).fill(Number.NaN);
      const error = new Float64Array(rows);
      for (let row = 0; row < rows; row++) {
        if (!isKnownRow(x, row, k)) continue;
        const own = x.slice(row * k, (row + 1) * k);
        for (let j = 0; j < k; j++) if (!((own[j] as number) - (own[j] as number) === 0)) own[j] = mean[j] as number;
        const { z, rows: drawn } = drawAround(own, deviation, samples, rng.fork("samples"));
        const y = await predict({ x: drawn, rows: samples + 1 });
        const slopes = localSlopes(z, y, k);
        prediction[row] = (await predict({ x: x.subarray(row * k, (row + 1) * k), rows: 1 }))[0] as number;
        let sum = base;
        for (let j = 0; j < k; j++) {
          const far = (deviation[j] as number) === 0 ? 0 : ((own[j] as number) - (mean[j] as number)) / (deviation[j] as number);
          sum += contributions[row * k + j] = (slopes[j] as number) * far;
        }
        error[row] = Math.abs((prediction[row] as number) - sum);
      }
      return { prediction, contributions, error };
    },
  };
}

function momentsOf({ x, rows }: Rows, k: number): { readonly mean: Float32Array; readonly deviation: Float64Array } {
  const mean = new Float32Array(k);
  const deviation = new Float64Array(k);
  for (let j = 0; j < k; j++) {
    const known: number[] = [];
    for (let row = 0; row < rows; row++) {
      const value = x[row * k + j] as number;
      if (value - value === 0) known.push(value);
    }
    const center = known.reduce((sum, value) => sum + value, 0) / known.length; // NaN where nothing is known: so the model is asked
    mean[j] = center;
    if (known.length > 0) deviation[j] = Math.sqrt(known.reduce((sum, value) => sum + (value - center) ** 2, 0) / known.length);
  }
  return { mean, deviation };
}

/** The row itself first. `z`: steps from it in deviations. */
function drawAround(
  own: Float32Array,
  deviation: Float64Array,
  samples: number,
  rng: Rng,
): { readonly z: Float64Array; readonly rows: Float32Array } {
  const k = own.length;
  const z = new Float64Array((samples + 1) * k);
  const rows = new Float32Array((samples + 1) * k);
  for (let at = 0; at < z.length; at++) {
    const j = at % k;
    const step = rng.normal();
    if (at >= k && deviation[j] !== 0) z[at] = step;
    rows[at] = (own[j] as number) + (z[at] as number) * (deviation[j] as number);
  }
  return { z, rows };
}

/** Slopes of the weighted ridge regression of `y` on `z`, per unit of z; rows without a prediction are left out. Exported for its test. */
export function localSlopes(z: Float64Array, y: Float64Array, k: number): Float64Array {
  const width2 = 0.75 * 0.75 * k;
  const weight = Float64Array.from(y, (value, row) => {
    if (Number.isNaN(value)) return 0;
    let distance2 = 0;
    for (let j = 0; j < k; j++) distance2 += (z[row * k + j] as number) ** 2;
    return Math.exp(-distance2 / width2);
  });
  const mass = weight.reduce((sum, w) => sum + w, 0);
  const center = new Float64Array(k);
  let level = 0;
  for (let row = 0; row < y.length; row++) {
    const w = (weight[row] as number) / mass;
    if (w === 0) continue;
    level += w * (y[row] as number);
    for (let j = 0; j < k; j++) center[j] = (center[j] as number) + w * (z[row * k + j] as number);
  }
  const a = new Float64Array(k * k);
  const b = new Float64Array(k);
  const own = new Float64Array(k);
  for (let row = 0; row < y.length; row++) {
    const w = weight[row] as number;
    if (w === 0) continue;
    for (let j = 0; j < k; j++) own[j] = (z[row * k + j] as number) - (center[j] as number);
    for (let i = 0; i < k; i++) {
      const left = w * (own[i] as number);
      b[i] = (b[i] as number) + left * ((y[row] as number) - level);
      for (let j = i; j < k; j++) a[i * k + j] = (a[i * k + j] as number) + left * (own[j] as number);
    }
  }
  for (let j = 0; j < k; j++) a[j * k + j] = (a[j * k + j] as number) + PENALTY;
  solveInPlace(a, b);
  return b;
}
