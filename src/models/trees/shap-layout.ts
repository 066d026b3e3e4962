// Lays out trees for the kernel of shap-kernel.as.ts: every factor that the products of shap.ts can change by, and its slope.
import { gaussLegendre } from "./gauss-legendre.js";
import type { TreeEdges } from "./shap-edges.js";
import { SplitFlag, type TreeEnsemble } from "./tree-ensemble.js";

/** Bytes of a tree's head and of a split, as the kernel reads them. */
const HEAD = 24;
const SPLIT = 80;

export interface Layout {
  readonly bytes: Uint8Array;
  readonly trees: number;
  /** Bytes that the kernel writes to while it works. */
  readonly work: number;
}

/** `at`: address in the kernel's memory where the bytes will lie, a multiple of 16. */
export function layOut(ensemble: TreeEnsemble, trees: readonly TreeEdges[], at: number): Layout {
  const vectors = trees.map(({ players }) => 8 * pointsOf(players));
  let size = aligned(HEAD * trees.length);
  const place = (bytes: number): number => (size += bytes) - bytes;
  const splits = trees.map(({ count }) => place((count / 2) * SPLIT));
  size = aligned(size);
  const tables = trees.map(({ count }, i) => place(4 * count * (vectors[i] as number)));
  const weights = new Map<number, number>();
  for (const vector of vectors) if (!weights.has(vector)) weights.set(vector, place(vector));
  const sets = place(4 * ensemble.categories.length);
  const bytes = new Uint8Array(aligned(size));
  const view = new DataView(bytes.buffer);
  const numbers = new Float64Array(bytes.buffer);
  new Uint32Array(bytes.buffer, sets, ensemble.categories.length).set(ensemble.categories);
  for (const [vector, from] of weights) numbers.set(gaussLegendre(vector / 8).weights, from / 8);
  trees.forEach((tree, i) => {
    const vector = vectors[i] as number;
    const head = HEAD * i;
    view.setUint32(head, at + (splits[i] as number), true);
    view.setUint32(head + 4, tree.count / 2, true);
    view.setUint32(head + 8, vector, true);
    view.setUint32(head + 12, at + (weights.get(vector) as number), true);
    view.setUint32(head + 16, 8 * tree.output * ensemble.features.length, true);
    writeSplits(view, splits[i] as number, ensemble, tree, vector, at + (tables[i] as number), at + sets);
    writeTables(numbers, (tables[i] as number) / 8, tree, vector / 8);
  });
  const work = trees.map(({ count }, i) => 2 * (count + 1) * (vectors[i] as number) + aligned(count));
  return { bytes, trees: trees.length, work: Math.max(0, ...work) };
}

/** What one tree takes. */
export function bytesOf({ count, players }: TreeEdges): number {
  return HEAD + (count / 2) * SPLIT + 32 * count * pointsOf(players);
}

/** Points that integrate the polynomials of a tree exactly; even, as a vector holds two. */
function pointsOf(players: number): number {
  return 2 * Math.ceil(players / 4);
}

export function aligned(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}

function writeSplits(
  view: DataView,
  from: number,
  ensemble: TreeEnsemble,
  tree: TreeEdges,
  vector: number,
  tables: number,
  sets: number,
): void {
  for (let split = 0; split < tree.count / 2; split++) {
    const edge = 2 * split;
    const node = tree.from[edge] as number;
    const at = from + split * SPLIT;
    view.setFloat64(at, ensemble.threshold[node] as number, true);
    view.setUint32(at + 8, tree.feature[edge] as number, true);
    view.setUint32(at + 12, kindOf(ensemble.flags[node] as number), true);
    view.setUint32(at + 16, ((tree.parent[edge] as number) + 1) * vector, true);
    view.setInt32(at + 20, tree.previous[edge] as number, true);
    view.setUint32(at + 24, tables + 4 * edge * vector, true);
    view.setUint32(at + 28, sets + 4 * Math.max(0, ensemble.categoryFrom[node] as number), true);
    view.setInt32(at + 32, ensemble.categoryWords[node] as number, true);
    for (const side of [0, 1]) {
      const end = edge + side;
      const same = tree.previous[end] as number;
      view.setUint8(at + 36 + side, (ensemble.feature[tree.node[end] as number] as number) < 0 ? 1 : 0);
      view.setFloat64(at + 40 + 8 * side, tree.leaf[end] as number, true);
      view.setFloat64(at + 56 + 8 * side, (tree.share[end] as number) / (same < 0 ? 1 : (tree.share[same] as number)), true);
    }
  }
}

function kindOf(flags: number): number {
  const left = (flags & SplitFlag.missingLeft) !== 0 ? 1 : 0;
  if ((flags & SplitFlag.categorical) !== 0) return 5 + left;
  if ((flags & SplitFlag.nanIsZero) !== 0) return 4;
  return ((flags & SplitFlag.zeroMissing) !== 0 ? 2 : 0) + left;
}

/** `[edge][refuses or passes][factor or slope][point]`. A column asked again on the path takes the place of its edge before. */
function writeTables(numbers: Float64Array, from: number, { count, share, previous }: TreeEdges, points: number): void {
  const rule = gaussLegendre(points);
  for (let edge = 0; edge < count; edge++) {
    const z = share[edge] as number;
    const same = previous[edge] as number;
    const before = same < 0 ? 1 : (share[same] as number);
    for (let k = 0; k < points; k++) {
      const t = rule.points[k] as number;
      const passed = before + t * (1 - before);
      const passes = z + t * (1 - z);
      const slopeBefore = (1 - before) / passed;
      const at = from + 4 * edge * points + k;
      numbers[at] = ((1 - t) * z) / passed;
      numbers[at + points] = -1 / (1 - t) - slopeBefore;
      numbers[at + 2 * points] = passes / passed;
      numbers[at + 3 * points] = (1 - z) / passes - slopeBefore;
    }
  }
}
