// Fitting of ridge and logistic regression. Exact and free of chance: the generator in the context is not used.
// Rows are summed in their order, so the same rows give the same bytes; another order of rows moves results by rounding only (about 1e-12).
import { TruewindError, invariant } from "#base/errors.js";
import type { FitContext, TrainingSet } from "#ports/model.js";
import type { LinearParameters } from "./artifact.js";
import { solveInPlace } from "./cholesky.js";
import type { LogisticConfig, RidgeConfig } from "./config.js";
import { BLOCK_ROWS, Gram, blockColumns, forBlocks } from "./gram.js";
import { fitScaling } from "./scaling.js";
import type { Scaling } from "./scaling.js";

/**
 * Minimises sum_i s_i (y_i - b - w'z_i)^2 + alpha |w|^2 over standardised features z by the normal equations
 * (Hoerl & Kennard 1970). The intercept carries no penalty: scikit-learn's `Ridge(alpha)` behind a `StandardScaler`.
 */
export function fitRidge(config: RidgeConfig, train: TrainingSet, context: FitContext): LinearParameters {
  const scaling = prepare("ridge", train);
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
        sum += value * ((train.y[rows[r] as number] as number) - yMean);
      }
      xy[j] = (xy[j] as number) + sum;
      zSum[j] = (zSum[j] as number) + total;
    }
    done += rows.length;
    if ((done / BLOCK_ROWS) % 256 < 1) context.onProgress(done / scaling.rows.length, {});
  });
  // Standardised columns sum to zero up to rounding; what is left is taken out, so that large row counts do not add it up.
  const normal = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    for (let j = i; j < k; j++) {
      const centered = (gram.matrix[i * gram.columns + j] as number) - ((zSum[i] as number) * (zSum[j] as number)) / mass;
      normal[i * k + j] = centered + (i === j ? config.alpha : 0);
    }
  }
  if (!solveInPlace(normal, xy)) throw collinear("ridge", "alpha", config.alpha, "larger");
  let intercept = yMean;
  for (let j = 0; j < k; j++) intercept -= (xy[j] as number) * ((zSum[j] as number) / mass);
  context.onProgress(1, {});
  return {
    family: "ridge",
    features: train.features,
    mean: scaling.mean,
    inverseDeviation: scaling.inverseDeviation,
    weights: xy,
    intercept,
    scale: 0,
  };
}

/**
 * Minimises |w|^2 / 2 + C sum_i s_i log(1 + exp(-d_i (b + w'z_i))), d the sign of the label (0 counts as a fall), by Newton's method
 * with step halving (Hastie, Tibshirani & Friedman 2009, section 4.4.1): scikit-learn's `LogisticRegression(C)`.
 */
export function fitLogistic(config: LogisticConfig, train: TrainingSet, context: FitContext): LinearParameters {
  const scaling = prepare("logistic", train);
  const k = train.features.length;
  const n = k + 1; // the intercept is the last unknown
  const loss = logisticLoss(config.c, train, scaling);
  let at = new Float64Array(n);
  let now = loss(at);
  for (let round = 1; round <= 50; round++) {
    const step = Float64Array.from(now.gradient, (g) => -g);
    if (!solveInPlace(now.hessian, step)) throw collinear("logistic", "c", config.c, "smaller");
    let length = 1;
    let next = at;
    let then = now;
    for (; length > 1e-9; length /= 2) {
      next = at.map((value, j) => value + length * (step[j] as number));
      then = loss(next);
      if (then.value <= now.value + 1e-12 * Math.abs(now.value)) break;
    }
    const moved = step.reduce((most, value) => Math.max(most, Math.abs(length * value)), 0);
    at = next;
    now = then;
    context.onProgress(Math.min(0.99, round / 8), { loss: now.value });
    if (moved < 1e-11) break;
  }
  let scale = 0;
  let mass = 0;
  for (const row of scaling.rows) {
    const w = train.weight === null ? 1 : (train.weight[row] as number);
    scale += w * Math.abs(train.y[row] as number);
    mass += w;
  }
  context.onProgress(1, { loss: now.value });
  return {
    family: "logistic",
    features: train.features,
    mean: scaling.mean,
    inverseDeviation: scaling.inverseDeviation,
    weights: at.slice(0, k),
    intercept: at[k] as number,
    scale: scale / mass,
  };
}

interface LossAt {
  readonly value: number;
  readonly gradient: Float64Array;
  /** Upper triangle, `[k + 1][k + 1]`. */
  readonly hessian: Float64Array;
}

function logisticLoss(c: number, train: TrainingSet, scaling: Scaling): (at: Float64Array) => LossAt {
  const k = train.features.length;
  const n = k + 1;
  const v = new Float64Array(blockColumns(k) * BLOCK_ROWS);
  const score = new Float64Array(BLOCK_ROWS);
  const curve = new Float64Array(BLOCK_ROWS);
  const slope = new Float64Array(BLOCK_ROWS);
  return (at) => {
    const gram = new Gram(k);
    const gradient = new Float64Array(n);
    const hessian = new Float64Array(n * n);
    let value = 0;
    forBlocks(train, scaling, (z, rows) => {
      score.fill(at[k] as number);
      for (let j = 0, base = 0; j < k; j++, base += BLOCK_ROWS) {
        const w = at[j] as number;
        for (let r = 0; r < rows.length; r++) score[r] = (score[r] as number) + w * (z[base + r] as number);
      }
      let slopes = 0;
      let curves = 0;
      for (let r = 0; r < rows.length; r++) {
        const row = rows[r] as number;
        const s = c * (train.weight === null ? 1 : (train.weight[row] as number));
        const up = (train.y[row] as number) > 0;
        const f = score[r] as number;
        const p = f >= 0 ? 1 / (1 + Math.exp(-f)) : Math.exp(f) / (1 + Math.exp(f));
        const margin = up ? f : -f;
        value += s * (margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin);
        slopes += slope[r] = s * (p - (up ? 1 : 0));
        curves += curve[r] = s * p * (1 - p);
      }
      gradient[k] = (gradient[k] as number) + slopes;
      hessian[n * n - 1] = (hessian[n * n - 1] as number) + curves;
      for (let j = 0, base = 0; j < k; j++, base += BLOCK_ROWS) {
        let g = 0;
        let cross = 0;
        for (let r = 0; r < rows.length; r++) {
          const value = z[base + r] as number;
          const bent = value * (curve[r] as number);
          v[base + r] = bent;
          cross += bent;
          g += value * (slope[r] as number);
        }
        gradient[j] = (gradient[j] as number) + g;
        hessian[j * n + k] = (hessian[j * n + k] as number) + cross;
      }
      gram.add(z, v, rows.length);
    });
    for (let i = 0; i < k; i++) {
      const w = at[i] as number;
      value += (w * w) / 2;
      gradient[i] = (gradient[i] as number) + w;
      for (let j = i; j < k; j++) hessian[i * n + j] = (gram.matrix[i * gram.columns + j] as number) + (i === j ? 1 : 0);
    }
    return { value, gradient, hessian };
  };
}

/** Checks what every linear fit needs and fits the scaling. */
function prepare(family: "ridge" | "logistic", train: TrainingSet): Scaling {
  const k = train.features.length;
  invariant(train.x.length === train.rows * k && train.y.length === train.rows, "a training set's columns differ in length");
  invariant(train.y.every(Number.isFinite), "a label is not a number");
  const scaling = fitScaling(train);
  if (scaling.rows.length < 2) {
    throw new TruewindError(
      "no-data",
      `${family} has ${scaling.rows.length} training rows with a known feature and needs at least 2: start the training earlier or choose other features.`,
    );
  }
  if (family === "logistic") {
    const ups = scaling.rows.reduce((count, row) => count + ((train.y[row] as number) > 0 ? 1 : 0), 0);
    if (ups === 0 || ups === scaling.rows.length) {
      throw new TruewindError(
        "no-data",
        `logistic needs rises and falls, but all ${scaling.rows.length} training labels have one sign: use ridge, or another label.`,
      );
    }
  }
  return scaling;
}

function weighted(z: Float64Array, rows: Uint32Array, weight: Float64Array, out: Float64Array, k: number): Float64Array {
  for (let j = 0, base = 0; j < k; j++, base += BLOCK_ROWS) {
    for (let r = 0; r < rows.length; r++) out[base + r] = (z[base + r] as number) * (weight[rows[r] as number] as number);
  }
  return out;
}

function collinear(family: string, name: string, value: number, other: string): TruewindError {
  return new TruewindError(
    "bad-config",
    `${family} cannot separate its features with ${name} = ${value}, as some are copies of each other: choose a ${other} ${name}.`,
  );
}
