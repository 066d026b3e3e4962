// Fitted trees at work. Features are rounded to f32 first, as they were in training, so that research and live agree bit for bit.
import type { FeatureFrame } from "#domain/frame.js";
import { checkFeatures } from "#models/samples/check-features.js";
import { knownRows } from "#models/samples/known-rows.js";
import { type FittedTrees, saveTrees } from "./artifact.js";
import { emitExpectedReturn } from "./emit-link.js";
import { expectedReturn } from "./link.js";
import { TreePredictor } from "./predictor.js";
import type { TreeModel } from "./tree-model.js";

export function toTreeModel(fitted: FittedTrees): TreeModel {
  const { family, features, steps, ensemble, link } = fitted;
  const predictor = new TreePredictor(ensemble);
  const linked: Pick<TreeModel, "emitOfScores" | "ofScores"> = {
    ofScores: (scores) => expectedReturn(link, scores),
    emitOfScores: (graph, scores) => emitExpectedReturn(link, graph, scores),
  };
  return {
    family,
    features,
    steps,
    trees: ensemble,
    ...(link.kind === "identity" ? {} : linked),
    predict: (frame) => predict(fitted, predictor, frame),
    save: () => saveTrees(fitted),
  };
}

/** NaN for non-members and for rows of which nothing is known. */
function predict({ family, features, steps, link, ensemble }: FittedTrees, predictor: TreePredictor, frame: FeatureFrame): Float64Array {
  checkFeatures(family, features, frame);
  const out = new Float64Array(frame.instruments).fill(Number.NaN);
  const { instruments, x } = knownRows(family, frame, steps);
  const { outputs } = ensemble;
  const scores = new Float64Array(instruments.length * outputs);
  predictor.rows(x, instruments.length, scores);
  for (let i = 0; i < instruments.length; i++)
    out[instruments[i] as number] = expectedReturn(link, scores.subarray(i * outputs, (i + 1) * outputs));
  return out;
}
