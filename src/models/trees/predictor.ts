// Walks fitted trees: one row in microseconds, many rows block by block. The sum runs over the trees in their order both times, so that a
// row gives the same bits alone and among others. It compares in f64: rows of f32 and of f64 are read as they are.
import { SplitFlag, type TreeEnsemble } from "./tree-ensemble.js";

/** Row-major `[row][feature]`. */
export type Rows = Float32Array | Float64Array;

/** LightGBM's `kZeroThreshold`, an f32 there. */
const ZERO = Math.fround(1e-35);

/** Rows that walk one tree while its nodes are in the nearest cache. */
const BLOCK = 64;

/**
 * What a split sees of a value. Where something is missing the value becomes infinite with the sign that sends it the right way, so that a
 * step is one comparison without a branch.
 */
const View = { missingRight: 0, missingLeft: 1, zeroMissingRight: 2, zeroMissingLeft: 3, nanIsZero: 4 } as const;

export class TreePredictor {
  readonly outputs: number;
  private readonly features: number;
  private readonly base: Float64Array;
  private readonly root: Int32Array;
  private readonly output: Int32Array;
  /** `[node]`: threshold, or what a leaf adds. */
  private readonly threshold: Float64Array;
  /** `[node]`: place in the row of views; the last place, which is -Infinity, for a leaf. */
  private readonly slot: Int32Array;
  /** `[node]`: left child; the right one follows it. A leaf is its own. */
  private readonly next: Int32Array;
  /** `[node]`: node of the ensemble at splits of categories, elsewhere -1; null when there is none. */
  private readonly categorical: Int32Array | null;
  private readonly ensemble: TreeEnsemble;
  /** Views that some split asks for, ascending. */
  private readonly views: readonly number[];
  /** Places of a row of views. */
  private readonly width: number;
  private readonly seen: Float64Array;
  private block: Float64Array | null = null;

  constructor(ensemble: TreeEnsemble) {
    const { features, outputs, base, root, output } = ensemble;
    this.ensemble = ensemble;
    this.features = features.length;
    this.outputs = outputs;
    this.base = base;
    this.output = output;
    const nodes = ensemble.feature.length;
    const used = new Set<number>();
    for (let node = 0; node < nodes; node++) if ((ensemble.feature[node] as number) >= 0) used.add(viewOf(ensemble.flags[node] as number));
    this.views = [...used].sort((a, b) => a - b);
    this.width = this.views.length * this.features + 1;
    this.seen = new Float64Array(this.width).fill(-Infinity);
    this.threshold = new Float64Array(nodes);
    this.slot = new Int32Array(nodes);
    this.next = new Int32Array(nodes);
    const categorical = new Int32Array(nodes).fill(-1);
    this.root = this.layOut(root, categorical);
    this.categorical = categorical.some((node) => node >= 0) ? categorical : null;
  }

  /** Raw scores of the row that starts at `x[from]`, into `out[to]` and on. NaN and infinite values are missing. */
  row(x: Rows, from: number, out: Float64Array, to = 0): void {
    this.look(x, from, this.seen, 0);
    const { root, output, base, outputs, threshold } = this;
    const trees = root.length;
    for (let k = 0; k < outputs; k++) out[to + k] = base[k] as number;
    if (this.categorical !== null) {
      for (let tree = 0; tree < trees; tree++) {
        const at = to + (output[tree] as number);
        out[at] = (out[at] as number) + (threshold[this.walk(root[tree] as number, this.seen, 0)] as number);
      }
      return;
    }
    const { seen, slot, next } = this;
    const leaf = this.width - 1;
    let tree = 0;
    // Four walks at once: while one waits for memory, the others go on.
    for (; tree + 3 < trees; tree += 4) {
      let a = root[tree] as number;
      let b = root[tree + 1] as number;
      let c = root[tree + 2] as number;
      let d = root[tree + 3] as number;
      for (;;) {
        const sa = slot[a] as number;
        const sb = slot[b] as number;
        const sc = slot[c] as number;
        const sd = slot[d] as number;
        if ((sa & sb & sc & sd) === leaf && sa === leaf && sb === leaf && sc === leaf && sd === leaf) break;
        a = (next[a] as number) + bit((seen[sa] as number) > (threshold[a] as number));
        b = (next[b] as number) + bit((seen[sb] as number) > (threshold[b] as number));
        c = (next[c] as number) + bit((seen[sc] as number) > (threshold[c] as number));
        d = (next[d] as number) + bit((seen[sd] as number) > (threshold[d] as number));
      }
      let at = to + (output[tree] as number);
      out[at] = (out[at] as number) + (threshold[a] as number);
      at = to + (output[tree + 1] as number);
      out[at] = (out[at] as number) + (threshold[b] as number);
      at = to + (output[tree + 2] as number);
      out[at] = (out[at] as number) + (threshold[c] as number);
      at = to + (output[tree + 3] as number);
      out[at] = (out[at] as number) + (threshold[d] as number);
    }
    for (; tree < trees; tree++) {
      const at = to + (output[tree] as number);
      out[at] = (out[at] as number) + (threshold[this.walk(root[tree] as number, seen, 0)] as number);
    }
  }

  /** Raw scores `[row][output]` of `rows` rows. */
  rows(x: Rows, rows: number, out: Float64Array): void {
    const { outputs, base, features, width, root, output } = this;
    const block = (this.block ??= new Float64Array(BLOCK * width).fill(-Infinity));
    for (let start = 0; start < rows; start += BLOCK) {
      const count = Math.min(BLOCK, rows - start);
      for (let r = 0; r < count; r++) {
        this.look(x, (start + r) * features, block, r * width);
        for (let k = 0; k < outputs; k++) out[(start + r) * outputs + k] = base[k] as number;
      }
      for (let tree = 0; tree < root.length; tree++)
        this.addTree(root[tree] as number, block, count, out, start * outputs + (output[tree] as number));
    }
  }

  private addTree(root: number, block: Float64Array, count: number, out: Float64Array, to: number): void {
    const { threshold, slot, next, width, outputs } = this;
    const leaf = width - 1;
    let r = 0;
    if (this.categorical === null)
      for (; r + 3 < count; r += 4) {
        const pa = r * width;
        const pb = pa + width;
        const pc = pb + width;
        const pd = pc + width;
        let a = root;
        let b = root;
        let c = root;
        let d = root;
        for (;;) {
          const sa = slot[a] as number;
          const sb = slot[b] as number;
          const sc = slot[c] as number;
          const sd = slot[d] as number;
          if ((sa & sb & sc & sd) === leaf && sa === leaf && sb === leaf && sc === leaf && sd === leaf) break;
          a = (next[a] as number) + bit((block[pa + sa] as number) > (threshold[a] as number));
          b = (next[b] as number) + bit((block[pb + sb] as number) > (threshold[b] as number));
          c = (next[c] as number) + bit((block[pc + sc] as number) > (threshold[c] as number));
          d = (next[d] as number) + bit((block[pd + sd] as number) > (threshold[d] as number));
        }
        const at = to + r * outputs;
        out[at] = (out[at] as number) + (threshold[a] as number);
        out[at + outputs] = (out[at + outputs] as number) + (threshold[b] as number);
        out[at + 2 * outputs] = (out[at + 2 * outputs] as number) + (threshold[c] as number);
        out[at + 3 * outputs] = (out[at + 3 * outputs] as number) + (threshold[d] as number);
      }
    for (; r < count; r++) {
      const at = to + r * outputs;
      out[at] = (out[at] as number) + (threshold[this.walk(root, block, r * width)] as number);
    }
  }

  private walk(root: number, seen: Float64Array, from: number): number {
    const { threshold, slot, next, categorical, ensemble } = this;
    const leaf = this.width - 1;
    let node = root;
    for (let at = slot[node] as number; at !== leaf; at = slot[node] as number) {
      const value = seen[from + at] as number;
      const set = categorical === null ? -1 : (categorical[node] as number);
      const right = set < 0 ? value > (threshold[node] as number) : !goesLeft(ensemble, set, value);
      node = (next[node] as number) + bit(right);
    }
    return node;
  }

  /** The row as each view shows it. */
  private look(x: Rows, from: number, seen: Float64Array, to: number): void {
    const { features } = this;
    let at = to;
    for (const view of this.views) {
      const zero = view === View.zeroMissingRight || view === View.zeroMissingLeft;
      const missing = view === View.nanIsZero ? 0 : view === View.missingLeft || view === View.zeroMissingLeft ? -Infinity : Infinity;
      for (let j = 0; j < features; j++) {
        const value = x[from + j] as number;
        seen[at++] = value - value !== 0 || (zero && value >= -ZERO && value <= ZERO) ? missing : value;
      }
    }
  }

  /** Nodes with the two children of each side by side. Returns the new roots. */
  private layOut(roots: Int32Array, categorical: Int32Array): Int32Array {
    const { feature, threshold, flags, left, right, value } = this.ensemble;
    const leaf = this.width - 1;
    let free = roots.length;
    const place = (old: number, at: number): void => {
      const f = feature[old] as number;
      const view = this.views.indexOf(viewOf(flags[old] as number));
      this.slot[at] = f < 0 ? leaf : view * this.features + f;
      // Nothing known is above the largest number: an infinite threshold splits what is missing from what is not.
      this.threshold[at] = f < 0 ? (value[old] as number) : Math.min(threshold[old] as number, Number.MAX_VALUE);
      this.next[at] = f < 0 ? at : free;
      if (f >= 0 && ((flags[old] as number) & SplitFlag.categorical) !== 0) categorical[at] = old;
    };
    roots.forEach((old, tree) => {
      place(old, tree);
      if ((feature[old] as number) < 0) return;
      const children = [left[old] as number, right[old] as number];
      const first = free;
      free += 2;
      for (let i = 0; i < children.length; i++) {
        const child = children[i] as number;
        place(child, first + i);
        if ((feature[child] as number) < 0) continue;
        children.push(left[child] as number, right[child] as number);
        free += 2;
      }
    });
    return Int32Array.from(roots.keys());
  }
}

/** Whether a value goes left at a split of the ensemble. NaN and infinite values are missing. */
export function goesLeft(ensemble: TreeEnsemble, node: number, value: number): boolean {
  const flags = ensemble.flags[node] as number;
  const missingLeft = (flags & SplitFlag.missingLeft) !== 0;
  const finite = value - value === 0;
  if ((flags & SplitFlag.categorical) !== 0) {
    const category = finite ? Math.trunc(value) : -1;
    if (category < 0) return missingLeft;
    const word = Math.floor(category / 32);
    if (word >= (ensemble.categoryWords[node] as number)) return false;
    return (((ensemble.categories[(ensemble.categoryFrom[node] as number) + word] as number) >>> (category & 31)) & 1) === 1;
  }
  if (!finite && (flags & SplitFlag.nanIsZero) !== 0) return 0 <= (ensemble.threshold[node] as number);
  if (!finite || ((flags & SplitFlag.zeroMissing) !== 0 && Math.abs(value) <= ZERO)) return missingLeft;
  return value <= (ensemble.threshold[node] as number);
}

function viewOf(flags: number): number {
  if ((flags & SplitFlag.categorical) !== 0) return View.missingRight;
  if ((flags & SplitFlag.nanIsZero) !== 0) return View.nanIsZero;
  const zero = (flags & SplitFlag.zeroMissing) !== 0 ? View.zeroMissingRight : View.missingRight;
  return (flags & SplitFlag.missingLeft) !== 0 ? zero + 1 : zero;
}

/** V8 makes no branch of it. */
function bit(condition: boolean): number {
  return (condition as unknown as number) | 0;
}
