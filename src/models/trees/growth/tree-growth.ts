// Grows one tree over the shared memory, leaf by leaf, the leaf that gains most first. The smaller child of a split is counted, the larger
// is its parent less that (histogram subtraction); where few columns are drawn per node, both are counted, over those columns alone.
import { Heap } from "#base/heap.js";
import type { Arena } from "./arena.js";
import type { FeatureBins } from "./bins.js";
import { Arg, COUNTED_BY, Job, Real } from "./control.js";
import type { GrowRequest, GrownTree } from "./growth.js";
import { chanceOf, COUNT_CHUNK } from "./jobs.js";
import { CHUNK, FOUND } from "./layout.js";
import { scaleFor } from "./scales.js";
import type { Team } from "./team.js";
import { inSet, type Split, TreeColumns } from "./tree-columns.js";

/** Gradients, hessians and bounds in the units of the rounded derivatives. */
interface Leaf {
  readonly node: number;
  /** Pairs of its rows. */
  readonly from: number;
  readonly count: number;
  readonly depth: number;
  readonly g: number;
  readonly h: number;
  lower: number;
  upper: number;
  /** Place among the leaves: earlier ones go first where gains are equal. */
  readonly order: number;
  /** Address of its histogram; 0 when it has none. */
  histogram: number;
  found: Found | null;
}

interface Found extends Split {
  readonly leftG: number;
  readonly leftH: number;
}

export interface GrownLeaf {
  readonly node: number;
  readonly from: number;
  readonly count: number;
}

export interface Growth {
  readonly tree: GrownTree;
  readonly columns: TreeColumns;
  /** By node, in the order of their pairs' pieces. */
  readonly leaves: ReadonlyMap<number, GrownLeaf>;
}

/** Below this share of columns per node, counting two children over their own columns costs less than subtracting over all. */
const OWN_COLUMNS_BELOW = 0.5;
/** Work that is not worth waking a thread for, in nanoseconds as one core takes them, roughly. */
const ALONE_NS = 60_000;
const NS_PER_CELL = 0.6;
const NS_PER_SEARCH = 700;
const ALONE_ROWS = 32_768;

export class TreeGrowth {
  readonly #arena: Arena;
  readonly #columns: Int32Array;
  readonly #perNode: number;
  readonly #own: boolean;
  readonly #seed: number;
  readonly #free: number[] = [];
  readonly #waiting = new Heap<Leaf>((a, b) => gainOf(a) > gainOf(b) || (gainOf(a) === gainOf(b) && a.order < b.order));
  readonly #leaves: Leaf[] = [];
  readonly #tree = new TreeColumns();
  #gradientScale = 1;
  #hessianScale = 1;

  constructor(
    readonly team: Team,
    readonly bins: readonly FeatureBins[],
    readonly request: GrowRequest,
  ) {
    this.#arena = team.arena;
    const { layout, settings } = this.#arena.setup;
    this.#seed = request.seed | 0;
    this.#columns = request.columns ?? Int32Array.from({ length: layout.features }, (_, f) => f);
    this.#perNode = Math.max(1, Math.round(settings.columnsByNode * this.#columns.length));
    this.#own = settings.columnsByNode < OWN_COLUMNS_BELOW;
    const last = bins.length - 1;
    const size = (this.#arena.words[(layout.histogramAt >> 2) + last] as number) + 8 * ((bins[last] as FeatureBins).bins + 1);
    const bytes = Math.ceil(size / 64) * 64;
    const most = Math.min(Math.floor(layout.histogramBytes / bytes), Math.max(3, layout.maxLeaves));
    for (let i = most - 1; i >= 0; i--) this.#free.push(layout.histograms + i * bytes);
  }

  grow(): Growth {
    const { settings } = this.#arena.setup;
    const { maxLeaves } = this.#arena.layout;
    const root = this.#root();
    this.#leaves.push(root);
    if (maxLeaves > 1 && this.#mayFind(root)) this.#find(root, null);
    while (this.#leaves.length < maxLeaves) {
      const parent = this.#waiting.pop();
      if (parent === undefined) break;
      const [left, right] = this.#split(parent, parent.found as Found);
      this.#leaves[parent.order] = left;
      this.#leaves.push(right);
      if (this.#leaves.length === maxLeaves) break;
      this.#findBoth(parent, left.count <= right.count ? left : right, left.count <= right.count ? right : left);
    }
    const value = new Float64Array(this.#tree.nodes);
    const cover = new Float64Array(this.#tree.nodes);
    this.#settle(value, cover);
    return {
      tree: this.#tree.finish(this.bins, value, cover, settings.monotone !== null),
      columns: this.#tree,
      leaves: new Map(this.#leaves.map((leaf) => [leaf.node, leaf])),
    };
  }

  /** Rounds the derivatives and lays out the root's pairs. */
  #root(): Leaf {
    const { layout, words, doubles, setup } = this.#arena;
    const rows = this.request.rows?.length ?? layout.trainRows;
    const pieces = Math.ceil(rows / CHUNK);
    words[Arg.rows] = rows;
    words[Arg.listedRows] = this.request.rows === null ? 0 : 1;
    words[Arg.hessian] = this.request.hessian === null ? 0 : 1;
    words[Arg.seed] = this.#seed;
    this.team.run(Job.largest, pieces, rows < ALONE_ROWS);
    let [gradient, hessian] = [0, 0];
    for (let piece = 0; piece < pieces; piece++) {
      const at = (layout.chunkSums + 24 * piece) >> 3;
      gradient = Math.max(gradient, doubles[at] as number);
      hessian = Math.max(hessian, doubles[at + 1] as number);
    }
    this.#gradientScale = scaleFor(gradient, rows, "gradient");
    this.#hessianScale = this.request.hessian === null ? 1 : scaleFor(hessian, rows, "hessian");
    doubles[Real.gradientScale] = this.#gradientScale;
    doubles[Real.hessianScale] = this.#hessianScale;
    doubles[Real.lambdaL1] = setup.settings.lambdaL1 * this.#gradientScale;
    doubles[Real.lambdaL2] = setup.settings.lambdaL2 * this.#hessianScale;
    this.team.run(Job.quantize, pieces, rows < ALONE_ROWS);
    let [g, h] = [0, 0];
    for (let piece = 0; piece < pieces; piece++) {
      const at = (layout.chunkSums + 24 * piece) >> 2;
      g += words[at] as number;
      h += words[at + 2] as number;
    }
    return { node: 0, from: 0, count: rows, depth: 0, g, h, lower: -Infinity, upper: Infinity, order: 0, histogram: 0, found: null };
  }

  #mayFind(leaf: Leaf): boolean {
    const { maxDepth, minDataInLeaf } = this.#arena.setup.settings;
    return leaf.count >= Math.max(2, 2 * minDataInLeaf) && leaf.h > 0 && (maxDepth === null || leaf.depth < maxDepth);
  }

  /** Splits of both children, then they wait with what they gain. */
  #findBoth(parent: Leaf, small: Leaf, large: Leaf): void {
    const [findSmall, findLarge] = [this.#mayFind(small), this.#mayFind(large)];
    if (this.#own || parent.histogram === 0 || !findLarge) {
      if (parent.histogram !== 0) this.#free.push(parent.histogram);
      if (findSmall) this.#find(small, null);
      if (findLarge) this.#find(large, null);
      return;
    }
    large.histogram = parent.histogram;
    this.#find(small, large, findSmall);
  }

  /** Counts a leaf and finds its split; with a sibling, whose histogram is still its parent's, of both. */
  #find(leaf: Leaf, sibling: Leaf | null, findLeaf = true): void {
    const { layout, words } = this.#arena;
    leaf.histogram = this.#room(sibling);
    const listed = this.#list(leaf, sibling);
    const groups = Math.ceil(listed.length / 8);
    const searches = listed.length * ((findLeaf ? 1 : 0) + (sibling === null ? 0 : 1));
    const alone = leaf.count * listed.length * NS_PER_CELL + searches * NS_PER_SEARCH < ALONE_NS;
    const byRows = !alone && layout.threads > 1 && leaf.count >= 4 * COUNT_CHUNK;
    words[Arg.from] = leaf.from;
    words[Arg.count] = leaf.count;
    words[Arg.groups] = groups;
    words[Arg.columns] = listed.length;
    words[Arg.counted] = byRows ? 1 : 0;
    words[Arg.histogram] = leaf.histogram;
    words[Arg.sibling] = sibling?.histogram ?? 0;
    this.#describe(leaf, 0, findLeaf);
    this.#describe(sibling, 1, sibling !== null);
    if (byRows) {
      words.fill(0, COUNTED_BY, COUNTED_BY + layout.threads);
      this.team.run(Job.count, Math.ceil(leaf.count / COUNT_CHUNK));
    }
    const per = alone || layout.threads === 1 ? groups : byRows ? 1 : Math.min(8, Math.ceil(groups / (2 * layout.threads)));
    words[Arg.groupsPerPiece] = per;
    this.team.run(Job.finish, Math.ceil(groups / per), alone);
    this.#take(leaf, 0, findLeaf, listed);
    if (sibling !== null) this.#take(sibling, 1, true, listed);
  }

  /** The columns to count, and which of them each child may be split by. */
  #list(leaf: Leaf, sibling: Leaf | null): Int32Array {
    const { layout, words, bytes } = this.#arena;
    const all = this.#columns;
    let counted = all;
    if (this.#perNode === all.length) bytes.fill(1, layout.masks, layout.masks + 2 * layout.features);
    else {
      bytes.fill(0, layout.masks, layout.masks + 2 * layout.features);
      for (const [child, of] of [leaf, sibling].entries()) {
        if (of === null) continue;
        const drawn = this.#draw(of);
        for (const f of drawn) bytes[layout.masks + child * layout.features + f] = 1;
        if (this.#own) counted = drawn;
      }
    }
    const listed = counted.length < layout.features;
    words[Arg.listed] = listed ? 1 : 0;
    if (listed)
      for (let i = 0; i < Math.ceil(counted.length / 8) * 8; i++)
        words[(layout.columns >> 2) + i] = counted[Math.min(i, counted.length - 1)] as number;
    return counted;
  }

  /** The columns of a node, drawn without putting back (Fisher & Yates 1938), ascending. */
  #draw(leaf: Leaf): Int32Array {
    const seed = this.#seedOf(leaf) ^ 0x55555555;
    const order = this.#columns.slice();
    for (let i = 0; i < this.#perNode; i++) {
      const j = i + Math.floor(chanceOf(seed, i) * (order.length - i));
      const drawn = order[j] as number;
      order[j] = order[i] as number;
      order[i] = drawn;
    }
    return order.subarray(0, this.#perNode).sort();
  }

  #seedOf(leaf: Leaf): number {
    return Math.floor(chanceOf(this.#seed, leaf.node) * 2 ** 32) | 0;
  }

  #describe(leaf: Leaf | null, child: number, find: boolean): void {
    const { words, doubles, setup } = this.#arena;
    words[Arg.find + child] = find ? 1 : 0;
    if (leaf === null || !find) return;
    const { minDataInLeaf, minHessian } = setup.settings;
    const least = Math.max(1, minHessian * this.#hessianScale, (minDataInLeaf * leaf.h) / leaf.count);
    words[Arg.chance + child] = this.#seedOf(leaf);
    doubles.set([leaf.g, leaf.h, least, leaf.count, leaf.lower, leaf.upper], Real.child + 8 * child);
  }

  /** Takes the best of what the threads found, of equal ones the first column's, and lets the leaf wait with it. */
  #take(leaf: Leaf, child: number, find: boolean, listed: Int32Array): void {
    const { layout, doubles, words } = this.#arena;
    let best = -Infinity;
    let feature = -1;
    if (find)
      for (const f of listed) {
        const gain = doubles[(layout.found + (child * layout.features + f) * FOUND) >> 3] as number;
        // A bin of 0 is no split: constraints can make gains negative before the parent's worth is taken off.
        if (gain > best) [best, feature] = [gain, f];
      }
    if (feature >= 0) {
      const record = layout.found + (child * layout.features + feature) * FOUND;
      const [, bin, missingLeft, leftG, leftH] = doubles.subarray(record >> 3, (record >> 3) + 5) as unknown as [
        number,
        number,
        number,
        number,
        number,
      ];
      const scale = this.#hessianScale / (this.#gradientScale * this.#gradientScale);
      const gain = (best - this.#worth(leaf)) * scale;
      const categorical = this.bins[feature]?.kind === "category";
      const set = categorical ? new Uint32Array(words.subarray((record + 40) >> 2, (record + 72) >> 2)) : null;
      if (leftH > 0 && gain > this.#arena.setup.settings.minGain)
        leaf.found = { feature, gain, bin, missingLeft: missingLeft === 1, set, leftG, leftH };
    }
    if (leaf.found === null || this.#own) {
      this.#free.push(leaf.histogram);
      leaf.histogram = 0;
    }
    if (leaf.found !== null) this.#waiting.push(leaf);
  }

  /** Room for a histogram; where there is none, the leaf that gains least gives its own up and will be counted anew. */
  #room(keep: Leaf | null): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    let poorest: Leaf | null = null;
    for (const leaf of this.#leaves)
      if (leaf.histogram !== 0 && leaf !== keep && (poorest === null || gainOf(leaf) < gainOf(poorest))) poorest = leaf;
    const { histogram } = poorest as Leaf;
    (poorest as Leaf).histogram = 0;
    return histogram;
  }

  #shrunk(g: number): number {
    const l1 = this.#arena.doubles[Real.lambdaL1] as number;
    return g > l1 ? g - l1 : g < -l1 ? g + l1 : 0;
  }

  #output(leaf: { readonly g: number; readonly h: number; readonly lower: number; readonly upper: number }, l2: number): number {
    return Math.min(leaf.upper, Math.max(leaf.lower, -this.#shrunk(leaf.g) / (leaf.h + l2)));
  }

  #worth(leaf: Leaf): number {
    const l2 = this.#arena.doubles[Real.lambdaL2] as number;
    const t = this.#shrunk(leaf.g);
    if (leaf.lower === -Infinity && leaf.upper === Infinity) return (t * t) / (leaf.h + l2);
    const output = this.#output(leaf, l2);
    return -(2 * t * output + (leaf.h + l2) * output * output);
  }

  #split(parent: Leaf, found: Found): readonly [Leaf, Leaf] {
    const lefts = this.#partition(parent, found);
    const node = this.#tree.split(parent.node, found);
    const depth = parent.depth + 1;
    const common = { depth, lower: parent.lower, upper: parent.upper, histogram: 0, found: null };
    const left: Leaf = { ...common, node, from: parent.from, count: lefts, g: found.leftG, h: found.leftH, order: parent.order };
    const right: Leaf = {
      ...common,
      node: node + 1,
      from: parent.from + lefts,
      count: parent.count - lefts,
      g: parent.g - found.leftG,
      h: parent.h - found.leftH,
      order: this.#leaves.length,
    };
    const direction = this.#arena.setup.settings.monotone?.[found.feature] ?? 0;
    if (direction !== 0 && found.set === null) {
      const l2 = this.#arena.doubles[Real.lambdaL2] as number;
      const middle = (this.#output(left, l2) + this.#output(right, l2)) / 2;
      if (direction > 0) left.upper = right.lower = middle;
      else left.lower = right.upper = middle;
    }
    const scale = this.#hessianScale / this.#gradientScale;
    this.#tree.bound(left.lower * scale, left.upper * scale);
    this.#tree.bound(right.lower * scale, right.upper * scale);
    return [left, right];
  }

  /** Moves the pairs of the leaf, those that go left first, each side in its order. Answers how many went left. */
  #partition(leaf: Leaf, found: Found): number {
    const { layout, words, bytes } = this.#arena;
    bytes.fill(0, layout.table, layout.table + 256);
    if (found.set === null) {
      bytes[layout.table] = found.missingLeft ? 1 : 0;
      bytes.fill(1, layout.table + 1, layout.table + 1 + found.bin);
    } else for (let bin = 0; bin < 256; bin++) if (inSet(found.set, bin)) bytes[layout.table + bin] = 1;
    words[Arg.cells] = layout.byFeature === 0 ? layout.cells + found.feature : layout.byFeature + found.feature * layout.trainRows;
    words[Arg.stride] = layout.byFeature === 0 ? layout.stride : 1;
    const pieces = this.#cut([leaf]);
    const alone = leaf.count < ALONE_ROWS;
    this.team.run(Job.split, pieces, alone);
    let lefts = 0;
    for (let piece = 0; piece < pieces; piece++) lefts += words[(layout.chunks >> 2) + 4 * piece + 3] as number;
    let [left, right] = [leaf.from, leaf.from + lefts];
    for (let piece = 0; piece < pieces; piece++) {
      const at = (layout.chunkSums + 24 * piece) >> 2;
      const chunk = (layout.chunks >> 2) + 4 * piece;
      words[at] = left;
      words[at + 1] = right;
      left += words[chunk + 3] as number;
      right += (words[chunk + 1] as number) - (words[chunk + 3] as number);
    }
    this.team.run(Job.settle, pieces, alone);
    return lefts;
  }

  /** Cuts leaves into pieces, by rule and not by threads: sums are added piece by piece. */
  #cut(leaves: Iterable<GrownLeaf>): number {
    return cutLeaves(this.#arena, leaves);
  }

  /** Values from exact sums, and covers, of the leaves. */
  #settle(value: Float64Array, cover: Float64Array): void {
    const { layout, doubles, setup } = this.#arena;
    const { lambdaL1, lambdaL2 } = setup.settings;
    const scale = this.#hessianScale / this.#gradientScale;
    const pieces = this.#cut(this.#leaves);
    this.team.run(Job.sums, pieces, (this.request.rows?.length ?? layout.trainRows) < ALONE_ROWS);
    let at = layout.chunkSums >> 3;
    for (const { node, count, lower, upper } of this.#leaves) {
      let [g, h, w] = [0, 0, 0];
      for (let done = 0; done < count; done += CHUNK, at += 3) {
        g += doubles[at] as number;
        h += doubles[at + 1] as number;
        w += doubles[at + 2] as number;
      }
      const shrunk = g > lambdaL1 ? g - lambdaL1 : g < -lambdaL1 ? g + lambdaL1 : 0;
      const least = h + lambdaL2 > 0 ? 0 - shrunk / (h + lambdaL2) : 0;
      value[node] = Math.min(upper * scale, Math.max(lower * scale, least));
      cover[node] = w;
    }
  }
}

function gainOf(leaf: Leaf): number {
  return leaf.found?.gain ?? 0;
}

/** Lists the pieces of leaves for the jobs that go through their pairs; answers how many. A leaf without rows has none. */
export function cutLeaves({ layout, words }: Arena, leaves: Iterable<GrownLeaf>): number {
  let pieces = 0;
  for (const { node, from, count } of leaves)
    for (let done = 0; done < count; done += CHUNK, pieces++)
      words.set([from + done, Math.min(CHUNK, count - done), node, 0], (layout.chunks >> 2) + 4 * pieces);
  return pieces;
}
