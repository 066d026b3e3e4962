// A fitted linear model at work. Features are rounded to f32 first, as they were in training, so that research and live agree bit for bit.
import type { FeatureFrame } from "#domain/frame.js";
import { checkFeatures } from "#models/samples/check-features.js";
import type { FittedModel } from "#ports/model.js";
import { saveLinear } from "./artifact.js";
import type { LinearParameters } from "./artifact.js";

export interface LinearModel extends FittedModel {
  readonly parameters: LinearParameters;
}

export function toFittedModel(parameters: LinearParameters): LinearModel {
  return {
    family: parameters.family,
    features: parameters.features,
    steps: 1,
    parameters,
    predict: (frame) => predictLinear(parameters, frame),
    save: () => saveLinear(parameters),
  };
}

/** Coefficients per standardised feature, largest absolute value first; empty when the model is not linear. */
export function linearWeights(model: FittedModel): readonly { readonly feature: string; readonly weight: number }[] {
  const parameters = (model as Partial<LinearModel>).parameters;
  if (parameters === undefined || !("weights" in parameters)) return [];
  return parameters.features
    .map((feature, j) => ({ feature, weight: parameters.weights[j] as number }))
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
}

/**
 * Intercept + w'z; logistic: (2p - 1) times the mean absolute training label, p the probability of a rise.
 * What is not known counts as the training mean; NaN for non-members and for rows of which nothing is known.
 */
function predictLinear(model: LinearParameters, frame: FeatureFrame): Float64Array {
  checkFeatures(model.family, model.features, frame);
  const { mean, inverseDeviation, weights, intercept } = model;
  const k = weights.length;
  const out = new Float64Array(frame.instruments).fill(Number.NaN);
  for (let row = 0; row < frame.instruments; row++) {
    if (frame.member[row] !== 1) continue;
    let score = intercept;
    let known = false;
    for (let j = 0, at = row * k; j < k; j++, at++) {
      const value = Math.fround(frame.values[at] as number);
      if (value - value !== 0) continue; // NaN or infinite
      known = true;
      score += (value - (mean[j] as number)) * (inverseDeviation[j] as number) * (weights[j] as number);
    }
    if (!known) continue;
    out[row] = model.family === "logistic" ? model.scale * Math.tanh(score / 2) : score; // 2p - 1 = tanh(score / 2)
  }
  return out;
}
