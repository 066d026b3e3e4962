// Ensembles that add up their members are explained by the same sum of their members' explanations.
import { weightsNow } from "#models/ensemble/combination.js";
import type { EnsembleModel } from "#models/ensemble/ensemble-model.js";
import { meanOfKnown } from "#models/ensemble/regime.js";
import type { LinearModel } from "#models/linear/predict.js";
import type { FittedModel } from "#ports/model.js";
import type { Explainer, Rows } from "./explainer.js";
import { weightedSum } from "./weighted-sum.js";

interface Linear {
  readonly weights: readonly number[];
  readonly offset: number;
}

/**
 * Null where the members do not simply add up: by confidence, or stacked by a model that is not linear. A regime is that of the background,
 * which is its moment; what a dynamic ensemble learned after its training is not in it. `explain`: of a member, on rows of its own steps.
 */
export async function ensembleShap(
  model: EnsembleModel,
  background: Rows,
  explain: (member: FittedModel, background: Rows) => Promise<Explainer>,
): Promise<Explainer | null> {
  const linear = linearOf(model, background);
  if (linear === null) return null;
  const k = model.features.length;
  const members: Explainer[] = [];
  for (const { model: member } of model.members) {
    const explainer = await explain(member, newest(background, model.steps, member.steps, k));
    members.push({ ...explainer, attribute: (rows) => explainer.attribute(newest(rows, model.steps, member.steps, k)) });
  }
  return weightedSum(members, linear.weights, linear.offset);
}

/** The prediction as a sum of weights times the members' own predictions, and an offset. */
function linearOf(model: EnsembleModel, background: Rows): Linear | null {
  const { combination, voices } = model;
  if (combination.kind === "confidence") return null;
  if (combination.kind === "stacking") {
    const { parameters } = combination.meta as Partial<LinearModel>;
    if (parameters === undefined || parameters.family === "logistic") return null;
    const { weights, inverseDeviation, mean, intercept } = parameters;
    const slopes = Array.from(weights, (weight, m) => weight * (inverseDeviation[m] as number));
    return { weights: slopes, offset: slopes.reduce((sum, slope, m) => sum - slope * (mean[m] as number), intercept) };
  }
  const shares = weightsNow(combination, regimeOf(model, background), voices.length);
  if (shares === null) return null;
  // Each member is brought to the common loudness around its own level.
  return {
    weights: voices.map(({ gain }, m) => (shares[m] as number) * gain),
    offset: voices.reduce((sum, { level, gain }, m) => sum + (shares[m] as number) * level * (1 - gain), 0),
  };
}

function regimeOf({ combination, features, steps }: EnsembleModel, { x, rows }: Rows): number {
  const column = combination.kind === "dynamic" && combination.regime !== null ? features.indexOf(combination.regime) : -1;
  if (column < 0) return Number.NaN;
  const width = steps * features.length;
  const at = (row: number): number => x[(row + 1) * width - features.length + column] as number;
  return meanOfKnown(
    Int32Array.from({ length: rows }, (_, row) => row),
    at,
  );
}

/** The last `wanted` of the steps of each row. */
function newest({ x, rows }: Rows, steps: number, wanted: number, k: number): Rows {
  if (wanted === steps) return { x, rows };
  const out = new Float32Array(rows * wanted * k);
  for (let row = 0; row < rows; row++) out.set(x.subarray(((row + 1) * steps - wanted) * k, (row + 1) * steps * k), row * wanted * k);
  return { x: out, rows };
}
