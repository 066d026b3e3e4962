// Exact SHAP values of trees against background rows, interventional (Lundberg et al. 2020, Algorithm 3's result): what is not known is taken
// from a background row, and the values are the mean over these. At a leaf every column of its path is a player that the row passes or not, and
// the background row passes or not: two patterns of bits. Where no player is refused by both, a players pass with the row only and b with the
// background row only, the Shapley values are value (a - 1)! b! / (a + b)! for each of the first and -value a! (b - 1)! / (a + b)! for each of
// the second. Background rows with one pattern at a leaf count once, by their number: the cost hardly grows with them.
import { goesLeft, type Rows } from "./predictor.js";
import { edgesOf, type TreeEdges } from "./shap-edges.js";
import type { TreeEnsemble } from "./tree-ensemble.js";

/** Patterns of the background are kept up to so many bytes; beyond that they are made anew for each question. */
const KEPT_BYTES = 256 * 1024 * 1024;

interface Leaf {
  readonly edge: number;
  readonly value: number;
  /** `[player]`. */
  readonly columns: Int32Array;
  /** Bits of all players, per word. */
  readonly all: Int32Array;
  /** `[pattern][word]`, each once where one word is enough. */
  readonly patterns: Int32Array;
  /** `[pattern]`: share of the background rows. */
  readonly shares: Float64Array;
}

interface Tree {
  readonly edges: TreeEdges;
  /** Words of a pattern. */
  readonly words: number;
  readonly leaves: readonly Leaf[];
}

export class InterventionalExplainer {
  /** `[output]`: mean raw score over the background; with the values of all columns it makes the raw score of the row. */
  readonly expected: Float64Array;
  private readonly ensemble: TreeEnsemble;
  private readonly background: Rows;
  private readonly count: number;
  private readonly trees: readonly TreeEdges[];
  private readonly kept: readonly Tree[] | null;

  /** `background`: `[row][feature]`, at least one row, copied. */
  constructor(ensemble: TreeEnsemble, background: Rows, count: number) {
    if (count < 1) throw new RangeError("a background of no rows");
    this.ensemble = ensemble;
    this.background = background.slice(0, count * ensemble.features.length);
    this.count = count;
    const all = Array.from(ensemble.root, (_, tree) => edgesOf(ensemble, tree));
    this.trees = all.filter((edges) => edges.count > 0);
    const bytes = this.trees.reduce((sum, edges) => sum + (edges.count / 2) * count * (8 + 4 * wordsOf(edges)), 0);
    this.kept = bytes <= KEPT_BYTES ? this.trees.map((edges) => this.treeOf(edges)) : null;
    this.expected = Float64Array.from(ensemble.base);
    for (const { output, mean } of all.filter((edges) => edges.count === 0))
      this.expected[output] = (this.expected[output] as number) + mean;
    for (const tree of this.all()) {
      const { output } = tree.edges;
      for (const { value, all: full, patterns, shares } of tree.leaves)
        for (let p = 0; p < shares.length; p++)
          if (full.every((word, w) => patterns[p * tree.words + w] === word))
            this.expected[output] = (this.expected[output] as number) + value * (shares[p] as number);
    }
  }

  /** SHAP values `[output][feature]` of the row that starts at `x[from]`, into `out[to]` and on. NaN and infinite values are missing. */
  row(x: Rows, from: number, out: Float64Array, to = 0): void {
    this.explain(x, from, 1, out, to);
  }

  /** SHAP values `[row][output][feature]` of `rows` rows. */
  rows(x: Rows, rows: number, out: Float64Array): void {
    this.explain(x, 0, rows, out, 0);
  }

  private explain(x: Rows, from: number, rows: number, out: Float64Array, to: number): void {
    const { features, outputs } = this.ensemble;
    const width = features.length;
    const cells = width * outputs;
    out.fill(0, to, to + rows * cells);
    for (const tree of this.all()) {
      const { edges, words, leaves } = tree;
      const pattern = new Int32Array((edges.count + 1) * words);
      const gains = gainsOf(edges.players);
      for (let row = 0; row < rows; row++) {
        writePatterns(this.ensemble, edges, words, x, from + row * width, pattern);
        const phi = to + row * cells + edges.output * width;
        for (const leaf of leaves) {
          if (words === 1) addLeaf(leaf, pattern[leaf.edge + 1] as number, gains, edges.players, out, phi);
          else addDeepLeaf(leaf, pattern, (leaf.edge + 1) * words, words, gains, edges.players, out, phi);
        }
      }
    }
  }

  private *all(): Generator<Tree> {
    if (this.kept !== null) yield* this.kept;
    else for (const edges of this.trees) yield this.treeOf(edges);
  }

  private treeOf(edges: TreeEdges): Tree {
    const { ensemble, background, count } = this;
    const words = wordsOf(edges);
    const ends = Array.from({ length: edges.count }, (_, edge) => edge).filter(
      (edge) => (ensemble.feature[edges.node[edge] as number] as number) < 0,
    );
    const seen = ends.map(() => new Int32Array(count * words));
    const pattern = new Int32Array((edges.count + 1) * words);
    for (let row = 0; row < count; row++) {
      writePatterns(ensemble, edges, words, background, row * ensemble.features.length, pattern);
      ends.forEach((edge, i) => seen[i]?.set(pattern.subarray((edge + 1) * words, (edge + 2) * words), row * words));
    }
    return { edges, words, leaves: ends.map((edge, i) => leafOf(edges, edge, words, seen[i] as Int32Array, count)) };
  }
}

function wordsOf({ players }: TreeEdges): number {
  return Math.ceil(players / 32);
}

function leafOf(edges: TreeEdges, edge: number, words: number, seen: Int32Array, count: number): Leaf {
  const players = new Map<number, number>();
  for (let at = edge; at >= 0; at = edges.parent[at] as number) players.set(edges.player[at] as number, edges.feature[at] as number);
  const columns = Int32Array.from({ length: players.size }, (_, player) => players.get(player) as number);
  const all = new Int32Array(words);
  for (let player = 0; player < players.size; player++) all[player >> 5] = (all[player >> 5] as number) | (1 << (player & 31));
  const head = { edge, value: edges.leaf[edge] as number, columns, all };
  if (words > 1) return { ...head, patterns: seen, shares: new Float64Array(count).fill(1 / count) };
  const counts = new Map<number, number>();
  for (const bits of seen) counts.set(bits, (counts.get(bits) ?? 0) + 1);
  return { ...head, patterns: Int32Array.from(counts.keys()), shares: Float64Array.from(counts.values(), (rows) => rows / count) };
}

/** `[edge][word]`: bit p is set where the row passes all that was asked of player p down to here; the first line is the root. */
function writePatterns(ensemble: TreeEnsemble, edges: TreeEdges, words: number, x: Rows, at: number, pattern: Int32Array): void {
  const { from, feature, parent, previous, player } = edges;
  for (let edge = 0; edge < edges.count; edge += 2) {
    // The two edges of a split follow each other, left first.
    const left = goesLeft(ensemble, from[edge] as number, x[at + (feature[edge] as number)] as number);
    const above = ((parent[edge] as number) + 1) * words;
    const p = player[edge] as number;
    const bit = 1 << (p & 31);
    for (let side = 0; side < 2; side++) {
      const mine = (edge + side + 1) * words;
      for (let w = 0; w < words; w++) pattern[mine + w] = pattern[above + w] as number;
      const at = mine + (p >> 5);
      const passes = left === (side === 0) && ((previous[edge] as number) < 0 || ((pattern[at] as number) & bit) !== 0);
      pattern[at] = passes ? (pattern[at] as number) | bit : (pattern[at] as number) & ~bit;
    }
  }
}

const gainTables = new Map<number, Float64Array>();

/** `[a][b]`: (a - 1)! b! / (a + b)!; 0 for a = 0. */
function gainsOf(players: number): Float64Array {
  const before = gainTables.get(players);
  if (before !== undefined) return before;
  const side = players + 1;
  const gains = new Float64Array(side * side);
  for (let b = 0; b <= players; b++) {
    if (players > 0) gains[side + b] = 1 / (b + 1);
    for (let a = 2; a <= players; a++) gains[a * side + b] = ((gains[(a - 1) * side + b] as number) * (a - 1)) / (a + b);
  }
  gainTables.set(players, gains);
  return gains;
}

function addLeaf(leaf: Leaf, row: number, gains: Float64Array, players: number, out: Float64Array, phi: number): void {
  const { patterns, shares, value, columns } = leaf;
  const all = leaf.all[0] as number;
  const side = players + 1;
  for (let p = 0; p < patterns.length; p++) {
    const other = patterns[p] as number;
    if ((row | other) !== all) continue;
    const only = row & ~other;
    const against = other & ~row;
    const a = ones(only);
    const b = ones(against);
    const share = value * (shares[p] as number);
    const plus = share * (gains[a * side + b] as number);
    for (let bits = only; bits !== 0; bits &= bits - 1) {
      const column = phi + (columns[31 - Math.clz32(bits & -bits)] as number);
      out[column] = (out[column] as number) + plus;
    }
    const minus = share * (gains[b * side + a] as number);
    for (let bits = against; bits !== 0; bits &= bits - 1) {
      const column = phi + (columns[31 - Math.clz32(bits & -bits)] as number);
      out[column] = (out[column] as number) - minus;
    }
  }
}

/** The same for patterns of several words. */
function addDeepLeaf(
  leaf: Leaf,
  pattern: Int32Array,
  at: number,
  words: number,
  gains: Float64Array,
  players: number,
  out: Float64Array,
  phi: number,
): void {
  const { patterns, shares, value, columns, all } = leaf;
  const side = players + 1;
  for (let p = 0; p < shares.length; p++) {
    let [a, b, w] = [0, 0, 0];
    for (; w < words; w++) {
      const [row, other] = [pattern[at + w] as number, patterns[p * words + w] as number];
      if ((row | other) !== all[w]) break;
      a += ones(row & ~other);
      b += ones(other & ~row);
    }
    if (w < words) continue;
    const share = value * (shares[p] as number);
    for (let player = 0; player < columns.length; player++) {
      const row = ((pattern[at + (player >> 5)] as number) >>> (player & 31)) & 1;
      const other = ((patterns[p * words + (player >> 5)] as number) >>> (player & 31)) & 1;
      if (row === other) continue;
      const column = phi + (columns[player] as number);
      const gain = share * (gains[row === 1 ? a * side + b : b * side + a] as number);
      out[column] = (out[column] as number) + (row === 1 ? gain : -gain);
    }
  }
}

/** Bits that are set. */
function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
