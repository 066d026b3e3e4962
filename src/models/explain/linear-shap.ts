// SHAP of linear models: exact, in closed form (Lundberg & Lee 2017, corollary 1: features taken as independent).
import type { LinearParameters } from "#models/linear/artifact.js";
import { type Attributions, type Explainer, isKnownRow, type Rows } from "./explainer.js";
import { throughLink } from "./link.js";

/**
 * phi_j = w_j (z_j - mean of z_j over the background), z standardized as the model does it: what is not known counts as the training mean,
 * in the row and in the background. Where the prediction is (2p - 1) times a scale, contributions to the log odds are carried over
 * (`throughLink`), and the base is the prediction of the background's mean.
 */
export function linearShap(model: LinearParameters, background: Rows): Explainer {
  const { weights, intercept, scale } = model;
  const k = weights.length;
  const center = new Float64Array(k);
  for (let row = 0; row < background.rows; row++) {
    for (let j = 0; j < k; j++)
      center[j] = (center[j] as number) + standardized(model, background.x[row * k + j] as number, j) / background.rows;
  }
  let baseScore = intercept;
  for (let j = 0; j < k; j++) baseScore += (weights[j] as number) * (center[j] as number);
  const bent = model.family === "logistic";
  const predict = (score: number): number => (bent ? scale * Math.tanh(score / 2) : score);

  const attribute = ({ x, rows }: Rows): Attributions => {
    const prediction = new Float64Array(rows).fill(Number.NaN);
    const contributions = new Float64Array(rows * k).fill(Number.NaN);
    for (let row = 0; row < rows; row++) {
      if (!isKnownRow(x, row, k)) continue;
      let own: Float64Array = contributions.subarray(row * k, (row + 1) * k);
      let score = intercept;
      for (let j = 0; j < k; j++) {
        const z = standardized(model, x[row * k + j] as number, j);
        score += (weights[j] as number) * z;
        own[j] = (weights[j] as number) * (z - (center[j] as number));
      }
      if (bent) {
        own = throughLink(own, Float64Array.of(baseScore), Float64Array.of(score), ([one]) => predict(one as number));
        contributions.set(own, row * k);
      }
      prediction[row] = predict(score);
    }
    return { prediction, contributions, error: new Float64Array(rows) };
  };
  return {
    method: "linear SHAP",
    exact: true,
    base: predict(baseScore),
    baseIs: bent ? "the prediction of a mean row" : "the mean prediction",
    background: background.rows,
    workPerRow: 1,
    setupWork: background.rows,
    attribute: (rows) => Promise.resolve(attribute(rows)),
  };
}

function standardized({ mean, inverseDeviation }: LinearParameters, value: number, j: number): number {
  return value - value === 0 ? (value - (mean[j] as number)) * (inverseDeviation[j] as number) : 0;
}
