// The trees of a LightGBM model text as columns. Foreign text: whatever could not be walked to a leaf is refused in one sentence.
import { SplitFlag, type TreeEnsemble } from "#models/trees/tree-ensemble.js";
import { type Objective, parseObjective } from "./objective.js";
import { badText, readModelText, type TextFields } from "./text-fields.js";

export interface ParsedText {
  readonly ensemble: TreeEnsemble;
  readonly objective: Objective;
}

/** Bits of `decision_type`. */
const CATEGORICAL = 1;
const DEFAULT_LEFT = 2;
const MISSING = { none: 0, zero: 1, nan: 2 } as const;

const MOST_LEAVES = 1 << 24;
const MOST_CLASSES = 10_000;
const VERSIONS = new Set(["v2", "v3", "v4"]);

/** Rows that came by a leaf where the file says none did (forced splits): a path needs some weight to be averaged over. */
const NO_ROWS = 1e-6;

/** Throws `bad-file`. Features have the file's names. */
export function parseLightGbm(text: string): ParsedText {
  const { head, trees } = readModelText(text);
  const version = head.text("version");
  if (version === null || !VERSIONS.has(version))
    throw badText(`it is of version ${version?.slice(0, 20) ?? "unknown"}, and ${[...VERSIONS].join(", ")} are read`);
  const outputs = head.integer("num_tree_per_iteration", 1, MOST_CLASSES);
  const features = featuresOf(head);
  if (trees.length % outputs !== 0) throw badText(`${trees.length} trees are not whole rounds of ${outputs}: trees are missing`);
  // A forest of LightGBM averages over its rounds.
  const scale = head.text("average_output") === null ? 1 : outputs / Math.max(outputs, trees.length);
  const columns = new Columns();
  trees.forEach((tree, i) => columns.add(tree, i, outputs, features.length, scale));
  const objective = parseObjective(head.text("objective"));
  if (objective.name.startsWith("multiclass") && outputs === 1) throw badText("its objective tells classes apart, but it has one score");
  return { ensemble: columns.finish(features, outputs), objective };
}

function featuresOf(head: TextFields): readonly string[] {
  const count = head.integer("max_feature_idx", 0, MOST_LEAVES) + 1;
  const names = (head.text("feature_names") ?? "").split(" ").filter((name) => name !== "");
  if (names.length !== count) throw badText(`it names ${names.length} features and was trained on ${count}`);
  return names;
}

class Columns {
  private readonly root: number[] = [];
  private readonly output: number[] = [];
  private readonly feature: number[] = [];
  private readonly threshold: number[] = [];
  private readonly flags: number[] = [];
  private readonly left: number[] = [];
  private readonly right: number[] = [];
  private readonly value: number[] = [];
  private readonly cover: number[] = [];
  private readonly gain: number[] = [];
  private readonly categoryFrom: number[] = [];
  private readonly categoryWords: number[] = [];
  private readonly categories: number[] = [];

  add(tree: TextFields, index: number, outputs: number, features: number, scale: number): void {
    if ((tree.text("is_linear") ?? "0").trim() !== "0")
      throw badText("its leaves hold linear models (linear_tree), which are not read; train it without linear_tree");
    const leaves = tree.integer("num_leaves", 1, MOST_LEAVES);
    this.root.push(this.feature.length);
    this.output.push(index % outputs);
    const leafValue = tree.numbers("leaf_value", leaves);
    if (leaves === 1) {
      this.leaf((leafValue[0] as number) * scale, 1);
      return;
    }
    const leafCount = tree.integers("leaf_count", leaves, 0, 2 ** 31 - 1);
    const splits = leaves - 1;
    const splitFeature = tree.integers("split_feature", splits, 0, features - 1);
    const threshold = tree.numbers("threshold", splits, true);
    const decision = tree.integers("decision_type", splits, 0, 15);
    const gain = tree.text("split_gain") === null ? new Float64Array(splits) : tree.numbers("split_gain", splits);
    const leftChild = tree.integers("left_child", splits, -leaves, splits - 1);
    const rightChild = tree.integers("right_child", splits, -leaves, splits - 1);
    const sets = this.readSets(tree);
    const seenSplit = new Uint8Array(splits);
    const seenLeaf = new Uint8Array(leaves);
    const start = this.feature.length;
    // From the root, left first. A stack of our own: trees may be deeper than calls may nest.
    const open: { readonly child: number; readonly parent: number; readonly isLeft: boolean }[] = [{ child: 0, parent: -1, isLeft: true }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { child, parent, isLeft } = next;
      const seen = child < 0 ? seenLeaf : seenSplit;
      const place = child < 0 ? ~child : child;
      if (seen[place] === 1) throw badText(`in tree ${index} two splits lead to the same ${child < 0 ? "leaf" : "split"} ${place}`);
      seen[place] = 1;
      const node = this.feature.length;
      if (parent >= 0) (isLeft ? this.left : this.right)[parent] = node;
      if (child < 0) {
        this.leaf((leafValue[place] as number) * scale, Math.max(NO_ROWS, leafCount[place] as number));
        continue;
      }
      const type = decision[place] as number;
      const missing = type >> 2;
      if (missing > MISSING.nan) throw badText(`decision_type of tree ${index} holds ${type}, which speaks of no kind of missing values`);
      this.node(splitFeature[place] as number, 0, Math.max(0, gain[place] as number));
      if ((type & CATEGORICAL) !== 0) {
        const set = sets[threshold[place] as number];
        if (set === undefined)
          throw badText(`a split of tree ${index} asks for the set ${threshold[place]} of categories, which is not there`);
        this.flags[node] = SplitFlag.categorical; // what is missing goes right
        this.categoryFrom[node] = set.from;
        this.categoryWords[node] = set.words;
      } else {
        this.threshold[node] = threshold[place] as number;
        const left = (type & DEFAULT_LEFT) !== 0 && missing !== MISSING.none ? SplitFlag.missingLeft : 0;
        this.flags[node] = left | (missing === MISSING.none ? SplitFlag.nanIsZero : missing === MISSING.zero ? SplitFlag.zeroMissing : 0);
      }
      open.push({ child: rightChild[place] as number, parent: node, isLeft: false });
      open.push({ child: leftChild[place] as number, parent: node, isLeft: true });
    }
    this.average(start);
  }

  finish(features: readonly string[], outputs: number): TreeEnsemble {
    return {
      features,
      outputs,
      base: new Float64Array(outputs),
      root: Int32Array.from(this.root),
      output: Int32Array.from(this.output),
      feature: Int32Array.from(this.feature),
      threshold: Float64Array.from(this.threshold),
      flags: Uint8Array.from(this.flags),
      left: Int32Array.from(this.left),
      right: Int32Array.from(this.right),
      value: Float64Array.from(this.value),
      cover: Float64Array.from(this.cover),
      gain: Float64Array.from(this.gain),
      categoryFrom: Int32Array.from(this.categoryFrom),
      categoryWords: Int32Array.from(this.categoryWords),
      categories: Uint32Array.from(this.categories),
    };
  }

  private leaf(value: number, cover: number): void {
    const node = this.node(-1, value, 0);
    this.cover[node] = cover;
  }

  private node(feature: number, value: number, gain: number): number {
    this.threshold.push(0);
    this.flags.push(0);
    this.left.push(-1);
    this.right.push(-1);
    this.value.push(value);
    this.cover.push(0);
    this.gain.push(gain);
    this.categoryFrom.push(-1);
    this.categoryWords.push(0);
    return this.feature.push(feature) - 1;
  }

  /** Words of the sets of categories that the splits of a tree name by number. */
  private readSets(tree: TextFields): readonly { readonly from: number; readonly words: number }[] {
    const sets = tree.text("num_cat") === null ? 0 : tree.integer("num_cat", 0, MOST_LEAVES);
    if (sets === 0) return [];
    const words = tree.text("cat_threshold")?.trim().split(" ").length ?? 0;
    const bounds = tree.integers("cat_boundaries", sets + 1, 0, words);
    const bits = tree.numbers("cat_threshold", words);
    const first = this.categories.length;
    for (const word of bits) {
      if (!(Number.isInteger(word) && word >= 0 && word < 2 ** 32))
        throw badText(`cat_threshold holds ${word}, which is no word of 32 bits`);
      this.categories.push(word);
    }
    return Array.from({ length: sets }, (_, set) => {
      const [from, to] = [bounds[set] as number, bounds[set + 1] as number];
      if (from > to) throw badText("its cat_boundaries do not ascend");
      return { from: first + from, words: to - from };
    });
  }

  /** Covers and values of splits from their children, which stand behind them. */
  private average(start: number): void {
    for (let node = this.feature.length - 1; node >= start; node--) {
      if ((this.feature[node] as number) < 0) continue;
      const [left, right] = [this.left[node] as number, this.right[node] as number];
      const cover = (this.cover[left] as number) + (this.cover[right] as number);
      this.cover[node] = cover;
      this.value[node] =
        ((this.cover[left] as number) * (this.value[left] as number) + (this.cover[right] as number) * (this.value[right] as number)) /
        cover;
    }
  }
}
