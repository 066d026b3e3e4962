// Chooses how a fitted model is explained: exactly where its kind allows it, else by asking it many times.
import { TruewindError } from "#base/errors.js";
import type { Rng } from "#base/rng.js";
import type { Micros } from "#domain/time.js";
import type { EnsembleModel } from "#models/ensemble/ensemble-model.js";
import type { LinearModel } from "#models/linear/predict.js";
import { loadNet } from "#models/neural/artifact.js";
import type { TreeModel } from "#models/trees/tree-model.js";
import type { FittedModel } from "#ports/model.js";
import { ensembleShap } from "./ensemble-shap.js";
import { type Explainer, knownOf, type Method, type Rows, spread } from "./explainer.js";
import { integratedGradients, openNet, type OpenNet } from "./integrated-gradients.js";
import { kernelShap } from "./kernel-shap.js";
import { lime } from "./lime.js";
import { linearShap } from "./linear-shap.js";
import { rowPredictor } from "./row-predictor.js";
import { treeShap } from "./tree-shap.js";

/** What a user may ask for by name. */
export const methodNames = ["auto", "kernel-shap", "lime"] as const;
export type MethodName = (typeof methodNames)[number];

export interface ExplainOptions {
  /** `auto`: the exact way of linear models and trees, integrated gradients of nets, the sum of members that add up; KernelSHAP of all others. */
  readonly method: MethodName;
  /** What a row is compared with, of the model's own steps and features. */
  readonly background: Rows;
  /** Moment of the rows. */
  readonly asOf: Micros;
  /** Predictions that explaining one row may take where the model is asked many times. */
  readonly evaluations: number;
  readonly rng: Rng;
}

/** Of the background, where every one costs a prediction per coalition. */
const MOST_BACKGROUND = 100;
const FEWEST_BACKGROUND = 8;

/** Throws `no-data` when nothing of the background is known, `bad-usage` where the method does not fit the model. */
export async function explainerOf(model: FittedModel, options: ExplainOptions): Promise<Explainer> {
  const { method, asOf, evaluations, rng } = options;
  const background = knownOf(options.background, model.steps * model.features.length);
  if (background.rows === 0)
    throw new TruewindError("no-data", "There is nothing to compare with: no feature of any other row is known at that moment.");
  const features = model.features.length;
  if (method === "auto") {
    const own = await ownWay(model, background, options);
    if (own !== null) return own;
  }
  const predict = rowPredictor(model, asOf);
  if (method === "lime") return lime(predict, background, { features, samples: Math.max(evaluations - 1, features), rng });
  const wanted = Math.min(2 ** Math.min(features, 50) - 2, 2 * features + 2048); // as many coalitions as the shap package asks for
  const rows = Math.min(MOST_BACKGROUND, Math.max(FEWEST_BACKGROUND, Math.floor(evaluations / Math.max(1, wanted))));
  return kernelShap(predict, spread(background, rows), { features, evaluations, rng });
}

/** A session of ONNX Runtime is costly to open: one per model. */
const nets = new WeakMap<FittedModel, OpenNet>();

/** The way that a model's own kind allows; null where it is a black box. What wraps a model and leaves its predictions is looked through. */
async function ownWay(model: FittedModel, background: Rows, options: ExplainOptions): Promise<Explainer | null> {
  type Shown = FittedModel & Partial<Pick<LinearModel, "parameters"> & Pick<TreeModel, "trees" | "ofScores"> & { member: FittedModel }>;
  const shown: Shown = model;
  if (shown.member !== undefined) return explainerOf(shown.member, { ...options, background });
  if (model.family === "ensemble")
    return ensembleShap(model as EnsembleModel, background, (member, rows) => explainerOf(member, { ...options, background: rows }));
  if (model.family === "neural") {
    const net = nets.get(model) ?? openNet(loadNet(model.save()));
    nets.set(model, net);
    return integratedGradients(net, background);
  }
  if (shown.parameters !== undefined && "inverseDeviation" in shown.parameters) return linearShap(shown.parameters, background);
  if (shown.trees === undefined) return null;
  const { trees, ofScores } = shown;
  return treeShap(ofScores === undefined ? { trees } : { trees, ofScores }, background, model.features.length);
}

/** Said of a way of explaining, behind its name. */
export function accuracyOf({ method, exact }: Pick<Explainer, "method" | "exact">): string {
  if (exact) return "exact";
  const ways: Partial<Record<Method, string>> = {
    "integrated gradients": "what its sum misses of the prediction is the error",
    LIME: "a picture of the neighborhood, which does not add up to the prediction; what it misses is the error",
  };
  return ways[method] ?? "sampled; the error is the largest standard error of a contribution";
}
