// Exact SHAP values of trees, path-dependent (Lundberg et al. 2020, "From local explanations to global understanding", Algorithm 2's result)
// in time linear in the depth. On the way to a leaf every column is a player of a product game: with column i its factor is whether the row
// passes, o_i, without it the share of the training rows that do, z_i. The Shapley value of such a game is an integral over Owen's diagonal,
//   phi_j = value (o_j - z_j) integral over t in [0, 1] of the product over i other than j of (t o_i + (1 - t) z_i),
// a polynomial in t of degree (players - 1), which half as many Gauss points integrate exactly. All terms are in [0, 1], so nothing cancels.
// Paths share their edges: products run down the tree, sums of leaves run up (as Yu et al. 2022, "Linear TreeShap", found for polynomials).
import { gaussLegendre } from "./gauss-legendre.js";
import { goesLeft, type Rows } from "./predictor.js";
import { edgesOf, type TreeEdges } from "./shap-edges.js";
import type { TreeEnsemble } from "./tree-ensemble.js";

/** What an edge says of a row. */
const REFUSED_BEFORE = 0;
const REFUSES = 1;
const PASSES = 2;

interface Tables {
  readonly points: number;
  readonly weights: Float64Array;
  /** `[edge][REFUSES - 1 or PASSES - 1][point]`: what the product changes by. */
  readonly factor: Float64Array;
  /** Same: (o - z) / factor of the column, less that of its edge before. */
  readonly slope: Float64Array;
  /** `[edge]`: what the product changes by where an edge of the same column refused before. */
  readonly shrink: Float64Array;
}

export class TreeExplainer {
  /** `[output]`: mean raw score over the training rows; with the values of all columns it makes the raw score of the row. */
  readonly expected: Float64Array;
  private readonly ensemble: TreeEnsemble;
  private readonly trees: readonly { readonly edges: TreeEdges; readonly tables: Tables }[];
  private readonly state: Uint8Array;
  private readonly product: Float64Array;
  private readonly sum: Float64Array;

  constructor(ensemble: TreeEnsemble) {
    this.ensemble = ensemble;
    this.expected = Float64Array.from(ensemble.base);
    const all = Array.from(ensemble.root, (_, tree) => edgesOf(ensemble, tree));
    for (const { output, mean } of all) this.expected[output] = (this.expected[output] as number) + mean;
    this.trees = all.filter(({ count }) => count > 0).map((edges) => ({ edges, tables: tablesOf(edges) }));
    this.state = new Uint8Array(Math.max(0, ...this.trees.map(({ edges }) => edges.count)));
    const most = Math.max(0, ...this.trees.map(({ edges, tables }) => (edges.count + 1) * tables.points));
    this.product = new Float64Array(most);
    this.sum = new Float64Array(most);
  }

  /** SHAP values `[output][feature]` of the row that starts at `x[from]`, into `out[to]` and on. */
  row(x: Rows, from: number, out: Float64Array, to = 0): void {
    const width = this.ensemble.features.length;
    out.fill(0, to, to + width * this.ensemble.outputs);
    for (const { edges, tables } of this.trees) this.addTree(edges, tables, x, from, out, to + edges.output * width);
  }

  /** SHAP values `[row][output][feature]` of `rows` rows. */
  rows(x: Rows, rows: number, out: Float64Array): void {
    const { features, outputs } = this.ensemble;
    const width = features.length;
    out.fill(0, 0, rows * outputs * width);
    for (const { edges, tables } of this.trees)
      for (let row = 0; row < rows; row++) this.addTree(edges, tables, x, row * width, out, (row * outputs + edges.output) * width);
  }

  private addTree(edges: TreeEdges, tables: Tables, x: Rows, at: number, out: Float64Array, to: number): void {
    this.descend(edges, tables, x, at);
    const { sum, state } = this;
    const { count, feature, parent } = edges;
    const { points, slope } = tables;
    for (let edge = count - 1; edge >= 0; edge--) {
      const mine = (edge + 1) * points;
      const above = ((parent[edge] as number) + 1) * points;
      const table = (2 * edge + (state[edge] as number) - 1) * points;
      let phi = 0;
      if (state[edge] === REFUSED_BEFORE)
        for (let k = 0; k < points; k++) sum[above + k] = (sum[above + k] as number) + (sum[mine + k] as number);
      else
        for (let k = 0; k < points; k++) {
          const below = sum[mine + k] as number;
          phi += below * (slope[table + k] as number);
          sum[above + k] = (sum[above + k] as number) + below;
        }
      const column = to + (feature[edge] as number);
      out[column] = (out[column] as number) + phi;
    }
  }

  /** Fills `state`, and `sum` with each leaf's value times its product; 0 elsewhere. */
  private descend(edges: TreeEdges, tables: Tables, x: Rows, at: number): void {
    const { state, product, sum, ensemble } = this;
    const { count, from, side, feature, parent, previous, leaf } = edges;
    const { points, weights, factor, shrink } = tables;
    product.set(weights);
    sum.fill(0, 0, points);
    let left = false;
    for (let edge = 0; edge < count; edge++) {
      // The two edges of a split follow each other, left first.
      if (side[edge] === 1) left = goesLeft(ensemble, from[edge] as number, x[at + (feature[edge] as number)] as number);
      const same = previous[edge] as number;
      const refused = same >= 0 && state[same] !== PASSES;
      const now = refused ? REFUSED_BEFORE : left === (side[edge] === 1) ? PASSES : REFUSES;
      state[edge] = now;
      const mine = (edge + 1) * points;
      const above = ((parent[edge] as number) + 1) * points;
      const value = leaf[edge] as number;
      const table = (2 * edge + now - 1) * points;
      for (let k = 0; k < points; k++) {
        const down = (product[above + k] as number) * ((refused ? shrink[edge] : factor[table + k]) as number);
        product[mine + k] = down;
        sum[mine + k] = value * down;
      }
    }
  }
}

function tablesOf({ count, share, previous, players }: TreeEdges): Tables {
  const points = (players + 1) >> 1;
  const rule = gaussLegendre(points);
  const factor = new Float64Array(2 * count * points);
  const slope = new Float64Array(2 * count * points);
  const shrink = new Float64Array(count);
  for (let edge = 0; edge < count; edge++) {
    const z = share[edge] as number;
    const same = previous[edge] as number;
    const before = same < 0 ? 1 : (share[same] as number);
    shrink[edge] = z / before;
    for (let k = 0; k < points; k++) {
      const t = rule.points[k] as number;
      const passed = same < 0 ? 1 : before + t * (1 - before);
      const passes = z + t * (1 - z);
      const slopeBefore = same < 0 ? 0 : (1 - before) / passed;
      const at = 2 * edge * points + k;
      factor[at] = ((1 - t) * z) / passed;
      slope[at] = -1 / (1 - t) - slopeBefore;
      factor[at + points] = passes / passed;
      slope[at + points] = (1 - z) / passes - slopeBefore;
    }
  }
  return { points, weights: rule.weights, factor, slope, shrink };
}
