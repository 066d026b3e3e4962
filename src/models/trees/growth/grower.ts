// Grows one tree after the other over the same rows: bins once, then a tree per gradient, on threads that share one memory. A tree depends on
// the rows, the settings and the request alone, not on the threads: histograms are sums of whole numbers, exact sums are added in one order.
import { invariant } from "#base/errors.js";
import { allocate, Arena, giveBack } from "./arena.js";
import { fillBins } from "./binning.js";
import type { FeatureBins } from "./bins.js";
import { Arg, Job } from "./control.js";
import type { GrowRequest, GrownTree, GrowthData, GrowthSettings } from "./growth.js";
import { compileKernels } from "./kernels.js";
import { CHUNK, HISTOGRAM_ROOM, NODE, planLayout } from "./layout.js";
import { Team } from "./team.js";
import { inSet } from "./tree-columns.js";
import { cutLeaves, type Growth, TreeGrowth } from "./tree-growth.js";

/** Bins the rows and starts the threads. Throws `out-of-memory` before anything is allocated when the rows do not fit. */
export async function createGrower(data: GrowthData, settings: GrowthSettings, histogramRoom = HISTOGRAM_ROOM): Promise<TreeGrower> {
  const layout = planLayout(data, settings, histogramRoom);
  const team = new Team(new Arena({ layout, settings, memory: allocate(layout), module: compileKernels() }));
  try {
    const { arena } = team;
    arena.bytes.set(new Uint8Array(settings.monotone ?? []), layout.monotone);
    if (data.weight !== null) arena.doubles.set(data.weight, layout.weight >> 3);
    return new TreeGrower(team, fillBins(team, data, settings.maxBins));
  } catch (error) {
    await team.release();
    throw error;
  }
}

const ALONE_ROWS = 65_536;

export class TreeGrower {
  /** `[output][row]`, validation rows included: what `addTo` adds to. The caller fills in what scores start from. */
  readonly scores: readonly Float64Array[];
  /** Room for the derivatives, per training row: to fill these and hand them to `grow` saves a copy. */
  readonly gradient: Float32Array;
  readonly hessian: Float32Array;
  readonly #leafOf: Int32Array;
  #last: Growth | null = null;
  #assigned = false;
  #bagged = false;
  #released = false;

  constructor(
    readonly team: Team,
    readonly bins: readonly FeatureBins[],
  ) {
    const { layout, setup } = team.arena;
    const { buffer } = setup.memory;
    this.scores = layout.scores.map((at) => new Float64Array(buffer, at, layout.rows));
    this.gradient = new Float32Array(buffer, layout.gradient, layout.trainRows);
    this.hessian = new Float32Array(buffer, layout.hessian, layout.trainRows);
    this.#leafOf = new Int32Array(buffer, layout.leafOf, layout.rows);
  }

  /** The next call makes `leafRows`, `assign` and `addTo` tell of its own tree. Throws `diverged` when a derivative is not finite. */
  grow(request: GrowRequest): GrownTree {
    const { layout, words } = this.team.arena;
    invariant(request.rows === null || request.rows.length > 0, "a tree is grown from at least one row");
    if (request.gradient !== this.gradient) this.gradient.set(request.gradient);
    if (request.hessian !== null && request.hessian !== this.hessian) this.hessian.set(request.hessian);
    if (request.rows !== null) words.set(request.rows, layout.bag >> 2);
    this.#last = new TreeGrowth(this.team, this.bins, request).grow();
    this.#assigned = false;
    this.#bagged = request.rows !== null;
    return this.#last.tree;
  }

  /** Rows of the bag in that leaf, ascending. */
  leafRows(node: number): Int32Array {
    const { layout, words } = this.team.arena;
    const leaf = this.#growth().leaves.get(node);
    invariant(leaf !== undefined, `node ${node} is a leaf of the tree grown last`);
    const pairs = (layout.pairs >> 2) + 2 * leaf.from;
    return Int32Array.from({ length: leaf.count }, (_, i) => words[pairs + 2 * i] as number);
  }

  /** `[row]`: leaf (as node) of every row, in the bag or not, validation included. A view, valid until the next `grow`. */
  assign(): Int32Array {
    const growth = this.#growth();
    if (this.#assigned) return this.#leafOf;
    const { arena } = this.team;
    const { layout, words } = arena;
    if (this.#bagged) this.#leafOf.fill(-1);
    this.team.run(Job.assign, cutLeaves(arena, growth.leaves.values()), layout.trainRows < ALONE_ROWS);
    let others = layout.rows - layout.trainRows;
    if (this.#bagged) {
      others = 0;
      for (let row = 0; row < layout.rows; row++) if (this.#leafOf[row] === -1) words[(layout.bag >> 2) + others++] = row;
    }
    if (others > 0) {
      this.#describeNodes(growth);
      words[Arg.rows] = others;
      words[Arg.listedRows] = this.#bagged ? 1 : 0;
      words[Arg.firstRow] = this.#bagged ? 0 : layout.trainRows;
      this.team.run(Job.walk, Math.ceil(others / CHUNK), others < ALONE_ROWS / 4);
    }
    this.#assigned = true;
    return this.#leafOf;
  }

  /** Adds the leaves' values, as they are now, to the scores of every row. */
  addTo(tree: GrownTree, output: number): void {
    invariant(tree === this.#growth().tree, "only the tree grown last can be added");
    this.assign();
    const { layout, words, doubles } = this.team.arena;
    doubles.set(tree.value, layout.values >> 3);
    words[Arg.rows] = layout.rows;
    words[Arg.output] = output;
    this.team.run(Job.add, Math.ceil(layout.rows / CHUNK), layout.rows < ALONE_ROWS);
  }

  /** Ends the threads. Scores, derivatives and leaves are another grower's afterwards: copy before what is still needed. */
  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    await this.team.release();
    giveBack(this.team.arena.setup.memory);
  }

  #growth(): Growth {
    invariant(!this.#released, "a grower is asked before it is released");
    invariant(this.#last !== null, "a tree was grown before its leaves are asked for");
    return this.#last;
  }

  /** Writes the splits as `walk` reads them. */
  #describeNodes({ columns }: Growth): void {
    const { layout, words, bytes } = this.team.arena;
    let table = layout.tables;
    for (let node = 0; node < columns.nodes; node++) {
      const at = (layout.nodes + NODE * node) >> 2;
      const split = columns.splits[node] ?? null;
      if (split === null) {
        words[at] = -1;
        continue;
      }
      const range = (split.missingLeft ? 0 : 1) | (split.bin << 16);
      words.set([split.feature, range, columns.left(node), columns.right(node), 0], at);
      if (split.set === null) continue;
      for (let bin = 0; bin < 256; bin++) bytes[table + bin] = inSet(split.set, bin) ? 1 : 0;
      words[at + 4] = table;
      table += 256;
    }
  }
}
