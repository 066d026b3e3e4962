// Fitting of logistic regression, exact and free of chance.
import { TruewindError } from "#base/errors.js";
import type { FitContext, TrainingSet } from "#ports/model.js";
import type { LinearParameters } from "./artifact.js";
import { solveInPlace } from "./cholesky.js";
import type { LogisticConfig } from "./config.js";
import { descend } from "./coordinate-descent.js";
import { BLOCK_ROWS, Gram, blockColumns, forBlocks } from "./gram.js";
import { collinear, prepare } from "./prepare.js";
import type { Scaling } from "./scaling.js";

/**
 * Minimises (1 - r) |w|^2 / 2 + r |w|_1 + C sum_i s_i log(1 + exp(-d_i (b + w'z_i))), d the sign of the label (0 counts as a fall) and r
 * `l1Ratio`, by Newton's method with step halving (Hastie, Tibshirani & Friedman 2009, section 4.4.1; with r above 0 each step is an elastic
 * net, Friedman, Hastie & Tibshirani 2010, section 3). The curvature costs far more than the gradient and changes little where labels are
 * noise for the most part: it is computed anew only when steps stop shrinking by it. scikit-learn's `LogisticRegression(C, l1_ratio)` behind a `StandardScaler`.
 */
export function fitLogistic({ c, l1Ratio }: LogisticConfig, train: TrainingSet, context: FitContext): LinearParameters {
  const scaling = prepare("logistic", train);
  refuseOneSign(train, scaling);
  const k = train.features.length;
  const n = k + 1; // the intercept is the last unknown
  const loss = logisticLoss(c, 1 - l1Ratio, train, scaling);
  const total = (at: Float64Array, { value }: LossAt): number => value + (l1Ratio === 0 ? 0 : l1Ratio * sizeOf(at, k));
  const enough = l1Ratio === 0 ? 1e-11 : 1e-9;
  let at = new Float64Array(n);
  let now = loss(at, true);
  let curvature = now.hessian as Float64Array;
  let last = Number.POSITIVE_INFINITY;
  for (let round = 1; round <= 200; round++) {
    const step = l1Ratio === 0 ? newtonStep(now.gradient, curvature) : sparseStep(now.gradient, curvature, at, l1Ratio);
    if (step === null) throw collinear("logistic", "c", c, "smaller");
    const before = total(at, now);
    let length = 1;
    let next = at;
    let then = now;
    for (; length > 1e-9; length /= 2) {
      next = at.map((value, j) => value + length * (step[j] as number));
      then = loss(next, false);
      if (total(next, then) <= before + 1e-12 * Math.abs(before)) break;
    }
    const moved = step.reduce((most, value) => Math.max(most, Math.abs(length * value)), 0);
    at = next;
    const stale = length < 1 || moved > 0.1 * last;
    now = stale && moved >= enough ? loss(at, true) : then;
    curvature = now.hessian ?? curvature;
    last = moved;
    context.onProgress(Math.min(0.99, round / 8), { loss: now.value });
    if (moved < enough) break;
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
    penalty: 1 / c,
  };
}

function refuseOneSign({ y, weight }: TrainingSet, { rows }: Scaling): void {
  const used = rows.filter((row) => weight === null || (weight[row] as number) > 0);
  const ups = used.reduce((count, row) => count + ((y[row] as number) > 0 ? 1 : 0), 0);
  if (ups > 0 && ups < used.length) return;
  throw new TruewindError(
    "no-data",
    `logistic needs rises and falls, but all ${used.length} training labels have one sign: use ridge, or another label.`,
  );
}

function sizeOf(at: Float64Array, k: number): number {
  let size = 0;
  for (let j = 0; j < k; j++) size += Math.abs(at[j] as number);
  return size;
}

/** Null when features are copies of each other. */
function newtonStep(gradient: Float64Array, hessian: Float64Array): Float64Array | null {
  const step = Float64Array.from(gradient, (g) => -g);
  return solveInPlace(hessian.slice(), step) ? step : null;
}

/**
 * The step to the minimum of the quadratic model plus the first penalty. The intercept, which carries none, is solved for and taken out, so
 * that an elastic net of the weights is left. Null when it does not settle.
 */
function sparseStep(gradient: Float64Array, hessian: Float64Array, at: Float64Array, l1: number): Float64Array | null {
  const n = at.length;
  const k = n - 1;
  const bend = hessian[n * n - 1] as number;
  const cross = (j: number): number => hessian[j * n + k] as number;
  const tilt = (gradient[k] as number) / bend;
  const gram = new Float64Array(k * k);
  const xy = new Float64Array(k);
  for (let i = 0; i < k; i++) {
    for (let j = i; j < k; j++) gram[i * k + j] = gram[j * k + i] = (hessian[i * n + j] as number) - (cross(i) * cross(j)) / bend;
  }
  let yy = 0; // the size of the problem, for the stop
  for (let i = 0; i < k; i++) {
    let q = cross(i) * tilt - (gradient[i] as number);
    for (let j = 0; j < k; j++) q += (gram[i * k + j] as number) * (at[j] as number);
    xy[i] = q;
    const curve = gram[i * k + i] as number;
    if (curve > 0) yy += (q * q) / curve;
  }
  const weights = at.slice(0, k);
  if (!descend({ gram, xy, yy, l1, l2: 0, positive: false }, weights)) return null;
  const step = new Float64Array(n);
  let back = tilt;
  for (let j = 0; j < k; j++) {
    step[j] = (weights[j] as number) - (at[j] as number);
    back += (cross(j) * (step[j] as number)) / bend;
  }
  step[k] = -back;
  return step;
}

interface LossAt {
  readonly value: number;
  readonly gradient: Float64Array;
  /** Upper triangle, `[k + 1][k + 1]`; null where it was not asked for. */
  readonly hessian: Float64Array | null;
}

/** `l2`: the second penalty on the weights, which is part of value, gradient and Hessian. */
function logisticLoss(c: number, l2: number, train: TrainingSet, scaling: Scaling): (at: Float64Array, bent: boolean) => LossAt {
  const k = train.features.length;
  const n = k + 1;
  const v = new Float64Array(blockColumns(k) * BLOCK_ROWS);
  const score = new Float64Array(BLOCK_ROWS);
  const curve = new Float64Array(BLOCK_ROWS);
  const slope = new Float64Array(BLOCK_ROWS);
  return (at, bent) => {
    const gram = new Gram(k);
    const gradient = new Float64Array(n);
    const hessian = new Float64Array(bent ? n * n : 0);
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
      if (bent) hessian[n * n - 1] = (hessian[n * n - 1] as number) + curves;
      for (let j = 0, base = 0; j < k; j++, base += BLOCK_ROWS) {
        let g = 0;
        for (let r = 0; r < rows.length; r++) g += (z[base + r] as number) * (slope[r] as number);
        gradient[j] = (gradient[j] as number) + g;
        if (!bent) continue;
        let cross = 0;
        for (let r = 0; r < rows.length; r++) cross += v[base + r] = (z[base + r] as number) * (curve[r] as number);
        hessian[j * n + k] = (hessian[j * n + k] as number) + cross;
      }
      if (bent) gram.add(z, v, rows.length);
    });
    for (let i = 0; i < k; i++) {
      const w = at[i] as number;
      value += (l2 * w * w) / 2;
      gradient[i] = (gradient[i] as number) + l2 * w;
      if (bent) for (let j = i; j < k; j++) hessian[i * n + j] = (gram.matrix[i * gram.columns + j] as number) + (i === j ? l2 : 0);
    }
    return { value, gradient, hessian: bent ? hessian : null };
  };
}
