// Predictions by cross-validation, whose models may learn from later days, so that an altered future proves nothing. What they may not know is
// the labels they are tested on: prices within the test are altered such that every training cell keeps its features and its label, and then
// the predictions of cells whose own features stayed must stay as well. Where no such alteration is found, nothing is claimed.
import type { Rng } from "#base/rng.js";
import { formatMicros, type Micros } from "#domain/time.js";
import { type LeakFinding, finding } from "./finding.js";
import { firstUnclosed } from "./known.js";
import type { Runner } from "./runner.js";
import type { PipelineOutput, World } from "./subject.js";

const ROUNDING = 1e-6;
const FOLDS = 4;

interface Attempt {
  /** Share of the test's sessions at which the alteration begins, and that it covers. */
  readonly begin: number;
  readonly length: number;
  readonly opensOnly: boolean;
}

const ATTEMPTS: readonly Attempt[] = [
  { begin: 0.1, length: 0.4, opensOnly: false },
  { begin: 0.1, length: 0.15, opensOnly: false },
  { begin: 0.1, length: 0.8, opensOnly: true },
];

export interface HeldOut {
  readonly findings: readonly LeakFinding[];
  /** Folds of which something could be said. */
  readonly tested: number;
}

/** `exempt`: cells that the tests of the future passed over. */
export async function checkHeldOut(
  world: World,
  base: PipelineOutput,
  exempt: (cell: number) => boolean,
  runner: Runner,
  rng: Rng,
): Promise<HeldOut> {
  const { folds, labels, predictions } = base;
  if (folds === null || labels === null || predictions === null) return { findings: [], tested: 0 };
  const left = [...folds.keys()].filter((k) => folds[k]?.test.some(exempt) === true);
  let tested = 0;
  for (let f = 0; f < FOLDS && left.length > 0; f++) {
    const k = left.splice(rng.int(left.length), 1)[0] as number;
    const test = [...(folds[k]?.test ?? [])].filter(exempt);
    const tests = new Set(test);
    // A cell may be tested by several models: none of them may know its label.
    const train = new Set(folds.filter((fold) => fold.test.some((cell) => tests.has(cell))).flatMap((fold) => [...fold.train]));
    for (const attempt of ATTEMPTS) {
      const altered = alterWithin(world, base, test, attempt, rng.fork(`${k}`));
      const other = altered === null ? null : await runner.try(altered);
      if (other === null || other.predictions === null || other.labels === null) continue;
      const same = (cell: number): boolean => sameFeatures(base, other, cell);
      const sameLabel = (cell: number): boolean => near(labels.value[cell] as number, other.labels?.value[cell] as number);
      if (![...train].every((cell) => tests.has(cell) || (same(cell) && sameLabel(cell)))) continue;
      const judged = test.filter((cell) => same(cell) && !Number.isNaN(predictions[cell]));
      if (!judged.some((cell) => !sameLabel(cell))) continue;
      tested++;
      const moved = judged.filter((cell) => !near(predictions[cell] as number, other.predictions?.[cell] as number));
      const first = moved[0];
      if (first === undefined) break;
      const n = world.symbols.length;
      const at = base.decisions[Math.floor(first / n)] as Micros;
      const evidence = `${moved.length} of ${judged.length} predictions of fold ${k + 1} changed when only prices within its test did, with the features and labels of all its training cells as before. The first: ${world.symbols[first % n]} decided ${formatMicros(at)}, ${predictions[first]?.toPrecision(6)} became ${other.predictions[first]?.toPrecision(6)}.`;
      return { findings: [{ ...finding("held-out-data", "leak", `fold ${k + 1}`, evidence), decision: at }], tested };
    }
  }
  return { findings: [], tested };
}

function near(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b)) || Math.abs(a - b) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b));
}

function sameFeatures(base: PipelineOutput, other: PipelineOutput, cell: number): boolean {
  for (const [name, column] of base.features) if (!near(column[cell] as number, other.features.get(name)?.[cell] as number)) return false;
  // Without features nobody can say what a model was shown.
  return base.features.size > 0;
}

/** Other prices on some of the sessions of the test, and the old ones again behind them. */
function alterWithin(world: World, base: PipelineOutput, test: readonly number[], attempt: Attempt, rng: Rng): World | null {
  const n = world.symbols.length;
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const cell of test) {
    const at = base.decisions[Math.floor(cell / n)] as number;
    [first, last] = [Math.min(first, at), Math.max(last, at)];
  }
  const [begin, end] = [firstUnclosed(world, first), Math.min(firstUnclosed(world, last), world.sessions.length - 1)];
  const from = begin + Math.floor(attempt.begin * (end - begin));
  const to = Math.min(end, from + Math.max(1, Math.floor(attempt.length * (end - begin))));
  if (!(to > from)) return null;
  const [open, high, low, close] = [world.open.slice(), world.high.slice(), world.low.slice(), world.close.slice()];
  for (let row = from; row < to; row++) {
    for (let i = 0; i < n; i++) {
      const cell = row * n + i;
      const factor = Math.exp(0.1 * rng.normal());
      open[cell] = (open[cell] as number) * factor;
      if (!attempt.opensOnly) close[cell] = (close[cell] as number) * Math.exp(0.1 * rng.normal());
      if (!attempt.opensOnly) {
        const [o, c] = [open[cell] as number, close[cell] as number];
        high[cell] = Math.max(o, c, (high[cell] as number) * factor);
        low[cell] = Math.min(o, c, (low[cell] as number) * factor);
      }
    }
  }
  return { ...world, open, high, low, close };
}
