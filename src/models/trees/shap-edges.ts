// A tree seen as edges, each with what it asks of a row and how many of the training rows came along: the ground that SHAP stands on.
import type { TreeEnsemble } from "./tree-ensemble.js";

/** Edges of one tree, parents before children; an edge is known by the node that it leads to. A tree of one leaf has none. */
export interface TreeEdges {
  readonly output: number;
  readonly count: number;
  /** `[edge]`: node that it comes from and the one that it leads to. */
  readonly from: Int32Array;
  readonly node: Int32Array;
  /** `[edge]`: 1 for left, 0 for right. */
  readonly side: Uint8Array;
  /** `[edge]`: column that is asked. */
  readonly feature: Int32Array;
  /** `[edge]`: edge above it; -1 at the root. */
  readonly parent: Int32Array;
  /** `[edge]`: nearest edge above that asks the same column; -1 for none. */
  readonly previous: Int32Array;
  /** `[edge]`: which of the columns asked on the path it asks, counted from the root. */
  readonly player: Int32Array;
  /** `[edge]`: share of the training rows that go along, over all edges of this column down to here. */
  readonly share: Float64Array;
  /** `[edge]`: what the leaf at its end adds; 0 elsewhere. */
  readonly leaf: Float64Array;
  /** Most columns asked on one path. */
  readonly players: number;
  /** Mean of the leaves, weighted by the training rows. */
  readonly mean: number;
}

export function edgesOf(ensemble: TreeEnsemble, tree: number): TreeEdges {
  const { feature, left, right, value, cover } = ensemble;
  const from: number[] = [];
  const node: number[] = [];
  const side: number[] = [];
  const asked: number[] = [];
  const parent: number[] = [];
  const previous: number[] = [];
  const player: number[] = [];
  const share: number[] = [];
  const leaf: number[] = [];
  /** Per edge: columns asked on the way down to it, and the weight of its rows in the tree. */
  const asking: number[] = [];
  const weight: number[] = [];
  let players = 0;
  let mean = 0;
  const root = ensemble.root[tree] as number;
  if ((feature[root] as number) < 0) mean = value[root] as number;
  const open: [start: number, edge: number][] = [[root, -1]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [start, above] = next;
    const column = feature[start] as number;
    if (column < 0) continue;
    let same = above;
    while (same >= 0 && asked[same] !== column) same = parent[same] as number;
    for (const isLeft of [1, 0]) {
      const end = (isLeft === 1 ? left[start] : right[start]) as number;
      const ratio = (cover[end] as number) / (cover[start] as number);
      const edge = node.length;
      const isLeaf = (feature[end] as number) < 0;
      from.push(start);
      node.push(end);
      side.push(isLeft);
      asked.push(column);
      parent.push(above);
      previous.push(same);
      share.push(ratio * (same < 0 ? 1 : (share[same] as number)));
      leaf.push(isLeaf ? (value[end] as number) : 0);
      const before = above < 0 ? 0 : (asking[above] as number);
      player.push(same < 0 ? before : (player[same] as number));
      asking.push(same < 0 ? before + 1 : before);
      weight.push(ratio * (above < 0 ? 1 : (weight[above] as number)));
      players = Math.max(players, asking[edge] as number);
      if (isLeaf) mean += (weight[edge] as number) * (value[end] as number);
      else open.push([end, edge]);
    }
  }
  return {
    output: ensemble.output[tree] as number,
    count: node.length,
    from: Int32Array.from(from),
    node: Int32Array.from(node),
    side: Uint8Array.from(side),
    feature: Int32Array.from(asked),
    parent: Int32Array.from(parent),
    previous: Int32Array.from(previous),
    player: Int32Array.from(player),
    share: Float64Array.from(share),
    leaf: Float64Array.from(leaf),
    players,
    mean,
  };
}
