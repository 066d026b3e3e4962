// Trees grown by chance: every kind of split, any shape. Property tests hold walkers, explanations and exports against simple readings of them.
import { createRng, type Rng } from "#base/rng.js";
import { SplitFlag, type TreeEnsemble } from "#models/trees/tree-ensemble.js";

export interface RandomShape {
  readonly seed: string;
  readonly trees: number;
  readonly features: number;
  /** Most leaves of a tree. */
  readonly leaves: number;
  readonly outputs?: number;
  /** Each split below the last: a chain, as deep as there are leaves. */
  readonly chain?: boolean;
  /** Numbers compared only, and what is missing goes left or right. */
  readonly plain?: boolean;
}

/** Thresholds and values are f32. Features 0, 3, 6, … are categories at some splits. */
export function randomEnsemble(shape: RandomShape): TreeEnsemble {
  const rng = createRng(shape.seed);
  const { trees, features, outputs = 1 } = shape;
  const columns: Record<"feature" | "threshold" | "flags" | "left" | "right" | "value" | "cover" | "gain" | "from" | "words", number[]> = {
    feature: [],
    threshold: [],
    flags: [],
    left: [],
    right: [],
    value: [],
    cover: [],
    gain: [],
    from: [],
    words: [],
  };
  const categories: number[] = [];
  const root: number[] = [];
  const push = (): number => {
    for (const [name, column] of Object.entries(columns)) column.push(["feature", "left", "right", "from"].includes(name) ? -1 : 0);
    return columns.feature.length - 1;
  };
  const leaf = (node: number): void => {
    columns.value[node] = Math.fround(rng.normal());
    columns.cover[node] = 1 + rng.int(50);
  };
  const split = (node: number, leaves: number): void => {
    if (leaves === 1) {
      leaf(node);
      return;
    }
    const feature = rng.int(features);
    columns.feature[node] = feature;
    columns.threshold[node] = Math.fround(rng.int(9) === 0 ? Infinity : rng.normal());
    columns.flags[node] = flagsOf(rng, feature, shape.plain === true);
    if (((columns.flags[node] as number) & SplitFlag.categorical) !== 0) {
      columns.from[node] = categories.length;
      columns.words[node] = 1 + rng.int(2);
      for (let word = 0; word < (columns.words[node] as number); word++) categories.push(rng.int(2 ** 31) * 2 + rng.int(2));
    }
    columns.gain[node] = rng.next();
    const first = shape.chain === true ? (rng.next() < 0.5 ? 1 : leaves - 1) : 1 + rng.int(leaves - 1);
    const left = push();
    columns.left[node] = left;
    split(left, first);
    const right = push();
    columns.right[node] = right;
    split(right, leaves - first);
    const [a, b] = [columns.cover[left] as number, columns.cover[right] as number];
    columns.cover[node] = a + b;
    columns.value[node] = (a * (columns.value[left] as number) + b * (columns.value[right] as number)) / (a + b);
  };
  for (let tree = 0; tree < trees; tree++) {
    root.push(push());
    split(root[tree] as number, shape.chain === true ? shape.leaves : 1 + rng.int(shape.leaves));
  }
  return {
    features: Array.from({ length: features }, (_, j) => `f${j}`),
    outputs,
    base: Float64Array.from({ length: outputs }, () => rng.normal()),
    root: Int32Array.from(root),
    output: Int32Array.from(root, (_, tree) => tree % outputs),
    feature: Int32Array.from(columns.feature),
    threshold: Float64Array.from(columns.threshold),
    flags: Uint8Array.from(columns.flags),
    left: Int32Array.from(columns.left),
    right: Int32Array.from(columns.right),
    value: Float64Array.from(columns.value),
    cover: Float64Array.from(columns.cover),
    gain: Float64Array.from(columns.gain),
    categoryFrom: Int32Array.from(columns.from),
    categoryWords: Int32Array.from(columns.words),
    categories: Uint32Array.from(categories),
  };
}

function flagsOf(rng: Rng, feature: number, plain: boolean): number {
  const left = rng.next() < 0.5 ? SplitFlag.missingLeft : 0;
  if (plain) return left;
  if (feature % 3 === 0 && rng.next() < 0.7) return SplitFlag.categorical | left;
  const kind = rng.int(3);
  return kind === 0 ? left : kind === 1 ? SplitFlag.zeroMissing | left : SplitFlag.nanIsZero;
}

/** Row-major rows: numbers near the thresholds, whole numbers, zeros, missing and infinite values. f32. */
export function randomRows(seed: string, rows: number, features: number): Float32Array {
  const rng = createRng(seed);
  return Float32Array.from({ length: rows * features }, () => {
    const kind = rng.int(10);
    if (kind === 0) return Number.NaN;
    if (kind === 1) return rng.int(9) === 0 ? Infinity : 0;
    if (kind < 5) return rng.int(92) - 2;
    return rng.normal();
  });
}
