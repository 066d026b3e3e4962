// Exact SHAP values of trees against background rows, interventional (Lundberg et al. 2020, Algorithm 3's result): what is not known is taken
// from a background row, and the values are the mean over these. At a leaf every column of its path is a player that the row passes or not, and
// the background row passes or not: two patterns of bits. Where no player is refused by both, a players pass with the row only and b with the
// background row only, the Shapley values are value (a - 1)! b! / (a + b)! for each of the first and -value a! (b - 1)! / (a + b)! for each of
// the second. Background rows with one pattern at a leaf count once, by their number: the cost hardly grows with them.
import type { Rows } from "./predictor.js";
import { edgesOf, type TreeEdges } from "./shap-edges.js";
import { columnsOf, PatternNumbers, patternsOf, wordsOf } from "./shap-patterns.js";
import type { TreeEnsemble } from "./tree-ensemble.js";

/** Patterns of the background are kept up to so many bytes; beyond that they are made anew for each question. */
const KEPT_BYTES = 256 * 1024 * 1024;

/** Rows at once. */
const BLOCK = 512;

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
  readonly leaves: readonly Leaf[];
}

export class InterventionalExplainer {
  /** `[output]`: mean raw score over the background; with the values of all columns it makes the raw score of the row. */
  readonly expected: Float64Array;
  private readonly ensemble: TreeEnsemble;
  private readonly background: Float64Array;
  private readonly count: number;
  private readonly trees: readonly TreeEdges[];
  private readonly kept: readonly Tree[] | null;
  private readonly numbers = new PatternNumbers();

  /** `background`: `[row][feature]`, `count` rows, at least one; copied. */
  constructor(ensemble: TreeEnsemble, background: Rows, count: number) {
    if (count < 1) throw new RangeError("a background of no rows");
    this.ensemble = ensemble;
    this.background = columnsOf(background, 0, count, ensemble.features.length);
    this.count = count;
    const all = Array.from(ensemble.root, (_, tree) => edgesOf(ensemble, tree));
    this.trees = all.filter((edges) => edges.count > 0);
    const bytes = this.trees.reduce((sum, edges) => sum + (edges.count / 2) * count * (8 + 4 * wordsOf(edges)), 0);
    this.kept = bytes <= KEPT_BYTES ? this.trees.map((edges) => this.treeOf(edges)) : null;
    this.expected = Float64Array.from(ensemble.base);
    for (const { output, mean } of all.filter((edges) => edges.count === 0))
      this.expected[output] = (this.expected[output] as number) + mean;
    for (const { edges, leaves } of this.all()) {
      const { output } = edges;
      for (const { value, all: full, patterns, shares } of leaves)
        for (let p = 0; p < shares.length; p++)
          if (full.every((word, w) => patterns[p * full.length + w] === word))
            this.expected[output] = (this.expected[output] as number) + value * (shares[p] as number);
    }
  }

  /** SHAP values `[output][feature]` of the row that starts at `x[from]`, into `out[to]` and on. NaN and infinite values are missing. */
  row(x: Rows, from: number, out: Float64Array, to = 0): void {
    this.explain(x, from, 1, out, to);
  }

  /** SHAP values `[row][output][feature]` of `rows` rows. */
  rows(x: Rows, rows: number, out: Float64Array): void {
    const { features, outputs } = this.ensemble;
    for (let start = 0; start < rows; start += BLOCK)
      this.explain(x, start * features.length, Math.min(BLOCK, rows - start), out, start * features.length * outputs);
  }

  private explain(x: Rows, from: number, count: number, out: Float64Array, to: number): void {
    const { ensemble, numbers } = this;
    const { features, outputs } = ensemble;
    const width = features.length;
    const columns = columnsOf(x, from, count, width);
    /** `[output][feature][row]`. */
    const phi = new Float64Array(outputs * width * count);
    const number = new Int32Array(count);
    for (const { edges, leaves } of this.all()) {
      const gains = gainsOf(edges.players);
      const patterns = patternsOf(ensemble, edges, columns, count);
      const words = wordsOf(edges);
      const offset = edges.output * width;
      for (const leaf of leaves) {
        const at = (leaf.edge + 1) * words * count;
        if (words > 1) {
          for (let row = 0; row < count; row++) addDeepLeaf(leaf, patterns, at + row, count, gains, edges.players, phi, offset);
          continue;
        }
        numbers.number(patterns, at, leaf.columns.length, number);
        const values = valuesOf(leaf, numbers.seen, gains, edges.players);
        const players = leaf.columns.length;
        for (let player = 0; player < players; player++) {
          const column = (offset + (leaf.columns[player] as number)) * count;
          for (let row = 0; row < count; row++)
            phi[column + row] = (phi[column + row] as number) + (values[(number[row] as number) * players + player] as number);
        }
      }
    }
    const cells = outputs * width;
    for (let row = 0; row < count; row++)
      for (let cell = 0; cell < cells; cell++) out[to + row * cells + cell] = phi[cell * count + row] as number;
  }

  private *all(): Generator<Tree> {
    if (this.kept !== null) yield* this.kept;
    else for (const edges of this.trees) yield this.treeOf(edges);
  }

  private treeOf(edges: TreeEdges): Tree {
    const { ensemble, background, count, numbers } = this;
    const words = wordsOf(edges);
    const patterns = patternsOf(ensemble, edges, background, count);
    const number = new Int32Array(count);
    const leaves: Leaf[] = [];
    for (let edge = 0; edge < edges.count; edge++) {
      if ((ensemble.feature[edges.node[edge] as number] as number) >= 0) continue;
      const at = (edge + 1) * words * count;
      const head = headOf(edges, edge, words);
      if (words > 1) {
        const own = Int32Array.from(
          { length: count * words },
          (_, i) => patterns[at + (i % words) * count + Math.floor(i / words)] as number,
        );
        leaves.push({ ...head, patterns: own, shares: new Float64Array(count).fill(1 / count) });
        continue;
      }
      numbers.number(patterns, at, head.columns.length, number);
      const shares = new Float64Array(numbers.seen.length);
      for (const n of number) shares[n] = (shares[n] as number) + 1;
      leaves.push({ ...head, patterns: Int32Array.from(numbers.seen), shares: shares.map((rows) => rows / count) });
    }
    return { edges, leaves };
  }
}

function headOf(edges: TreeEdges, edge: number, words: number): Pick<Leaf, "all" | "columns" | "edge" | "value"> {
  const players = new Map<number, number>();
  for (let at = edge; at >= 0; at = edges.parent[at] as number) players.set(edges.player[at] as number, edges.feature[at] as number);
  const columns = Int32Array.from({ length: players.size }, (_, player) => players.get(player) as number);
  const all = new Int32Array(words);
  for (let player = 0; player < players.size; player++) all[player >> 5] = (all[player >> 5] as number) | (1 << (player & 31));
  return { edge, value: edges.leaf[edge] as number, columns, all };
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

/** `[row pattern][player]`: what each pattern gets, over the whole background. */
function valuesOf(leaf: Leaf, rows: readonly number[], gains: Float64Array, most: number): Float64Array {
  const { patterns, shares, value, columns } = leaf;
  const players = columns.length;
  const all = leaf.all[0] as number;
  const side = most + 1;
  const out = new Float64Array(rows.length * players);
  for (let n = 0; n < rows.length; n++) {
    const row = rows[n] as number;
    const at = n * players;
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
        const player = at + 31 - Math.clz32(bits & -bits);
        out[player] = (out[player] as number) + plus;
      }
      const minus = share * (gains[b * side + a] as number);
      for (let bits = against; bits !== 0; bits &= bits - 1) {
        const player = at + 31 - Math.clz32(bits & -bits);
        out[player] = (out[player] as number) - minus;
      }
    }
  }
  return out;
}

/** The same for patterns of several words, added to `phi`, `[feature][row]` from feature `offset` on. `at`: first word of the row's pattern. */
function addDeepLeaf(
  leaf: Leaf,
  pattern: Int32Array,
  at: number,
  count: number,
  gains: Float64Array,
  most: number,
  phi: Float64Array,
  offset: number,
): void {
  const { patterns, shares, value, columns, all } = leaf;
  const words = all.length;
  const side = most + 1;
  for (let p = 0; p < shares.length; p++) {
    let [a, b, w] = [0, 0, 0];
    for (; w < words; w++) {
      const [row, other] = [pattern[at + w * count] as number, patterns[p * words + w] as number];
      if ((row | other) !== all[w]) break;
      a += ones(row & ~other);
      b += ones(other & ~row);
    }
    if (w < words) continue;
    const share = value * (shares[p] as number);
    for (let player = 0; player < columns.length; player++) {
      const row = ((pattern[at + (player >> 5) * count] as number) >>> (player & 31)) & 1;
      const other = ((patterns[p * words + (player >> 5)] as number) >>> (player & 31)) & 1;
      if (row === other) continue;
      const cell = (offset + (columns[player] as number)) * count + (at % count);
      const gain = share * (gains[row === 1 ? a * side + b : b * side + a] as number);
      phi[cell] = (phi[cell] as number) + (row === 1 ? gain : -gain);
    }
  }
}

/** Bits that are set. */
function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
