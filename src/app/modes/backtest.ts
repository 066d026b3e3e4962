// An experiment from data to verdict: study, accounts, measurements. The result holds nothing that another run would not find again.
import { hashJson } from "#base/hash.js";
import type { OpenDataset } from "#data/lake/open-dataset.js";
import type { RunResult } from "#domain/run-result.js";
import { type Micros, utcDate } from "#domain/time.js";
import type { Journal } from "#ports/journal.js";
import { ensembleReport } from "#models/ensemble/report.js";
import { linearWeights } from "#models/linear/predict.js";
import { calibration } from "#research/metrics/calibration.js";
import { informationCoefficients, informationDecay } from "#research/metrics/information.js";
import { meanIc } from "#research/metrics/mean-ic.js";
import { forwardReturns } from "#research/labels/forward-return.js";
import { timesOf } from "#research/splits/split.js";
import { daysOf, timelineOf } from "#research/splits/timeline.js";
import { splitOf } from "#research/splits/walk-forward-splits.js";
import type { FittedFold } from "#research/walk-forward.js";
import { codeVersion } from "../config/code-version.js";
import { type Experiment, experimentHash } from "../config/experiment.js";
import { type AccountContext, runBuyAndHold, runEqualWeight, runOracle, runStrategy } from "./accounts.js";
import type { AccountRun } from "./account-run.js";
import { assumptionsOf } from "./assumptions.js";
import { ConfidenceLog } from "./confidence-log.js";
import { ExposureLog } from "./exposure-log.js";
import { type PlantedTruth, plantedTruth } from "./oracle.js";
import { refuseUnquoted } from "./recorded-quotes.js";
import type { MarkRow } from "./recorder.js";
import { type RunFacts, dataIdentity, factAssumptions, factsOfResult, quotesOfResult } from "./run-facts.js";
import { type Progress, type Study, runStudy, studyDecisions, timersOf } from "./study.js";
import { type Universe, instrumentId, openUniverse } from "./universe.js";
import { type Yardstick, createYardstick } from "./yardstick.js";

export interface BacktestOptions {
  readonly onProgress: Progress;
  /** Of the experiment's `data.facts`. */
  readonly facts?: RunFacts | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Receives the strategy's run; its header was written by the caller. */
  readonly journal?: Journal | undefined;
  /** Of a dataset in memory, for the oracle's account; otherwise it is looked for beside the dataset. */
  readonly truth?: (Pick<PlantedTruth, "expectedReturn"> & { readonly plantedEdge: number | null }) | undefined;
  /** For fitting models; all when absent. */
  readonly threads?: number | undefined;
  /** Called once the models are fitted, before trading begins. */
  readonly onFitted?: (study: Study) => void | Promise<void>;
  /** Called with the strategy's net return of each session over its yardstick. */
  readonly onTraded?: (active: readonly number[]) => void;
}

const DECAY_HORIZONS = [1, 2, 3, 5, 10, 20, 40];
const WORST_DAYS = 10;

export async function backtestOn(experiment: Experiment, dataset: OpenDataset, options: BacktestOptions): Promise<RunResult> {
  const { onProgress, signal } = options;
  const universe = openUniverse(experiment, dataset, options.facts);
  refuseUnquoted(universe.facts.quotes, universe.sessions.slice(studyDecisions(experiment, universe).start));
  const study = await runStudy(experiment, universe, onProgress, signal, options.threads);
  await options.onFitted?.(study);
  const timers = timersOf(experiment, universe, study.tradingSessions, 0);
  const context = (step: string): AccountContext => ({
    experiment,
    universe,
    timers,
    signal,
    onProgress: (done) => onProgress(step, done),
  });
  const exposure = new ExposureLog(universe.instruments);
  const confidence = new ConfidenceLog(experiment, universe.instruments);
  const strategy = await runStrategy(context("strategy"), study.fitted.schedule, {
    ...(options.journal === undefined ? {} : { journal: options.journal }),
    onSignals: confidence.onSignals,
    onMark: (engine) => exposure.mark(engine),
  });
  const baseline = await runEqualWeight(context("equal weight"));
  const held = universe.benchmark === null ? null : await runBuyAndHold(context("buy and hold"), universe.benchmark);
  const yardstick = createYardstick(experiment, study, baseline);
  options.onTraded?.(yardstick.active(strategy));
  const truth = options.truth ?? plantedTruth(dataset);
  const oracle = truth === null ? null : await runOracle(context("oracle"), (asOf) => truth.expectedReturn(asOf, experiment.label.horizon));
  return assemble({
    experiment,
    universe,
    study,
    strategy,
    baseline,
    yardstick,
    held,
    oracle,
    exposure,
    confidence,
    plantedEdge: truth?.plantedEdge ?? null,
  });
}

interface Found {
  readonly experiment: Experiment;
  readonly universe: Universe;
  readonly study: Study;
  readonly strategy: AccountRun;
  readonly baseline: AccountRun;
  readonly yardstick: Yardstick;
  readonly held: AccountRun | null;
  readonly oracle: AccountRun | null;
  readonly exposure: ExposureLog;
  readonly confidence: ConfidenceLog;
  readonly plantedEdge: number | null;
}

function assemble(found: Found): RunResult {
  const { experiment, universe, study, strategy, baseline, held, oracle } = found;
  const { manifest } = universe.dataset;
  const startingCash = experiment.account.cash;
  const { dates, series, metrics, verdict } = found.yardstick;
  const [ours, theirs] = [series(strategy), series(baseline)];
  const last = strategy.rows.at(-1) as MarkRow;
  const judged = found.confidence.judge(study);
  return {
    schema: 1,
    name: experiment.name,
    identity: {
      experimentHash: experimentHash(experiment),
      dataId: dataIdentity(manifest.id, universe.facts),
      codeVersion: codeVersion(),
      seed: experiment.seed,
      runtime: { node: process.versions.node, v8: process.versions.v8, arch: process.arch },
    },
    experiment,
    dataset: datasetOf(universe, found.plantedEdge),
    currency: experiment.account.currency,
    startingCash,
    dates,
    strategy: ours,
    baseline: theirs,
    benchmark:
      held === null || universe.benchmark === null ? null : { ...series(held), instrument: instrumentId(universe, universe.benchmark) },
    oracle: oracle === null ? null : series(oracle),
    metrics: {
      strategy: metrics(strategy),
      baseline: metrics(baseline),
      benchmark: held === null ? null : metrics(held),
      oracle: oracle === null ? null : metrics(oracle),
    },
    verdict: verdict(strategy),
    ic: informationOf(experiment, study, universe),
    ...(study.labels.unit === undefined ? {} : { labelUnit: study.labels.unit }),
    calibration: calibration(study.fitted.predictions, study.labels.value),
    ...(judged === null ? {} : { confidence: judged }),
    ...(found.confidence.advice === null ? {} : { advice: found.confidence.advice }),
    sectorExposure: found.exposure.summary(),
    costs: {
      fees: last.fees,
      spread: last.spread,
      slippage: last.impact,
      borrow: last.borrow,
      funding: last.funding,
      interest: last.interest,
    },
    orders: strategy.orders,
    ...(strategy.trips.length === 0 ? {} : { trips: strategy.trips }),
    ...(strategy.answers === null ? {} : { answers: strategy.answers }),
    worstDays: worstDays(dates, ours.netReturn, theirs.netReturn),
    models: modelsOf(study),
    ...(strategy.quotes === null ? {} : { quotes: strategy.quotes }),
    assumptions: [
      ...assumptionsOf(experiment, universe.dataset, universe.facts.quotes, strategy.quotes, last.spread),
      ...factAssumptions(universe.facts),
    ],
  };
}

function datasetOf({ dataset: { manifest, quality }, facts }: Universe, plantedEdge: number | null): RunResult["dataset"] {
  return {
    name: manifest.name,
    source: manifest.source,
    priceBasis: manifest.priceBasis,
    priceBasisAssumed: manifest.priceBasisAssumed,
    survivorsOnly: manifest.survivorsOnly,
    survivorsAssumed: manifest.survivorsAssumed,
    calendar: manifest.calendar,
    instruments: manifest.instruments.length,
    rows: manifest.rows,
    from: manifest.from === null ? "" : utcDate(manifest.from),
    to: manifest.to === null ? "" : utcDate(manifest.to),
    quarantinedRows: manifest.quarantinedRows,
    quarantinedFiles: manifest.quarantinedFiles,
    flaggedRows: manifest.flaggedRows,
    quality: { ...quality.quarantined, ...quality.flagged },
    plantedEdge,
    ...factsOfResult(facts),
    ...quotesOfResult(facts),
  };
}

function informationOf(experiment: Experiment, { frames, fitted, labels, panel }: Study, universe: Universe): RunResult["ic"] {
  const { decisions, values } = informationCoefficients(frames, fitted.predictions, labels);
  const dates = decisions.map((d) => utcDate((frames.decisions[d]?.at ?? 0) as Micros));
  const overlap = Math.max(0, Math.ceil(experiment.label.horizon / experiment.rebalance.every) - 1);
  const { mean, tStat } = meanIc(values, overlap);
  const actions = universe.dataset.references();
  const horizons = DECAY_HORIZONS.map((horizonSessions) => forwardReturns(frames, panel, actions, { kind: "forward", horizonSessions }));
  return { dates, values, mean, tStat, decay: informationDecay(frames, fitted.predictions, horizons) };
}

function worstDays(dates: readonly string[], strategy: readonly number[], baseline: readonly number[]): RunResult["worstDays"] {
  return dates
    .map((date, i) => ({ date, strategy: strategy[i] as number, baseline: baseline[i] as number }))
    .sort((a, b) => a.strategy - b.strategy || (a.date < b.date ? -1 : 1))
    .slice(0, WORST_DAYS);
}

function modelsOf({ frames, labels, fitted }: Study): RunResult["models"] {
  const times = timesOf(frames, labels);
  return fitted.folds.map((fold) => ({ ...modelOf(fold), spans: daysOf(timelineOf(times, splitOf(fold.fold, frames)).spans) }));
}

function modelOf({ id, model, rows, trainFrom, trainTo, testFrom, testTo }: FittedFold): RunResult["models"][number] {
  const ensemble = ensembleReport(model);
  return {
    id,
    family: model.family,
    trainFrom: utcDate(trainFrom),
    trainTo: utcDate(trainTo),
    testFrom: utcDate(testFrom),
    testTo: utcDate(testTo),
    rows,
    weights: linearWeights(model),
    ...(ensemble === null ? {} : { ensemble }),
  };
}

/** Names the run: the same four things, told in the same `names` (of the dataset's manifest), give the same name, and so the same folder. */
export function runId(experiment: Experiment, dataId: string, names: string | undefined): string {
  const key = hashJson({ experiment: experimentHash(experiment), dataId, code: codeVersion(), seed: experiment.seed, names });
  return `${experiment.name}-${key.slice(0, 10)}`;
}
