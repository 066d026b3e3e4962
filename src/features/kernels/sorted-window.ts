// Windows kept in ascending order: at each bar one value leaves and one comes, so a window is put right by one move. Quantiles and ranks
// are then read, not searched. What is kept is the window in order and nothing else: no trace of what has left it, the same bits wherever
// the plan began. Each instrument's window lies in one piece. A value that is not finite stands as +Infinity, at the end.
import { type Lane, type Op, slotAt, type Work } from "./kernel.js";

/** Keeps the last `bars` values of operand 1 at operand 2, where instrument `i` has `bars` places from `i x bars` on. */
export function sortedWindow(ops: readonly Op[], work: Work): void {
  const { memory, width, t, rows, from, to } = work;
  for (let k = 0; k < ops.length; k++) {
    const { x, y, bars } = ops[k] as Op;
    const a = x.at;
    const b = slotAt(x, t - bars, width);
    for (let j = from; j < to; j++) {
      const i = rows[j] as number;
      const first = y.offset + Math.imul(i, bars);
      const last = first + bars - 1;
      const come = keyOf(memory[a + i] as number);
      const gone = keyOf(memory[b + i] as number);
      if (come === gone && memory[last] !== Number.POSITIVE_INFINITY) continue;
      let p = placeOf(memory, first, bars, gone);
      // Not there at the first bars of a constant, or after a split that went beyond the largest number.
      if (memory[p] !== gone || memory[first] === Number.NEGATIVE_INFINITY) {
        sortAnew(work, x, i, first, bars);
        continue;
      }
      while (p < last && (memory[p + 1] as number) < come) {
        memory[p] = memory[p + 1] as number;
        p++;
      }
      while (p > first && (memory[p - 1] as number) > come) {
        memory[p] = memory[p - 1] as number;
        p--;
      }
      memory[p] = come;
    }
  }
}

/** The quantile at `factor` of the window at operand 2, interpolated linearly (Hyndman and Fan 1996, type 7; numpy's default). */
export function quantileOfSorted(ops: readonly Op[], { memory, rows, from, to }: Work): void {
  for (let k = 0; k < ops.length; k++) {
    const { y, out, bars, factor } = ops[k] as Op;
    const place = factor * (bars - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, bars - 1);
    const part = place - below;
    const r = out.at;
    for (let j = from; j < to; j++) {
      const i = rows[j] as number;
      const first = y.offset + Math.imul(i, bars);
      const known = isKnown(memory, first, bars);
      const v = memory[first + below] as number;
      memory[r + i] = known ? (above > below ? v + part * ((memory[first + above] as number) - v) : v) : Number.NaN;
    }
  }
}

/** Rank of operand 1, the newest value of the window at operand 2, over its length; ties share their average rank (pandas rank(pct=True)). */
export function rankInSorted(ops: readonly Op[], work: Work): void {
  lookUp(ops, work, (below, equal, n) => (below + (equal + 1) / 2) / n);
}

/** The place of operand 1, the newest value of the window at operand 2, among all of it, ties half, in [0, 1]. */
export function percentileInSorted(ops: readonly Op[], work: Work): void {
  lookUp(ops, work, (below, equal, n) => (2 * below + equal) / (2 * n));
}

/** `value`: of the numbers of keys below the newest value, equal to it, and in all. */
function lookUp(ops: readonly Op[], { memory, rows, from, to }: Work, value: (below: number, equal: number, n: number) => number): void {
  for (let k = 0; k < ops.length; k++) {
    const { x, y, out, bars } = ops[k] as Op;
    const a = x.at;
    const r = out.at;
    for (let j = from; j < to; j++) {
      const i = rows[j] as number;
      const first = y.offset + Math.imul(i, bars);
      const end = first + bars;
      const v = memory[a + i] as number;
      if (!isKnown(memory, first, bars)) {
        memory[r + i] = Number.NaN;
        continue;
      }
      const place = placeOf(memory, first, bars, v);
      let after = place + 1;
      while (after < end && memory[after] === v) after++;
      memory[r + i] = value(place - first, after - place, bars);
    }
  }
}

/** Zeros of both signs become one, so that their order cannot matter. */
function keyOf(v: number): number {
  return v - v === 0 ? v + 0 : Number.POSITIVE_INFINITY;
}

function isKnown(memory: Float64Array, first: number, bars: number): boolean {
  return memory[first + bars - 1] !== Number.POSITIVE_INFINITY && memory[first] !== Number.NEGATIVE_INFINITY;
}

/** Place of the first key of the ascending `memory[first .. first + n)` that is not below `v`; the last when there is none. */
function placeOf(memory: Float64Array, first: number, n: number, v: number): number {
  let low = first;
  // Steps by halves without a branch that could be foreseen wrongly.
  for (let left = n; left > 1; ) {
    const half = left >> 1;
    low += (memory[low + half - 1] as number) < v ? half : 0;
    left -= half;
  }
  return low;
}

function sortAnew({ memory, width, t }: Work, x: Lane, i: number, first: number, bars: number): void {
  for (let b = 0; b < bars; b++) memory[first + b] = keyOf(memory[slotAt(x, t - bars + 1 + b, width) + i] as number);
  memory.subarray(first, first + bars).sort();
}
