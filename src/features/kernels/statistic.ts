// Statistics of windows: gathers the last values of each instrument side by side, oldest first, and hands them to a pure function.
// Steps over the same series come one after the other, the shortest window first; all of them look at the newest part of what was gathered
// for the longest. Instruments are taken in tiles small enough to stay in the nearest cache.
import { type Lane, type Op, slotAt, type Work } from "./kernel.js";

/** Values and instruments per tile. Eight instruments share the cache lines of a ring. */
const TILE_VALUES = 2048;
const LEAST_TILE = 8;
const MOST_TILE = 64;

interface Gathered {
  values: Float64Array;
  /** Per instrument: place of the newest value that is not finite, -1 when there is none. */
  readonly flaw: Int32Array;
}

const first: Gathered = { values: new Float64Array(TILE_VALUES), flaw: new Int32Array(MOST_TILE) };
const second: Gathered = { values: new Float64Array(TILE_VALUES), flaw: new Int32Array(MOST_TILE) };

export function statistic(ops: readonly Op[], work: Work): void {
  for (let begin = 0, end = 0; begin < ops.length; begin = end) {
    const { x, y } = ops[begin] as Op;
    while (end < ops.length && ops[end]?.x === x && ops[end]?.y === y) end++;
    group(ops, begin, end, work);
  }
}

/** Runs `ops[begin..end)`, which read the same series, the longest window last. */
function group(ops: readonly Op[], begin: number, end: number, work: Work): void {
  const { memory, rows, from, to } = work;
  const { x, y, bars: longest, statistic: spec } = ops[end - 1] as Op;
  const two = spec?.series === 2;
  const tile = Math.max(LEAST_TILE, Math.min(MOST_TILE, Math.floor(TILE_VALUES / longest)));
  for (let start = from; start < to; start += tile) {
    const n = Math.min(tile, to - start);
    gather(first, x, longest, start, n, work);
    if (two) gather(second, y, longest, start, n, work);
    for (let k = begin; k < end; k++) {
      const op = ops[k] as Op;
      const { out, bars, params } = op;
      if (op.statistic === null) continue;
      const oldest = longest - bars;
      const r = out.at;
      for (let j = 0; j < n; j++) {
        const i = rows[start + j] as number;
        const known = (first.flaw[j] as number) < oldest && (!two || (second.flaw[j] as number) < oldest);
        memory[r + i] = known ? op.statistic.value(first.values, second.values, j * longest + oldest, bars, params) : Number.NaN;
      }
    }
  }
}

/** Fills `into` from the instruments `rows[start .. start + n)`. */
function gather(into: Gathered, lane: Lane, bars: number, start: number, n: number, { memory, width, t, rows }: Work): void {
  if (into.values.length < n * bars) into.values = new Float64Array(n * bars);
  const { values, flaw } = into;
  flaw.fill(-1, 0, n);
  for (let b = 0; b < bars; b++) {
    const slot = slotAt(lane, t - bars + 1 + b, width);
    for (let j = 0; j < n; j++) {
      const v = memory[slot + (rows[start + j] as number)] as number;
      values[j * bars + b] = v;
      if (v - v !== 0) flaw[j] = b;
    }
  }
}
