// Solves a convex quadratic program by Mehrotra's predictor-corrector method (Mehrotra 1992, SIAM Journal on Optimization 2(4); Nocedal & Wright
// 2006, section 16.6) with steps from inside its bounds. Deterministic: the same program gives the same bits on every machine.
import type { QuadraticProgram } from "./quadratic-program.js";
import { withoutFixed } from "./fixed-variables.js";
import { BoundedPoint } from "./bounded-step.js";
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
/** The part of the way to the nearest bound that a step goes, and the product left there, relative to the mean. */
const [LEAST_PART, MOST_PART, BEHIND] = [0.99, 1 - 1e-9, 0.1];
/** A step that gets so far is taken; else these parts of the corrector are tried. */
const FAR = 0.9;
const SHARES = [0.75, 0.5, 0.25, 0.1];
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
  const { starts, right, names } = program.rows;
  const rows = right.length;
  const empty = names.filter((_, r) => starts[r] === starts[r + 1] && !(Math.abs(right[r] as number) <= 1e-9));
  if (empty.length > 0) return { status: "infeasible", x: program.start, value: Number.NaN, gap: Number.NaN, iterations: 0, broken: empty };
  const { score: _, ...found } = iterate(program);
  if (found.status === "optimal") return found;
  const excess = iterate(elastic(program));
  // Rounding may stop it before the least excess is known to all digits: it need not be, where it is far from 0.
  const sure = excess.status === "optimal" ? 1e-7 : excess.score <= NEARLY ? 1e-4 : Number.POSITIVE_INFINITY;
  const n = program.low.length;
  const broken = names.filter((_, r) => (excess.x[n + r] as number) + (excess.x[n + rows + r] as number) > sure);
  if (broken.length === 0) return found;
  return { ...found, status: "infeasible", broken };
}

/** What the rows lack at least: each may miss its right side on both ends, at a price of 1. */
function elastic(program: QuadraticProgram): QuadraticProgram {
  const { starts, variables, values, right, stages, names } = program.rows;
  const rows = right.length;
  const more = (of: Float64Array, value: number): Float64Array => {
    const out = new Float64Array(of.length + 2 * rows).fill(value);
    out.set(of);
    return out;
  };
  const n = program.low.length;
  const wide = { variables: new Int32Array(variables.length + 2 * rows), values: new Float64Array(values.length + 2 * rows) };
  for (let r = 0; r < rows; r++) {
    const [from, to] = [starts[r] as number, starts[r + 1] as number];
    wide.variables.set(variables.subarray(from, to), from + 2 * r);
    wide.values.set(values.subarray(from, to), from + 2 * r);
    wide.variables.set([n + r, n + rows + r], to + 2 * r);
    wide.values.set([1, -1], to + 2 * r);
  }
  return {
    low: more(program.low, 0),
    high: more(program.high, Number.POSITIVE_INFINITY),
    linear: more(new Float64Array(n), 1),
    // Small beside any price, large beside what the system is regularized by.
    diagonal: more(new Float64Array(n).fill(1e-6), 0),
    start: more(program.start, 1),
    blocks: [],
    stages: [...program.stages, ...Array.from({ length: 2 * rows }, () => "early" as const)],
    rows: { starts: starts.map((start, r) => start + 2 * r), ...wide, right, stages, names },
  };
}

/** `score`: the larger of residuals and gap, relative. */
function iterate(program: QuadraticProgram): Solution & { readonly score: number } {
  const { low, high } = program;
  const { right } = program.rows;
  const [n, m] = [low.length, right.length];
  const scale = scaleOf(program);
  const q = program.linear.map((value) => value * scale);
  const system = new SystemFactor(program, scale);
  // Minus the multipliers of the rows.
  const [x, y] = [new Float64Array(n), new Float64Array(m)];
  const [zl, zu] = [new Float64Array(n), new Float64Array(n)];
  const [hasLow, hasHigh] = [new Uint8Array(n), new Uint8Array(n)];
  let bounds = 0;
  for (let j = 0; j < n; j++) {
    const a = low[j] as number;
    const b = high[j] as number;
    const inside = Math.min(INSIDE, 0.25 * (b - a));
    const at = Math.max(a + inside, Math.min(b - inside, program.start[j] as number));
    x[j] = at;
    if (a !== Number.NEGATIVE_INFINITY) {
      hasLow[j] = 1;
      zl[j] = PRODUCT / (at - a);
      bounds++;
    }
    if (b !== Number.POSITIVE_INFINITY) {
      hasHigh[j] = 1;
      zu[j] = PRODUCT / (b - at);
      bounds++;
    }
  }
  const curve = new Float64Array(n);
  const [dual, lack] = [new Float64Array(n), new Float64Array(m)];
  const baseCurve = program.diagonal.map((value) => value * scale);
  for (const { first, size, values } of program.blocks)
    for (let i = 0; i < size; i++) baseCurve[first + i] = (baseCurve[first + i] as number) + scale * (values[i * (size + 1)] as number);
  const top = new Float64Array(n);
  const [dx, dy] = [new Float64Array(n), new Float64Array(m)];
  const [dzl, dzu] = [new Float64Array(n), new Float64Array(n)];
  const point = new BoundedPoint(low, high, hasLow, hasHigh, x, zl, zu);
  const whole = { dx, dzl, dzu };
  const straight = { dx: new Float64Array(n), dzl: new Float64Array(n), dzu: new Float64Array(n) };
  const straightY = new Float64Array(m);
  const [qSize, rightSize] = [largest(q, 1), largest(right, 1)];

  const kept = Float64Array.from(x);
  let best = { score: Number.POSITIVE_INFINITY, x: kept, value: Number.NaN, gap: Number.POSITIVE_INFINITY };
  let iterations = 0;
  for (; iterations < MOST_ITERATIONS; iterations++) {
    for (let j = 0; j < n; j++) dual[j] = -(q[j] as number);
    lack.set(right);
    system.missing(baseCurve, x, y, dual, lack);
    let [twice, products, slope] = [0, 0, 0];
    // x'Px = x'(Px + E'y) - y'Ex.
    for (let r = 0; r < m; r++) twice -= (y[r] as number) * ((right[r] as number) - (lack[r] as number));
    for (let j = 0; j < n; j++) {
      const at = x[j] as number;
      twice += ((q[j] as number) - (dual[j] as number)) * at;
      if (hasLow[j] === 1) products += (zl[j] as number) * (at - (low[j] as number));
      if (hasHigh[j] === 1) products += (zu[j] as number) * ((high[j] as number) - at);
      slope = Math.max(slope, Math.abs((dual[j] as number) + (zl[j] as number) - (zu[j] as number)));
    }
    const value = twice / 2;
    const score = Math.max(largest(lack, 0) / rightSize, slope / qSize, products / (1 + Math.abs(value)));
    if (!Number.isFinite(score)) break;
    if (score < best.score) kept.set(x);
    if (score < best.score) best = { score, x: kept, value: value / scale, gap: products / scale };
    if (score <= WANTED || (best.score < TAKEN && score > 100 * best.score)) break;
    const mu = bounds === 0 ? 0 : products / bounds;

    for (let j = 0; j < n; j++) {
      let sum = baseCurve[j] as number;
      if (hasLow[j] === 1) sum += (zl[j] as number) / ((x[j] as number) - (low[j] as number));
      if (hasHigh[j] === 1) sum += (zu[j] as number) / ((high[j] as number) - (x[j] as number));
      curve[j] = sum;
    }
    system.factor(curve);
    // Predictor: straight to where all products are 0; then the corrector, with what that step has shown.
    let [target, affine, alone] = [0, 0, 0];
    let length = 1;
    for (const pass of bounds === 0 ? [1] : [0, 1]) {
      for (let j = 0; j < n; j++) {
        let sum = dual[j] as number;
        const second = affine * (dx[j] as number);
        // What is written to the multipliers' steps is the start of them.
        if (hasLow[j] === 1) {
          dzl[j] = target - second * (dzl[j] as number);
          sum += (dzl[j] as number) / ((x[j] as number) - (low[j] as number));
        }
        if (hasHigh[j] === 1) {
          dzu[j] = target + second * (dzu[j] as number);
          sum -= (dzu[j] as number) / ((high[j] as number) - (x[j] as number));
        }
        top[j] = sum;
      }
      // What this leaves undone is in the residuals of the next one.
      system.solve(top, lack, Math.max(1e-14, (pass === 0 ? 1e-2 : 1e-6) * score), dx, dy);
      for (let j = 0; j < n; j++) {
        const step = dx[j] as number;
        if (hasLow[j] === 1) {
          const z = zl[j] as number;
          dzl[j] = ((dzl[j] as number) - z * step) / ((x[j] as number) - (low[j] as number)) - z;
        }
        if (hasHigh[j] === 1) {
          const z = zu[j] as number;
          dzu[j] = ((dzu[j] as number) + z * step) / ((high[j] as number) - (x[j] as number)) - z;
        }
      }
      let reach = point.reach(whole, whole, 0);
      if (pass === 0) {
        const left = point.products(whole, reach.length) / products;
        target = Math.max(1e-8, left * left * left) * mu;
        affine = 1;
        alone = reach.length;
        straight.dx.set(dx);
        straight.dzl.set(dzl);
        straight.dzu.set(dzu);
        straightY.set(dy);
        continue;
      }
      // Where the corrector overshoots, a part of it goes further (Colombo & Gondzio 2008, "Further development of multiple centrality
      // correctors"); the whole of it at every step can go round in circles.
      let share = 1;
      if (reach.length < FAR && bounds > 0)
        for (const less of SHARES) {
          if (less < alone * alone) break;
          const other = point.reach(straight, whole, less);
          if (other.length > reach.length) [reach, share] = [other, less];
        }
      if (share < 1) {
        blend(straight.dx, dx, share);
        blend(straight.dzl, dzl, share);
        blend(straight.dzu, dzu, share);
        blend(straightY, dy, share);
      }
      const after = bounds === 0 ? 0 : point.products(whole, reach.length) / bounds;
      const part = Math.max(LEAST_PART, Math.min(MOST_PART, point.part(whole, reach, BEHIND * after)));
      length = reach.at < 0 ? 1 : reach.length * part;
    }
    if (!(length > 1e-13)) break;
    for (let j = 0; j < n; j++) {
      x[j] = (x[j] as number) + length * (dx[j] as number);
      zl[j] = (zl[j] as number) + length * (dzl[j] as number);
      zu[j] = (zu[j] as number) + length * (dzu[j] as number);
    }
    for (let r = 0; r < m; r++) y[r] = (y[r] as number) + length * (dy[r] as number);
  }
  const status = best.score <= TAKEN ? "optimal" : "failed";
  return { status, x: best.x, value: best.value, gap: best.gap, iterations, broken: [], score: best.score };
}

/** second becomes first + share x (second - first). */
function blend(first: Float64Array, second: Float64Array, share: number): void {
  for (let j = 0; j < first.length; j++) second[j] = (first[j] as number) + share * ((second[j] as number) - (first[j] as number));
}

function largest(values: Float64Array, least: number): number {
  let size = least;
  for (let at = 0; at < values.length; at++) size = Math.max(size, Math.abs(values[at] as number));
  return size;
}

/** Brings the costs to the size of 1. */
function scaleOf({ linear, diagonal, blocks }: QuadraticProgram): number {
  let size = largest(diagonal, largest(linear, 0));
  for (const block of blocks)
    for (let i = 0; i < block.size; i++) size = Math.max(size, Math.abs(block.values[i * (block.size + 1)] as number));
  return size > 0 && Number.isFinite(size) ? 1 / size : 1;
}
