// All models of a comparison at once: each against the baseline, which of them may be the best, and whether any earned more than luck gives
// the best of so many.
//
// The loss of a decision is 1 - rank IC: half the mean squared error of standardized ranks. Models that learn returns, classes or orders, and
// scores of other programs, have no unit in common in which a squared error could be compared; and the order is what a portfolio uses.
import { createRng } from "#base/rng.js";
import { TruewindError } from "#base/errors.js";
import { blockLengths } from "#research/inference/bootstrap/block-length.js";
import { type Resampling, stationaryResampling } from "#research/inference/bootstrap/resampling.js";
import { modelConfidenceSet } from "#research/inference/forecasts/confidence-set.js";
import { excessOver } from "#research/inference/snooping/excess.js";
import { stepSuperiorAbility } from "#research/inference/snooping/step-wise.js";
import type { InSet } from "./compared-model.js";
import { type OverBaseline, overBaseline } from "./over-baseline.js";

/** Confidence that the set holds the best. */
const SET_CONFIDENCE = 0.9;
const DRAWS = 10_000;
/** Fewer decisions are not tested. */
const LEAST_DECISIONS = 60;
const LEAST_STEPS = 10;

export interface ModelSeries {
  /** Rank IC by position of its decision, ascending. */
  readonly rankIcs: readonly (readonly [number, number])[];
  /**
   * Whether it was asked at every decision: without a rank IC it told no instrument from another, which orders as well as chance and counts
   * as 0. Predictions that another program made for some days only are compared on these days.
   */
  readonly complete: boolean;
  /** Net return of each session over the yardstick; the same sessions for all. */
  readonly active: readonly number[];
}

export interface ModelTests {
  readonly overBaseline: OverBaseline | null;
  readonly set: InSet | null;
  readonly excessPValueOfAll: number | null;
}

export interface TestedModels {
  /** What the tests of forecasts are over. */
  readonly decisions: number;
  /** In the order of the models. */
  readonly models: readonly ModelTests[];
}

/** `baseline`: position among the models. `steps`: as of `overBaseline`. The same series give the same figures. */
export async function testModels(
  series: readonly ModelSeries[],
  baseline: number,
  steps: number,
  draws: number = DRAWS,
): Promise<TestedModels> {
  const losses = commonLosses(series);
  const decisions = losses[0]?.length ?? 0;
  const money = await moneyOf(series, draws);
  const nothing: ModelTests = { overBaseline: null, set: null, excessPValueOfAll: null };
  const untested = series.map((_, k) => ({ ...nothing, excessPValueOfAll: money?.[k] ?? null }));
  if (series.length < 2 || decisions < Math.max(LEAST_DECISIONS, LEAST_STEPS * steps)) return { decisions, models: untested };
  const own = losses[baseline] as Float64Array;
  const against = [...losses.keys()].filter((k) => k !== baseline);
  const resampling = resamplingOf(losses, steps, draws);
  const places = (await tested(() => modelConfidenceSet(losses, { resampling })))?.pValues;
  const advantages = against.map((k) => own.map((loss, t) => loss - ((losses[k] as Float64Array)[t] as number)));
  const better = (await tested(() => stepSuperiorAbility(excessOver(null, advantages), { resampling })))?.pValues;
  const models: ModelTests[] = [];
  for (const [k, model] of untested.entries()) {
    const pair = k === baseline ? null : await tested(() => overBaseline(losses[k] as Float64Array, own, steps));
    const pValueOfAll = better?.[against.indexOf(k)];
    const place = places?.[k];
    models.push({
      ...model,
      overBaseline: pair === null || pValueOfAll === undefined ? null : { ...pair, pValueOfAll },
      set: place === undefined ? null : { pValue: place, inside: place > 1 - SET_CONFIDENCE },
    });
  }
  return { decisions, models };
}

function commonLosses(series: readonly ModelSeries[]): readonly Float64Array[] {
  const maps = series.map(({ rankIcs }) => new Map(rankIcs));
  const told = [...new Set(maps.flatMap((ics) => [...ics.keys()]))].sort((a, b) => a - b);
  const common = told.filter((decision) => series.every(({ complete }, k) => complete || maps[k]?.has(decision)));
  return maps.map((ics) => Float64Array.from(common, (decision) => 1 - (ics.get(decision) ?? 0)));
}

/** The same draws for all tests of forecasts: blocks as long as the most dependent model asks, and never shorter than labels overlap. */
function resamplingOf(losses: readonly Float64Array[], steps: number, draws: number): Resampling {
  const moments = (losses[0] as Float64Array).length;
  const average = Float64Array.from(
    { length: moments },
    (_, t) => losses.reduce((sum, loss) => sum + (loss[t] as number), 0) / losses.length,
  );
  const longest = losses.map((loss) => blockLengths(loss.map((value, t) => value - (average[t] as number))).stationary);
  return stationaryResampling(moments, draws, Math.max(steps, ...longest), createRng("comparison/forecasts"));
}

/** Of earning more than the yardstick, one per model with all counted; null where that cannot be tested. */
async function moneyOf(series: readonly ModelSeries[], draws: number): Promise<Float64Array | null> {
  const strategies = series.map(({ active }) => active);
  const options = { resampling: createRng("comparison/accounts"), draws };
  return (await tested(() => stepSuperiorAbility(excessOver(null, strategies), options)))?.pValues ?? null;
}

/** Null where the series cannot be tested (too short, or always the same): what was measured for hours is not lost by that. */
async function tested<T>(test: () => T | Promise<T>): Promise<T | null> {
  try {
    return await test();
  } catch (error) {
    if (error instanceof TruewindError && error.code === "bad-usage") return null;
    throw error;
  }
}
