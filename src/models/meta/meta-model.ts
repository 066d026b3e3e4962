// Two models as one: the first takes the side and says how much is to be earned, the second how likely acting on it pays, and so how large the
// bet should be.
import { invariant } from "#base/errors.js";
import { normalDistribution } from "#base/normal-quantile.js";
import type { FeatureFrame } from "#domain/frame.js";
import { checkFeatures } from "#models/samples/check-features.js";
import { opinionOf } from "#models/samples/opine-samples.js";
import type { FittedModel, Opinion } from "#ports/model.js";
import { saveMeta } from "./artifact.js";

/** Name of the column that the second model sees beside the features: what the first one says. */
export const PRIMARY = "primary prediction";

export interface MetaParts {
  readonly features: readonly string[];
  readonly primary: FittedModel;
  /** Its features are those of the first and `PRIMARY`. */
  readonly secondary: FittedModel;
}

export interface MetaModel extends FittedModel, MetaParts {}

/**
 * The expected return is the primary's, times the size of the bet: its side stays, and what is not likelier to pay than not becomes 0. The
 * confidence is the probability that acting pays. Neither goes on learning from outcomes.
 */
export function toMetaModel(parts: MetaParts): MetaModel {
  const { features, primary, secondary } = parts;
  const opine = async (frame: FeatureFrame): Promise<Opinion> => {
    checkFeatures("meta", features, frame);
    const first = await opinionOf(primary, frame);
    const second = await opinionOf(secondary, withPrimary(frame, first.expectedReturn));
    const pays = chanceToPay(second);
    invariant(pays !== null, "the second model of a meta model gives no probability");
    return {
      expectedReturn: first.expectedReturn.map((expected, i) => expected * betSize(pays[i] as number)),
      uncertainty: first.uncertainty,
      confidence: pays,
    };
  };
  return {
    ...parts,
    family: "meta",
    steps: primary.steps,
    opine,
    predict: async (frame) => (await opine(frame)).expectedReturn,
    save: () => saveMeta(parts),
  };
}

/** Probability that acting pays; null when the second model is not one that gives probabilities. */
export function chanceToPay({ expectedReturn, confidence }: Opinion): Float64Array | null {
  return confidence?.map((sure, i) => ((expectedReturn[i] as number) >= 0 ? sure : 1 - sure)) ?? null;
}

/**
 * Lopez de Prado 2018, section 10.3, for two outcomes: 2 Z(z) - 1 with z = (p - 1/2) / sqrt(p (1 - p)), the statistic of p against a half. In
 * [0, 1]; 0 where `p` is a half or less, NaN for NaN.
 */
export function betSize(p: number): number {
  if (p <= 0.5) return 0;
  if (p >= 1) return 1;
  return 2 * normalDistribution((p - 0.5) / Math.sqrt(p * (1 - p))) - 1;
}

/** The newest decision of the frame, and what the first model says of it. */
function withPrimary({ features, values, ...frame }: FeatureFrame, said: Float64Array): FeatureFrame {
  const k = features.length;
  const wide = new Float64Array(said.length * (k + 1));
  for (let i = 0; i < said.length; i++) {
    wide.set(values.subarray(i * k, (i + 1) * k), i * (k + 1));
    wide[i * (k + 1) + k] = said[i] as number;
  }
  // Where the first says nothing, the second is not asked.
  const member = frame.member.map((is, i) => (Number.isNaN(said[i]) ? 0 : is));
  return { ...frame, features: [...features, PRIMARY], values: wide, member, history: null };
}
