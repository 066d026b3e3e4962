// A factor that is known beforehand: its weights are declared, and nothing but its unit is taken from the training part. Momentum, reversal or
// low volatility are measured this way without being fitted to anything.
import { TruewindError } from "#base/errors.js";
import type { FitContext, TrainingSet } from "#ports/model.js";
import type { LinearParameters } from "./artifact.js";
import type { FactorConfig } from "./config.js";
import { prepare } from "./prepare.js";
import type { Scaling } from "./scaling.js";

/**
 * Expected return = mean label + ic x deviation of the labels x score (Grinold 1994, "Alpha is volatility times IC times score", equation 1),
 * the score being the declared sum of standardised features, brought to a deviation of 1 over the training rows. Throws `bad-config` when a
 * weight names no feature, and `no-data` when the score does not vary.
 */
export function fitFactor({ weights, ic }: FactorConfig, train: TrainingSet, context: FitContext): LinearParameters {
  const unknown = Object.keys(weights).filter((name) => !train.features.includes(name));
  if (unknown.length > 0)
    throw new TruewindError(
      "bad-config",
      `factor has a weight for ${unknown.join(", ")}, and the experiment's features are ${train.features.slice(0, 8).join(", ")}${train.features.length > 8 ? ", ..." : ""}: name one of them.`,
    );
  const scaling = prepare("factor", train);
  const declared = Float64Array.from(train.features, (name) => weights[name] ?? 0);
  const spread = scoreDeviation(declared, train, scaling);
  if (!(spread > 1e-12))
    throw new TruewindError("no-data", `factor has the same score in all ${scaling.rows.length} training rows: choose features that vary.`);
  const { mean, deviation } = labels(train, scaling);
  context.onProgress(1, {});
  return {
    family: "factor",
    features: train.features,
    mean: scaling.mean,
    inverseDeviation: scaling.inverseDeviation,
    // Labels that do not vary leave an order without a size.
    weights: declared.map((weight) => (weight * ic * (deviation > 0 ? deviation : 1)) / spread),
    intercept: mean,
    scale: 0,
    penalty: Number.NaN,
  };
}

/** Of the sum of standardised features, what is not known counting as 0, as it does in a prediction. */
function scoreDeviation(declared: Float64Array, { x, weight }: TrainingSet, { mean, inverseDeviation, rows }: Scaling): number {
  const k = declared.length;
  let [mass, sum, squares] = [0, 0, 0];
  for (const row of rows) {
    let score = 0;
    for (let j = 0, at = row * k; j < k; j++, at++) {
      const z = ((x[at] as number) - (mean[j] as number)) * (inverseDeviation[j] as number);
      if (z - z === 0) score += (declared[j] as number) * z;
    }
    const w = weight === null ? 1 : (weight[row] as number);
    mass += w;
    sum += w * score;
    squares += w * score * score;
  }
  return Math.sqrt(Math.max(0, squares / mass - (sum / mass) ** 2));
}

function labels({ y, weight }: TrainingSet, { rows }: Scaling): { readonly mean: number; readonly deviation: number } {
  const w = (row: number): number => (weight === null ? 1 : (weight[row] as number));
  let [mass, sum, squares] = [0, 0, 0];
  for (const row of rows) {
    mass += w(row);
    sum += w(row) * (y[row] as number);
  }
  for (const row of rows) squares += w(row) * ((y[row] as number) - sum / mass) ** 2;
  return { mean: sum / mass, deviation: Math.sqrt(squares / mass) };
}
