// What an ensemble of models says of its members. All of it is out of sample: neither the members nor the weights had seen what is judged.

export interface EnsembleReport {
  readonly combine: string;
  /** What is told of decisions: the rank correlation over names, or, where there are too few names to rank, what directions were worth. */
  readonly measure: "rank correlation" | "direction";
  /** Mean over decisions of the ensemble's measure; null where nothing can be told. */
  readonly score: number | null;
  readonly members: readonly {
    readonly name: string;
    readonly family: string;
    /** In the combination that is kept; where it differs from name to name or by regime, its mean. */
    readonly weight: number;
    readonly score: number | null;
    /** The ensemble's score less that of the ensemble without this member. */
    readonly contribution: number | null;
  }[];
  /** Rank correlation of members' predictions, mean over decisions; null where one of the two does not differ. */
  readonly correlation: readonly (readonly (number | null)[])[];
  /** Of dynamic weights by regime: between which values of the feature the parts lie, and the weights in each. */
  readonly regimes: {
    readonly feature: string;
    readonly cuts: readonly number[];
    readonly weights: readonly (readonly number[])[];
  } | null;
  /** No member was worth anything out of sample, and all count alike. */
  readonly fellBack: boolean;
}
