// The verb behind `truewind backtest` and the library's `backtest`: run, record the trial, keep the result, draw the report.
import { FileJournal } from "#adapters/stores/journal/journal.js";
import type { StateDatabase } from "#adapters/stores/sqlite/database.js";
import { TruewindError } from "#base/errors.js";
import type { OpenDataset } from "#data/lake/open-dataset.js";
import type { RunResult, Verdict } from "#domain/run-result.js";
import { adjustForTrials } from "#research/verdict/adjust-for-trials.js";
import type { Experiment } from "../config/experiment.js";
import { researchRisk } from "../config/risk-limits.js";
import type { Workspace } from "../config/workspace.js";
import { type BacktestOptions, backtestOn, runId } from "../modes/backtest.js";
import { type RunFacts, dataIdentity } from "../modes/run-facts.js";
import type { Progress } from "../modes/study.js";
import { openUniverse } from "../modes/universe.js";
import { openExperiment } from "../names/open-experiment.js";
import type { ReportExtras } from "../report/extras.js";
import { renderReport } from "../report/report.js";
import { countTrials } from "../trials/count-trials.js";
import { dayOf, seriesOfSessions, subjectOf, trialOf } from "../trials/trial-of.js";
import { journalHeader } from "./journal-header.js";
import { keepModels } from "./keep-models.js";
import { EXTRAS_FILE, JOURNAL_FILE, REPORT_FILE, type RunFolder, openRunFolder, writeResult, writeWhole } from "./run-folder.js";
import { recordOf, recordedRun } from "./recorded-run.js";
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

/** Throws `bad-config`, `bad-key`, `no-data`, `busy` while another process works on the same run, or `interrupted`. */
export async function performBacktest(asked: Experiment, options: PerformOptions): Promise<BacktestRun> {
  const { workspace, signal } = options;
  const { experiment, dataset, facts } = await openExperiment(workspace, asked);
  const { manifest } = dataset;
  openUniverse(experiment, dataset, facts); // what cannot run leaves no run behind
  const id = runId(experiment, dataIdentity(manifest.id, facts), manifest.names);
  const folder = openRunFolder(workspace, id);
  const record = recordOf("backtest", experiment, { ...manifest, id: dataIdentity(manifest.id, facts) }, id);
  return recordedRun(
    { workspace, folder, record, signal, ifStopped: "Nothing of it is kept: give the same command again to start anew." },
    async (state) => {
      const stopwatch = createStopwatch(options.onProgress);
      let active: readonly number[] = [];
      const result = await journaledBacktest(state, experiment, dataset, facts, folder, {
        onProgress: stopwatch.progress,
        signal,
        onTraded: (returns) => void (active = returns),
      });
      refuseIdle(result);
      writeResult(folder, result);
      await state.trials.record(
        trialOf(subjectOf(experiment), {
          dataId: record.dataId,
          lineage: record.lineage,
          kind: "backtest",
          from: dayOf(result.dates[0] as string),
          to: dayOf(result.dates.at(-1) as string),
          measure: "active return",
          series: seriesOfSessions(result.dates, active),
        }),
      );
      const { trials, effective } = await countTrials(state.trials, record.lineage);
      const verdict = adjustForTrials(result.verdict, trials, effective);
      const extras: ReportExtras = {
        trials,
        effectiveTrials: effective,
        adjustedVerdict: verdict,
        timing: stopwatch.timing(),
        command: options.command,
      };
      writeWhole(folder.file(EXTRAS_FILE), `${JSON.stringify(extras)}\n`);
      writeWhole(folder.file(REPORT_FILE), renderReport(result, extras));
      return { verdict: verdict.decision, value: { folder, result, verdict, trials, extras } };
    },
  );
}

async function journaledBacktest(
  state: StateDatabase,
  experiment: Experiment,
  dataset: OpenDataset,
  facts: RunFacts,
  folder: RunFolder,
  options: Pick<BacktestOptions, "onProgress" | "signal" | "onTraded">,
): Promise<RunResult> {
  const header = journalHeader("backtest", experiment, dataset.manifest, facts, folder.id, researchRisk(experiment));
  const journal = FileJournal.create(folder.file(JOURNAL_FILE), header, { referenceBefore: Number.POSITIVE_INFINITY, durable: false });
  try {
    return await backtestOn(experiment, dataset, {
      ...options,
      facts,
      journal,
      onFitted: (study) =>
        keepModels(state, folder, experiment, { ...dataset.manifest, id: dataIdentity(dataset.manifest.id, facts) }, study),
    });
  } finally {
    journal.close();
  }
}

/** A strategy that never held anything earns just what cash does, and a verdict on it would only mislead. */
function refuseIdle({ orders, confidence, advice }: RunResult): void {
  if (orders.filled > 0) return;
  const rules = Object.entries(orders.rules).map(([rule, count]) => `${rule} ${count} times`);
  const why =
    orders.sent > 0
      ? `none of its ${orders.sent} orders was filled`
      : rules.length > 0
        ? `risk refused every order (${rules.join(", ")})`
        : advice !== undefined
          ? `no signal passed portfolio.minConfidence and portfolio.minReturn (the highest confidence was ${(confidence?.probability?.mostConfident ?? 0).toFixed(3)})`
          : "no order was large enough for one lot, or the model had no opinion";
  throw new TruewindError(
    "no-data",
    `The strategy never traded: ${why}. Look at account.cash, risk, costs and universe in the experiment.`,
  );
}
