// Statistics of windows: gathers the last values of each instrument side by side, oldest first, and hands them to a pure function.
// Steps over the same series come one after the other, the shortest window first; all of them look at the newest part of what was gathered
// for the longest. Instruments are taken in tiles small enough to stay in the nearest cache.
import { filledAnew } from "#features/statistics/window-memo.js";
import { firstSorted, type SortedWindows, secondSorted } from "#features/statistics/window-sort.js";
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
  /** By the group's last step. Hints only, so no part of a snapshot. */
  readonly orders: WeakMap<Op, WindowOrder>;
  readonly sorted: SortedWindows;
}

const gathered = (sorted: SortedWindows): Gathered => ({
  values: new Float64Array(TILE_VALUES),
  flaw: new Int32Array(MOST_TILE),
  orders: new WeakMap(),
  sorted,
});
const first = gathered(firstSorted);
const second = gathered(secondSorted);

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
  const tile = Math.max(LEAST_TILE, Math.min(MOST_TILE, Math.floor(TILE_VALUES / longest)));
  for (let start = from; start < to; start += tile) {
    const n = Math.min(tile, to - start);
    gather(first, x, longest, start, n, work);
    if (two) gather(second, y, longest, start, n, work);
    filledAnew(first.values, two ? second.values : null);
    if (sorting > 0) {
      sortTile(first, last, sorting, longest, start, n, work);
      if (two) sortTile(second, last, sorting, longest, start, n, work);
    }
    let offered = 0;
    for (let k = begin; k < end; k++) {
      const op = ops[k] as Op;
      const { out, bars, params } = op;
      if (op.statistic === null) continue;
      if (op.statistic.sorts === true && bars !== offered) {
        offered = bars;
        offerTile(first, last, sorting, longest, bars, n);
        if (two) offerTile(second, last, sorting, longest, bars, n);
      }
      const oldest = longest - bars;
      const r = out.at;
      for (let j = 0; j < n; j++) {
        const known = (first.flaw[j] as number) < oldest && (!two || (second.flaw[j] as number) < oldest);
        const v = known ? op.statistic.value(first.values, second.values, j * longest + oldest, bars, params) : Number.NaN;
        // What is not finite (a spike overflowed, nothing to divide by) is not known.
        memory[r + (rows[start + j] as number)] = v - v === 0 ? v : Number.NaN;
      }
    }
  }
}

/** Length of the longest window that is wanted in ascending order; 0 when none is. */
function longestSorted(ops: readonly Op[], begin: number, end: number): number {
  for (let k = end - 1; k >= begin; k--) if (ops[k]?.statistic?.sorts === true) return (ops[k] as Op).bars;
  return 0;
}

/** Orders the windows of `sorting` bars that hold no value which is not finite. */
function sortTile(of: Gathered, op: Op, sorting: number, longest: number, start: number, n: number, work: Work): void {
  let order = of.orders.get(op);
  if (order === undefined) {
    order = new WindowOrder(sorting, work.width, of.sorted);
    of.orders.set(op, order);
  }
  order.reserve(n);
  for (let j = 0; j < n; j++) {
    if ((of.flaw[j] as number) >= longest - sorting) continue;
    order.sort(of.values, j * longest + longest - sorting, work.rows[start + j] as number, work.t, j);
  }
}

/** Tells the statistics the order of the newest `bars` values. */
function offerTile(of: Gathered, op: Op, sorting: number, longest: number, bars: number, n: number): void {
  const order = of.orders.get(op);
  for (let j = 0; j < n; j++) {
    if ((of.flaw[j] as number) < longest - sorting) order?.offer(of.values, j * longest + longest - bars, bars, j);
  }
}

/** Fills `into` from the instruments `rows[start .. start + n)`. */
function gather(into: Gathered, lane: Lane, bars: number, start: number, n: number, work: Work): void {
  if (into.values.length < n * bars) into.values = new Float64Array(n * bars);
  into.flaw.fill(-1, 0, n);
  if (n < LEAST_TILE) for (let j = 0; j < n; j++) gatherOne(into, lane, bars, work.rows[start + j] as number, j, work);
  else gatherTile(into, lane, bars, start, n, work);
}

/** One instrument after the other: with few of them, going through the bars for all at once costs more than it saves. */
function gatherOne({ values, flaw }: Gathered, { offset, mask, lag }: Lane, bars: number, row: number, j: number, work: Work): void {
  const { memory, width, t } = work;
  const base = offset + row;
  const to = j * bars;
  let last = -1;
  let slot = (t - lag - bars + 1) & mask;
  // Up to the end of the ring, then from its beginning.
  for (let b = 0; b < bars; slot = 0) {
    const end = Math.min(bars, b + mask + 1 - slot);
    for (let at = base + Math.imul(slot, width); b < end; b++, at += width) {
      const v = memory[at] as number;
      values[to + b] = v;
      if (v - v !== 0) last = b;
    }
  }
  flaw[j] = last;
}

function gatherTile({ values, flaw }: Gathered, lane: Lane, bars: number, start: number, n: number, work: Work): void {
  const { memory, width, t, rows } = work;
  for (let b = 0; b < bars; b++) {
    const slot = slotAt(lane, t - bars + 1 + b, width);
    for (let j = 0; j < n; j++) {
      const v = memory[slot + (rows[start + j] as number)] as number;
      values[j * bars + b] = v;
      if (v - v !== 0) flaw[j] = b;
    }
  }
}
