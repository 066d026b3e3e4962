// Losses of classes, from logits. Each is the weighted mean over the batch; labels and weights are `[batch]` and get no gradient.
import { invariant } from "#base/errors.js";
import type { Graph } from "../graph.js";
import { add, mul, neg, scale, shift } from "../ops/arithmetic.js";
import { oneHot } from "../ops/compare.js";
import { exp, logSoftmax, oneMinus, pow, relu, softplus } from "../ops/elementwise.js";
import { sum } from "../ops/reduce.js";
import { dim, type Tensor } from "../tensor.js";
import { weightedMean } from "./weighted-mean.js";

export interface ClassOptions {
  /** One weight per class. */
  readonly classWeights?: readonly number[];
}

/**
 * -log p of the true class under the softmax of `logits`, `[batch][class]` (Bishop 2006, eq. 4.108). `label` holds class numbers 0, 1, ...
 * A class weight multiplies the weights of its samples, in the divisor too.
 */
export function crossEntropy(g: Graph, logits: Tensor, label: Tensor, weights: Tensor, { classWeights }: ClassOptions = {}): Tensor {
  const chosen = oneHot(g, label, dim(logits, 1));
  const weighted = classWeights === undefined ? weights : mul(g, weights, ofClass(g, chosen, classWeights));
  return weightedMean(g, neg(g, logOfTrue(g, logits, chosen)), weighted);
}

/**
 * -log p of the true side, `label` being 0 or 1 (or a probability between) and log p / (1 - p) = `logits`, `[batch]` (Bishop 2006, eq. 4.90).
 * `positiveWeight` multiplies the loss of the positive side, not the divisor.
 */
export function binaryCrossEntropy(g: Graph, logits: Tensor, label: Tensor, weights: Tensor, positiveWeight = 1): Tensor {
  // -log p = softplus(-x), -log (1 - p) = x + softplus(-x)
  const missed = softplus(g, neg(g, logits));
  const factor = shift(g, scale(g, label, positiveWeight - 1), 1);
  return weightedMean(g, add(g, mul(g, factor, missed), mul(g, oneMinus(g, label), logits)), weights);
}

/**
 * -a (1 - p)^gamma log p of the true class (Lin, Goyal, Girshick, He & Dollar 2017, Focal Loss for Dense Object Detection, eq. 5): what is
 * known already counts less. a is the class weight, which stays out of the divisor. `gamma` is 0, or at least 1.
 */
export function focal(
  g: Graph,
  logits: Tensor,
  label: Tensor,
  weights: Tensor,
  { gamma, classWeights }: ClassOptions & { readonly gamma: number },
): Tensor {
  const chosen = oneHot(g, label, dim(logits, 1));
  const logP = logOfTrue(g, logits, chosen);
  // Rounding may lift p a little above 1.
  const doubt = pow(g, relu(g, oneMinus(g, exp(g, logP))), gamma);
  const losses = neg(g, mul(g, doubt, logP));
  return weightedMean(g, classWeights === undefined ? losses : mul(g, losses, ofClass(g, chosen, classWeights)), weights);
}

/** `focal` of two sides: `label` is 0 or 1, `logits` is `[batch]`, a is `alpha` for the positive side and 1 - alpha for the other. */
export function binaryFocal(
  g: Graph,
  logits: Tensor,
  label: Tensor,
  weights: Tensor,
  { gamma, alpha }: { readonly gamma: number; readonly alpha: number },
): Tensor {
  // The logit of the true side is s = +-x: -log p = softplus(-s), and (1 - p)^gamma = exp(-gamma softplus(s)), exact at both ends.
  const sided = mul(g, logits, shift(g, scale(g, label, 2), -1));
  const missed = softplus(g, neg(g, sided));
  const doubt = exp(g, scale(g, add(g, sided, missed), -gamma));
  const share = shift(g, scale(g, label, 2 * alpha - 1), 1 - alpha);
  return weightedMean(g, mul(g, share, mul(g, doubt, missed)), weights);
}

/** log p of the true class, `[batch]`. */
function logOfTrue(g: Graph, logits: Tensor, chosen: Tensor): Tensor {
  return sum(g, mul(g, logSoftmax(g, logits), chosen), [1]);
}

function ofClass(g: Graph, chosen: Tensor, values: readonly number[]): Tensor {
  const classes = dim(chosen, 1);
  invariant(values.length === classes, `${values.length} class weights for ${classes} classes`);
  return sum(g, mul(g, chosen, g.constant(Float32Array.from(values), [1, classes])), [1]);
}
