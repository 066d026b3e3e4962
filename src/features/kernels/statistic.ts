// Statistics of windows: gathers the last values of each instrument side by side, oldest first, and hands them to a pure function.
// Steps over the same series and length come one after the other and share what was gathered.
import { type Lane, type Op, slotAt, type Work } from "./kernel.js";

interface Gathered {
  values: Float64Array;
  /** Per instrument: 0, or NaN when its window holds a value that is not finite. */
  flaws: Float64Array;
  lane: Lane | null;
}

const first: Gathered = { values: new Float64Array(0), flaws: new Float64Array(0), lane: null };
const second: Gathered = { values: new Float64Array(0), flaws: new Float64Array(0), lane: null };

export function statistic(ops: readonly Op[], work: Work): void {
  const { memory, rows, from, to } = work;
  let bars = 0;
  first.lane = null;
  second.lane = null;
  for (let k = 0; k < ops.length; k++) {
    const op = ops[k] as Op;
    const { out, params } = op;
    const spec = op.statistic;
    if (spec === null) continue;
    const two = spec.series === 2;
    if (op.bars !== bars || first.lane !== op.x) gather(first, op.x, op.bars, work);
    if (two && (op.bars !== bars || second.lane !== op.y)) gather(second, op.y, op.bars, work);
    else if (op.bars !== bars) second.lane = null;
    bars = op.bars;
    const r = out.at;
    for (let j = from; j < to; j++) {
      const i = rows[j] as number;
      const n = j - from;
      const flaw = (first.flaws[n] as number) + (two ? (second.flaws[n] as number) : 0);
      memory[r + i] = flaw === 0 ? spec.value(first.values, second.values, n * bars, bars, params) : Number.NaN;
    }
  }
}

function gather(into: Gathered, lane: Lane, bars: number, { memory, width, t, rows, from, to }: Work): void {
  const n = to - from;
  if (into.values.length < n * bars) into.values = new Float64Array(n * bars);
  if (into.flaws.length < n) into.flaws = new Float64Array(n);
  into.lane = lane;
  const { values, flaws } = into;
  flaws.fill(0, 0, n);
  for (let b = 0; b < bars; b++) {
    const slot = slotAt(lane, t - bars + 1 + b, width);
    for (let j = 0; j < n; j++) {
      const v = memory[slot + (rows[from + j] as number)] as number;
      values[j * bars + b] = v;
      flaws[j] = (flaws[j] as number) + (v - v);
    }
  }
}
