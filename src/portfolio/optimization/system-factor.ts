// Solves the system of a step of an interior-point method, [H, E'; E, 0], by factors of [H + r, E'; E, -r] = L D L': quasi-definite, so that any
// order of elimination has factors (Vanderbei 1995, "Symmetric quasidefinite matrices"). What r puts off is made good by refinement.
// One at a time: the memory of a system is taken by the next one that is made.
import { type DenseKernel, entryOf, openDense, sizeOf } from "./dense-kernel.js";
import type { QuadraticProgram } from "./quadratic-program.js";
import { type Span, type SystemPattern, systemPattern } from "./system-pattern.js";

/** r: what rounding does to a pivot must stay below it, where others are as large as 1 / r. */
const RIDGE = 1e-8;
const MOST_REFINEMENTS = 8;

export class SystemFactor {
  private readonly pattern: SystemPattern;
  private readonly kernel: DenseKernel;
  private readonly groups: number;
  private readonly lower: Float64Array;
  private readonly original: Float64Array;
  private readonly pivots: Float64Array;
  private readonly dense: Float64Array;
  /** Of the tail: what does not change from step to step. */
  private readonly fixed: Float64Array;
  private readonly sums: Float64Array;
  private readonly work: Float64Array;
  /** In order of places: what is solved for, and before the last correction, the right side, what is still missing of it, and a run's part of the tail. */
  private readonly x: Float64Array;
  private readonly last: Float64Array;
  private readonly right: Float64Array;
  private readonly rest: Float64Array;
  private readonly part: Float64Array;
  /** Diagonal without the ridge. */
  private readonly diagonal: Float64Array;

  /** `scale`: factor of P. */
  constructor(program: QuadraticProgram, scale: number) {
    const pattern = systemPattern(program);
    const { sparse, tail, values, place, spans } = pattern;
    this.pattern = pattern;
    this.groups = (tail + 3) >> 2;
    const size = sparse + 4 * this.groups;
    const most = spans.reduce((rows, span) => Math.max(rows, span.rows), 0);
    const run = (most + 3) >> 2;
    const lengths = [values.length, values.length, size, sizeOf(this.groups), sizeOf(this.groups), sizeOf(run)];
    const { kernel, arrays } = openDense([...lengths, Math.max(4 * 48 * this.groups, 4 * 128 * run), size, size, size, size, most, size]);
    this.kernel = kernel;
    [
      this.lower,
      this.original,
      this.pivots,
      this.dense,
      this.fixed,
      this.sums,
      this.work,
      this.x,
      this.last,
      this.right,
      this.rest,
      this.part,
      this.diagonal,
    ] = arrays as unknown as readonly [F, F, F, F, F, F, F, F, F, F, F, F, F];
    this.original.set(values);
    for (const { row, column, value } of pattern.dense) this.fixed[entryOf(row, column)] = value;
    for (const { first, size: names, values: block } of program.blocks) {
      const from = (place[first] as number) - sparse;
      for (let i = 0; i < names; i++)
        for (let j = 0; j < i; j++) this.fixed[entryOf(from + i, from + j)] = scale * (block[i * names + j] as number);
    }
  }

  /** `curve`: the diagonal of H with that of P, the block's own included. */
  factor(curve: Float64Array): void {
    const { pivots, lower, dense, kernel, diagonal, groups, work } = this;
    const { sparse, tail, place, spans } = this.pattern;
    const n = curve.length;
    lower.set(this.original);
    dense.set(this.fixed);
    for (let at = 0; at < place.length; at++) {
      const value = at < n ? (curve[at] as number) : 0;
      diagonal[place[at] as number] = value;
      pivots[place[at] as number] = at < n ? value + RIDGE : -RIDGE;
    }
    for (let i = 0; i < 4 * groups; i++) dense[entryOf(i, i)] = i < tail ? (pivots[sparse + i] as number) : -1;
    for (const span of spans) {
      if (span.rows === 0) this.eliminate(span);
      else this.eliminateRun(span);
    }
    kernel.factorDense(dense.byteOffset, groups, this.pattern.above, RIDGE, addressOf(pivots, sparse), work.byteOffset);
  }

  /** The pivot in this place. No pivot is nearer to 0 than r, or has another sign than it began with, but for rounding. */
  private settle(at: number): number {
    const { pivots } = this;
    const pivot = pivots[at] as number;
    if (this.pattern.isRow[at] === 1 ? pivot <= -RIDGE : pivot >= RIDGE) return pivot;
    return (pivots[at] = this.pattern.isRow[at] === 1 ? -RIDGE : RIDGE);
  }

  private eliminateRun({ from, count, rows: length, start }: Span): void {
    const { kernel, lower, pivots, sums, work, dense } = this;
    const { rows, sparse } = this.pattern;
    for (let j = from; j < from + count; j++) this.settle(j);
    sums.fill(0);
    kernel.eliminateRun(addressOf(lower, start), addressOf(pivots, from), count, length, sums.byteOffset, work.byteOffset);
    for (let i = 0; i < length; i++)
      for (let j = 0; j <= i; j++) {
        const to = entryOf((rows[start + i] as number) - sparse, (rows[start + j] as number) - sparse);
        dense[to] = (dense[to] as number) + (sums[entryOf(i, j)] as number);
      }
  }

  /** Columns of the sparse part, one by one. */
  private eliminate({ from: first, count }: Span): void {
    const { pivots, lower, dense } = this;
    const { sparse, starts, rows } = this.pattern;
    for (let j = first; j < first + count; j++) {
      const pivot = this.settle(j);
      const [from, to] = [starts[j] as number, starts[j + 1] as number];
      for (let a = from; a < to; a++) {
        const value = lower[a] as number;
        if (value === 0) continue;
        const share = value / pivot;
        const r = rows[a] as number;
        if (r >= sparse)
          for (let b = a; b < to; b++) {
            const at = entryOf((rows[b] as number) - sparse, r - sparse);
            dense[at] = (dense[at] as number) - share * (lower[b] as number);
          }
        else {
          pivots[r] = (pivots[r] as number) - share * value;
          let at = starts[r] as number;
          for (let b = a + 1; b < to; b++) {
            const row = rows[b] as number;
            while ((rows[at] as number) < row) at++;
            lower[at] = (lower[at] as number) - share * (lower[b] as number);
          }
        }
      }
      for (let a = from; a < to; a++) lower[a] = (lower[a] as number) / pivot;
    }
  }

  /**
   * Solves for `top` above `bottom`, into `dx` and `dy`; refined until what is missing is below `wanted`, relative to the diagonal, or no longer
   * halves.
   */
  solve(top: Float64Array, bottom: Float64Array, wanted: number, dx: Float64Array, dy: Float64Array): void {
    const { x, last, right, rest, diagonal } = this;
    const { place } = this.pattern;
    const n = top.length;
    this.put(top, bottom, right);
    x.set(right);
    this.throughFactors(x);
    let before = Number.POSITIVE_INFINITY;
    for (let time = 0; time < MOST_REFINEMENTS && wanted < Number.POSITIVE_INFINITY; time++) {
      rest.set(right);
      this.takeProductOff(diagonal, x, rest);
      let off = 0;
      for (let at = 0; at < place.length; at++) {
        const to = place[at] as number;
        off = Math.max(off, Math.abs(rest[to] as number) / (at < n ? 1 + (diagonal[to] as number) : 1));
      }
      // A correction that made it worse is undone.
      if (off > before) x.set(last);
      if (!(off > wanted) || off > 0.5 * before) break;
      before = off;
      last.set(x);
      this.throughFactors(rest);
      for (let at = 0; at < x.length; at++) x[at] = (x[at] as number) + (rest[at] as number);
    }
    this.get(x, dx, dy);
  }

  /** `top` and `bottom` become what is missing of them: [top; bottom] - [P, E'; E, 0] [x; y], `curve` being the diagonal of P. */
  missing(curve: Float64Array, x: Float64Array, y: Float64Array, top: Float64Array, bottom: Float64Array): void {
    const { place } = this.pattern;
    this.put(x, y, this.x);
    this.put(top, bottom, this.rest);
    for (let at = 0; at < place.length; at++) this.right[place[at] as number] = at < curve.length ? (curve[at] as number) : 0;
    this.takeProductOff(this.right, this.x, this.rest);
    this.get(this.rest, top, bottom);
  }

  private put(top: Float64Array, bottom: Float64Array, to: Float64Array): void {
    const { place } = this.pattern;
    const n = top.length;
    for (let j = 0; j < n; j++) to[place[j] as number] = top[j] as number;
    for (let r = 0; r < bottom.length; r++) to[place[n + r] as number] = bottom[r] as number;
  }

  private get(from: Float64Array, top: Float64Array, bottom: Float64Array): void {
    const { place } = this.pattern;
    const n = top.length;
    for (let j = 0; j < n; j++) top[j] = from[place[j] as number] as number;
    for (let r = 0; r < bottom.length; r++) bottom[r] = from[place[n + r] as number] as number;
  }

  /** Takes the product of the system, with this diagonal and no ridge, with x off `out`. */
  private takeProductOff(diagonal: Float64Array, x: Float64Array, out: Float64Array): void {
    const { kernel, original, fixed, groups } = this;
    const { sparse, spans } = this.pattern;
    for (let at = 0; at < out.length; at++) out[at] = (out[at] as number) - (diagonal[at] as number) * (x[at] as number);
    for (const span of spans) {
      this.spanOffRows(original, span, x, out);
      this.spanOffColumns(original, span, x, out);
    }
    kernel.takeProductOff(fixed.byteOffset, groups, addressOf(x, sparse), addressOf(out, sparse));
  }

  private throughFactors(x: Float64Array): void {
    const { kernel, lower, pivots, dense, groups } = this;
    const { sparse, spans } = this.pattern;
    for (const span of spans) this.spanOffRows(lower, span, x, x);
    kernel.solveDense(dense.byteOffset, groups, addressOf(pivots, sparse), addressOf(x, sparse));
    for (let at = 0; at < sparse; at++) x[at] = (x[at] as number) / (pivots[at] as number);
    for (let at = spans.length - 1; at >= 0; at--) this.spanOffColumns(lower, spans[at] as Span, x, x);
  }

  /** Takes the products of a span's columns with x off what is below them. */
  private spanOffRows(values: Float64Array, { from, count, rows: length, start }: Span, x: Float64Array, out: Float64Array): void {
    const { starts, rows } = this.pattern;
    if (length > 0) {
      const { part } = this;
      part.fill(0);
      this.kernel.runOffRows(addressOf(values, start), count, length, addressOf(x, from), part.byteOffset);
      for (let i = 0; i < length; i++) {
        const to = rows[start + i] as number;
        out[to] = (out[to] as number) + (part[i] as number);
      }
      return;
    }
    for (let j = from; j < from + count; j++) {
      const value = x[j] as number;
      for (let at = starts[j] as number; at < (starts[j + 1] as number); at++) {
        const to = rows[at] as number;
        out[to] = (out[to] as number) - (values[at] as number) * value;
      }
    }
  }

  /** Takes the products of a span's columns with what is below them off their own places. */
  private spanOffColumns(values: Float64Array, { from, count, rows: length, start }: Span, x: Float64Array, out: Float64Array): void {
    const { starts, rows } = this.pattern;
    if (length > 0) {
      const { part } = this;
      for (let i = 0; i < length; i++) part[i] = x[rows[start + i] as number] as number;
      this.kernel.runOffColumns(addressOf(values, start), count, length, part.byteOffset, addressOf(out, from));
      return;
    }
    for (let j = from + count - 1; j >= from; j--) {
      let sum = out[j] as number;
      for (let at = starts[j] as number; at < (starts[j + 1] as number); at++)
        sum -= (values[at] as number) * (x[rows[at] as number] as number);
      out[j] = sum;
    }
  }
}

function addressOf(array: Float64Array, at: number): number {
  return array.byteOffset + 8 * at;
}

type F = Float64Array;
