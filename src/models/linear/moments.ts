// Weighted sums of products of standardised features and labels: all that a fit by squares needs to know of its rows.
import type { TrainingSet } from "#ports/model.js";
import { BLOCK_ROWS, Gram, blockColumns, forBlocks } from "./gram.js";
import type { Scaling } from "./scaling.js";

export interface Moments {
  /** Sum of the weights. */
  readonly mass: number;
  /** What labels are taken less: their weighted mean, or that of the rows that were learned from. */
  readonly center: number;
  /** Per feature: sum of w z, and of w z (y - center). */
  readonly zSum: Float64Array;
  readonly xy: Float64Array;
  /** Sum of w (y - center), and of w (y - center)^2. */
  readonly ySum: number;
  readonly yy: number;
  /** Sum of w z_i z_j, `[k][k]`, right on and above its diagonal. */
  readonly gram: Float64Array;
}

/** `center`: null for the weighted mean label of these rows. */
export function momentsOf(train: TrainingSet, scaling: Scaling, center: number | null, onProgress: (done: number) => void): Moments {
  const k = train.features.length;
  const gram = new Gram(k);
  const xy = new Float64Array(k);
  const zSum = new Float64Array(k);
  const weightedBlock = train.weight === null ? null : new Float64Array(blockColumns(k) * BLOCK_ROWS);
  let mass = 0;
  let yMean = 0;
  for (const row of scaling.rows) {
    const w = train.weight === null ? 1 : (train.weight[row] as number);
    mass += w;
    yMean += w * (train.y[row] as number);
  }
  yMean /= mass;
  const from = center ?? yMean;
  let ySum = 0;
  let yy = 0;
  for (const row of scaling.rows) {
    const w = train.weight === null ? 1 : (train.weight[row] as number);
    const d = (train.y[row] as number) - from;
    ySum += w * d;
    yy += w * d * d;
  }
  let done = 0;
  forBlocks(train, scaling, (z, rows) => {
    const v = weightedBlock === null ? z : weighted(z, rows, train.weight as Float64Array, weightedBlock, k);
    gram.add(z, v, rows.length);
    for (let j = 0, base = 0; j < k; j++, base += BLOCK_ROWS) {
      let sum = 0;
      let total = 0;
      for (let r = 0; r < rows.length; r++) {
        const value = v[base + r] as number;
        total += value;
        sum += value * ((train.y[rows[r] as number] as number) - from);
      }
      xy[j] = (xy[j] as number) + sum;
      zSum[j] = (zSum[j] as number) + total;
    }
    done += rows.length;
    if ((done / BLOCK_ROWS) % 256 < 1) onProgress(done / scaling.rows.length);
  });
  const square = new Float64Array(k * k);
  for (let i = 0; i < k; i++) square.set(gram.matrix.subarray(i * gram.columns, i * gram.columns + k), i * k);
  return { mass, center: from, zSum, xy, ySum, yy, gram: square };
}

/**
 * Cross products about the means of these rows, right on and above the diagonal. Standardised columns sum to zero up to rounding; what is
 * left is taken out, so that large row counts do not add it up.
 */
export function centeredGram({ gram, zSum, mass }: Moments): Float64Array {
  const k = zSum.length;
  const out = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    for (let j = i; j < k; j++) out[i * k + j] = (gram[i * k + j] as number) - ((zSum[i] as number) * (zSum[j] as number)) / mass;
  }
  return out;
}

/** The intercept that goes with `weights` where it carries no penalty. */
export function interceptOf({ center, zSum, mass }: Moments, weights: Float64Array): number {
  let intercept = center;
  for (let j = 0; j < weights.length; j++) intercept -= (weights[j] as number) * ((zSum[j] as number) / mass);
  return intercept;
}

/** Weighted mean of (y - intercept - w'z)^2 over the rows of the moments, from sums alone. */
export function meanSquaredError(moments: Moments, weights: Float64Array, intercept: number): number {
  const { mass, center, zSum, xy, ySum, yy, gram } = moments;
  const k = weights.length;
  const shift = intercept - center;
  let total = yy - 2 * shift * ySum + shift * shift * mass;
  for (let i = 0; i < k; i++) {
    const w = weights[i] as number;
    if (w === 0) continue;
    let row = (gram[i * k + i] as number) * w + 2 * (shift * (zSum[i] as number) - (xy[i] as number));
    for (let j = i + 1; j < k; j++) row += 2 * (gram[i * k + j] as number) * (weights[j] as number);
    total += w * row;
  }
  return total / mass;
}

function weighted(z: Float64Array, rows: Uint32Array, weight: Float64Array, out: Float64Array, k: number): Float64Array {
  for (let j = 0, base = 0; j < k; j++, base += BLOCK_ROWS) {
    for (let r = 0; r < rows.length; r++) out[base + r] = (z[base + r] as number) * (weight[rows[r] as number] as number);
  }
  return out;
}
