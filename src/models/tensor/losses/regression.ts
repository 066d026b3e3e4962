// Losses of numbers. Each is the weighted mean over the batch; targets and weights are `[batch]` and get no gradient.
import { invariant } from "#base/errors.js";
import type { Graph } from "../graph.js";
import { add, mul, neg, scale, sub } from "../ops/arithmetic.js";
import { clip, exp, relu, square } from "../ops/elementwise.js";
import { mean } from "../ops/reduce.js";
import { reshape } from "../ops/shape.js";
import { dim, type Tensor } from "../tensor.js";
import { weightedMean } from "./weighted-mean.js";

/** Squared error. `prediction` and `target` are `[batch]`, or `[batch][output]` with the mean over the outputs. */
export function mse(g: Graph, prediction: Tensor, target: Tensor, weights: Tensor): Tensor {
  const errors = square(g, sub(g, prediction, target));
  return weightedMean(g, errors.shape.length === 1 ? errors : mean(g, errors, [1]), weights);
}

/** e^2 / 2 for errors up to `delta`, behind it delta (|e| - delta / 2) (Huber 1964, Robust Estimation of a Location Parameter). */
export function huber(g: Graph, prediction: Tensor, target: Tensor, weights: Tensor, delta: number): Tensor {
  const error = sub(g, prediction, target);
  // With c the error cut at +-delta both branches are c (e - c / 2).
  const cut = clip(g, error, -delta, delta);
  return weightedMean(g, mul(g, cut, sub(g, error, scale(g, cut, 0.5))), weights);
}

/**
 * Pinball loss max(q e, (q - 1) e) of e = target - prediction (Koenker & Bassett 1978, Regression Quantiles), mean over the quantiles.
 * `prediction`: `[batch][quantile]`; `quantiles` within (0, 1).
 */
export function quantileLoss(g: Graph, prediction: Tensor, target: Tensor, weights: Tensor, quantiles: readonly number[]): Tensor {
  invariant(dim(prediction, 1) === quantiles.length, `${quantiles.length} quantiles for ${dim(prediction, 1)} predictions`);
  const levels = g.constant(Float32Array.from(quantiles), [1, quantiles.length]);
  const error = sub(g, reshape(g, target, [dim(target, 0), 1]), prediction);
  return weightedMean(g, mean(g, add(g, mul(g, error, levels), relu(g, neg(g, error))), [1]), weights);
}

/**
 * Negative log-likelihood of a normal distribution without its constant, (log v + (target - mean)^2 / v) / 2, `logVariance` being log v
 * (Nix & Weigend 1994, Estimating the Mean and Variance of the Target Probability Distribution, eq. 4).
 */
export function gaussianNll(g: Graph, center: Tensor, logVariance: Tensor, target: Tensor, weights: Tensor): Tensor {
  const standardized = mul(g, square(g, sub(g, center, target)), exp(g, neg(g, logVariance)));
  return weightedMean(g, scale(g, add(g, logVariance, standardized), 0.5), weights);
}
