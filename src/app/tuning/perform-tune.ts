// The verb behind `truewind tune` and the library's `tune`: data up to the experiment's first test are collected once, trials run on threads,
// each is a trial of the ledger and a line of the study's journal, and what was best is written as an experiment of its own.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { type StateDatabase, openStateDatabase } from "#adapters/stores/sqlite/database.js";
import { TruewindError } from "#base/errors.js";
import { hashJson } from "#base/hash.js";
import type { DatasetManifest } from "#domain/dataset.js";
import type { Micros } from "#domain/time.js";
import { type StudyHooks, runStudy } from "#research/tuning/run-study.js";
import type { Trial } from "#research/tuning/space/trial.js";
import { codeVersion } from "../config/code-version.js";
import type { Experiment } from "../config/experiment.js";
import { type TuningFile, experimentWith } from "../config/tuning.js";
import type { Workspace } from "../config/workspace.js";
import { dataIdentity } from "../modes/run-facts.js";
import { type Progress, type StudyData, collectStudy } from "../modes/study.js";
import { type Universe, openUniverse } from "../modes/universe.js";
import { openExperiment } from "../names/open-experiment.js";
import { renderTuning } from "../report/tuning/tuning-page.js";
import type { TuningResult } from "../report/tuning/tuning-result.js";
import { acquireRun } from "../runs/lock.js";
import { type RunFolder, writeWhole } from "../runs/run-folder.js";
import { type TrialSubject, seriesOfDecisions, subjectOf, trialOf } from "../trials/trial-of.js";
import { innerExperiment } from "./inner.js";
import { directionOf } from "./objective.js";
import { resultOf } from "./result-of.js";
import { samplerOf } from "./sampler-of.js";
import { TrialBench, type TrialSeries } from "./trial-bench.js";
import { type KeptTrial, openTrialJournal } from "./trial-journal.js";
import { type TrialPool, openTrialPool } from "./trial-pool.js";
import { TuneProgress } from "./tune-progress.js";

export interface TuneOptions {
  readonly workspace: Workspace;
  readonly onProgress: Progress;
  readonly signal?: AbortSignal | undefined;
  /** Threads that run trials, never more than `parallel`; 0: this one runs them. */
  readonly workers: number;
}

export interface TuneRun {
  readonly folder: RunFolder;
  readonly result: TuningResult;
  /** The best experiment, ready to be run. */
  readonly experimentFile: string;
  readonly reportFile: string;
}

const JOURNAL_FILE = "trials.jsonl";
const STUDY_FILE = "study.json";
const EXPERIMENT_FILE = "experiment.yaml";
const REPORT_FILE = "report.html";

/** Throws `bad-config`, `no-data`, `busy` while another process works on the same study, or `interrupted`. */
export async function performTune(asked: TuningFile, { workspace, onProgress, signal, workers }: TuneOptions): Promise<TuneRun> {
  const { experiment, dataset, facts } = await openExperiment(workspace, asked.experiment);
  const { tuning } = asked;
  const file = { experiment, tuning };
  const { inner, untouchedFrom } = innerExperiment(experiment, openUniverse(experiment, dataset, facts), tuning);
  const universe = openUniverse(inner, dataset, facts);
  const dataId = dataIdentity(dataset.manifest.id, facts);
  const folder = openStudyFolder(workspace, file, dataId);
  const release = acquireRun(folder);
  const journal = openTrialJournal(folder.file(JOURNAL_FILE));
  const state = await openStateDatabase(workspace.stateDb);
  // What ends the study ends the trials that are under way, too.
  const stop = new AbortController();
  const onAbort = (): void => stop.abort();
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  let pool: TrialPool | null = null;
  try {
    const data = await collectStudy(inner, universe, onProgress, stop.signal);
    const threads = openPool(file, inner, universe, data, workspace, workers, stop.signal);
    pool = threads;
    const progress = new TuneProgress(tuning, journal.trials, onProgress);
    const measured = new Map<number, TrialSeries>();
    const hooks: StudyHooks = {
      before: journal.trials,
      signal: stop.signal,
      async evaluate(asked) {
        try {
          const { series, rankIcs, ...outcome } = await threads.run(asked);
          measured.set(asked.number, { series, rankIcs });
          return outcome;
        } catch (error) {
          stop.abort();
          throw error;
        }
      },
      async onTrial(trial) {
        const kept: KeptTrial = { ...trial, ...(measured.get(trial.number) as TrialSeries) };
        await recordTrial(state, kept, file, { manifest: dataset.manifest, dataId, data, study: folder.id });
        journal.append(kept);
        progress.tell(kept);
      },
    };
    progress.tell(null);
    await runStudy({ ...tuning, direction: directionOf(tuning.objective), sampler: samplerOf(tuning), seed: experiment.seed }, hooks);
    const trials = [...journal.trials].sort((a, b) => a.number - b.number);
    const ledger = await state.trials.distinctTrials(dataset.manifest.lineage);
    const result = await resultOf({ file, trials, data, inner, id: folder.id, dataId, manifest: dataset.manifest, ledger, untouchedFrom });
    return writeResult(folder, result);
  } catch (error) {
    if (signal?.aborted !== true) throw error;
    const text = `The search was stopped, and ${journal.trials.length} of its trials are done: give the same command again, and it goes on behind them.`;
    throw new TruewindError("interrupted", text, { cause: error });
  } finally {
    signal?.removeEventListener("abort", onAbort);
    await pool?.close();
    await state.close();
    journal.close();
    release();
  }
}

function openPool(
  { tuning }: TuningFile,
  inner: Experiment,
  universe: Universe,
  data: StudyData,
  workspace: Workspace,
  workers: number,
  signal: AbortSignal,
): TrialPool {
  const { objective, pruner, seeds, parallel } = tuning;
  const asked = { objective, pruner, seeds };
  if (workers === 0) {
    const bench = new TrialBench(inner, asked, universe, data);
    return { run: (run) => bench.run(run, signal), close: () => Promise.resolve() };
  }
  const { lake, facts, names } = workspace;
  return openTrialPool({ experiment: inner, tuning: asked, places: { lake, facts, names }, data }, Math.min(workers, parallel), signal);
}

interface Origin {
  readonly manifest: DatasetManifest;
  readonly dataId: string;
  readonly data: StudyData;
  readonly study: string;
}

/** Before the journal has it: what a crash repeats is counted once, and nothing is ever lost. */
async function recordTrial(state: StateDatabase, trial: KeptTrial, { experiment }: TuningFile, origin: Origin): Promise<void> {
  const { manifest, dataId, data, study } = origin;
  const { decisions } = data.frames;
  const at = (decision: number): Micros => (decisions[decision]?.at ?? 0) as Micros;
  const outcome = {
    dataId,
    lineage: manifest.lineage,
    from: at(data.folds[0]?.testFrom ?? 0),
    to: at(decisions.length - 1),
    kind: "tuning",
    measure: "rank IC",
    series: seriesOfDecisions(data.frames, trial.rankIcs),
  } as const;
  await state.trials.record({ ...trialOf(tried(experiment, trial), outcome), study });
}

function tried(experiment: Experiment, { params, number }: Trial): TrialSubject {
  const label = `${experiment.name} ${number + 1}`;
  try {
    return { ...subjectOf(experimentWith(experiment, params)), label };
  } catch (error) {
    if (!(error instanceof TruewindError)) throw error;
    // Of settings that do not even hold together, the settings.
    const base = subjectOf(experiment);
    return { ...base, label, experimentHash: hashJson({ experiment: base.experimentHash, params }) };
  }
}

/** The number of trials is no part of what names a study: with more of them it goes on. */
function openStudyFolder(workspace: Workspace, { experiment, tuning: { trials: _, ...tuning } }: TuningFile, dataId: string): RunFolder {
  const id = `${experiment.name}-${hashJson({ experiment, tuning, dataId, code: codeVersion() }).slice(0, 10)}`;
  const path = join(workspace.root, "tunings", id);
  mkdirSync(path, { recursive: true });
  return { id, path, file: (name) => join(path, name) };
}

function writeResult(folder: RunFolder, result: TuningResult): TuneRun {
  const experimentFile = folder.file(EXPERIMENT_FILE);
  const reportFile = folder.file(REPORT_FILE);
  const { trials, test } = result;
  const head = [
    `# Chosen by \`truewind tune\` (study ${folder.id}): trial ${result.best.number + 1} of ${trials.length},`,
    `# ${result.objective} ${result.best.value} on tests from ${test.from} to ${test.to}. Its own test begins later, and was not looked at.`,
  ];
  writeWhole(experimentFile, `${head.join("\n")}\n${stringify(result.chosen)}`);
  writeWhole(reportFile, renderTuning(result));
  writeWhole(folder.file(STUDY_FILE), `${JSON.stringify(result, null, 1)}\n`);
  return { folder, result, experimentFile, reportFile };
}
