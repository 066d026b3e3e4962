// What all losses of single samples end in.
import type { Graph } from "../graph.js";
import { div, mul } from "../ops/arithmetic.js";
import { sum } from "../ops/reduce.js";
import type { Tensor } from "../tensor.js";

/** sum w l / sum w over `[batch]`, a scalar. Weights are at least 0; NaN when all are 0. */
export function weightedMean(g: Graph, losses: Tensor, weights: Tensor): Tensor {
  return div(g, sum(g, mul(g, losses, weights), [0]), sum(g, weights, [0]));
}
