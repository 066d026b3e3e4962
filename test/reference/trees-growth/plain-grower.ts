// Grows trees the plain way: one thread, sums in doubles, every histogram from its rows. What the fast grower must equal.
import { SplitFlag } from "#models/trees/tree-ensemble.js";
import { binOf, categoryBins, type FeatureBins, numberBins, takeSample } from "#models/trees/growth/bins.js";
import { chanceOf } from "#models/trees/growth/jobs.js";
import { type GrowRequest, type GrownTree, type GrowthData, type GrowthSettings, settleValues } from "#models/trees/growth/growth.js";

/** What is missing in the training rows of a node still needs a side: the one with more hessian. */
export interface Split {
  gain: number;
  feature: number;
  /** Numbers: the last bin that goes left. */
  bin: number;
  missingLeft: boolean;
  /** Categories: the bins that go left, ascending; null for numbers. */
  set: number[] | null;
  leftG: number;
  leftH: number;
}

interface Leaf {
  node: number;
  rows: Int32Array;
  depth: number;
  g: number;
  h: number;
  lower: number;
  upper: number;
  split: Split | null;
}

/** Any finite value goes left of it. */
const HIGHEST = Math.fround(3.4028234663852886e38);

export class PlainGrower {
  readonly scores: readonly Float64Array[];
  readonly #bins: FeatureBins[] = [];
  readonly #cells: Uint8Array;
  #leafRows = new Map<number, Int32Array>();
  #sets = new Map<number, ReadonlySet<number>>();
  #lastBin = new Map<number, number>();

  constructor(
    readonly data: GrowthData,
    readonly settings: GrowthSettings,
  ) {
    const { rows, trainRows, features } = data;
    const x = data.x as Float32Array;
    this.#cells = new Uint8Array(rows * features);
    for (let f = 0; f < features; f++) {
      const sample = new Float32Array(trainRows);
      const known = sample.subarray(0, takeSample(x, trainRows, features, f, sample));
      const bins = data.categorical.includes(f) ? categoryBins(known, settings.maxBins) : numberBins(known.sort(), settings.maxBins);
      this.#bins.push(bins);
      for (let r = 0; r < rows; r++) this.#cells[r * features + f] = binOf(bins, x[r * features + f] as number);
    }
    this.scores = Array.from({ length: data.outputs }, () => new Float64Array(rows));
  }

  grow(request: GrowRequest): GrownTree {
    const { gradient, hessian } = request;
    const { settings } = this;
    const rows = request.rows ?? Int32Array.from({ length: this.data.trainRows }, (_, i) => i);
    const sum = (of: Int32Array): [number, number] => {
      let g = 0;
      let h = 0;
      for (const r of of) {
        g += gradient[r] as number;
        h += hessian === null ? 1 : (hessian[r] as number);
      }
      return [g, h];
    };
    const feature: number[] = [-1];
    const columns = { threshold: [0], flags: [0], left: [-1], right: [-1], gain: [0], from: [-1], words: [0] };
    const bits: number[] = [];
    const bounds: number[] = [-Infinity, Infinity];
    this.#sets = new Map();
    this.#lastBin = new Map();
    const [g, h] = sum(rows);
    const leaves: Leaf[] = [{ node: 0, rows, depth: 0, g, h, lower: -Infinity, upper: Infinity, split: null }];
    (leaves[0] as Leaf).split = this.#best(leaves[0] as Leaf, request);
    while (leaves.length < settings.maxLeaves) {
      let at = -1;
      let most = 0;
      leaves.forEach(({ split }, i) => {
        if (split !== null && split.gain > most) [at, most] = [i, split.gain];
      });
      if (at < 0) break;
      const parent = leaves[at] as Leaf;
      const split = parent.split as Split;
      const { node } = parent;
      const goesLeft = this.#router(split);
      const lefts = parent.rows.filter((r) => goesLeft(this.#cells[r * this.data.features + split.feature] as number));
      const rights = parent.rows.filter((r) => !goesLeft(this.#cells[r * this.data.features + split.feature] as number));
      const bins = this.#bins[split.feature] as FeatureBins;
      feature[node] = split.feature;
      columns.gain[node] = split.gain;
      columns.left[node] = feature.length;
      columns.right[node] = feature.length + 1;
      if (bins.kind === "category") {
        const categories = (split.set as number[]).map((b) => bins.categories[b - 1] as number);
        const words = new Array<number>((Math.max(...categories) >> 5) + 1).fill(0);
        for (const c of categories) words[c >> 5] = (words[c >> 5] as number) | (1 << (c & 31));
        columns.flags[node] = SplitFlag.categorical;
        columns.from[node] = bits.length;
        columns.words[node] = words.length;
        bits.push(...words);
        this.#sets.set(node, new Set(split.set));
      } else {
        columns.threshold[node] = bins.cuts[split.bin - 1] ?? HIGHEST;
        columns.flags[node] = split.missingLeft ? SplitFlag.missingLeft : 0;
        this.#lastBin.set(node, split.bin);
      }
      const child = (side: Int32Array, sums: readonly [number, number]): Leaf => {
        feature.push(-1);
        columns.threshold.push(0);
        for (const column of [columns.flags, columns.gain, columns.words]) column.push(0);
        for (const column of [columns.left, columns.right, columns.from]) column.push(-1);
        const leaf: Leaf = {
          ...parent,
          node: feature.length - 1,
          rows: side,
          depth: parent.depth + 1,
          g: sums[0],
          h: sums[1],
          split: null,
        };
        return leaf;
      };
      const left = child(lefts, [split.leftG, split.leftH]);
      const right = child(rights, [parent.g - split.leftG, parent.h - split.leftH]);
      const direction = this.settings.monotone?.[split.feature] ?? 0;
      if (direction !== 0 && split.set === null) {
        const middle = (this.#output(left, 0) + this.#output(right, 0)) / 2;
        if (direction > 0) left.upper = right.lower = middle;
        else left.lower = right.upper = middle;
      }
      bounds.push(left.lower, left.upper, right.lower, right.upper);
      leaves[at] = left;
      leaves.push(right);
      if (leaves.length === settings.maxLeaves) break;
      left.split = this.#best(left, request);
      right.split = this.#best(right, request);
    }
    this.#leafRows = new Map(leaves.map((leaf) => [leaf.node, leaf.rows]));
    const value = new Float64Array(feature.length);
    const cover = new Float64Array(feature.length);
    for (const leaf of leaves) {
      const [exactG, exactH] = sum(leaf.rows);
      value[leaf.node] = this.#output({ ...leaf, g: exactG, h: exactH }, 0);
      cover[leaf.node] =
        this.data.weight === null ? leaf.rows.length : leaf.rows.reduce((s, r) => s + (this.data.weight?.[r] as number), 0);
    }
    for (let node = feature.length - 1; node >= 0; node--)
      if ((feature[node] as number) >= 0)
        cover[node] = (cover[columns.left[node] as number] as number) + (cover[columns.right[node] as number] as number);
    const tree: GrownTree = {
      nodes: feature.length,
      leaves: leaves.length,
      feature: Int32Array.from(feature),
      threshold: Float64Array.from(columns.threshold),
      flags: Uint8Array.from(columns.flags),
      left: Int32Array.from(columns.left),
      right: Int32Array.from(columns.right),
      value,
      cover,
      gain: Float64Array.from(columns.gain),
      categoryFrom: Int32Array.from(columns.from),
      categoryWords: Int32Array.from(columns.words),
      categories: Uint32Array.from(bits),
      bounds: settings.monotone === null ? null : Float64Array.from(bounds),
    };
    settleValues(tree);
    return tree;
  }

  /** Rows of the bag in a leaf of the tree grown last, ascending. */
  leafRows(node: number): Int32Array {
    return this.#leafRows.get(node) as Int32Array;
  }

  /** Leaf of every row, validation included, in the tree grown last. */
  assign(tree: GrownTree): Int32Array {
    return Int32Array.from({ length: this.data.rows }, (_, r) => {
      let node = 0;
      while ((tree.feature[node] as number) >= 0) {
        const cell = this.#cells[r * this.data.features + (tree.feature[node] as number)] as number;
        const set = this.#sets.get(node);
        const missingLeft = ((tree.flags[node] as number) & SplitFlag.missingLeft) !== 0;
        const left = set !== undefined ? set.has(cell) : cell === 0 ? missingLeft : cell <= (this.#lastBin.get(node) as number);
        node = (left ? tree.left[node] : tree.right[node]) as number;
      }
      return node;
    });
  }

  /** Adds the leaves' values of the tree grown last to the scores of every row. */
  addTo(tree: GrownTree, output: number): void {
    const scores = this.scores[output] as Float64Array;
    this.assign(tree).forEach((leaf, r) => (scores[r] = (scores[r] as number) + (tree.value[leaf] as number)));
  }

  async release(): Promise<void> {}

  #router(split: Split): (cell: number) => boolean {
    if (split.set !== null) return (cell) => (split.set as number[]).includes(cell);
    return (cell) => (cell === 0 ? split.missingLeft : cell <= split.bin);
  }

  #shrink(g: number): number {
    return Math.sign(g) * Math.max(0, Math.abs(g) - this.settings.lambdaL1);
  }

  #output({ g, h, lower, upper }: Pick<Leaf, "g" | "h" | "lower" | "upper">, l2: number): number {
    if (h + this.settings.lambdaL2 + l2 <= 0) return Math.min(upper, Math.max(lower, 0));
    return Math.min(upper, Math.max(lower, -this.#shrink(g) / (h + this.settings.lambdaL2 + l2)));
  }

  /** What a leaf takes off the loss, twice. */
  #worth(side: Pick<Leaf, "g" | "h" | "lower" | "upper">, l2: number): number {
    const { monotone, lambdaL2 } = this.settings;
    const t = this.#shrink(side.g);
    if (monotone === null) return (t * t) / (side.h + lambdaL2 + l2);
    const out = this.#output(side, l2);
    return -(2 * t * out + (side.h + lambdaL2 + l2) * out * out);
  }

  #best(leaf: Leaf, request: GrowRequest): Split | null {
    const { settings } = this;
    if (settings.maxDepth !== null && leaf.depth >= settings.maxDepth) return null;
    if (leaf.rows.length < 2 * settings.minDataInLeaf) return null;
    const nodeSeed = Math.floor(chanceOf(request.seed | 0, leaf.node) * 2 ** 32) | 0;
    let best: Split | null = null;
    for (const feature of this.#draw(request, nodeSeed)) {
      const { bins, kind } = this.#bins[feature] as FeatureBins;
      const g = new Float64Array(bins);
      const h = new Float64Array(bins);
      for (const r of leaf.rows) {
        const cell = this.#cells[r * this.data.features + feature] as number;
        g[cell] = (g[cell] as number) + (request.gradient[r] as number);
        h[cell] = (h[cell] as number) + (request.hessian === null ? 1 : (request.hessian[r] as number));
      }
      const chance = settings.extra ? chanceOf(nodeSeed, feature) : null;
      const found = kind === "number" ? this.#bestNumber(leaf, feature, g, h, chance) : this.#bestCategories(leaf, feature, g, h);
      if (found !== null && (best === null || found.gain > best.gain)) best = found;
    }
    return best;
  }

  #draw(request: GrowRequest, nodeSeed: number): readonly number[] {
    const all = Array.from(request.columns ?? Array.from({ length: this.data.features }, (_, f) => f));
    const count = Math.max(1, Math.round(this.settings.columnsByNode * all.length));
    if (count === all.length) return all;
    for (let i = 0; i < count; i++) {
      const j = i + Math.floor(chanceOf(nodeSeed ^ 0x55555555, i) * (all.length - i));
      [all[i], all[j]] = [all[j] as number, all[i] as number];
    }
    return all.slice(0, count).toSorted((a, b) => a - b);
  }

  #gain(leaf: Leaf, leftG: number, leftH: number, l2: number, direction: number, numeric: boolean): number {
    const left = { ...leaf, g: leftG, h: leftH };
    const right = { ...leaf, g: leaf.g - leftG, h: leaf.h - leftH };
    if (direction !== 0 && direction * (this.#output(right, l2) - this.#output(left, l2)) < 0) return 0;
    const { extra, lambdaL1, lambdaL2, monotone } = this.settings;
    if (lambdaL1 !== 0 || extra || monotone !== null || !numeric)
      return this.#worth(left, l2) + this.#worth(right, l2) - this.#worth(leaf, 0);
    // With one division, as the kernel has it: where two splits gain the same, rounding decides.
    const [a, b] = [left.h + lambdaL2, right.h + lambdaL2];
    return (left.g * left.g * b + right.g * right.g * a) / (a * b) - this.#worth(leaf, 0);
  }

  #leastH(leaf: Leaf, rows: number): number {
    return Math.max(Number.MIN_VALUE, this.settings.minHessian, (rows * leaf.h) / leaf.rows.length);
  }

  #bestNumber(leaf: Leaf, feature: number, g: Float64Array, h: Float64Array, chance: number | null): Split | null {
    const least = this.#leastH(leaf, this.settings.minDataInLeaf);
    const direction = this.settings.monotone?.[feature] ?? 0;
    let best: Split | null = null;
    let most = this.settings.minGain;
    const missing = (h[0] as number) > 0 || (g[0] as number) !== 0;
    const filled = Array.from(g.keys()).filter((bin) => bin > 0 && (g[bin] !== 0 || h[bin] !== 0));
    const [first, final] = [filled[0] ?? g.length, filled.at(-1) ?? 0];
    const only = chance === null ? null : first + Math.floor(chance * (final - first));
    for (const missingLeft of missing ? [true, false] : [false]) {
      let leftG = missingLeft ? (g[0] as number) : 0;
      let leftH = missingLeft ? (h[0] as number) : 0;
      for (let bin = 1; bin < g.length; bin++) {
        leftG += g[bin] as number;
        leftH += h[bin] as number;
        if (only !== null && bin !== only) continue;
        if (leftH < least || leaf.h - leftH < least) continue;
        const gain = this.#gain(leaf, leftG, leftH, 0, direction, true);
        if (gain <= most) continue;
        most = gain;
        best = { gain, feature, bin, missingLeft: missing ? missingLeft : leftH >= leaf.h - leftH, set: null, leftG, leftH };
      }
    }
    return best;
  }

  #bestCategories(leaf: Leaf, feature: number, g: Float64Array, h: Float64Array): Split | null {
    const { smooth, l2, maxThreshold, maxOneHot, minDataPerGroup } = this.settings.categories;
    const least = this.#leastH(leaf, this.settings.minDataInLeaf);
    const leastGroup = this.#leastH(leaf, minDataPerGroup);
    let best: Split | null = null;
    let most = this.settings.minGain;
    const offer = (set: number[], leftG: number, leftH: number, extra: number): void => {
      const gain = this.#gain(leaf, leftG, leftH, extra, 0, false);
      if (gain <= most) return;
      most = gain;
      best = { gain, feature, bin: 0, missingLeft: false, set: [...set].sort((a, b) => a - b), leftG, leftH };
    };
    if (g.length - 1 <= maxOneHot) {
      for (let bin = 1; bin < g.length; bin++)
        if ((h[bin] as number) >= least && leaf.h - (h[bin] as number) >= least) offer([bin], g[bin] as number, h[bin] as number, 0);
      return best;
    }
    const rowsPerHessian = leaf.rows.length / leaf.h;
    const order: number[] = [];
    for (let bin = 1; bin < g.length; bin++) if ((h[bin] as number) * rowsPerHessian >= smooth && (h[bin] as number) > 0) order.push(bin);
    const key = (bin: number): number => (g[bin] as number) / ((h[bin] as number) + smooth);
    order.sort((a, b) => key(a) - key(b) || a - b);
    const longest = Math.min(maxThreshold, (order.length + 1) >> 1);
    for (const sequence of [order, order.toReversed()]) {
      const set: number[] = [];
      let leftG = 0;
      let leftH = 0;
      let group = 0;
      for (const bin of sequence.slice(0, longest)) {
        set.push(bin);
        leftG += g[bin] as number;
        leftH += h[bin] as number;
        group += h[bin] as number;
        if (leftH < least) continue;
        if (leaf.h - leftH < least || leaf.h - leftH < leastGroup) break;
        if (group < leastGroup) continue;
        group = 0;
        offer(set, leftG, leftH, l2);
      }
    }
    return best;
  }
}
