// What growing one tree takes and gives. A tree is grown from a gradient and a hessian per row: what they are the derivatives of is the
// business of the objective. Names and meanings are LightGBM's (Ke et al. 2017) unless said.
import type { TreeEnsemble } from "../tree-ensemble.js";

/** Rows of features. The first `trainRows` may be grown from; those behind them (validation) only receive the leaves' values. */
export interface GrowthData {
  /** Row-major `[row][feature]`, or who writes `count` rows from `from` on so, for tables larger than memory; NaN and infinite values are missing. */
  readonly x: Float32Array | ((from: number, count: number, out: Float32Array) => void);
  readonly rows: number;
  readonly trainRows: number;
  readonly features: number;
  /** Columns that hold categories: whole numbers, negative ones missing. The most frequent categories get a bin each, the rest never goes left. */
  readonly categorical: readonly number[];
  /** Weight per training row, what `cover` counts; null: 1 each. It does not touch gradients. */
  readonly weight: Float64Array | null;
  /** Columns of scores to keep: 1, or one per class. */
  readonly outputs: number;
}

export interface GrowthSettings {
  /** At least 2. */
  readonly maxLeaves: number;
  /** Splits from the root to a leaf; null: no limit. */
  readonly maxDepth: number | null;
  /** Bins of values per feature, in [2, 255]. */
  readonly maxBins: number;
  /** Rows that a leaf must have. Where hessians differ, rows are told from the leaf's hessian by the mean hessian of its parent. */
  readonly minDataInLeaf: number;
  /** Sum of hessians that a leaf must have. */
  readonly minHessian: number;
  /** A split must gain more than this. */
  readonly minGain: number;
  readonly lambdaL1: number;
  readonly lambdaL2: number;
  /** Per feature 1: never falls with the feature, -1: never rises, 0: free. Null: all free. Categories are always free. */
  readonly monotone: Int8Array | null;
  /** Share of the columns, drawn anew at every node, in (0, 1]. */
  readonly columnsByNode: number;
  /** One random threshold per feature and node instead of the best (extremely randomized trees, Geurts et al. 2006). */
  readonly extra: boolean;
  readonly categories: CategorySettings;
  /** Threads in all; the tree does not depend on it. */
  readonly threads: number;
}

/** Splits of categories: sorted by gradient over hessian and cut in two (Fisher 1958), or one against the rest. */
export interface CategorySettings {
  /** Added to the hessian when categories are sorted; rarer categories go right. */
  readonly smooth: number;
  /** L2 penalty on top of `lambdaL2` for these splits. */
  readonly l2: number;
  /** Categories on the smaller side at most. */
  readonly maxThreshold: number;
  /** Up to this many categories, one is split from the rest. */
  readonly maxOneHot: number;
  /** Rows that the categories which move from one candidate to the next must have. */
  readonly minDataPerGroup: number;
}

export const defaultCategories: CategorySettings = { smooth: 10, l2: 10, maxThreshold: 32, maxOneHot: 4, minDataPerGroup: 100 };

export interface GrowRequest {
  /** Per training row. */
  readonly gradient: Float32Array;
  /** Per training row, not negative; null: 1 each, which is faster. */
  readonly hessian: Float32Array | null;
  /** Training rows of the bag, ascending, each once; null: all. */
  readonly rows: Int32Array | null;
  /** Columns that may be asked, ascending; null: all. */
  readonly columns: Int32Array | null;
  /** Chance of this tree: rounding of gradients, columns by node, random thresholds. A whole number in [0, 2^32). */
  readonly seed: number;
}

type TreeColumns =
  | "categories"
  | "categoryFrom"
  | "categoryWords"
  | "cover"
  | "feature"
  | "flags"
  | "gain"
  | "left"
  | "right"
  | "threshold"
  | "value";

/**
 * One tree as the columns of `TreeEnsemble`, its nodes counted from 0, the root; parents come before children. The value of a leaf is
 * -T(G) / (H + lambdaL2), T(G) the gradient shrunk by L1. Leaves may be overwritten; then call `settleValues`.
 */
export interface GrownTree extends Pick<TreeEnsemble, TreeColumns> {
  readonly nodes: number;
  readonly leaves: number;
  /** `[node][lower, upper]` what monotone constraints allow a leaf; null without constraints. Overwritten values must be cut to it. */
  readonly bounds: Float64Array | null;
}

/** Gives every split the mean of the leaves below it, weighted by cover: call it when leaves have their last value. */
export function settleValues(tree: GrownTree): void {
  const { feature, left, right, value, cover } = tree;
  for (let node = tree.nodes - 1; node >= 0; node--) {
    if ((feature[node] as number) < 0) continue;
    const l = left[node] as number;
    const r = right[node] as number;
    const a = cover[l] as number;
    const b = cover[r] as number;
    value[node] = ((value[l] as number) * a + (value[r] as number) * b) / (a + b);
  }
}
