// Models of ours as ONNX files for other runtimes: one input `features`, one output `prediction`, what `predict` gives to f32.
import { TruewindError } from "#base/errors.js";
import type { LinearParameters } from "#models/linear/artifact.js";
import type { LinearModel } from "#models/linear/predict.js";
import { Graph } from "#models/tensor/graph.js";
import { toOnnx } from "#models/tensor/onnx-file.js";
import { BATCH, type Tensor } from "#models/tensor/tensor.js";
import { emitTrees } from "#models/trees/onnx-trees.js";
import type { TreeModel } from "#models/trees/tree-model.js";
import type { FittedModel } from "#ports/model.js";

/**
 * `features` is `[row][feature]`, and `[row][step][feature]` of models that look back, oldest first; the names of the features stand in the
 * notes of the file as `truewind.features`. NaN and infinite values are not known; a row of which nothing is known is answered with NaN, as
 * by `predict`. Nets and models that came as ONNX are given as they are. Throws `bad-config` for families that have no such form.
 */
export function exportOnnx(model: FittedModel): Uint8Array {
  const { family, features, steps } = model;
  if (family === "neural" || family === "onnx") return model.save();
  const graph = new Graph("inference");
  const width = steps * features.length;
  const input = graph.input("features", steps === 1 ? [BATCH, width] : [BATCH, steps, features.length]);
  const flat = steps === 1 ? input : graph.emit("Reshape", [input, graph.integers([0, width])], [BATCH, width]);
  const infinite = graph.emit("IsInf", [flat], flat.shape, { type: "bool" });
  const x = graph.emit("Where", [infinite, graph.scalar(Number.NaN), flat], flat.shape);
  const unknown = graph.emit("IsNaN", [x], x.shape, { type: "bool" });
  const prediction = predictionOf(model, graph, x, unknown);
  // 1 where all is unknown.
  const share = graph.emit("ReduceMean", [graph.emit("Cast", [unknown], x.shape, { attributes: { to: 1 } })], [BATCH, 1], {
    attributes: { axes: [1], keepdims: 1 },
  });
  const nothing = graph.emit("Equal", [share, graph.scalar(1)], share.shape, { type: "bool" });
  graph.output("prediction", graph.emit("Where", [nothing, graph.scalar(Number.NaN), prediction], [BATCH, 1]));
  return toOnnx(graph, { "truewind.family": family, "truewind.features": JSON.stringify(features) });
}

/** `[row][1]` of `x`, whose missing values are NaN. */
function predictionOf(model: FittedModel, graph: Graph, x: Tensor, unknown: Tensor): Tensor {
  const shown: FittedModel & Partial<Pick<TreeModel, "trees" | "ofScores" | "emitOfScores">> & Partial<Pick<LinearModel, "parameters">> =
    model;
  if (shown.parameters !== undefined) return linear(shown.parameters, graph, x, unknown);
  if (shown.trees !== undefined && (shown.ofScores === undefined || shown.emitOfScores !== undefined)) {
    const scores = emitTrees(graph, shown.trees, x);
    return shown.emitOfScores?.(graph, scores) ?? scores;
  }
  throw new TruewindError("bad-config", `A model of the family ${model.family} cannot be written as ONNX.`);
}

function linear(parameters: LinearParameters, graph: Graph, x: Tensor, unknown: Tensor): Tensor {
  const { family, mean, inverseDeviation, weights, intercept, scale } = parameters;
  const k = weights.length;
  const constant = (values: Float64Array, shape: readonly number[]): Tensor => graph.constant(Float32Array.from(values), shape);
  const known = graph.emit("Where", [unknown, constant(mean, [1, k]), x], x.shape);
  const centered = graph.emit("Sub", [known, constant(mean, [1, k])], x.shape);
  const slopes = weights.map((weight, j) => weight * (inverseDeviation[j] as number));
  const sum = graph.emit("MatMul", [centered, constant(slopes, [k, 1])], [BATCH, 1]);
  const score = graph.emit("Add", [sum, graph.scalar(intercept)], sum.shape);
  if (family !== "logistic") return score;
  const rise = graph.emit("Tanh", [graph.emit("Mul", [score, graph.scalar(0.5)], score.shape)], score.shape);
  return graph.emit("Mul", [rise, graph.scalar(scale)], score.shape);
}
