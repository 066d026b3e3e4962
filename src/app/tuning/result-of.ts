// Makes the result of a search: the best trial, what mattered, and what luck alone would have brought.
import type { DatasetManifest } from "#domain/dataset.js";
import { type Micros, utcDate } from "#domain/time.js";
import { meanIc } from "#research/metrics/mean-ic.js";
import { mean, neweyWestLags, neweyWestVariance } from "#research/metrics/long-run-variance.js";
import { sessionsPerYear } from "#research/metrics/performance.js";
import { importancesOf } from "#research/tuning/importance/importances.js";
import { expectedMaximumSharpe } from "#research/sharpe/expected-maximum.js";
import { type Trial, bestOf } from "#research/tuning/space/trial.js";
import { effectiveTrials } from "#research/trials/effective-trials.js";
import { LEVEL } from "#research/verdict/thresholds.js";
import { codeVersion } from "../config/code-version.js";
import { type Experiment, experimentHash } from "../config/experiment.js";
import { type ObjectiveName, type TuningFile, experimentWith } from "../config/tuning.js";
import type { StudyData } from "../modes/study.js";
import type { Luck, TuningResult } from "../report/tuning/tuning-result.js";
import { directionOf, noSkillOf } from "./objective.js";
import type { KeptTrial } from "./trial-journal.js";

export interface Found {
  readonly file: TuningFile;
  /** By number. */
  readonly trials: readonly KeptTrial[];
  readonly data: StudyData;
  readonly inner: Experiment;
  readonly id: string;
  readonly dataId: string;
  readonly manifest: DatasetManifest;
  readonly ledger: number;
  /** First day of the experiment's own test. */
  readonly untouchedFrom: string;
}

export async function resultOf({ file, trials, data, inner, id, dataId, manifest, ledger, untouchedFrom }: Found): Promise<TuningResult> {
  const { experiment, tuning } = file;
  const direction = directionOf(tuning.objective);
  const best = bestOf(trials, direction) as KeptTrial & { readonly value: number };
  const first = data.folds[0]?.testFrom ?? 0;
  const { decisions } = data.frames;
  const day = (decision: number): string => utcDate((decisions[decision]?.at ?? 0) as Micros);
  const bare = trials.map(({ series: _, rankIcs: __, ...trial }): Trial => trial);
  const chosen: Experiment = { ...experimentWith(experiment, best.params), name: `${experiment.name.slice(0, 110)}-tuned` };
  return {
    id,
    name: experiment.name,
    dataId,
    codeVersion: codeVersion(),
    dataset: { name: manifest.name, survivorsOnly: manifest.survivorsOnly },
    objective: tuning.objective,
    direction,
    sampler: tuning.sampler.kind,
    pruner: tuning.pruner.kind,
    space: tuning.space,
    trials: bare,
    best: bare.find(({ number }) => number === best.number) as TuningResult["best"],
    importances: await importancesOf(tuning.space, bare, experiment.seed),
    test: { from: day(first), to: day(decisions.length - 1), folds: data.folds.length, decisions: decisions.length - first },
    untouchedFrom,
    luck: luckOf(trials, best, tuning.objective, data, inner),
    ledger,
    chosen,
    chosenHash: experimentHash(chosen),
  };
}

function luckOf(trials: readonly KeptTrial[], best: KeptTrial, objective: ObjectiveName, data: StudyData, inner: Experiment): Luck {
  const counted = trials.filter(({ state }) => state !== "failed");
  // All were measured at the same moments.
  const complete = counted
    .filter(({ state }) => state === "complete")
    .map(({ series }) => ({ kind: objective, at: Float64Array.from(series, (_, i) => i), values: Float64Array.from(series) }));
  // What was pruned resembles the others as much as they do one another.
  const share = effectiveTrials(complete, LEVEL).effective / Math.max(1, complete.length);
  const independent = Math.max(1, share * counted.length);
  const error = objective === "net-sharpe" ? sharpeError(best, data) : meanError(best.series, inner);
  const noSkill = noSkillOf(objective);
  // The luckiest of as many normal numbers, whatever they measure.
  const ahead = error === null ? null : expectedMaximumSharpe(independent, error ** 2);
  const sign = directionOf(objective) === "maximize" ? 1 : -1;
  return { error, trials: counted.length, independent, noSkill, bestByLuck: ahead === null ? null : noSkill + sign * ahead };
}

/** Of a mean over decisions whose labels overlap. */
function meanError(series: readonly number[], { label, rebalance }: Experiment): number | null {
  const overlap = Math.max(0, Math.ceil(label.horizon / rebalance.every) - 1);
  if (meanIc(series, overlap).tStat === null) return null;
  return Math.sqrt(neweyWestVariance(series, neweyWestLags(series.length, overlap)) / series.length);
}

/** Lo 2002, equation 9, of the ratio of a year. */
function sharpeError({ value, series }: KeptTrial, { tradingSessions }: StudyData): number | null {
  if (value === null || series.length < 10 || !Number.isFinite(mean(series))) return null;
  const perYear = sessionsPerYear(tradingSessions.map(({ date }) => date as string));
  const perSession = value / Math.sqrt(perYear);
  return Math.sqrt(((1 + perSession ** 2 / 2) / series.length) * perYear);
}
