// Functional analysis of variance over a forest (Hutter, Hoos & Leyton-Brown 2014): how much of what the trials differ in is due to one
// parameter alone, averaged over all values of the others, and not over those that a sampler came to like.
import type { TreeEnsemble } from "#models/trees/tree-ensemble.js";

/** One parameter within the columns of a tree: a stretch from 0 to 1, or one column per choice that is 1 where it was chosen. */
export interface Dimension {
  readonly column: number;
  /** Null for a stretch. */
  readonly choices: number | null;
}

/** Where a leaf lies in one dimension: `[from, to]`, or which choices reach it. */
type Side = readonly [number, number] | readonly boolean[];

interface Leaf {
  readonly value: number;
  readonly sides: readonly Side[];
}

/**
 * Per dimension the share of the trees' variance that it explains alone (equation 7 over equation 2), in [0, 1], averaged over the trees
 * that vary; null when none does. What is missing to 1 is explained by dimensions together.
 */
export function mainEffects(ensemble: TreeEnsemble, dimensions: readonly Dimension[]): readonly number[] | null {
  const sums = dimensions.map(() => 0);
  let varying = 0;
  for (const root of ensemble.root) {
    const leaves = leavesOf(ensemble, root, dimensions);
    const total = totalVariance(leaves);
    if (!(total > 1e-300)) continue;
    varying++;
    dimensions.forEach((_, d) => (sums[d] = (sums[d] as number) + effectOf(leaves, d) / total));
  }
  return varying === 0 ? null : sums.map((sum) => sum / varying);
}

function leavesOf(ensemble: TreeEnsemble, root: number, dimensions: readonly Dimension[]): readonly Leaf[] {
  const { feature, threshold, left, right, value } = ensemble;
  const leaves: Leaf[] = [];
  const whole = dimensions.map(({ choices }): Side => (choices === null ? [0, 1] : new Array<boolean>(choices).fill(true)));
  const waiting: { readonly node: number; readonly sides: readonly Side[] }[] = [{ node: root, sides: whole }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, sides } = next;
    const column = feature[node] as number;
    if (column < 0) {
      leaves.push({ value: value[node] as number, sides });
      continue;
    }
    const d = dimensions.findLastIndex((dimension) => dimension.column <= column);
    const { column: first, choices } = dimensions[d] as Dimension;
    const side = sides[d] as Side;
    const at = threshold[node] as number;
    const lower =
      choices === null ? [side[0] as number, Math.min(at, side[1] as number)] : without(side as readonly boolean[], column - first);
    const upper =
      choices === null ? [Math.max(at, side[0] as number), side[1] as number] : only(side as readonly boolean[], column - first);
    waiting.push({ node: left[node] as number, sides: sides.with(d, lower as Side) });
    waiting.push({ node: right[node] as number, sides: sides.with(d, upper as Side) });
  }
  return leaves;
}

const without = (side: readonly boolean[], choice: number): readonly boolean[] => side.map((reached, i) => reached && i !== choice);
const only = (side: readonly boolean[], choice: number): readonly boolean[] => side.map((reached, i) => reached && i === choice);

const isStretch = (side: Side): side is readonly [number, number] => typeof side[0] === "number";

/** Part of the dimension that a side covers. */
function sizeOf(side: Side): number {
  return isStretch(side) ? Math.max(0, side[1] - side[0]) : side.filter(Boolean).length / side.length;
}

function totalVariance(leaves: readonly Leaf[]): number {
  let mean = 0;
  let square = 0;
  for (const { value, sides } of leaves) {
    const size = sides.reduce((product, side) => product * sizeOf(side), 1);
    mean += size * value;
    square += size * value * value;
  }
  return square - mean * mean;
}

/** Variance of the mean over all other dimensions. */
function effectOf(leaves: readonly Leaf[], d: number): number {
  const weighted = leaves.map(({ value, sides }) => ({
    side: sides[d] as Side,
    amount: value * sides.reduce((product, side, i) => (i === d ? product : product * sizeOf(side)), 1),
  }));
  const first = weighted[0]?.side;
  if (first === undefined) return 0;
  return isStretch(first) ? effectOfStretch(weighted) : effectOfChoices(weighted, first.length);
}

interface Weighted {
  readonly side: Side;
  readonly amount: number;
}

function effectOfStretch(weighted: readonly Weighted[]): number {
  const ends = [...new Set(weighted.flatMap(({ side }) => side as readonly [number, number]))].sort((a, b) => a - b);
  const placeOf = new Map(ends.map((end, i) => [end, i]));
  const change = new Float64Array(ends.length);
  for (const { side, amount } of weighted) {
    const [from, to] = (side as readonly [number, number]).map((end) => placeOf.get(end) as number) as [number, number];
    if (to <= from) continue;
    change[from] = (change[from] as number) + amount;
    change[to] = (change[to] as number) - amount;
  }
  let level = 0;
  let [mean, square] = [0, 0];
  for (let i = 0; i + 1 < ends.length; i++) {
    level += change[i] as number;
    const size = (ends[i + 1] as number) - (ends[i] as number);
    mean += size * level;
    square += size * level * level;
  }
  return Math.max(0, square - mean * mean);
}

function effectOfChoices(weighted: readonly Weighted[], choices: number): number {
  const levels = Array.from({ length: choices }, (_, choice) =>
    weighted.reduce((sum, { side, amount }) => (side[choice] === true ? sum + amount : sum), 0),
  );
  const mean = levels.reduce((sum, level) => sum + level, 0) / choices;
  return levels.reduce((sum, level) => sum + (level - mean) ** 2, 0) / choices;
}
