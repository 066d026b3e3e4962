// TreeSHAP of models made of trees: exact, interventional, against the rows compared with (Lundberg et al. 2020).
import { InterventionalExplainer } from "#models/trees/shap-interventional.js";
import { TreeExplainer } from "#models/trees/shap.js";
import type { TreeModel } from "#models/trees/tree-model.js";
import { TreePredictor } from "#models/trees/predictor.js";
import { type Explainer, isKnownRow, type Rows } from "./explainer.js";
import { throughLink } from "./link.js";

export interface TreeShap extends Explainer {
  /**
   * `[feature][feature]`, symmetric: mean absolute SHAP interaction value of two features over the rows (path-dependent), both halves
   * together; on the diagonal what a feature does alone. In units of the raw score.
   */
  interactions(rows: Rows): Float64Array;
}

/** `k`: features, of which the trees see each at every step. Predictions that are a function of the scores: contributions to the scores are carried over (`throughLink`). */
export function treeShap({ trees, ofScores }: Pick<TreeModel, "trees" | "ofScores">, background: Rows, k: number): TreeShap {
  const width = trees.features.length;
  const { outputs } = trees;
  const explainer = new InterventionalExplainer(trees, background.x, background.rows);
  const predictor = new TreePredictor(trees);
  const start = explainer.expected;
  const link = ofScores ?? (([score]: Float64Array): number => score as number);
  const workPerRow = Math.ceil(trees.feature.length / Math.max(1, trees.root.length));
  return {
    method: "TreeSHAP",
    exact: true,
    base: link(start),
    baseIs: ofScores === undefined ? "the mean prediction" : "the prediction of the mean score",
    background: background.rows,
    // A prediction walks each tree once, SHAP values see all of its nodes.
    workPerRow,
    setupWork: background.rows * workPerRow,
    attribute({ x, rows }) {
      const prediction = new Float64Array(rows).fill(Number.NaN);
      const contributions = new Float64Array(rows * k).fill(Number.NaN);
      const raw = new Float64Array(rows * outputs * width);
      explainer.rows(x, rows, raw);
      const scores = new Float64Array(outputs);
      for (let row = 0; row < rows; row++) {
        if (!isKnownRow(x, row, width)) continue;
        predictor.row(x, row * width, scores);
        prediction[row] = link(scores);
        const own = raw.subarray(row * outputs * width, (row + 1) * outputs * width);
        const adds = ofScores === undefined ? own : throughLink(own, start, scores, ofScores);
        // A feature of trees that look back is its whole window.
        const line = contributions.subarray(row * k, (row + 1) * k).fill(0);
        for (let at = 0; at < width; at++) line[at % k] = (line[at % k] as number) + (adds[at] as number);
      }
      return Promise.resolve({ prediction, contributions, error: new Float64Array(rows) });
    },
    interactions({ x, rows }) {
      const pairs = new TreeExplainer(trees);
      const values = new Float64Array(outputs * width * width);
      const out = new Float64Array(k * k);
      for (let row = 0; row < rows; row++) {
        pairs.interactions(x, row * width, values);
        for (let at = 0; at < values.length; at++) {
          const cell = at % (width * width);
          const [first, second] = [Math.floor(cell / width) % k, (cell % width) % k];
          const both = first === second ? 1 : 2;
          out[first * k + second] = (out[first * k + second] as number) + (both * Math.abs(values[at] as number)) / rows;
        }
      }
      return out;
    },
  };
}
