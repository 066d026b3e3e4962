// The verb behind `truewind control` and the library's `control`: the real result, the proofs that the nulls are nulls, and the whole
// pipeline on each drawn market. What is finished is kept, and the same command goes on behind it.
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { TruewindError } from "#base/errors.js";
import { createRng } from "#base/rng.js";
import type { OpenDataset } from "#data/lake/open-dataset.js";
import type { RunResult } from "#domain/run-result.js";
import { deviceInUse } from "#models/tensor/runtime.js";
import { fitMarket, type MarketFit } from "#research/controls/market-fit.js";
import { readMarketMoves } from "#research/controls/market-moves.js";
import { NULL_KINDS } from "#research/controls/null-kind.js";
import { type NullProof, proveNull } from "#research/controls/prove-null.js";
import { LEVEL } from "#research/verdict/thresholds.js";
import type { Experiment } from "../config/experiment.js";
import type { Tuning } from "../config/tuning.js";
import type { Workspace } from "../config/workspace.js";
import { runId } from "../modes/backtest.js";
import { dataIdentity } from "../modes/run-facts.js";
import type { Progress } from "../modes/study.js";
import { type Universe, openUniverse, windowOf } from "../modes/universe.js";
import { openExperiment } from "../names/open-experiment.js";
import { acquireRun } from "../runs/lock.js";
import { performBacktest } from "../runs/perform-backtest.js";
import { RESULT_FILE, type RunFolder, readResult, runFolderAt, writeWhole } from "../runs/run-folder.js";
import { performTune } from "../tuning/perform-tune.js";
import { CONTROL_FILE, CONTROL_PAGE, openControlFolder, readProof, readRepetition, writeProof, writeRepetition } from "./control-folder.js";
import { renderControlPage } from "./control-page.js";
import type { ControlResult, Repetition } from "./control-result.js";
import { runRepetitions } from "./control-workers.js";
import { figuresOf } from "./figures.js";
import { judgeControl } from "./judge-control.js";
import { type ControlPlan, tasksOf } from "./tasks.js";

export interface ControlOptions extends ControlPlan {
  readonly workspace: Workspace;
  readonly onProgress: Progress;
  readonly signal: AbortSignal;
  /** Repetitions at a time. */
  readonly threads?: number | undefined;
  /** The command that repeats it, for the run of the real data. */
  readonly command: string;
  /** The search that chooses the experiment's settings: it is a part of the pipeline, and done anew on each market. */
  readonly tuning?: Tuning | null | undefined;
}

/** Throws what a backtest throws, and `busy` while another process works on the same control. */
export async function performControl(
  asked: Experiment,
  options: ControlOptions,
): Promise<{ readonly folder: RunFolder; readonly result: ControlResult }> {
  const { workspace, onProgress, signal, tuning = null } = options;
  const { experiment: base, dataset, facts } = await openExperiment(workspace, asked);
  refuseIntraday(dataset);
  if (facts.quotes !== null)
    throw new TruewindError(
      "bad-config",
      `Nobody quoted the markets that a control deals out: for a control of ${base.name}, remove data.quotes, set costs.halfSpreadBps to what half the spread came to on them, as the report of its backtest says, and costs.impactBps to 0.`,
    );
  const experiment = tuning === null ? base : await chosenBy(tuning, base, options);
  const universe = openUniverse(experiment, dataset, facts);
  const run = runId(experiment, dataIdentity(dataset.manifest.id, facts), dataset.manifest.names);
  const folder = openControlFolder(workspace, run, tuning);
  const release = acquireRun(folder);
  try {
    const real = await realResult(experiment, run, options);
    const prepare = createPreparer(dataset, universe, onProgress, signal);
    const proofs = await prove(experiment, folder, prepare, options);
    const repetitions = await repeatAll(base, universe, folder, proofs, prepare, options);
    const { experimentHash, dataId, codeVersion, seed } = real.identity;
    const figures = figuresOf(real);
    const result: ControlResult = {
      schema: 1,
      name: experiment.name,
      run,
      identity: { experimentHash, dataId, codeVersion, seed },
      dataset: real.dataset,
      from: real.dates[0] ?? "",
      to: real.dates.at(-1) ?? "",
      over: real.verdict.over,
      level: LEVEL,
      search: tuning === null ? null : { trials: tuning.trials, settings: tuning.space.map(({ name }) => name) },
      real: figures,
      ...judgeControl(figures, proofs, repetitions, LEVEL),
    };
    writeWhole(folder.file(CONTROL_FILE), `${JSON.stringify(result)}\n`);
    writeWhole(folder.file(CONTROL_PAGE), renderControlPage(result));
    return { folder, result };
  } finally {
    release();
  }
}

function refuseIntraday({ manifest }: OpenDataset): void {
  if (manifest.barInterval === "1d" || manifest.barInterval === null) return;
  throw new TruewindError(
    "bad-config",
    `Controls deal out whole sessions and need daily bars; dataset ${manifest.name} has bars of ${manifest.barInterval} seconds.`,
  );
}

/** What the search chooses on the real data: a study like any other. */
async function chosenBy(
  tuning: Tuning,
  experiment: Experiment,
  { workspace, onProgress, signal, threads }: ControlOptions,
): Promise<Experiment> {
  const workers = threads ?? availableParallelism();
  return (await performTune({ experiment, tuning }, { workspace, onProgress, signal, workers })).result.chosen;
}

/** The run on the real data: the one that is kept, or a new one, which is a trial like any other. */
async function realResult(
  experiment: Experiment,
  run: string,
  { workspace, onProgress, signal, command }: ControlOptions,
): Promise<RunResult> {
  const folder = runFolderAt(workspace, run);
  if (existsSync(folder.file(RESULT_FILE))) return readResult(folder);
  return (await performBacktest(experiment, { workspace, onProgress, signal, command })).result;
}

/** Reads and fits the market when it is first needed: a control that is finished needs it no more. */
function createPreparer(dataset: OpenDataset, universe: Universe, onProgress: Progress, signal: AbortSignal): () => Promise<MarketFit> {
  let fitted: Promise<MarketFit> | null = null;
  const prepare = async (): Promise<MarketFit> => {
    onProgress("reading the market", 0);
    const moves = await readMarketMoves(dataset.source(windowOf(universe)), {
      sessions: universe.sessions,
      names: universe.instruments.length,
      references: dataset.references(),
    });
    return fitMarket(moves, universe.tradable, (done) => {
      if (signal.aborted) throw interrupted();
      onProgress("fitting volatility", done / moves.names);
    });
  };
  return () => (fitted ??= prepare());
}

async function prove(
  experiment: Experiment,
  folder: RunFolder,
  prepare: () => Promise<MarketFit>,
  { kinds, onProgress, signal }: ControlOptions,
): Promise<readonly NullProof[]> {
  const proofs: NullProof[] = [];
  for (const kind of kinds) {
    let proof = readProof(folder, kind);
    if (proof === null) {
      const fit = await prepare();
      // Lets Ctrl-C be heard.
      await setImmediate();
      if (signal.aborted) throw interrupted();
      onProgress(`proving: ${NULL_KINDS[kind].title.toLowerCase()}`, 0);
      proof = proveNull(kind, fit, createRng(`${experiment.seed}/control/${kind}`));
      writeProof(folder, proof);
    }
    proofs.push(proof);
  }
  return proofs;
}

/** A null that failed its proof is not run, unless it is there as a diagnostic. Planted markets stand on the market null. */
async function repeatAll(
  experiment: Experiment,
  { dataset, facts }: Universe,
  folder: RunFolder,
  proofs: readonly NullProof[],
  prepare: () => Promise<MarketFit>,
  options: ControlOptions,
): Promise<readonly Repetition[]> {
  const { onProgress, signal, draws, sizes, plantedDraws, tuning = null } = options;
  const kinds = proofs.filter(({ kind, holds }) => holds || !NULL_KINDS[kind].evidence).map(({ kind }) => kind);
  const sound = proofs.some(({ kind, holds }) => kind === "market" && holds);
  const tasks = tasksOf({ kinds, draws, sizes: sound ? sizes : [], plantedDraws });
  const waiting = tasks.filter((task) => readRepetition(folder, task) === null);
  if (waiting.length > 0) {
    const fit = await prepare();
    const workers = Math.max(1, Math.min(options.threads ?? availableParallelism(), waiting.length));
    let done = tasks.length - waiting.length;
    const tell = (): void => onProgress("drawn markets", done / tasks.length, { done, of: tasks.length });
    tell();
    const { manifest, quality } = dataset;
    const setup = {
      experiment,
      tuning,
      fit,
      likeness: { manifest, quality },
      facts,
      device: deviceInUse(),
      threads: Math.max(1, Math.floor(availableParallelism() / workers)),
    };
    await runRepetitions(waiting, setup, {
      workers,
      signal,
      onDone(task, repetition) {
        writeRepetition(folder, task, repetition);
        done++;
        tell();
      },
    });
  }
  return tasks.flatMap((task) => readRepetition(folder, task) ?? []);
}

function interrupted(): TruewindError {
  return new TruewindError("interrupted", "The control was interrupted: give the same command again, and it goes on behind what is done.");
}
