// Trains the models of a dataset experiment without trading: frames are collected once, and every seed fits its models fold by fold. A fold
// that is fitted is kept at once, and is not fitted again when the command goes on.
import { sha256 } from "#base/hash.js";
import { createRng } from "#base/rng.js";
import type { OpenDataset } from "#data/lake/open-dataset.js";
import type { ModelCard } from "#domain/model-card.js";
import { type Micros, utcDate } from "#domain/time.js";
import { ensembleLines, ensembleReport } from "#models/ensemble/report.js";
import { modelFamily } from "#models/registry/families.js";
import type { GradientExchange } from "#ports/gradient-exchange.js";
import type { ModelFamily } from "#ports/model.js";
import { type RankIcs, rankIcDifferences, rankIcs } from "#research/metrics/information.js";
import { mean, standardDeviation } from "#research/metrics/long-run-variance.js";
import { meanIc, summarizeIc } from "#research/metrics/mean-ic.js";
import { type FittedFold, type WalkForwardResult, walkForward } from "#research/walk-forward.js";
import type { Experiment } from "../config/experiment.js";
import { type StudyData, collectStudy } from "../modes/study.js";
import { type Universe, openUniverse } from "../modes/universe.js";
import { type DataPlaces, openExperiment } from "../names/open-experiment.js";
import { type TrialSeries, seriesOfDecisions } from "../trials/trial-of.js";
import { ridgeBaseline } from "./baselines.js";
import { forgetOtherCode } from "./code-mark.js";
import { artifactOf, keeping } from "./keeping.js";
import type { ModelFolder } from "./model-folder.js";
import { meanOf } from "./report-splits.js";
import { type Compute, type Share, alone } from "./share-work.js";
import type { FoldReport, IcReport, StudyModelCard } from "./study-card.js";
import type { TrainHooks } from "./train-hooks.js";

export interface StudyJob {
  readonly kind: "study";
  readonly experiment: Experiment;
  readonly places: DataPlaces;
  readonly seeds: number;
  /** Dataset and facts: `dataIdentity`. */
  readonly dataId: string;
  readonly folder: { readonly id: string; readonly path: string };
  readonly codeVersion: string;
  /** Experiments tried on these data before. */
  readonly trialsBefore: number;
  readonly compute: Compute;
}

export interface StudyOutcome {
  readonly kind: "study";
  readonly card: StudyModelCard;
  /** Per seed: rank IC by decision, for the table of trials. */
  readonly trials: readonly TrialSeries[];
}

/** Everything but the card is in the folder when it returns. */
export async function trainStudy(job: StudyJob, folder: ModelFolder, hooks: TrainHooks, share: Share = alone): Promise<StudyOutcome> {
  const { experiment, seeds } = job;
  const { dataset, universe } = await openStudy(job);
  forgetOtherCode(folder, job.codeVersion);
  const exchange = await share();
  const { data, fits, fit } = await fitSeeds(job, universe, folder, hooks, exchange);
  const baseline = await fit("ridge", ridgeBaseline, {}, experiment.seed);
  const overlap = Math.max(0, Math.ceil(experiment.label.horizon / experiment.rebalance.every) - 1);
  const icsOf = (predictions: Float64Array): RankIcs => rankIcs(data.frames, predictions, data.labels);
  const ics = fits.map(({ predictions }) => icsOf(predictions));
  const perSeed = ics.map((one) => reportOf(one, overlap));
  const together = icsOf(meanOf(fits.map(({ predictions }) => predictions)));
  const ofRidge = icsOf(baseline.predictions);
  const first = fits[0] as WalkForwardResult;
  const members = ensembleReport((first.folds.at(-1) as FittedFold).model);
  const difference = rankIcDifferences(together, ofRidge);
  const card: StudyModelCard = {
    kind: "study",
    id: folder.id,
    codeVersion: job.codeVersion,
    experiment,
    dataId: job.dataId,
    lineage: dataset.manifest.lineage,
    ...(dataset.manifest.names === undefined ? {} : { names: dataset.manifest.names }),
    family: experiment.model.family,
    features: universe.features.length,
    from: utcDate((first.folds[0] as FittedFold).testFrom),
    to: utcDate((first.folds.at(-1) as FittedFold).testTo),
    decisions: together.size,
    perSeed,
    mean: over(perSeed, mean),
    deviation: seeds < 2 ? null : over(perSeed, standardDeviation),
    ensemble: reportOf(together, overlap),
    ridge: reportOf(ofRidge, overlap),
    advantage: { value: mean(difference), tStat: meanIc(difference, overlap).tStat },
    ...(members === null ? {} : { members: ensembleLines(members) }),
    folds: first.folds.map((fold) => foldReport(fold, ics, ofRidge)),
    models: fits.map(({ folds }, i) =>
      folds.map((fold) => cardOf(fold, job, seedOf(experiment, i), artifactOf(`seed-${i + 1}`, fold.fold.index))),
    ),
  };
  return { kind: "study", card, trials: ics.map((one) => seriesOfDecisions(data.frames, one)) };
}

/** The part of it that processes of rank 1 and up take. */
export async function fitStudy(job: StudyJob, folder: ModelFolder, hooks: TrainHooks, exchange: GradientExchange): Promise<void> {
  const { universe } = await openStudy(job);
  await fitSeeds(job, universe, folder, hooks, exchange);
}

async function openStudy(job: StudyJob): Promise<{ readonly dataset: OpenDataset; readonly universe: Universe }> {
  const { experiment, dataset, facts } = await openExperiment(job.places, job.experiment);
  return { dataset, universe: openUniverse(experiment, dataset, facts) };
}

type Fit = (step: string, family: ModelFamily<unknown>, config: unknown, seed: string) => Promise<WalkForwardResult>;

async function fitSeeds(
  { experiment, seeds, compute: { threads } }: StudyJob,
  universe: Universe,
  folder: ModelFolder,
  { onProgress, signal }: TrainHooks,
  exchange: GradientExchange | undefined,
): Promise<{ readonly data: StudyData; readonly fits: readonly WalkForwardResult[]; readonly fit: Fit }> {
  const data = await collectStudy(experiment, universe, (step, done) => onProgress(step, done, {}), signal);
  const { family: name, ...settings } = experiment.model;
  const family = modelFamily(name);
  const fit: Fit = (step, kept, config, seed) =>
    walkForward({
      ...data,
      family: kept,
      config,
      rng: createRng(`${seed}/models`),
      onProgress: (done, metrics) => onProgress(step, done, metrics),
      signal,
      threads,
    });
  const fits: WalkForwardResult[] = [];
  for (let i = 0; i < seeds; i++) {
    signal.throwIfAborted();
    const step = seeds === 1 ? "training" : `training ${i + 1} of ${seeds}`;
    fits.push(await fit(step, keeping(family, folder, `seed-${i + 1}`, exchange), family.parseConfig(settings), seedOf(experiment, i)));
  }
  return { data, fits, fit };
}

/** The first seed is the experiment's own: its models are those of `truewind backtest`. */
export function seedOf({ seed }: Experiment, i: number): string {
  return i === 0 ? seed : `${seed}-${i + 1}`;
}

function reportOf(ics: RankIcs, overlap: number): IcReport {
  const { mean: ic, ratio: icir, tStat } = summarizeIc([...ics.values()], overlap);
  return { ic, icir, tStat };
}

function over(reports: readonly IcReport[], statistic: (values: readonly number[]) => number): IcReport {
  const of = (key: keyof IcReport): number | null => {
    const values = reports.map((report) => report[key]).filter((value) => value !== null);
    return values.length === reports.length ? statistic(values) : null;
  };
  return { ic: of("ic"), icir: of("icir"), tStat: of("tStat") };
}

function foldReport(fitted: FittedFold, ics: readonly RankIcs[], ofRidge: RankIcs): FoldReport {
  const { fold } = fitted;
  const within = (one: RankIcs): number | null => {
    const values = [...one].filter(([decision]) => decision >= fold.testFrom && decision < fold.testTo).map(([, ic]) => ic);
    return values.length === 0 ? null : mean(values);
  };
  const perSeed = ics.map(within);
  const known = perSeed.filter((ic) => ic !== null);
  return {
    from: utcDate(fitted.testFrom),
    to: utcDate(fitted.testTo),
    rows: fitted.rows,
    perSeed,
    mean: known.length === 0 ? null : mean(known),
    deviation: known.length < 2 ? null : standardDeviation(known),
    ridge: within(ofRidge),
  };
}

function cardOf(
  fold: FittedFold,
  job: StudyJob,
  seed: string,
  artifact: string,
): ModelCard & { readonly artifact: string; readonly from: Micros } {
  const { label, splits } = job.experiment;
  return {
    id: fold.id,
    family: fold.model.family,
    trainedOn: { from: fold.trainFrom, to: fold.trainTo, dataId: job.dataId, rows: fold.rows },
    features: fold.model.features,
    label: { name: label.kind, horizonSessions: label.horizon, embargoSessions: splits.embargo },
    seed,
    codeVersion: job.codeVersion,
    artifactHash: sha256(fold.model.save()),
    trialsBeforeThis: job.trialsBefore,
    artifact,
    from: fold.testFrom,
  };
}
