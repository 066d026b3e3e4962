// Solves a convex quadratic program by Mehrotra's predictor-corrector method (Mehrotra 1992, SIAM Journal on Optimization 2(4); Nocedal & Wright
// 2006, section 16.6) with steps from inside its bounds. Deterministic: the same program gives the same bits on one kind of machine.
import type { QuadraticProgram } from "./quadratic-program.js";
import { withoutFixed } from "./fixed-variables.js";
import { SystemFactor } from "./system-factor.js";

export interface Solution {
  /**
   * `optimal`: within 1e-9 of the least value, relative to 1 and the value. `infeasible`: no x obeys all rows. `failed`: neither could be told in
   * the iterations that it has, or a number was not finite.
   */
  readonly status: "optimal" | "infeasible" | "failed";
  readonly x: Float64Array;
  /** x'Px / 2 + q'x. */
  readonly value: number;
  /** The least value is no lower than `value` - `gap`. */
  readonly gap: number;
  readonly iterations: number;
  /** Names of rows that cannot be obeyed together; empty unless infeasible. */
  readonly broken: readonly string[];
}

const MOST_ITERATIONS = 100;
/** Distance from the bounds at the start, and the product of distance and multiplier. */
const [INSIDE, PRODUCT] = [0.01, 0.01];
const RIDGE = 1e-10;
/** Of residuals and of the gap, relative; and what is taken where rounding stops sooner. */
const [WANTED, TAKEN] = [1e-13, 1e-8];
/** Of residuals and of the gap, where no more is asked than whether something is far from 0. */
const NEARLY = 1e-5;

export function solveProgram(whole: QuadraticProgram): Solution {
  const { program, restore, fixedValue } = withoutFixed(whole);
  const found = search(program);
  return { ...found, x: restore(found.x), value: found.value + fixedValue };
}

function search(program: QuadraticProgram): Solution {
  if (program.rows.some(({ terms, right }) => terms.length === 0 && !(Math.abs(right) <= 1e-9))) {
    const broken = program.rows.filter(({ terms, right }) => terms.length === 0 && !(Math.abs(right) <= 1e-9)).map((row) => row.name);
    return { status: "infeasible", x: program.start, value: Number.NaN, gap: Number.NaN, iterations: 0, broken };
  }
  const { score: _, ...found } = iterate(program);
  if (found.status === "optimal") return found;
  const excess = iterate(elastic(program));
  const rows = program.rows.length;
  // Rounding may stop it before the least excess is known to all digits: it need not be, where it is far from 0.
  const sure = excess.status === "optimal" ? 1e-7 : excess.score <= NEARLY ? 1e-4 : Number.POSITIVE_INFINITY;
  if (!(excess.value > sure)) return found;
  const n = program.low.length;
  const broken = program.rows.filter((_, r) => (excess.x[n + r] as number) + (excess.x[n + rows + r] as number) > sure);
  return { ...found, status: "infeasible", broken: broken.map((row) => row.name) };
}

/** What the rows lack at least: each may miss its right side on both ends, at a price of 1. */
function elastic(program: QuadraticProgram): QuadraticProgram {
  const { rows } = program;
  const more = (values: Float64Array, value: number): Float64Array => {
    const out = new Float64Array(values.length + 2 * rows.length).fill(value);
    out.set(values);
    return out;
  };
  const n = program.low.length;
  return {
    low: more(program.low, 0),
    high: more(program.high, Number.POSITIVE_INFINITY),
    linear: more(new Float64Array(n), 1),
    diagonal: more(new Float64Array(n).fill(1e-9), 0),
    start: more(program.start, 1),
    blocks: [],
    stages: [...program.stages, ...Array.from({ length: 2 * rows.length }, () => "early" as const)],
    rows: rows.map((row, r) => ({
      ...row,
      terms: [...row.terms, { variable: n + r, value: 1 }, { variable: n + rows.length + r, value: -1 }],
    })),
  };
}

/** `score`: the larger of residuals and gap, relative. */
function iterate(program: QuadraticProgram): Solution & { readonly score: number } {
  const { low, high, rows } = program;
  const [n, m] = [low.length, rows.length];
  const scale = scaleOf(program);
  const q = program.linear.map((value) => value * scale);
  const factor = new SystemFactor(program, scale);
  const right = Float64Array.from(rows, (row) => row.right);
  const [x, y] = [new Float64Array(n), new Float64Array(m)];
  const [zl, zu] = [new Float64Array(n), new Float64Array(n)];
  const lows = Uint8Array.from(low, (value) => (value === Number.NEGATIVE_INFINITY ? 0 : 1));
  const highs = Uint8Array.from(high, (value) => (value === Number.POSITIVE_INFINITY ? 0 : 1));
  const hasLow = (j: number): boolean => lows[j] === 1;
  const hasHigh = (j: number): boolean => highs[j] === 1;
  let bounds = 0;
  for (let j = 0; j < n; j++) {
    const [a, b] = [low[j] as number, high[j] as number];
    const inside = Math.min(INSIDE, 0.25 * (b - a));
    x[j] = Math.max(a + inside, Math.min(b - inside, program.start[j] as number));
    if (hasLow(j)) [zl[j], bounds] = [PRODUCT / ((x[j] as number) - a), bounds + 1];
    if (hasHigh(j)) [zu[j], bounds] = [PRODUCT / (b - (x[j] as number)), bounds + 1];
  }
  const px = new Float64Array(n);
  const curve = new Float64Array(n);
  const [r1, r2] = [new Float64Array(n), new Float64Array(m)];
  const dual = new Float64Array(n);
  const lack = new Float64Array(m);
  const baseCurve = program.diagonal.map((value) => value * scale);
  for (const { first, size, values } of program.blocks)
    for (let i = 0; i < size; i++) baseCurve[first + i] = (baseCurve[first + i] as number) + scale * (values[i * (size + 1)] as number);
  const sparse = sparseRows(program);
  const system = new Refined(program, sparse, scale, factor, curve);
  const [dzl, dzu] = [new Float64Array(n), new Float64Array(n)];
  let qSize = 1;
  for (const value of q) qSize = Math.max(qSize, Math.abs(value));
  let rightSize = 1;
  for (const value of right) rightSize = Math.max(rightSize, Math.abs(value));

  const kept = Float64Array.from(x);
  let best = { score: Number.POSITIVE_INFINITY, x: kept, value: Number.NaN, gap: Number.POSITIVE_INFINITY };
  let iterations = 0;
  for (; iterations < MOST_ITERATIONS; iterations++) {
    blockTimes(program, scale, x, px);
    for (let j = 0; j < n; j++) px[j] = (px[j] as number) + (baseCurve[j] as number) * (x[j] as number);
    for (let j = 0; j < n; j++) dual[j] = -((px[j] as number) + (q[j] as number));
    let primal = 0;
    for (let r = 0; r < m; r++) {
      let sum = right[r] as number;
      const price = y[r] as number;
      for (let at = sparse.starts[r] as number; at < (sparse.starts[r + 1] as number); at++) {
        const [j, entry] = [sparse.variables[at] as number, sparse.values[at] as number];
        sum -= entry * (x[j] as number);
        dual[j] = (dual[j] as number) + entry * price;
      }
      lack[r] = sum;
      primal = Math.max(primal, Math.abs(sum));
    }
    let [value, products, slope] = [0, 0, 0];
    for (let j = 0; j < n; j++) {
      value += (0.5 * (px[j] as number) + (q[j] as number)) * (x[j] as number);
      if (hasLow(j)) products += (zl[j] as number) * ((x[j] as number) - (low[j] as number));
      if (hasHigh(j)) products += (zu[j] as number) * ((high[j] as number) - (x[j] as number));
      slope = Math.max(slope, Math.abs((dual[j] as number) + (zl[j] as number) - (zu[j] as number)));
    }
    const score = Math.max(primal / rightSize, slope / qSize, products / (1 + Math.abs(value)));
    if (!Number.isFinite(score)) break;
    if (score < best.score) kept.set(x);
    if (score < best.score) best = { score, x: kept, value: value / scale, gap: products / scale };
    if (score <= WANTED || (best.score < TAKEN && score > 100 * best.score)) break;
    const mu = bounds === 0 ? 0 : products / bounds;

    for (let j = 0; j < n; j++) {
      let sum = baseCurve[j] as number;
      if (hasLow(j)) sum += (zl[j] as number) / ((x[j] as number) - (low[j] as number));
      if (hasHigh(j)) sum += (zu[j] as number) / ((high[j] as number) - (x[j] as number));
      curve[j] = sum;
    }
    factor.factor(curve, RIDGE);
    // Predictor: straight to where all products are 0; then the corrector, with what that step has shown.
    let [sigma, affine] = [0, false];
    let length = 1;
    let dx: Float64Array = r1;
    let dy: Float64Array = r2;
    for (const pass of bounds === 0 ? [1] : [0, 1]) {
      for (let j = 0; j < n; j++) {
        let sum = dual[j] as number;
        const target = sigma * mu;
        if (hasLow(j)) sum += (target - (affine ? (dx[j] as number) * (dzl[j] as number) : 0)) / ((x[j] as number) - (low[j] as number));
        if (hasHigh(j)) sum -= (target + (affine ? (dx[j] as number) * (dzu[j] as number) : 0)) / ((high[j] as number) - (x[j] as number));
        r1[j] = sum;
        // Kept for the multipliers' steps.
        dzl[j] = affine ? target - (dx[j] as number) * (dzl[j] as number) : target;
        dzu[j] = affine ? target + (dx[j] as number) * (dzu[j] as number) : target;
      }
      [dx, dy] = system.solve(r1, lack);
      length = 1;
      const keep = pass === 0 ? 1 : 0.995;
      for (let j = 0; j < n; j++) {
        const step = dx[j] as number;
        if (hasLow(j)) {
          const room = (x[j] as number) - (low[j] as number);
          dzl[j] = ((dzl[j] as number) - (zl[j] as number) * step) / room - (zl[j] as number);
          if (step < 0) length = Math.min(length, (-keep * room) / step);
          if ((dzl[j] as number) < 0) length = Math.min(length, (-keep * (zl[j] as number)) / (dzl[j] as number));
        }
        if (hasHigh(j)) {
          const room = (high[j] as number) - (x[j] as number);
          dzu[j] = ((dzu[j] as number) + (zu[j] as number) * step) / room - (zu[j] as number);
          if (step > 0) length = Math.min(length, (keep * room) / step);
          if ((dzu[j] as number) < 0) length = Math.min(length, (-keep * (zu[j] as number)) / (dzu[j] as number));
        }
      }
      if (pass === 0) {
        let after = 0;
        for (let j = 0; j < n; j++) {
          const step = length * (dx[j] as number);
          if (hasLow(j)) after += ((zl[j] as number) + length * (dzl[j] as number)) * ((x[j] as number) + step - (low[j] as number));
          if (hasHigh(j)) after += ((zu[j] as number) + length * (dzu[j] as number)) * ((high[j] as number) - (x[j] as number) - step);
        }
        sigma = Math.max(1e-8, (after / products) ** 3);
        affine = true;
      }
    }
    if (!(length > 1e-13)) break;
    for (let j = 0; j < n; j++) {
      x[j] = (x[j] as number) + length * (dx[j] as number);
      if (hasLow(j)) zl[j] = (zl[j] as number) + length * (dzl[j] as number);
      if (hasHigh(j)) zu[j] = (zu[j] as number) + length * (dzu[j] as number);
    }
    for (let r = 0; r < m; r++) y[r] = (y[r] as number) - length * (dy[r] as number);
  }
  const status = best.score <= TAKEN ? "optimal" : "failed";
  return { status, x: best.x, value: best.value, gap: best.gap, iterations, broken: [], score: best.score };
}

/** Solves [H, E'; E, 0] by factors of a matrix that is a little off, made good by refinement. */
class Refined {
  private readonly dx: Float64Array;
  private readonly dy: Float64Array;
  private readonly a: Float64Array;
  private readonly b: Float64Array;

  constructor(
    private readonly program: QuadraticProgram,
    private readonly sparse: SparseRows,
    private readonly scale: number,
    private readonly factor: SystemFactor,
    private readonly curve: Float64Array,
  ) {
    const n = program.low.length;
    [this.dx, this.dy] = [new Float64Array(n), new Float64Array(program.rows.length)];
    [this.a, this.b] = [new Float64Array(n), new Float64Array(program.rows.length)];
  }

  solve(top: Float64Array, bottom: Float64Array): [Float64Array, Float64Array] {
    const { dx, dy, a, b, program, sparse } = this;
    dx.fill(0);
    dy.fill(0);
    a.set(top);
    b.set(bottom);
    let before = Number.POSITIVE_INFINITY;
    for (let time = 0; time < 5; time++) {
      this.factor.solve(a, b);
      for (let j = 0; j < dx.length; j++) dx[j] = (dx[j] as number) + (a[j] as number);
      for (let r = 0; r < dy.length; r++) dy[r] = (dy[r] as number) + (b[r] as number);
      // What is still missing.
      blockTimes(program, this.scale, dx, a);
      for (let j = 0; j < dx.length; j++) a[j] = (top[j] as number) - (a[j] as number) - (this.curve[j] as number) * (dx[j] as number);
      let off = 0;
      for (let r = 0; r < dy.length; r++) {
        let sum = bottom[r] as number;
        const price = dy[r] as number;
        for (let at = sparse.starts[r] as number; at < (sparse.starts[r + 1] as number); at++) {
          const [j, entry] = [sparse.variables[at] as number, sparse.values[at] as number];
          sum -= entry * (dx[j] as number);
          a[j] = (a[j] as number) - entry * price;
        }
        b[r] = sum;
        off = Math.max(off, Math.abs(sum));
      }
      for (let j = 0; j < a.length; j++) off = Math.max(off, Math.abs(a[j] as number) / (1 + (this.curve[j] as number)));
      if (off < 1e-14 || off > 0.5 * before) break;
      before = off;
    }
    return [dx, dy];
  }
}

/** E by rows. */
interface SparseRows {
  readonly starts: Int32Array;
  readonly variables: Int32Array;
  readonly values: Float64Array;
}

function sparseRows({ rows }: QuadraticProgram): SparseRows {
  const starts = new Int32Array(rows.length + 1);
  rows.forEach((row, r) => (starts[r + 1] = (starts[r] as number) + row.terms.length));
  const terms = rows.flatMap((row) => row.terms);
  return { starts, variables: Int32Array.from(terms, (term) => term.variable), values: Float64Array.from(terms, (term) => term.value) };
}

/** Brings the costs to the size of 1. */
function scaleOf({ linear, diagonal, blocks }: QuadraticProgram): number {
  let size = 0;
  for (const value of linear) size = Math.max(size, Math.abs(value));
  for (const value of diagonal) size = Math.max(size, Math.abs(value));
  for (const block of blocks)
    for (let i = 0; i < block.size; i++) size = Math.max(size, Math.abs(block.values[i * (block.size + 1)] as number));
  return size > 0 && Number.isFinite(size) ? 1 / size : 1;
}

/** out = the blocks' part of scale P x without the diagonal. */
function blockTimes({ blocks }: QuadraticProgram, scale: number, x: Float64Array, out: Float64Array): void {
  out.fill(0);
  for (const { first, size, values } of blocks) {
    for (let i = 0, at = 0; i < size; i++) {
      let sum = -(values[i * (size + 1)] as number) * (x[first + i] as number);
      for (let j = 0; j < size; j++, at++) sum += (values[at] as number) * (x[first + j] as number);
      out[first + i] = scale * sum;
    }
  }
}
