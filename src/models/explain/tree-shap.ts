// TreeSHAP of models made of trees, seen from the mean of the rows compared with.
import type { TreeEnsemble } from "#models/trees/tree-ensemble.js";
import { TreePredictor } from "#models/trees/predictor.js";
import { TreeExplainer } from "#models/trees/shap.js";
import { type Explainer, isKnownRow, type Rows } from "./explainer.js";
import { type Link, throughLink } from "./link.js";

/** Trees with the tables that walks over them need: for one explanation after another. */
export interface OpenTrees {
  readonly trees: TreeEnsemble;
  readonly link: Link;
  readonly explainer: TreeExplainer;
  readonly predictor: TreePredictor;
}

export function openTrees(trees: TreeEnsemble, link: Link): OpenTrees {
  return { trees, link, explainer: new TreeExplainer(trees), predictor: new TreePredictor(trees) };
}

/**
 * Path-dependent SHAP values (Lundberg et al. 2020) of a row, less their mean over the background: both add up from the trees' own training
 * mean, so that their difference adds up from the background's mean prediction to the row's, exactly. Predictions that are a function of
 * the scores: `throughLink`, before the mean is taken.
 */
export function treeShap({ trees, link, explainer, predictor }: OpenTrees, background: Rows): Explainer {
  const k = trees.features.length;
  // Each tree is walked once for a prediction, and to all its leaves for SHAP values.
  const workPerRow = Math.ceil(trees.feature.length / Math.max(1, trees.root.length));
  const raw = new Float64Array(k * trees.outputs);
  const scores = new Float64Array(trees.outputs);
  const fromTraining = ({ x }: Rows, row: number): { readonly values: Float64Array; readonly prediction: number } => {
    predictor.row(x, row * k, scores);
    explainer.row(x, row * k, raw);
    return { values: throughLink(raw, explainer.expected, scores, link), prediction: link(scores) };
  };
  const center = new Float64Array(k);
  let base = 0;
  for (let row = 0; row < background.rows; row++) {
    const { values, prediction } = fromTraining(background, row);
    base += prediction / background.rows;
    for (let j = 0; j < k; j++) center[j] = (center[j] as number) + (values[j] as number) / background.rows;
  }
  return {
    method: "TreeSHAP",
    exact: true,
    base,
    baseIs: "the mean prediction",
    background: background.rows,
    workPerRow,
    setupWork: background.rows * workPerRow,
    attribute(rows) {
      const prediction = new Float64Array(rows.rows).fill(Number.NaN);
      const contributions = new Float64Array(rows.rows * k).fill(Number.NaN);
      for (let row = 0; row < rows.rows; row++) {
        if (!isKnownRow(rows.x, row, k)) continue;
        const own = fromTraining(rows, row);
        prediction[row] = own.prediction;
        for (let j = 0; j < k; j++) contributions[row * k + j] = (own.values[j] as number) - (center[j] as number);
      }
      return Promise.resolve({ prediction, contributions, error: new Float64Array(rows.rows) });
    },
  };
}
