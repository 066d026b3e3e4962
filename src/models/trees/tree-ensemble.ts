// Decision trees that add up to scores, as flat columns: what boosting, forests and imported models all are once fitted.
// It only describes; growing, walking, explaining and writing trees are files of their own.

export interface TreeEnsemble {
  readonly features: readonly string[];
  /** Raw scores per row: 1, or one per class. */
  readonly outputs: number;
  /** `[output]`: what each score starts from. A forest holds its average in the leaves' values: trees are always summed. */
  readonly base: Float64Array;
  /** `[tree]`: node of its root. Nodes of a tree follow each other, parents before children. */
  readonly root: Int32Array;
  /** `[tree]`: the score that it adds to. */
  readonly output: Int32Array;
  /** `[node]`: column that is asked; -1 for a leaf. */
  readonly feature: Int32Array;
  /** `[node]`: values up to and including it go left. Unused by leaves and by splits of categories. */
  readonly threshold: Float64Array;
  /** `[node]`: bits of `SplitFlag`. */
  readonly flags: Uint8Array;
  /** `[node]`: children; -1 for a leaf. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** `[node]`: what a leaf adds; at a split the mean of the leaves below, weighted by `cover`. */
  readonly value: Float64Array;
  /** `[node]`: weight of the training rows that came by, positive. */
  readonly cover: Float64Array;
  /** `[node]`: what the split gained in the training loss; 0 for a leaf. */
  readonly gain: Float64Array;
  /** `[node]`: first word in `categories` of the set that goes left, at splits of categories; elsewhere -1. */
  readonly categoryFrom: Int32Array;
  /** `[node]`: words of that set; elsewhere 0. */
  readonly categoryWords: Int32Array;
  /** Sets of categories as bits: category c is bit `c & 31` of word `c >> 5`; what lies beyond the last word goes right. */
  readonly categories: Uint32Array;
}

/** What a split does beyond comparing. */
export const SplitFlag = {
  /** What is missing goes left; else right. */
  missingLeft: 1,
  /** Asks whether the value, cut to a whole number, is in the set; negative values are missing. */
  categorical: 2,
  /** Values with |x| <= 1e-35 are missing too (LightGBM's `zero_as_missing`). */
  zeroMissing: 4,
  /** NaN counts as 0 and nothing is missing (LightGBM models trained without missing values). */
  nanIsZero: 8,
} as const;
