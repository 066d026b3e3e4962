// Statistics of windows: gathers the last values of each instrument side by side, oldest first, and hands them to a pure function.
// Steps over the same series come one after the other, the shortest window first; all of them look at the newest part of what was gathered
// for the longest. Instruments are taken in tiles small enough to stay in the nearest cache.
import { type Lane, type Op, slotAt, type Work } from "./kernel.js";
import { WindowOrder } from "./window-order.js";

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

/** By the group's last step. Hints only, so no part of a snapshot. */
const orders = new WeakMap<Op, WindowOrder>();

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
  const last = ops[end - 1] as Op;
  const { x, y, bars: longest } = last;
  const two = last.statistic?.series === 2;
  const sorting = longestSorted(ops, begin, end);
  const order = sorting > 0 ? orderOf(last, sorting, work.width) : null;
  const tile = Math.max(LEAST_TILE, Math.min(MOST_TILE, Math.floor(TILE_VALUES / longest)));
  for (let start = from; start < to; start += tile) {
    const n = Math.min(tile, to - start);
    gather(first, x, longest, start, n, work);
    if (two) gather(second, y, longest, start, n, work);
    if (order !== null) sortTile(order, sorting, longest, start, n, work);
    let offered = 0;
    for (let k = begin; k < end; k++) {
      const op = ops[k] as Op;
      const { out, bars, params } = op;
      if (op.statistic === null) continue;
      if (order !== null && op.statistic.sorts === true && bars !== offered) {
        offered = bars;
        for (let j = 0; j < n; j++) {
          if ((first.flaw[j] as number) < longest - sorting) order.offer(first.values, j * longest + longest - bars, bars, j);
        }
      }
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

/** Length of the longest window that is wanted in ascending order; 0 when none is. */
function longestSorted(ops: readonly Op[], begin: number, end: number): number {
  for (let k = end - 1; k >= begin; k--) if (ops[k]?.statistic?.sorts === true) return (ops[k] as Op).bars;
  return 0;
}

function orderOf(op: Op, bars: number, width: number): WindowOrder {
  let order = orders.get(op);
  if (order === undefined) {
    order = new WindowOrder(bars, width);
    orders.set(op, order);
  }
  return order;
}

/** Orders the windows of `sorting` bars that hold no value which is not finite. */
function sortTile(order: WindowOrder, sorting: number, longest: number, start: number, n: number, { rows, t }: Work): void {
  order.reserve(n);
  for (let j = 0; j < n; j++) {
    if ((first.flaw[j] as number) >= longest - sorting) continue;
    order.sort(first.values, j * longest + longest - sorting, rows[start + j] as number, t, j);
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
