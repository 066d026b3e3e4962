// What all fitted models made of trees have: their trees, for explanations and exports.
import type { Graph } from "#models/tensor/graph.js";
import type { Tensor } from "#models/tensor/tensor.js";
import type { FittedModel } from "#ports/model.js";
import type { TreeEnsemble } from "./tree-ensemble.js";

export interface TreeModel extends FittedModel {
  readonly trees: TreeEnsemble;
  /** The prediction of a row with these raw scores, `[output]`; left out where the only score is the prediction. */
  readonly ofScores?: (scores: Float64Array) => number;
  /** The same as operators of ONNX, from `[row][output]` to `[row][1]`. */
  readonly emitOfScores?: (graph: Graph, scores: Tensor) => Tensor;
}

/** Null for models that are not made of trees. */
export function treesOf(model: FittedModel): TreeEnsemble | null {
  return (model as Partial<TreeModel>).trees ?? null;
}
