// The columns of a tree while it grows, and the tree once it is grown.
import { SplitFlag } from "../tree-ensemble.js";
import type { FeatureBins } from "./bins.js";
import { type GrownTree, settleValues } from "./growth.js";

/** What a node asks. */
export interface Split {
  readonly feature: number;
  /** What the training loss gains. */
  readonly gain: number;
  /** Numbers: the last bin that goes left. */
  readonly bin: number;
  readonly missingLeft: boolean;
  /** Categories: 256 bits, which bins go left; null for numbers. */
  readonly set: Uint32Array | null;
}

/** Every float32 goes left of it. */
const HIGHEST = Math.fround(3.4028234663852886e38);

export class TreeColumns {
  readonly splits: (Split | null)[] = [null];
  readonly #left: number[] = [-1];
  readonly #right: number[] = [-1];
  readonly #bounds: number[] = [-Infinity, Infinity];

  get nodes(): number {
    return this.splits.length;
  }

  left(node: number): number {
    return this.#left[node] as number;
  }

  right(node: number): number {
    return this.#right[node] as number;
  }

  /** Answers the left child; the right one follows it. */
  split(node: number, split: Split): number {
    const child = this.splits.length;
    this.splits[node] = split;
    this.#left[node] = child;
    this.#right[node] = child + 1;
    this.splits.push(null, null);
    this.#left.push(-1, -1);
    this.#right.push(-1, -1);
    return child;
  }

  bound(lower: number, upper: number): void {
    this.#bounds.push(lower, upper);
  }

  /** `value` and `cover` hold those of leaves; they are completed here. */
  finish(bins: readonly FeatureBins[], value: Float64Array, cover: Float64Array, bounded: boolean): GrownTree {
    const nodes = this.nodes;
    const threshold = new Float64Array(nodes);
    const flags = new Uint8Array(nodes);
    const categoryFrom = new Int32Array(nodes).fill(-1);
    const categoryWords = new Int32Array(nodes);
    const categories: number[] = [];
    for (let node = nodes - 1; node >= 0; node--)
      if (this.splits[node] !== null) cover[node] = (cover[this.left(node)] as number) + (cover[this.right(node)] as number);
    this.splits.forEach((split, node) => {
      if (split === null) return;
      const feature = bins[split.feature] as FeatureBins;
      if (feature.kind === "number") {
        threshold[node] = feature.cuts[split.bin - 1] ?? HIGHEST;
        flags[node] = split.missingLeft ? SplitFlag.missingLeft : 0;
        return;
      }
      const set = wordsOf(feature.categories, split.set as Uint32Array);
      flags[node] = SplitFlag.categorical;
      categoryFrom[node] = categories.length;
      categoryWords[node] = set.length;
      for (const word of set) categories.push(word);
    });
    const tree: GrownTree = {
      nodes,
      leaves: (nodes + 1) / 2,
      feature: Int32Array.from(this.splits, (split) => split?.feature ?? -1),
      threshold,
      flags,
      left: Int32Array.from(this.#left),
      right: Int32Array.from(this.#right),
      value,
      cover,
      gain: Float64Array.from(this.splits, (split) => split?.gain ?? 0),
      categoryFrom,
      categoryWords,
      categories: Uint32Array.from(categories),
      bounds: bounded ? Float64Array.from(this.#bounds) : null,
    };
    settleValues(tree);
    return tree;
  }
}

/** The categories of the bins in `set` as bits. */
function wordsOf(categories: Int32Array, set: Uint32Array): Uint32Array {
  const chosen = categories.filter((_, i) => inSet(set, i + 1));
  const words = new Uint32Array((chosen.reduce((most, c) => Math.max(most, c), 0) >> 5) + 1);
  for (const c of chosen) words[c >> 5] = (words[c >> 5] as number) | (1 << (c & 31));
  return words;
}

export function inSet(set: Uint32Array, bin: number): boolean {
  return (((set[bin >> 5] as number) >>> (bin & 31)) & 1) !== 0;
}
