// Whether a label really begins where it says. All prices printed before that moment are put on a slightly other basis; a return that begins
// within its interval does not feel it. How much it may be felt otherwise (a label divided by past volatility) is measured at its end.
import type { Rng } from "#base/rng.js";
import { formatMicros, type Micros } from "#domain/time.js";
import { type LeakFinding, finding } from "./finding.js";
import type { Runner } from "./runner.js";
import type { PipelineOutput, World } from "./subject.js";

const STEP = 1e-4;
/** A return that begins earlier feels the step as much before its interval as at its end; one divided by volatility feels a tenth of it. */
const LEAST_RATIO = 0.5;
const DECISIONS = 3;

export async function checkLabelStart(world: World, base: PipelineOutput, runner: Runner, rng: Rng): Promise<LeakFinding[]> {
  const { labels } = base;
  if (labels === null) return [];
  const n = world.symbols.length;
  const labelled = base.decisions.flatMap((_, d) =>
    rowsOf(labels.value, d, n).some((value) => Number.isFinite(value)) && d > 0 ? [d] : [],
  );
  for (let k = 0; k < DECISIONS && labelled.length > 0; k++) {
    const d = labelled.splice(rng.int(labelled.length), 1)[0] as number;
    const start = least(rowsOf(labels.startAt, d, n));
    const end = least(rowsOf(labels.endAt, d, n));
    if (!(end > start)) continue;
    const steps = world.symbols.map(() => (rng.next() < 0.5 ? -STEP : STEP));
    const before = await felt(world, base, d, runner, (printed) => printed < start, steps);
    const after = await felt(world, base, d, runner, (printed) => printed >= end, steps);
    if (before === null || after === null || !(after > 0) || before < LEAST_RATIO * after) continue;
    const at = base.decisions[d] as Micros;
    const evidence = `At the decision of ${formatMicros(at)} labels are declared to begin ${formatMicros(start as Micros)}, and they change when only prices from before that moment do: their first price is an older one, which was known.`;
    return [{ ...finding("label-interval", "leak", "labels", evidence), decision: at }];
  }
  return [];
}

/** Median move of the decision's labels when the prices chosen by their time of printing are a step higher or lower; null when it cannot be told. */
async function felt(
  world: World,
  base: PipelineOutput,
  d: number,
  runner: Runner,
  chosen: (printed: number) => boolean,
  steps: readonly number[],
): Promise<number | null> {
  const n = world.symbols.length;
  const move = (column: Float64Array, isOpen: boolean): Float64Array =>
    column.map((value, k) => {
      const session = world.sessions[Math.floor(k / n)];
      const printed = (isOpen ? session?.openAt : session?.closeAt) as number;
      return chosen(printed) ? value * Math.exp(steps[k % n] as number) : value;
    });
  const other = await runner.try({
    ...world,
    open: move(world.open, true),
    high: move(world.high, false),
    low: move(world.low, false),
    close: move(world.close, false),
  });
  if (other === null || other.labels === null || base.labels === null) return null;
  const place = other.decisions.indexOf(base.decisions[d] as Micros);
  if (place < 0) return null;
  const now = rowsOf(other.labels.value, place, n);
  const moves = Array.from(rowsOf(base.labels.value, d, n), (value, i) => Math.abs(value - (now[i] as number)))
    .filter((value) => Number.isFinite(value))
    .sort((a, b) => a - b);
  return moves.length === 0 ? null : (moves[moves.length >> 1] as number);
}

function rowsOf(column: Float64Array, d: number, n: number): Float64Array {
  return column.subarray(d * n, (d + 1) * n);
}

function least(values: Float64Array): number {
  return values.reduce((smallest, value) => (value < smallest ? value : smallest), Number.POSITIVE_INFINITY);
}
