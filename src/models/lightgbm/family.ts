// Models that LightGBM trained and wrote as its own text: they predict here what they predict there, and are not trained here.
import { TruewindError } from "#base/errors.js";
import { checkFeatures } from "#models/samples/check-features.js";
import { BATCH } from "#models/tensor/tensor.js";
import { TreePredictor } from "#models/trees/predictor.js";
import type { TreeModel } from "#models/trees/tree-model.js";
import type { ModelFamily } from "#ports/model.js";
import { openText } from "./artifact.js";
import { parseLightGbm } from "./parse-trees.js";

const notTrained = (): TruewindError =>
  new TruewindError("bad-config", "A model of the family lightgbm is not trained here: take its file in with `truewind model import`.");

export const lightgbm: ModelFamily<never> = {
  name: "lightgbm",
  parseConfig: () => {
    throw notTrained();
  },
  steps: () => 1,
  fit: () => Promise.reject(notTrained()),
  load: toLightGbmModel,
};

/**
 * Features are read as f64 and not rounded to f32, as our own models do: its thresholds lie between f64 values of its training, and a value
 * that is rounded across one would be sent the other way than by LightGBM. Infinite values count as not known, and so does a row of which
 * nothing is known: no prediction. Throws `corrupt-artifact`.
 */
function toLightGbmModel(bytes: Uint8Array): TreeModel {
  const artifact = Uint8Array.from(bytes);
  const { card, text } = openText(artifact);
  const { features, part, probability } = card;
  const { ensemble, objective } = parseLightGbm(text);
  const trees = { ...ensemble, features };
  const predictor = new TreePredictor(trees);
  const k = features.length;
  const scores = new Float64Array(trees.outputs);
  const ofScores = (raw: Float64Array): number => {
    objective.convert(raw);
    const value = raw[part] as number;
    return probability ? 2 * value - 1 : value;
  };
  return {
    family: "lightgbm",
    features,
    steps: 1,
    trees,
    ofScores: (raw) => ofScores(raw.slice()),
    emitOfScores(graph, raw) {
      const one = graph.emit("Gather", [objective.emit(graph, raw), graph.integers([part])], [BATCH, 1], { attributes: { axis: 1 } });
      if (!probability) return one;
      return graph.emit("Sub", [graph.emit("Mul", [one, graph.scalar(2)], one.shape), graph.scalar(1)], one.shape);
    },
    save: () => artifact,
    predict(frame) {
      checkFeatures("lightgbm", features, frame);
      const out = new Float64Array(frame.instruments).fill(Number.NaN);
      for (let row = 0; row < frame.instruments; row++) {
        if (frame.member[row] !== 1 || !anyKnown(frame.values, row * k, k)) continue;
        predictor.row(frame.values, row * k, scores);
        out[row] = ofScores(scores);
      }
      return out;
    },
  };
}

function anyKnown(values: Float64Array, from: number, count: number): boolean {
  for (let at = from; at < from + count; at++) {
    const value = values[at] as number;
    if (value - value === 0) return true;
  }
  return false;
}
