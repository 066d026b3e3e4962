// The measures of every split that the table holds: each seed, their mean and spread, the mean of their predictions, and the baselines.
import { createRng } from "#base/rng.js";
import type { Table } from "#data/table/row-file.js";
import type { DateRange } from "#data/table/samples.js";
import type { Windows } from "#data/table/windows.js";
import { mean, standardDeviation } from "#research/metrics/long-run-variance.js";
import type { FittedModel } from "#ports/model.js";
import type { TableExperiment } from "../config/table-experiment.js";
import type { TrialSeries } from "../trials/trial-of.js";
import type { Baselines } from "./baselines.js";
import type { Metrics, SplitName, SplitReport } from "./card.js";
import { testLosses } from "./loss-test.js";
import { type Labeled, advantageOf, daysIn, intervalOf, measure, outcomePerDay } from "./measure.js";
import { rowsInTime, scoreRows } from "./score-rows.js";

export interface SplitOutcome {
  readonly report: SplitReport;
  /** Per seed: outcomes by day, for the table of trials. */
  readonly perDay: readonly TrialSeries[];
}

/** Null when the table has no label in the split. */
export async function reportSplit(
  split: SplitName,
  range: DateRange,
  { table, windows, experiment, models, baselines }: ReportInput,
  onProgress: (done: number) => void,
  signal?: AbortSignal,
): Promise<SplitOutcome | null> {
  const rows = rowsInTime(table, range);
  const { task } = experiment.table;
  const scored = await scoreRows(table, windows, rows, [...models, ...baselines.ridges.map(({ model }) => model)], onProgress, signal);
  const isLabel = (row: number): boolean => !Number.isNaN(table.labels?.[row]) && !(task === "direction" && table.labels?.[row] === 0);
  const labels = rows.filter(isLabel).length;
  const keep = [...rows.keys()].filter((i) => isLabel(rows[i] as number) && scored.every((scores) => !Number.isNaN(scores[i])));
  if (keep.length === 0) return null;
  const pick = (values: (i: number) => number): Float64Array => Float64Array.from(keep, values);
  const labeled: Labeled = {
    task,
    times: pick((i) => table.times[rows[i] as number] as number),
    labels: pick((i) => table.labels?.[rows[i] as number] as number),
  };
  const answers = scored.map((scores) => pick((i) => scores[i] as number));
  const seeds = answers.slice(0, models.length);
  const ensemble = meanOf(seeds);
  const perSeed = seeds.map((scores) => measure(labeled, scores));
  const rng = createRng(`intervals/${split}`);
  const ofEnsemble = measure(labeled, ensemble);
  const [first = ""] = Object.keys(ofEnsemble);
  const ridges = baselines.ridges.map(({ name }, i) => {
    const scores = answers[models.length + i] as Float64Array;
    return { name, scores, metrics: measure(labeled, scores) };
  });
  const constant = new Float64Array(keep.length).fill(baselines.constant);
  const nothing = task === "value" ? "training mean" : `majority class (${baselines.constant >= 0 ? "rise" : "fall"})`;
  const best = ridges.reduce((one, two) => ((two.metrics[first] ?? -1) > (one.metrics[first] ?? -1) ? two : one));
  const [own, other] = [ofEnsemble[first], best.metrics[first]];
  return {
    report: {
      split,
      ...range,
      samples: labels,
      answered: keep.length,
      days: daysIn(labeled.times),
      perSeed,
      mean: over(perSeed, mean),
      deviation: perSeed.length < 2 ? null : over(perSeed, standardDeviation),
      ensemble: ofEnsemble,
      interval: intervalOf(labeled, ensemble, rng.fork("ensemble")),
      baselines: [...ridges.map(({ name, metrics }) => ({ name, metrics })), { name: nothing, metrics: measure(labeled, constant) }],
      advantage:
        typeof own !== "number" || typeof other !== "number"
          ? null
          : {
              over: best.name,
              value: own - other,
              interval: advantageOf(labeled, ensemble, best.scores, rng.fork("advantage")),
              losses: testLosses(labeled, ensemble, best.scores, experiment.table.lag),
            },
    },
    perDay: seeds.map((scores) => outcomePerDay(labeled, scores)),
  };
}

export interface ReportInput {
  readonly table: Table;
  readonly windows: Windows;
  readonly experiment: TableExperiment;
  readonly models: readonly FittedModel[];
  readonly baselines: Baselines;
}

/** Mean over arrays of one length, summed in their order. */
export function meanOf(arrays: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(arrays[0]?.length ?? 0);
  for (const array of arrays) for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (array[i] as number);
  return sum.map((value) => value / arrays.length);
}

function over(all: readonly Metrics[], statistic: (values: readonly number[]) => number): Metrics {
  return Object.fromEntries(
    Object.keys(all[0] ?? {}).map((name) => {
      const values = all.map((metrics) => metrics[name]).filter((value) => typeof value === "number");
      const value = values.length === all.length ? statistic(values) : Number.NaN;
      return [name, Number.isFinite(value) ? value : null];
    }),
  );
}
