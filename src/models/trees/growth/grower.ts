// Grows one tree after the other over the same rows: bins once, then a tree per gradient.
import { PlainGrower } from "./plain-grower.js";
import type { GrowRequest, GrownTree, GrowthData, GrowthSettings } from "./growth.js";

export interface TreeGrower {
  /** `[output][row]`, validation rows included: what `addTo` adds to. The caller fills in what scores start from. */
  readonly scores: readonly Float64Array[];
  /** Room for the derivatives, per training row: to fill these and hand them to `grow` saves a copy. */
  readonly gradient: Float32Array;
  readonly hessian: Float32Array;
  /** The next call makes what is known of the tree before it invalid: `leafRows`, `assign` and `addTo` tell of the tree grown last. */
  grow(request: GrowRequest): GrownTree;
  /** Rows of the bag in that leaf, ascending. A view: valid until the next `grow`. */
  leafRows(leaf: number): Int32Array;
  /** `[row]`: leaf (as node) of every row, in the bag or not, validation included. */
  assign(tree: GrownTree): Int32Array;
  /** Adds the leaves' values, as they are now, to the scores of every row. */
  addTo(tree: GrownTree, output: number): void;
  /** Ends the threads. */
  release(): Promise<void>;
}

/** Throws `out-of-memory` before anything is allocated when the rows do not fit. */
export async function createGrower(data: GrowthData, settings: GrowthSettings): Promise<TreeGrower> {
  const plain = new PlainGrower(data, settings);
  return Object.assign(plain, { gradient: new Float32Array(data.trainRows), hessian: new Float32Array(data.trainRows) });
}
