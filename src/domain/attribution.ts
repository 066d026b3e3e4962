// Why names were traded: what each feature added to the predictions behind the orders of one decision. Plain data, as journals keep it.
import type { InstrumentIx } from "./instrument.js";
import type { Micros } from "./time.js";

export interface DecisionAttribution {
  readonly asOf: Micros;
  /** Id of the model that spoke. */
  readonly model: string;
  /** How it was found, or null where it was not. */
  readonly basis: AttributionBasis | null;
  /** Traded names, those farthest from the base first. */
  readonly names: readonly AttributedName[];
  /** Traded names that the budget left out. */
  readonly left: number;
  /** Why there is nothing, or less than there should be: one sentence; null when all is there. */
  readonly trouble: string | null;
}

export interface AttributionBasis {
  readonly method: string;
  /** True when nothing but rounding stands between the contributions and their definition. */
  readonly exact: boolean;
  /** What contributions start from: the mean prediction over the names compared with, or the prediction of their mean. */
  readonly base: number;
  readonly baseIs: string;
  /** Names compared with. */
  readonly background: number;
  /** What it took, in predictions of one name. */
  readonly work: number;
}

/** base + all contributions = prediction, up to `error`. */
export interface AttributedName {
  readonly instrument: InstrumentIx;
  readonly prediction: number;
  /** Names whose prediction is higher, and those that have one. */
  readonly above: number;
  readonly predicted: number;
  /** Largest first. */
  readonly features: readonly AttributedFeature[];
  /** Sum over the features that are not listed, and their number. */
  readonly rest: number;
  readonly others: number;
  /** How far a contribution may be off, in units of the prediction. */
  readonly error: number;
}

export interface AttributedFeature {
  readonly feature: string;
  /** Of the name at that moment; null: not known. */
  readonly value: number | null;
  /** Share of the names compared with whose value is lower, equal ones half, in [0, 1]; null where the value is not known. */
  readonly below: number | null;
  /** What it adds to the prediction. */
  readonly adds: number;
}
