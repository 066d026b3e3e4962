// Exact SHAP values of trees, path-dependent (Lundberg et al. 2020, "From local explanations to global understanding", Algorithm 2's result)
// in time linear in the depth. On the way to a leaf every column is a player of a product game: with column i its factor is whether the row
// passes, o_i, without it the share of the training rows that do, z_i. The Shapley value of such a game is an integral over Owen's diagonal,
//   phi_j = value (o_j - z_j) integral over t in [0, 1] of the product over i other than j of (t o_i + (1 - t) z_i),
// a polynomial in t of degree (players - 1), which half as many Gauss points integrate exactly. All factors are in [0, 1], so nothing cancels.
// Paths share their edges: products run down the tree, sums of leaves run up (as Yu et al. 2022, "Linear TreeShap", found for polynomials).
import type { Rows } from "./predictor.js";
import { edgesOf, type TreeEdges } from "./shap-edges.js";
import { openArena, START } from "./shap-kernel.js";
import { aligned, bytesOf, type Layout, layOut } from "./shap-layout.js";
import type { TreeEnsemble } from "./tree-ensemble.js";

/** Rows at once: a tree stays in the nearest caches while they go through it. */
const BLOCK = 64;

/** Trees are laid out together up to so many bytes; an ensemble of more is laid out part by part, at every question. */
const GROUP_BYTES = 128 * 1024 * 1024;

export class TreeExplainer {
  /** `[output]`: mean raw score over the training rows; with the values of all columns it makes the raw score of the row. */
  readonly expected: Float64Array;
  private readonly ensemble: TreeEnsemble;
  private readonly groups: readonly (readonly TreeEdges[])[];
  private kept: Layout | null = null;

  constructor(ensemble: TreeEnsemble) {
    this.ensemble = ensemble;
    this.expected = Float64Array.from(ensemble.base);
    const groups: TreeEdges[][] = [];
    let bytes = Infinity;
    for (let tree = 0; tree < ensemble.root.length; tree++) {
      const edges = edgesOf(ensemble, tree);
      this.expected[edges.output] = (this.expected[edges.output] as number) + edges.mean;
      if (edges.count === 0) continue;
      bytes += bytesOf(edges);
      if (bytes > GROUP_BYTES) {
        groups.push([]);
        bytes = bytesOf(edges);
      }
      groups.at(-1)?.push(edges);
    }
    this.groups = groups;
  }

  /** SHAP values `[output][feature]` of the row that starts at `x[from]`, into `out[to]` and on. NaN and infinite values are missing. */
  row(x: Rows, from: number, out: Float64Array, to = 0): void {
    this.explain(x, from, 1, out, to);
  }

  /** SHAP values `[row][output][feature]` of `rows` rows. */
  rows(x: Rows, rows: number, out: Float64Array): void {
    this.explain(x, 0, rows, out, 0);
  }

  /**
   * SHAP interaction values `[output][feature][feature]` of the row that starts at `x[from]` (Lundberg et al. 2020, equations 3 to 5): what
   * two columns give together is halved between their two cells, and the diagonal holds what a column gives alone. Each line adds up to the
   * SHAP value of its column.
   */
  interactions(x: Rows, from: number, out: Float64Array, to = 0): void {
    const { features, outputs } = this.ensemble;
    const width = features.length;
    const phi = new Float64Array(outputs * width);
    this.row(x, from, phi);
    const values = out.subarray(to, to + outputs * width * width).fill(0);
    for (const group of this.groups) {
      const { layout, work } = this.bring(group, 8 * (width + values.length));
      const { kernel, memory } = openArena(0);
      const row = work + layout.work;
      copyRow(x, from, new Float64Array(memory.buffer, row, width), 0, width);
      const cells = new Float64Array(memory.buffer, row + aligned(8 * width), values.length).fill(0);
      kernel.interact(START, layout.trees, row, width, cells.byteOffset, work);
      for (let i = 0; i < cells.length; i++) values[i] = (values[i] as number) + (cells[i] as number);
    }
    phi.forEach((value, column) => {
      let rest = value;
      for (let j = 0; j < width; j++) rest -= values[column * width + j] as number;
      values[column * width + (column % width)] = rest;
    });
  }

  private explain(x: Rows, from: number, rows: number, out: Float64Array, to: number): void {
    const { features, outputs } = this.ensemble;
    const width = features.length;
    const cells = outputs * width;
    out.fill(0, to, to + rows * cells);
    const block = Math.min(rows, BLOCK);
    for (const group of this.groups) {
      const { layout, work } = this.bring(group, 8 * block * (width + cells));
      const { kernel, memory } = openArena(0);
      const seen = new Float64Array(memory.buffer, work + layout.work, block * width);
      const phi = new Float64Array(memory.buffer, seen.byteOffset + aligned(seen.byteLength), block * cells);
      for (let start = 0; start < rows; start += BLOCK) {
        const count = Math.min(BLOCK, rows - start);
        for (let r = 0; r < count; r++) copyRow(x, from + (start + r) * width, seen, r * width, width);
        phi.fill(0);
        kernel.explain(START, layout.trees, count, seen.byteOffset, 8 * width, phi.byteOffset, 8 * cells, work);
        const at = to + start * cells;
        for (let i = 0; i < count * cells; i++) out[at + i] = (out[at + i] as number) + (phi[i] as number);
      }
    }
  }

  /** Makes the trees lie in the kernel's memory, with `extra` bytes behind the work space. */
  private bring(group: readonly TreeEdges[], extra: number): { readonly layout: Layout; readonly work: number } {
    const layout = this.kept ?? layOut(this.ensemble, group, START);
    if (this.groups.length === 1) this.kept = layout;
    const work = START + layout.bytes.length;
    const arena = openArena(work + layout.work + extra + 64);
    if (arena.holds !== layout) new Uint8Array(arena.memory.buffer).set(layout.bytes, START);
    arena.holds = layout;
    return { layout, work };
  }
}

function copyRow(x: Rows, from: number, to: Float64Array, at: number, width: number): void {
  for (let j = 0; j < width; j++) {
    const value = x[from + j] as number;
    to[at + j] = value - value === 0 ? value : Number.NaN;
  }
}
