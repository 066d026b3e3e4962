// Why the names of one moment have the predictions that they have: against all names of that moment, or other rows that the caller gives.
import type { FeatureFrame } from "#domain/frame.js";
import type { InstrumentIx } from "#domain/instrument.js";
import { formatMicros } from "#domain/time.js";
import type { Rows } from "#models/explain/explainer.js";
import type { MethodName } from "#models/explain/explainer-of.js";
import { rowPredictor } from "#models/explain/row-predictor.js";
import { knownRows } from "#models/samples/known-rows.js";
import type { FittedModel } from "#ports/model.js";
import { basisOf, namesOf, rowsOf } from "../modes/explain-decisions.js";
import type { DecisionExplanation, ExplainedName } from "../report/explanation.js";
import { attentionOf } from "./attention.js";
import { meanExplainer, wayOf } from "./explain-overall.js";

export interface DecisionOptions {
  /** Of the moment, looking back as far as the models do. */
  readonly frame: FeatureFrame;
  /** Their mean is the prediction. */
  readonly models: readonly FittedModel[];
  readonly modelId: string;
  /** Names of the rows of the frame. */
  readonly ids: readonly string[];
  /** Rows of the frame to be explained: all have a prediction. */
  readonly names: readonly InstrumentIx[];
  /** What they are compared with, and how that is called; null: all names of the moment. */
  readonly background: { readonly rows: Rows; readonly called: string } | null;
  readonly method: MethodName;
  readonly unit: DecisionExplanation["unit"];
  readonly verb: string;
  readonly horizon: string;
  /** Lots ordered at that moment; null where nothing is known of orders. */
  readonly lots: ((instrument: InstrumentIx) => number) | null;
}

/** Features that are named; the others are summed. */
const MOST_FEATURES = 10;
const EVALUATIONS = 200_000;

/** Predictions of all rows of a frame; NaN where there is none. */
export async function predictionsOf(models: readonly FittedModel[], frame: FeatureFrame): Promise<Float64Array> {
  const sum = new Float64Array(frame.instruments);
  for (const model of models) (await model.predict(frame)).forEach((value, i) => (sum[i] = (sum[i] as number) + value / models.length));
  return sum;
}

export async function explainDecision(options: DecisionOptions): Promise<DecisionExplanation> {
  const { frame, models, modelId, ids, names, background, method, unit, verb, horizon, lots } = options;
  const model = models[0] as FittedModel;
  const { instruments, x } = knownRows(model.family, frame, model.steps);
  const own: Rows = { x, rows: instruments.length };
  const all = background?.rows ?? own;
  const explainer = await meanExplainer(models, all, frame.asOf, method, EVALUATIONS);
  const rows = rowsOf(own, instruments, names);
  const predictions = await predictionsOf(models, frame);
  const attributions = await explainer.attribute(rows);
  const compared = background?.called ?? `all ${all.rows} names`;
  const attention = await attentionOf(model, frame, names);
  const given = namesOf(model, names, rows, attributions, all, explainer, MOST_FEATURES, predictions);
  return {
    asOf: formatMicros(frame.asOf),
    model: modelId,
    family: model.family,
    way: { ...wayOf([explainer]), ...basisOf(explainer, names.length) },
    unit,
    verb,
    horizon,
    compared: explainer.background < all.rows ? `${explainer.background} rows that stand for ${compared}` : compared,
    journaled: false,
    names: given.map(
      ({ instrument, ...rest }, i): ExplainedName => ({
        ...rest,
        instrument: ids[instrument] as string,
        lots: lots === null ? null : lots(instrument),
        attention: attention[i] ?? [],
      }),
    ),
    left: 0,
    trouble: await acrossNames(models, rows, frame, names, predictions),
  };
}

/** A model that looks across the names of a moment is not explained by one row at a time: that is found out and told. */
async function acrossNames(
  models: readonly FittedModel[],
  rows: Rows,
  frame: FeatureFrame,
  names: readonly InstrumentIx[],
  predictions: Float64Array,
): Promise<string | null> {
  const alone = new Float64Array(rows.rows);
  for (const model of models)
    (await rowPredictor(model, frame.asOf)(rows)).forEach((value, i) => (alone[i] = (alone[i] as number) + value / models.length));
  const apart = names.some((name, i) => {
    const whole = predictions[name] as number;
    return Math.abs((alone[i] as number) - whole) > 1e-4 * Math.max(Math.abs(whole), 1e-6);
  });
  return apart
    ? "The model predicts these names otherwise alone than among the others, so that this explains only what it sees of each alone."
    : null;
}
