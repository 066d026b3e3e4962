// Trees as an operator of ONNX (TreeEnsembleRegressor of ai.onnx.ml 3), for other runtimes. Every row of f32 reaches the same leaves as here;
// leaves are rounded to f32, and so is their sum.
import type { Attribute, Graph } from "#models/tensor/graph.js";
import type { Tensor } from "#models/tensor/tensor.js";
import { SplitFlag, type TreeEnsemble } from "./tree-ensemble.js";

/** Raw scores `[row][output]` of `x`, `[row][feature]` with NaN where something is missing, and no infinite values. */
export function emitTrees(graph: Graph, ensemble: TreeEnsemble, x: Tensor): Tensor {
  const views = new Views(graph, x);
  const nodes = new NodeLists(ensemble, views);
  const seen = views.concat();
  const [batch] = x.shape as [number];
  return graph.emit("TreeEnsembleRegressor", [seen], [batch, ensemble.outputs], { domain: "ai.onnx.ml", attributes: nodes.attributes() });
}

/** The columns as splits see them: each kind of split has its own reading of what is missing, and categories are whole numbers. */
class Views {
  private readonly graph: Graph;
  private readonly plain: Tensor;
  private readonly columns: Tensor[];
  private readonly places = new Map<string, number>();

  constructor(graph: Graph, x: Tensor) {
    this.graph = graph;
    this.plain = x;
    this.columns = [this.plain];
  }

  /** Place of a column as a split with such flags sees it. */
  place(column: number, flags: number): number {
    const kind = flags & (SplitFlag.categorical | SplitFlag.zeroMissing | SplitFlag.nanIsZero);
    if (kind === 0) return column;
    const key = `${kind} ${column}`;
    const known = this.places.get(key);
    if (known !== undefined) return known;
    const [batch, width] = this.plain.shape as [number, number];
    const place = width + this.places.size;
    const one = this.graph.emit("Gather", [this.plain, this.graph.integers([column])], [batch, 1], { attributes: { axis: 1 } });
    this.columns.push(this.read(one, kind));
    this.places.set(key, place);
    return place;
  }

  concat(): Tensor {
    const [batch, width] = this.plain.shape as [number, number];
    if (this.columns.length === 1) return this.plain;
    return this.graph.emit("Concat", this.columns, [batch, width + this.places.size], { attributes: { axis: 1 } });
  }

  private read(column: Tensor, kind: number): Tensor {
    const { graph } = this;
    const { shape } = column;
    if (kind === SplitFlag.nanIsZero) {
      const unknown = graph.emit("IsNaN", [column], shape, { type: "bool" });
      return graph.emit("Where", [unknown, graph.scalar(0), column], shape);
    }
    const size = graph.emit("Abs", [column], shape);
    if (kind === SplitFlag.zeroMissing) {
      const zero = graph.emit("LessOrEqual", [size, graph.scalar(1e-35)], shape, { type: "bool" });
      return graph.emit("Where", [zero, graph.scalar(Number.NaN), column], shape);
    }
    // Cut to a whole number, towards zero. NaN is not below zero, and its floor is NaN.
    const floor = graph.emit("Floor", [size], shape);
    const negative = graph.emit("Less", [column, graph.scalar(0)], shape, { type: "bool" });
    return graph.emit("Where", [negative, graph.emit("Neg", [floor], shape), floor], shape);
  }
}

/** The lists that the operator asks for. */
class NodeLists {
  private readonly ensemble: TreeEnsemble;
  private readonly views: Views;
  private readonly tree: number[] = [];
  private readonly id: number[] = [];
  private readonly feature: number[] = [];
  private readonly mode: string[] = [];
  private readonly value: number[] = [];
  private readonly yes: number[] = [];
  private readonly no: number[] = [];
  private readonly missing: number[] = [];
  private readonly leafTree: number[] = [];
  private readonly leafId: number[] = [];
  private readonly leafOutput: number[] = [];
  private readonly leafValue: number[] = [];

  constructor(ensemble: TreeEnsemble, views: Views) {
    this.ensemble = ensemble;
    this.views = views;
    ensemble.root.forEach((root, tree) => this.addTree(tree, root));
    // ONNX Runtime gives no `base_values` to a score that no tree adds to: what each starts from is a tree of one leaf.
    ensemble.base.forEach((base, output) => this.leaf(ensemble.root.length + output, 0, output, base));
  }

  attributes(): Readonly<Record<string, Attribute>> {
    const { outputs } = this.ensemble;
    return {
      n_targets: outputs,
      nodes_treeids: this.tree,
      nodes_nodeids: this.id,
      nodes_featureids: this.feature,
      nodes_modes: { strings: this.mode },
      nodes_values: { floats: Float32Array.from(this.value) },
      nodes_truenodeids: this.yes,
      nodes_falsenodeids: this.no,
      nodes_missing_value_tracks_true: this.missing,
      target_treeids: this.leafTree,
      target_nodeids: this.leafId,
      target_ids: this.leafOutput,
      target_weights: { floats: Float32Array.from(this.leafValue) },
      post_transform: "NONE",
    };
  }

  private addTree(tree: number, root: number): void {
    const { ensemble } = this;
    let free = 0;
    const ids = new Map<number, number>();
    const idOf = (node: number): number => {
      const known = ids.get(node);
      if (known !== undefined) return known;
      ids.set(node, free);
      return free++;
    };
    const open = [root];
    idOf(root);
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      const id = idOf(node);
      const column = ensemble.feature[node] as number;
      if (column < 0) {
        this.leaf(tree, id, ensemble.output[tree] as number, ensemble.value[node] as number);
        continue;
      }
      const [left, right] = [ensemble.left[node] as number, ensemble.right[node] as number];
      const [yes, no] = [idOf(left), idOf(right)];
      open.push(right, left);
      const flags = ensemble.flags[node] as number;
      const place = this.views.place(column, flags);
      const missingLeft = (flags & SplitFlag.missingLeft) !== 0;
      if ((flags & SplitFlag.categorical) === 0) {
        this.push(tree, id, place, "BRANCH_LEQ", floorToF32(ensemble.threshold[node] as number), yes, no, missingLeft);
        continue;
      }
      // One question per category of the set, each with the same answer; what is missing, negative too, is asked for first.
      const questions: [mode: string, value: number][] = [
        ["BRANCH_LT", missingLeft ? 0 : -Infinity],
        ...this.membersOf(node).map((category): [string, number] => ["BRANCH_EQ", category]),
      ];
      let at = id;
      questions.forEach(([mode, value], i) => {
        const next = i === questions.length - 1 ? no : free++;
        this.push(tree, at, place, mode, value, yes, next, missingLeft && i === 0);
        at = next;
      });
    }
  }

  private leaf(tree: number, id: number, output: number, value: number): void {
    this.push(tree, id, 0, "LEAF", 0, 0, 0, false);
    this.leafTree.push(tree);
    this.leafId.push(id);
    this.leafOutput.push(output);
    this.leafValue.push(value);
  }

  private push(tree: number, id: number, place: number, mode: string, value: number, yes: number, no: number, missingYes: boolean): void {
    this.tree.push(tree);
    this.id.push(id);
    this.feature.push(place);
    this.mode.push(mode);
    this.value.push(value);
    this.yes.push(yes);
    this.no.push(no);
    this.missing.push(missingYes ? 1 : 0);
  }

  private membersOf(node: number): readonly number[] {
    const { categories, categoryFrom, categoryWords } = this.ensemble;
    const from = categoryFrom[node] as number;
    const members: number[] = [];
    for (let category = 0; category < 32 * (categoryWords[node] as number); category++)
      if ((((categories[from + (category >> 5)] as number) >>> (category & 31)) & 1) === 1) members.push(category);
    return members;
  }
}

/** The largest f32 that is not above: an f32 is above it exactly when it is above the number itself. */
function floorToF32(value: number): number {
  const near = Math.fround(value);
  if (near <= value || Number.isNaN(value)) return near;
  const bits = new Int32Array(Float32Array.of(near).buffer);
  // Towards zero among positive numbers is down by one, among negative ones up by one.
  bits[0] = near > 0 ? (bits[0] as number) - 1 : near === 0 ? -0x7fffffff : (bits[0] as number) + 1;
  return new Float32Array(bits.buffer)[0] as number;
}
