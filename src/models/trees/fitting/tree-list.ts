// Trees as they are grown, one behind the other, and as the columns of one ensemble.
import type { GrownTree } from "../growth/growth.js";
import type { TreeEnsemble } from "../tree-ensemble.js";

/** What an ensemble keeps of a tree. Nodes count from 0, the root. */
export type Tree = Omit<GrownTree, "bounds" | "leaves" | "nodes">;

export interface ListedTree {
  readonly tree: Tree;
  /** The score that it adds to. */
  readonly output: number;
}

export function toEnsemble(features: readonly string[], base: Float64Array, trees: readonly ListedTree[]): TreeEnsemble {
  const total = (size: (tree: Tree) => number): number => trees.reduce((sum, { tree }) => sum + size(tree), 0);
  const nodes = total(({ feature }) => feature.length);
  const out = {
    features,
    outputs: base.length,
    base,
    root: new Int32Array(trees.length),
    output: Int32Array.from(trees, ({ output }) => output),
    feature: new Int32Array(nodes),
    threshold: new Float64Array(nodes),
    flags: new Uint8Array(nodes),
    left: new Int32Array(nodes),
    right: new Int32Array(nodes),
    value: new Float64Array(nodes),
    cover: new Float64Array(nodes),
    gain: new Float64Array(nodes),
    categoryFrom: new Int32Array(nodes),
    categoryWords: new Int32Array(nodes),
    categories: new Uint32Array(total(({ categories }) => categories.length)),
  };
  let at = 0;
  let words = 0;
  trees.forEach(({ tree }, t) => {
    out.root[t] = at;
    for (const name of ["feature", "threshold", "flags", "value", "cover", "gain", "categoryWords"] as const) out[name].set(tree[name], at);
    out.left.set(shifted(tree.left, at), at);
    out.right.set(shifted(tree.right, at), at);
    out.categoryFrom.set(shifted(tree.categoryFrom, words), at);
    out.categories.set(tree.categories, words);
    at += tree.feature.length;
    words += tree.categories.length;
  });
  return out;
}

/** The trees of an ensemble whose nodes and words follow each other as `toEnsemble` lays them. */
export function toTrees(ensemble: TreeEnsemble): readonly ListedTree[] {
  const { root, output, categoryFrom, categoryWords } = ensemble;
  let words = 0;
  return Array.from(root, (from, t) => {
    const to = root[t + 1] ?? ensemble.feature.length;
    let end = words;
    for (let node = from; node < to; node++)
      if ((categoryFrom[node] as number) >= 0) end = Math.max(end, (categoryFrom[node] as number) + (categoryWords[node] as number));
    const tree: Tree = {
      feature: ensemble.feature.slice(from, to),
      threshold: ensemble.threshold.slice(from, to),
      flags: ensemble.flags.slice(from, to),
      left: shifted(ensemble.left.subarray(from, to), -from),
      right: shifted(ensemble.right.subarray(from, to), -from),
      value: ensemble.value.slice(from, to),
      cover: ensemble.cover.slice(from, to),
      gain: ensemble.gain.slice(from, to),
      categoryFrom: shifted(categoryFrom.subarray(from, to), -words),
      categoryWords: categoryWords.slice(from, to),
      categories: ensemble.categories.slice(words, end),
    };
    words = end;
    return { tree, output: output[t] as number };
  });
}

/** -1, which is none, stays. */
function shifted(at: Int32Array, by: number): Int32Array {
  return at.map((value) => (value < 0 ? -1 : value + by));
}
