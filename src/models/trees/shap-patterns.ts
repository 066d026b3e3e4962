// Which rows pass what the edges of a tree ask, as patterns of bits: one bit per column asked on the path. Columns lie one after the other, so
// that every loop runs over rows.
import { goesLeft, type Rows } from "./predictor.js";
import type { TreeEdges } from "./shap-edges.js";
import { SplitFlag, type TreeEnsemble } from "./tree-ensemble.js";

/** `[feature][row]` of `count` rows from `x[from]` on; NaN where something is missing. */
export function columnsOf(x: Rows, from: number, count: number, features: number): Float64Array {
  const columns = new Float64Array(features * count);
  for (let row = 0; row < count; row++)
    for (let j = 0; j < features; j++) {
      const value = x[from + row * features + j] as number;
      columns[j * count + row] = value - value === 0 ? value : Number.NaN;
    }
  return columns;
}

/** Words of a pattern. */
export function wordsOf({ players }: TreeEdges): number {
  return Math.ceil(players / 32);
}

/** `[edge][word][row]`: bit p is set where the row passes all that was asked of player p down to here; the first line is the root. */
export function patternsOf(ensemble: TreeEnsemble, edges: TreeEdges, columns: Float64Array, count: number): Int32Array {
  const { from, feature, parent, previous, player, side } = edges;
  const words = wordsOf(edges);
  const line = words * count;
  const patterns = new Int32Array((edges.count + 1) * line);
  const left = new Uint8Array(count);
  for (let edge = 0; edge < edges.count; edge++) {
    const own = side[edge] as number;
    // The two edges of a split follow each other, left first.
    if (own === 1) decide(ensemble, from[edge] as number, columns, (feature[edge] as number) * count, left);
    const mine = (edge + 1) * line;
    const above = ((parent[edge] as number) + 1) * line;
    if (words > 1) patterns.copyWithin(mine, above, above + line);
    const word = ((player[edge] as number) >> 5) * count;
    const shift = (player[edge] as number) & 31;
    if ((previous[edge] as number) < 0)
      for (let row = 0; row < count; row++)
        patterns[mine + word + row] = (patterns[above + word + row] as number) | (((left[row] as number) ^ own ^ 1) << shift);
    else
      for (let row = 0; row < count; row++)
        patterns[mine + word + row] = (patterns[above + word + row] as number) & ~(((left[row] as number) ^ own) << shift);
  }
  return patterns;
}

/** 1 where a row goes left. */
function decide(ensemble: TreeEnsemble, node: number, columns: Float64Array, from: number, left: Uint8Array): void {
  const flags = ensemble.flags[node] as number;
  const threshold = ensemble.threshold[node] as number;
  const count = left.length;
  if (flags === 0) for (let row = 0; row < count; row++) left[row] = (columns[from + row] as number) <= threshold ? 1 : 0;
  else if (flags === SplitFlag.missingLeft)
    for (let row = 0; row < count; row++) left[row] = (columns[from + row] as number) > threshold ? 0 : 1;
  else for (let row = 0; row < count; row++) left[row] = goesLeft(ensemble, node, columns[from + row] as number) ? 1 : 0;
}

const DIRECT_PLAYERS = 16;

/** Numbers the patterns of one word in the order of their first row. */
export class PatternNumbers {
  /** `[pattern]`. */
  readonly seen: number[] = [];
  private readonly direct = new Int32Array(1 << DIRECT_PLAYERS).fill(-1);
  private readonly others = new Map<number, number>();

  /** Number of each row's pattern, from 0, into `out`. */
  number(patterns: Int32Array, from: number, players: number, out: Int32Array): void {
    const { seen, direct, others } = this;
    const few = players <= DIRECT_PLAYERS;
    for (const bits of seen) if (bits >>> DIRECT_PLAYERS === 0) direct[bits] = -1;
    seen.length = 0;
    others.clear();
    for (let row = 0; row < out.length; row++) {
      const bits = patterns[from + row] as number;
      let number = few ? (direct[bits] as number) : (others.get(bits) ?? -1);
      if (number < 0) {
        number = seen.push(bits) - 1;
        if (few) direct[bits] = number;
        else others.set(bits, number);
      }
      out[row] = number;
    }
  }
}
