// Trains the models of a table experiment, one per seed, and measures them. Every seed that is finished stays finished: what was killed
// goes on with the next one, and the end is the same to the byte.
import { existsSync } from "node:fs";
import { TruewindError } from "#base/errors.js";
import { sha256 } from "#base/hash.js";
import { createRng } from "#base/rng.js";
import type { FileDigest } from "#data/table/file-digest.js";
import { type Table, openTable } from "#data/table/row-file.js";
import { type TableSamples, endedBy, sampleSourceOf, selectSamples, trainingSetOf } from "#data/table/samples.js";
import { type Windows, createWindows, lastRows } from "#data/table/windows.js";
import { type Micros, utcDate, utcMidnight } from "#domain/time.js";
import { ensembleLines, ensembleReport } from "#models/ensemble/report.js";
import { modelFamily } from "#models/registry/families.js";
import type { GradientExchange } from "#ports/gradient-exchange.js";
import type { FittedModel, ModelFamily, TrainingSet } from "#ports/model.js";
import type { TableExperiment } from "../config/table-experiment.js";
import { writeWhole } from "../runs/run-folder.js";
import type { TrialSeries } from "../trials/trial-of.js";
import { fitBaselines } from "./baselines.js";
import type { SplitReport, TableModelCard } from "./card.js";
import { forgetOtherCode } from "./code-mark.js";
import { type ModelFolder, PAST_FILE, checkpointAt, loadKept, pastToBytes } from "./model-folder.js";
import { reportSplit } from "./report-splits.js";
import { type Compute, type Share, alone } from "./share-work.js";
import type { TrainHooks } from "./train-hooks.js";

/** Rows kept beyond what a following file needs, for one that begins a little before the end of this. */
const OVERLAP = 20;

export interface TableJob {
  readonly kind: "table";
  readonly experiment: TableExperiment;
  /** Path of the table, and what it is. */
  readonly file: string;
  readonly digest: FileDigest;
  /** Where row files are kept. */
  readonly cache: string;
  readonly folder: { readonly id: string; readonly path: string };
  readonly codeVersion: string;
  readonly compute: Compute;
}

export interface TableOutcome {
  readonly kind: "table";
  readonly card: TableModelCard;
  /** Per seed: outcomes by day of the last split, for the table of trials. */
  readonly trials: readonly TrialSeries[];
}

/** Everything but the card is in the folder when it returns. Throws `bad-file`, `no-data` and what the family throws. */
export async function trainTable(job: TableJob, folder: ModelFolder, hooks: TrainHooks, share: Share = alone): Promise<TableOutcome> {
  const { experiment } = job;
  const { splits } = experiment;
  const { lag, features } = experiment.table;
  const fits = await openFits(job, hooks);
  const { table, windows, train, steps } = fits;
  try {
    forgetOtherCode(folder, job.codeVersion);
    const models = await fitSeeds(fits, folder, hooks, await share());
    hooks.onProgress("baselines", 0, {});
    const baselines = await fitBaselines(table, train, windows, lag, steps);
    const reports: SplitReport[] = [];
    let trials: readonly TrialSeries[] = [];
    for (const split of ["train", "validation", "test"] as const) {
      const range = splits[split];
      if (range === null) continue;
      const input = { table, windows, experiment, models, baselines };
      const outcome = await reportSplit(split, range, input, (done) => hooks.onProgress(`measuring ${split}`, done, {}), hooks.signal);
      if (outcome === null) continue;
      reports.push(outcome.report);
      trials = outcome.perDay;
    }
    const past = pastToBytes(features.length, lastRows(table, steps + lag - 1 + OVERLAP));
    writeWhole(folder.file(PAST_FILE), past);
    const card: TableModelCard = {
      kind: "table",
      id: folder.id,
      codeVersion: job.codeVersion,
      experiment: { ...experiment, table: { ...experiment.table, file: null } },
      dataId: job.digest.hash,
      family: experiment.model.family,
      steps,
      instruments: table.instruments.length,
      dataTo: utcDate(table.times.reduce((latest, at) => Math.max(latest, at), Number.NEGATIVE_INFINITY) as Micros),
      trainedOn: { from: splits.train.from, to: splits.train.to, rows: train.rows },
      seeds: models.map((model, i) => ({ seed: i + 1, artifact: artifactOf(i), hash: sha256(model.save()) })),
      past: { file: PAST_FILE, hash: sha256(past) },
      splits: reports,
      notes: [...baselines.notes, ...membersOf(models[0])],
    };
    return { kind: "table", card, trials };
  } finally {
    table.close();
  }
}

/** Of an ensemble, line by line. */
function membersOf(model: FittedModel | undefined): readonly string[] {
  const report = model === undefined ? null : ensembleReport(model);
  return report === null ? [] : ["", ...ensembleLines(report)];
}

/** The part of it that processes of rank 1 and up take. */
export async function fitTable(job: TableJob, folder: ModelFolder, hooks: TrainHooks, exchange: GradientExchange): Promise<void> {
  const fits = await openFits(job, hooks);
  try {
    await fitSeeds(fits, folder, hooks, exchange);
  } finally {
    fits.table.close();
  }
}

interface Fits {
  readonly job: TableJob;
  readonly family: ModelFamily<unknown>;
  readonly config: unknown;
  readonly steps: number;
  /** To be closed. */
  readonly table: Table;
  readonly windows: Windows;
  readonly train: TableSamples;
  readonly validation: TableSamples;
}

async function openFits(job: TableJob, hooks: TrainHooks): Promise<Fits> {
  const { lag, task, time, instrument, features, label } = job.experiment.table;
  const columns = { time, instrument, features, label };
  const table = await openTable(job.file, columns, {
    cache: job.cache,
    digest: job.digest,
    signal: hooks.signal,
    onProgress: (done) => hooks.onProgress("reading the table", done, {}),
  });
  try {
    const windows = createWindows(table, lag);
    const { splits } = job.experiment;
    const select = (range: { from: typeof splits.train.from; to: typeof splits.train.to }): TableSamples =>
      selectSamples(table, windows, task, range);
    const train = endedBy(select(splits.train), lastLabelEnd(table, utcMidnight(splits.validation.from), lag));
    const validation = select(splits.validation);
    if (train.rows === 0) throw nothingIn("training", splits.train, table);
    if (validation.rows === 0) throw nothingIn("validation", splits.validation, table);
    const { family: name, ...settings } = job.experiment.model;
    const family = modelFamily(name);
    const config = family.parseConfig(settings);
    return { job, family, config, steps: family.steps(config), table, windows, train, validation };
  } catch (error) {
    table.close();
    throw error;
  }
}

/** No process but the first keeps or returns what was fitted. A seed is kept only when all have fitted it: all know what is left to do. */
async function fitSeeds(
  { job, family, config, steps, table, windows, train, validation }: Fits,
  folder: ModelFolder,
  { onProgress, signal }: TrainHooks,
  exchange: GradientExchange | undefined,
): Promise<readonly FittedModel[]> {
  const { seeds, seed } = job.experiment;
  const keeps = exchange === undefined || exchange.rank === 0;
  let whole: TrainingSet | null = null;
  const models: FittedModel[] = [];
  for (let i = 0; i < seeds; i++) {
    const step = seeds === 1 ? "training" : `training ${i + 1} of ${seeds}`;
    const path = folder.file(artifactOf(i));
    if (!existsSync(path)) {
      signal.throwIfAborted();
      onProgress(step, 0, {});
      const checkpoint = checkpointAt(folder, `seed-${i + 1}.checkpoint`);
      const context = {
        rng: createRng(`${seed}/models/${i + 1}`),
        onProgress: (done: number, metrics: Readonly<Record<string, number>>) => onProgress(step, done, metrics),
        signal,
        checkpoint,
        threads: job.compute.threads,
        exchange,
      };
      const model =
        family.fitSamples === undefined
          ? await family.fit(config, (whole ??= trainingSetOf(table, train, windows, job.experiment.table.lag, steps)), context)
          : await family.fitSamples(config, sampleSourceOf(train, windows), sampleSourceOf(validation, windows), context);
      if (keeps) {
        writeWhole(path, model.save());
        checkpoint.remove();
      }
    }
    // What is measured is what was written, whether now or before.
    if (keeps) models.push(loadKept(family, path));
  }
  return models;
}

const artifactOf = (i: number): string => `seed-${i + 1}.model`;

/** A label spans `lag` rows: those that had not ended when the first validation sample was known would tell of it. */
function lastLabelEnd(table: Table, validationFrom: number, lag: number): number {
  let before = validationFrom;
  for (let i = 0; i < lag; i++) {
    let latest = Number.NEGATIVE_INFINITY;
    for (const time of table.times) if (time < before && time > latest) latest = time;
    before = latest;
  }
  return before + table.knownAfter;
}

function nothingIn(what: string, { from, to }: { readonly from: string; readonly to: string }, table: Table): TruewindError {
  const [first, last] = [table.times.reduce((a, b) => Math.min(a, b)), table.times.reduce((a, b) => Math.max(a, b))] as [Micros, Micros];
  return new TruewindError(
    "no-data",
    `There is no ${what} sample from ${from} to ${to}: the table has rows from ${utcDate(first)} to ${utcDate(last)}; a sample needs a label and a row before it. Change splits.`,
  );
}
