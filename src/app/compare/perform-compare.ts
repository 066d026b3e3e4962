// The verb behind `truewind compare` and the library's `compareModels`: frames once, then every model on the same folds and in an account
// of its own, each a trial. What is done is kept, and an interrupted comparison goes on behind it.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type StateDatabase, openStateDatabase } from "#adapters/stores/sqlite/database.js";
import { pearson } from "#base/correlation.js";
import { TruewindError } from "#base/errors.js";
import { hashJson } from "#base/hash.js";
import { type Micros, utcDate } from "#domain/time.js";
import type { Trial } from "#ports/store.js";
import { informationCoefficients, rankIcs } from "#research/metrics/information.js";
import { summarizeIc } from "#research/metrics/mean-ic.js";
import { codeVersion } from "../config/code-version.js";
import { type Comparison, experimentOf } from "../config/comparison.js";
import type { Experiment } from "../config/experiment.js";
import { declaredExposure } from "../config/parts.js";
import type { Workspace } from "../config/workspace.js";
import { dataIdentity } from "../modes/run-facts.js";
import { type Progress, type StudyData, collectStudy } from "../modes/study.js";
import { openUniverse } from "../modes/universe.js";
import { aliasFor, openExperiment } from "../names/open-experiment.js";
import { mentionsOf } from "../names/rename-experiment.js";
import { acquireRun } from "../runs/lock.js";
import { type RunFolder, readJson, writeWhole } from "../runs/run-folder.js";
import { dayOf, seriesOfDecisions, seriesOfSessions, subjectOf, trialOf } from "../trials/trial-of.js";
import { type Accounts, openAccounts } from "./accounts.js";
import type { ComparedModel } from "./compared-model.js";
import { renderComparison } from "./comparison-page.js";
import type { ComparisonResult } from "./comparison-result.js";
import { type Entry, entriesOf } from "./entries.js";
import { readRecordedScores } from "./recorded-predictions.js";
import { type ModelSeries, type ModelTests, testModels } from "./test-models.js";

export interface CompareOptions {
  readonly workspace: Workspace;
  readonly onProgress: Progress;
  readonly signal?: AbortSignal | undefined;
}

const COMPARISON_FILE = "comparison.json";
export const COMPARISON_PAGE = "comparison.html";

/** Throws `bad-config`, `bad-file`, `no-data`, `no-such-file`, `busy` while another process works on it, or `interrupted`. */
export async function performCompare(
  asked: Comparison,
  { workspace, onProgress, signal }: CompareOptions,
): Promise<{ readonly folder: RunFolder; readonly result: ComparisonResult }> {
  const first = experimentOf(asked, Object.values(asked.models)[0] as Experiment["model"]);
  const { experiment: base, dataset, facts, names } = await openExperiment(workspace, first);
  const comparison = { ...asked, ...mentionsOf(base) };
  const universe = openUniverse(base, dataset, facts);
  const { manifest } = dataset;
  if (Object.keys(comparison.predictions).length > 0 && manifest.barInterval !== "1d")
    throw new TruewindError("bad-config", `predictions name days, and ${manifest.name} has shorter bars: leave them out.`);
  const symbols = universe.instruments.map(({ id }) => id as string);
  const read = Object.entries(comparison.predictions).map(
    ([name, file]) => [name, readRecordedScores(file, symbols, universe.sessions, (symbol) => aliasFor(names, symbol))] as const,
  );
  const recorded = new Map(read);
  const dataId = dataIdentity(manifest.id, facts);
  const folder = openComparisonFolder(workspace, comparison, dataId);
  const release = acquireRun(folder);
  const state = await openStateDatabase(workspace.stateDb);
  try {
    const data = await collectStudy(base, universe, onProgress, signal);
    const accounts = await openAccounts(base, universe, data, onProgress, signal);
    const overlap = Math.max(0, Math.ceil(base.label.horizon / base.rebalance.every) - 1);
    const trial = { dataId, lineage: manifest.lineage };
    const done: Measured[] = [];
    for (const entry of entriesOf(comparison, { data, recorded, folder, onProgress, signal }))
      done.push(await measureOnce(entry, { state, folder, data, accounts, overlap, trial }));
    const baseline = comparison.baseline ?? (done[0] as Measured).model.name;
    const position = done.findIndex(({ model }) => model.name === baseline);
    const series = done.map(({ model, rankIcs: values, active }) => ({ rankIcs: values, active, complete: model.family !== null }));
    const tested = await testModels(series, position, overlap + 1);
    const result: ComparisonResult = {
      name: comparison.name,
      dataset: { name: manifest.name, instruments: manifest.instruments.length, survivorsOnly: manifest.survivorsOnly },
      features: universe.features.length,
      label: base.label,
      from: accounts.dates[0] as string,
      to: accounts.dates.at(-1) as string,
      decisions: data.frames.decisions.length - (data.folds[0]?.testFrom ?? 0),
      folds: foldsOf(data),
      over: declaredExposure(base) === 1 ? "equal weight" : "cash",
      equalWeight: {
        netReturn: accounts.equalWeight.annualReturn,
        sharpe: accounts.equalWeight.sharpe,
        turnover: accounts.equalWeight.annualTurnover,
      },
      models: done.map(({ model }, k): ComparedModel => {
        const { excessPValueOfAll: pValueOfAll, ...tests } = tested.models[k] as ModelTests;
        return { ...model, ...tests, excess: { ...model.excess, pValueOfAll } };
      }),
      baseline,
      tested: { decisions: tested.decisions, steps: overlap + 1 },
      trials: await state.trials.distinctTrials(manifest.lineage),
    };
    writeWhole(folder.file(COMPARISON_FILE), `${JSON.stringify(result, null, 1)}\n`);
    writeWhole(folder.file(COMPARISON_PAGE), renderComparison(result, codeVersion()));
    return { folder, result };
  } catch (error) {
    if (signal?.aborted !== true) throw error;
    const text = "The comparison was interrupted: give the same command again, and it goes on behind the models that are done.";
    throw new TruewindError("interrupted", text, { cause: error });
  } finally {
    await state.close();
    release();
  }
}

/** What a model is by itself, whatever stands beside it. */
interface Measured extends Omit<ModelSeries, "complete"> {
  readonly model: Omit<ComparedModel, "overBaseline" | "set" | "excess"> & {
    readonly excess: Omit<ComparedModel["excess"], "pValueOfAll">;
  };
}

interface Bench {
  readonly state: StateDatabase;
  readonly folder: RunFolder;
  readonly data: StudyData;
  readonly accounts: Accounts;
  readonly overlap: number;
  readonly trial: Pick<Trial, "dataId" | "lineage">;
}

/** What was measured before is read. Its name may have changed. */
async function measureOnce(entry: Entry, { state, folder, data, accounts, overlap, trial }: Bench): Promise<Measured> {
  const path = folder.file(`${entry.slug}.json`);
  if (existsSync(path)) {
    const before = readMeasured(path);
    return { ...before, model: { ...before.model, name: entry.name } };
  }
  const { schedule, predictions } = await entry.fit();
  const byDecision = [...rankIcs(data.frames, predictions, data.labels)];
  const window = { ...trial, from: dayOf(accounts.dates[0] as string), to: dayOf(accounts.dates.at(-1) as string) };
  const subject = { ...subjectOf(entry.experiment), label: entry.name, family: entry.family };
  // Counted before its account has traded: a comparison that is stopped there has shown it all the same.
  if (entry.family !== null)
    await state.trials.record(
      trialOf(subject, { ...window, kind: "fit", measure: "rank IC", series: seriesOfDecisions(data.frames, byDecision) }),
    );
  const { metrics, verdict, active, orders } = await accounts.trade(entry.name, schedule);
  const measured: Measured = {
    model: {
      name: entry.name,
      family: entry.family,
      ic: summarizeIc(informationCoefficients(data.frames, predictions, data.labels, pearson).values, overlap),
      rankIc: summarizeIc(
        byDecision.map(([, ic]) => ic),
        overlap,
      ),
      turnover: metrics.annualTurnover,
      netReturn: metrics.annualReturn,
      sharpe: metrics.sharpe,
      maxDrawdown: metrics.maxDrawdown,
      excess: { value: verdict.activeReturn, low: verdict.activeReturnLow, high: verdict.activeReturnHigh, pValue: verdict.pValue },
      orders: orders.hash,
    },
    rankIcs: byDecision,
    active,
  };
  await state.trials.record(
    trialOf(
      // Of predictions made elsewhere nothing is known but where they were put.
      entry.family === null ? { ...subject, experimentHash: hashJson({ recorded: orders.hash }) } : subject,
      { ...window, kind: "backtest", measure: "active return", series: seriesOfSessions(accounts.dates, active) },
    ),
  );
  writeWhole(path, `${JSON.stringify(measured)}\n`);
  return measured;
}

/** Throws `corrupt-artifact` naming the file: without it, the model is measured again. */
function readMeasured(path: string): Measured {
  try {
    return readJson(path) as Measured;
  } catch (cause) {
    throw new TruewindError("corrupt-artifact", `${path} is damaged: remove it, and give the same command again.`, { cause });
  }
}

function foldsOf({ frames, folds }: StudyData): ComparisonResult["folds"] {
  const day = (decision: number): string => utcDate((frames.decisions[decision]?.at ?? 0) as Micros);
  return folds.map(({ trainFrom, trainTo, labelsEndBy, testFrom, testTo }) => ({
    trainFrom: day(trainFrom),
    trainTo: day(trainTo - 1),
    labelsEndBy: utcDate(labelsEndBy),
    testFrom: day(testFrom),
    testTo: day(testTo - 1),
  }));
}

/** Another model, file of predictions or baseline is measured beside what is there: only what all share names the folder. */
function openComparisonFolder(
  workspace: Workspace,
  { models: _, predictions: __, baseline: ___, ...shared }: Comparison,
  dataId: string,
): RunFolder {
  const id = `${shared.name}-${hashJson({ shared, dataId, code: codeVersion() }).slice(0, 10)}`;
  const path = join(workspace.root, "comparisons", id);
  mkdirSync(path, { recursive: true });
  return { id, path, file: (name) => join(path, name) };
}
