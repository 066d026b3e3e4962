// The verb behind `truewind backtest` and the library's `backtest`: run, record the trial, keep the result, draw the report.
import { FileJournal } from "#adapters/stores/journal/journal.js";
import { systemClock } from "#adapters/clock/system-clock.js";
import { openStateDatabase } from "#adapters/stores/sqlite/database.js";
import { openDataset } from "#data/lake/open-dataset.js";
import type { RunResult, Verdict } from "#domain/run-result.js";
import { adjustForTrials } from "#research/verdict/adjust-for-trials.js";
import { isoDateOrThrow, utcMidnight } from "#domain/time.js";
import { type Experiment, experimentHash } from "../config/experiment.js";
import { codeVersion } from "../config/code-version.js";
import type { Workspace } from "../config/workspace.js";
import { backtestOn, runId } from "../modes/backtest.js";
import type { Progress } from "../modes/study.js";
import type { ReportExtras } from "../report/extras.js";
import { renderReport } from "../report/report.js";
import { journalHeader } from "./journal-header.js";
import { EXTRAS_FILE, JOURNAL_FILE, REPORT_FILE, type RunFolder, openRunFolder, writeModels, writeResult, writeWhole } from "./run-folder.js";
import { createStopwatch } from "./stopwatch.js";

export interface PerformOptions {
  readonly workspace: Workspace;
  readonly onProgress: Progress;
  readonly signal?: AbortSignal | undefined;
  /** The command that repeats the run, for the report. */
  readonly command: string;
}

export interface BacktestRun {
  readonly folder: RunFolder;
  readonly result: RunResult;
  /** The verdict once all trials on the same data are counted. */
  readonly verdict: Verdict;
  readonly trials: number;
  readonly extras: ReportExtras;
}

export async function performBacktest(experiment: Experiment, options: PerformOptions): Promise<BacktestRun> {
  const { workspace, signal } = options;
  const stopwatch = createStopwatch(options.onProgress);
  const dataset = await openDataset(workspace.lake, experiment.data.dataset);
  const id = runId(experiment, dataset.manifest.id);
  const folder = openRunFolder(workspace, id);
  const startedAt = systemClock.now();
  const state = await openStateDatabase(workspace.stateDb);
  const run = { id, name: experiment.name, mode: "backtest", experimentHash: experimentHash(experiment), dataId: dataset.manifest.id, startedAt, folder: `runs/${id}` } as const;
  try {
    await state.runs.save({ ...run, state: "running", verdict: null });
    const journal = FileJournal.create(folder.file(JOURNAL_FILE), journalHeader("backtest", experiment, dataset.manifest, id), { referenceBefore: Number.POSITIVE_INFINITY, durable: false });
    const result = await backtestOn(experiment, dataset, {
      onProgress: stopwatch.progress,
      signal,
      journal,
      onFitted: ({ fitted }) =>
        writeModels(folder, fitted.folds.map((fold) => ({ id: fold.id, family: fold.model.family, from: fold.testFrom, model: fold.model }))),
    });
    journal.close();
    writeResult(folder, result);
    await state.trials.record({
      experimentHash: run.experimentHash,
      dataId: run.dataId,
      from: utcMidnight(isoDateOrThrow(result.dates[0] as string)),
      to: utcMidnight(isoDateOrThrow(result.dates.at(-1) as string)),
      kind: "backtest",
      codeVersion: codeVersion(),
      seed: experiment.seed,
      recordedAt: systemClock.now(),
      outOfSample: Float64Array.from(result.strategy.netReturn),
    });
    const trials = await state.trials.distinctTrials(run.dataId);
    const verdict = adjustForTrials(result.verdict, trials);
    const extras: ReportExtras = { trials, adjustedVerdict: verdict, timing: stopwatch.timing(), command: options.command };
    writeWhole(folder.file(EXTRAS_FILE), `${JSON.stringify(extras)}\n`);
    writeWhole(folder.file(REPORT_FILE), renderReport(result, extras));
    await state.runs.save({ ...run, state: "done", verdict: verdict.decision });
    return { folder, result, verdict, trials, extras };
  } catch (error) {
    await state.runs.save({ ...run, state: signal?.aborted === true ? "interrupted" : "failed", verdict: null });
    throw error;
  } finally {
    await state.close();
  }
}
