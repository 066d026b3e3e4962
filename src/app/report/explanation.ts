// An explanation as it is kept beside a run or a model, in `explanation.json`: what the words in the terminal and the pictures are made of.
// The same run, data and code give the same bytes.
import type { AttributedName } from "#domain/attribution.js";

export interface Explanation {
  readonly schema: 1;
  /** Id of the run or model. */
  readonly of: string;
  readonly overall: OverallExplanation | null;
  /** Those that were asked for, by moment, then model. */
  readonly decisions: readonly DecisionExplanation[];
}

/** Of predictions: a return is read in per cent, a number as it is. */
export type Unit = "return" | "number";

/** How contributions were found. */
export interface ExplanationWay {
  readonly method: string;
  /** Said of its accuracy: "exact", or what is approximate about it. */
  readonly accuracy: string;
  readonly baseIs: string;
  /** Rows compared with. */
  readonly background: number;
}

/** A fall of the score when values are dealt out to other rows: mean and standard deviation over the repeats. */
export interface ScoreDrop {
  readonly mean: number;
  readonly deviation: number;
}

export interface OverallExplanation {
  readonly way: ExplanationWay;
  readonly unit: Unit;
  /** What the rows are, as in "1,000 rows out of sample". */
  readonly sample: string;
  /** Days of the first and last row. */
  readonly from: string;
  readonly to: string;
  /** Rows whose contributions were taken. */
  readonly rows: number;
  /** Mean absolute prediction less base over these rows: what contributions are to be seen beside. */
  readonly spread: number;
  /** Largest stated error of a contribution. */
  readonly error: number;
  /** Largest mean absolute contribution first. */
  readonly features: readonly {
    readonly feature: string;
    readonly group: string;
    readonly meanAbsolute: number;
    /** Rank correlation of value and contribution, in [-1, 1]: whether more of it pushes up. Null where neither varies. */
    readonly direction: number | null;
    readonly drop: ScoreDrop | null;
  }[];
  readonly groups: readonly {
    readonly group: string;
    readonly features: number;
    /** Mean absolute sum of the contributions of its features. */
    readonly meanAbsolute: number;
    readonly drop: ScoreDrop | null;
  }[];
  /** What drops are of; null where there are no labels to measure by. */
  readonly score: { readonly name: string; readonly value: number; readonly rows: number; readonly repeats: number } | null;
  /** Of the first features: each row's value (null: not known) and contribution. */
  readonly points: readonly { readonly feature: string; readonly values: readonly (number | null)[]; readonly adds: readonly number[] }[];
  /** Trees only: strongest interactions, as shares of all absolute SHAP values; null elsewhere. */
  readonly pairs: readonly { readonly first: string; readonly second: string; readonly share: number }[] | null;
}

export interface DecisionExplanation {
  readonly unit: Unit;
  /** `YYYY-MM-DDThh:mm:ssZ` */
  readonly asOf: string;
  readonly model: string;
  readonly family: string;
  /** Null where it could not be found. */
  readonly way: (ExplanationWay & { readonly base: number; readonly work: number }) | null;
  /** What is predicted, around the number: "is expected" +0.4% "over 5 sessions". */
  readonly verb: string;
  readonly horizon: string;
  /** What the names are compared with, as in "all 434 names". */
  readonly compared: string;
  /** True when it was taken from the journal of the session, false when it was computed now. */
  readonly journaled: boolean;
  readonly names: readonly ExplainedName[];
  /** Traded names that the budget of a session left out. */
  readonly left: number;
  readonly trouble: string | null;
}

export type ExplainedName = Omit<AttributedName, "instrument"> & {
  readonly instrument: string;
  /** Signed lots ordered at that decision; null where nothing is known of orders, 0 where none was sent. */
  readonly lots: number | null;
  /** What a net shows of itself. */
  readonly attention: readonly AttentionMap[];
};

/** Weights in [0, 1]. */
export interface AttentionMap {
  /** Block of the net. */
  readonly name: string;
  /** Of what: "head", "step"... */
  readonly rowName: string;
  readonly columnName: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly weights: readonly (readonly number[])[];
}
