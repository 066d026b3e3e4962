// Losses that look at the order within a batch and not at single samples: what a cross-sectional strategy is paid for.
import type { Graph } from "../graph.js";
import { div, maximum, mul, sub } from "../ops/arithmetic.js";
import { greater, indicator, where } from "../ops/compare.js";
import { oneMinus, softplus, sqrt } from "../ops/elementwise.js";
import { matmul } from "../ops/matrix.js";
import { sum } from "../ops/reduce.js";
import { reshape } from "../ops/shape.js";
import { dim, type Tensor } from "../tensor.js";

export interface GroupOptions {
  /** `[batch][group]`, 1 where a sample belongs to a group and else 0; only samples of one group are compared. One group when left out. */
  readonly groups?: Tensor;
}

/** Below this product of variances (of float32) a correlation is rounding noise. */
const NOTHING = 1e-30;

/**
 * 1 - IC, the information coefficient being Pearson's correlation of `prediction` and `target`, `[batch]`, under the weights (Grinold &
 * Kahn 1999, ch. 6). With groups, the plain mean over those in which both vary; 1 when there is none.
 */
export function icLoss(g: Graph, prediction: Tensor, target: Tensor, weights: Tensor, { groups }: GroupOptions = {}): Tensor {
  const batch = dim(prediction, 0);
  const members = groups ?? g.constant(new Float32Array(batch).fill(1), [batch, 1]);
  const line = (x: Tensor): Tensor => reshape(g, x, [1, batch]);
  const total = matmul(g, line(weights), members);
  // Weighted means per group, `[1][group]`; those of groups without weight are 0.
  const meanOf = (x: Tensor): Tensor => div(g, matmul(g, mul(g, x, line(weights)), members), maximum(g, total, g.scalar(NOTHING)));
  const centered = (x: Tensor): Tensor => sub(g, x, matmul(g, meanOf(x), members, { transposeB: true }));
  const [x, y] = [centered(line(prediction)), centered(line(target))];
  const product = mul(g, meanOf(mul(g, x, x)), meanOf(mul(g, y, y)));
  const varies = greater(g, product, g.scalar(NOTHING));
  const deviations = sqrt(g, where(g, varies, product, g.scalar(1)));
  const coefficients = where(g, varies, div(g, meanOf(mul(g, x, y)), deviations), g.scalar(0));
  const count = maximum(g, sum(g, indicator(g, varies), [0, 1]), g.scalar(1));
  return oneMinus(g, div(g, sum(g, coefficients, [0, 1]), count));
}

/**
 * log(1 + exp(s_j - s_i)) over all pairs whose targets say that i stands above j (Burges et al. 2005, Learning to Rank using Gradient
 * Descent, eq. 3, with certain pairs). A pair weighs w_i w_j; equal targets make no pair; 0 when there is none. Costs batch^2.
 */
export function pairwiseLogistic(g: Graph, prediction: Tensor, target: Tensor, weights: Tensor, { groups }: GroupOptions = {}): Tensor {
  const batch = dim(prediction, 0);
  const down = (x: Tensor): Tensor => reshape(g, x, [batch, 1]);
  const along = (x: Tensor): Tensor => reshape(g, x, [1, batch]);
  const ordered = indicator(g, greater(g, down(target), along(target)));
  const weighed = mul(g, ordered, mul(g, down(weights), along(weights)));
  const pairs = groups === undefined ? weighed : mul(g, weighed, matmul(g, groups, groups, { transposeB: true }));
  const losses = mul(g, pairs, softplus(g, sub(g, along(prediction), down(prediction))));
  return div(g, sum(g, losses, [0, 1]), maximum(g, sum(g, pairs, [0, 1]), g.scalar(NOTHING)));
}
