// The research half of an experiment: frames of all decisions, labels, purged folds, one model per fold. It ends with a ModelSchedule,
// the only thing the trading half may take from it.
import { availableParallelism } from "node:os";
import { TruewindError } from "#base/errors.js";
import { createRng } from "#base/rng.js";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import type { DatasetManifest } from "#domain/dataset.js";
import type { TimerFired } from "#domain/event.js";
import type { Session } from "#domain/session.js";
import type { LabelLaw } from "#domain/signal.js";
import { type Micros, SECOND_US, utcMidnight } from "#domain/time.js";
import { modelFamily } from "#models/registry/families.js";
import { collectFrames } from "#research/dataset/collect-frames.js";
import type { FrameStore } from "#research/dataset/frame-store.js";
import type { SampleWeights } from "#research/training-sets.js";
import type { Labels } from "#research/labels/forward-return.js";
import { type LabelSettings, makeLabels } from "#research/labels/make-labels.js";
import { type PricePanel, createPanelRecorder } from "#research/labels/price-panel.js";
import { type Fold, walkForwardFolds } from "#research/splits/walk-forward-splits.js";
import { type WalkForwardResult, walkForward } from "#research/walk-forward.js";
import { createSampleWeights } from "#research/weights/sample-weights.js";
import type { Experiment } from "../config/experiment.js";
import type { BuilderWorld } from "../config/parts.js";
import { type ScheduleOptions, phaseBefore, schedule } from "./schedule.js";
import { type Universe, windowOf } from "./universe.js";

/** All but the models. */
export interface StudyData {
  readonly frames: FrameStore;
  readonly panel: PricePanel;
  readonly labels: Labels;
  readonly folds: readonly Fold[];
  /** Null: all samples count alike. */
  readonly weigh: SampleWeights | null;
  /** Sessions from the first out-of-sample decision on: where the trading half runs. */
  readonly tradingSessions: readonly Session[];
}

export interface Study extends StudyData {
  readonly fitted: WalkForwardResult;
}

export interface Progress {
  (step: string, done: number, metrics?: Readonly<Record<string, number>>): void;
}

/** Timers of the experiment over the sessions; decisions fall on the same days for any part of them. */
export function timersOf(experiment: Experiment, universe: Universe, sessions: readonly Session[], phase: number): ScheduleOptions {
  return {
    sessions,
    barInterval: universe.dataset.manifest.barInterval ?? "1d",
    every: experiment.rebalance.every,
    graceUs: Math.round(experiment.rebalance.graceSeconds * SECOND_US),
    phase,
    adjustUs: experiment.monitor === undefined ? undefined : experiment.monitor.every * SECOND_US,
  };
}

/** Session on which the out-of-sample part begins: the first decision day that is allowed to be tested. */
function firstTestSession(experiment: Experiment, sessions: readonly Session[]): number {
  const { firstTest, train } = experiment.splits;
  const index = firstTest === null ? train : sessions.findIndex((session) => session.date >= firstTest);
  if (index < 1 || index >= sessions.length) {
    const have = `${sessions.length} sessions from ${sessions[0]?.date} to ${sessions.at(-1)?.date}`;
    throw new TruewindError(
      "bad-config",
      `The experiment leaves nothing to train or to test: there are ${have}; set splits.firstTest or splits.train within them.`,
    );
  }
  return index;
}

/** The steps that label horizons count: sessions for daily bars, single bars for shorter ones. */
function labelGrid(barInterval: DatasetManifest["barInterval"], sessions: readonly Session[]): readonly Session[] {
  if (barInterval === null || barInterval === "1d") return sessions;
  const length = barInterval * SECOND_US;
  const grid: Session[] = [];
  for (const { date, openAt, closeAt, early } of sessions) {
    for (let start = openAt as number; start + length <= closeAt; start += length) {
      grid.push({ date, openAt: start as Micros, closeAt: (start + length) as Micros, early });
    }
  }
  return grid;
}

/** The label that models of the experiment are trained on, for those that go on learning; undefined where the engine cannot follow it. */
export function labelOf({ label }: Experiment, { dataset, sessions }: Pick<Universe, "dataset" | "sessions">): LabelLaw | undefined {
  const common = { horizonSessions: label.horizon, sessions: labelGrid(dataset.manifest.barInterval, sessions) };
  if (label.kind === "forward" || label.kind === "excess") return { kind: label.kind, ...common };
  return label.kind === "direction" ? { kind: label.of, deadBand: label.deadBand, ...common } : undefined;
}

/** What the experiment's portfolio is built over. */
export function builderWorld({ dataset, sessions, instruments }: Pick<Universe, "dataset" | "sessions" | "instruments">): BuilderWorld {
  return {
    instruments: instruments.length,
    ids: instruments.map(({ id }) => id),
    sectors: instruments.map(({ sector }) => sector),
    lotSizes: instruments.map(({ lotSize }) => lotSize),
    steps: labelGrid(dataset.manifest.barInterval, sessions),
  };
}

/** The label as research makes it. */
function labelSettings({ horizon, ...label }: Experiment["label"]): LabelSettings {
  return { ...label, horizonSessions: horizon };
}

export async function runStudy(
  experiment: Experiment,
  universe: Universe,
  onProgress: Progress,
  signal?: AbortSignal,
  threads = availableParallelism(),
): Promise<Study> {
  const data = await collectStudy(experiment, universe, onProgress, signal);
  return { ...data, fitted: await fitStudy(experiment, data, onProgress, signal, threads) };
}

/** The models of the experiment under its seed, one per fold. */
export function fitStudy(
  { model, seed }: Experiment,
  data: StudyData,
  onProgress: Progress,
  signal?: AbortSignal,
  threads = availableParallelism(),
): Promise<WalkForwardResult> {
  const { family: name, ...settings } = model;
  const family = modelFamily(name);
  return walkForward({
    ...data,
    family,
    config: family.parseConfig(settings),
    rng: createRng(`${seed}/models`),
    onProgress: (done, metrics) => onProgress("models", done, metrics),
    threads,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** All decisions of the study, those out of sample from `start` (a session) on. */
export function studyDecisions(
  experiment: Experiment,
  universe: Universe,
): { readonly start: number; readonly decisions: readonly TimerFired[] } {
  const { sessions } = universe;
  const start = firstTestSession(experiment, sessions);
  // Decisions are counted from the first test session, backwards too, so that training and testing decide in one rhythm.
  const phase = phaseBefore(timersOf(experiment, universe, sessions.slice(start), 0), sessions.slice(0, start));
  return { start, decisions: [...schedule(timersOf(experiment, universe, sessions, phase))].filter((timer) => timer.name === "decide") };
}

/** What models of the experiment learn, and how much each sample counts. */
export function targetsOf(
  { label, weights }: Experiment,
  frames: FrameStore,
  panel: PricePanel,
  references: readonly ReferenceEvent[],
): Pick<StudyData, "labels" | "weigh"> {
  const labels = makeLabels(frames, panel, references, labelSettings(label));
  return { labels, weigh: weights === undefined ? null : createSampleWeights(frames, labels, panel, references, weights) };
}

/** Frames, labels and folds: whatever models are fitted to them, they are made once. */
export async function collectStudy(
  experiment: Experiment,
  universe: Universe,
  onProgress: Progress,
  signal?: AbortSignal,
): Promise<StudyData> {
  const { sessions, dataset, instruments } = universe;
  const { start, decisions } = studyDecisions(experiment, universe);
  const references = dataset.references();
  const grid = labelGrid(dataset.manifest.barInterval, sessions);
  const recorder = createPanelRecorder(grid, instruments.length, experiment.label.kind === "triple-barrier");
  const frames = await collectFrames({
    source: dataset.source(windowOf(universe)),
    references: universe.told,
    plan: universe.createPlan(universe.features, 1),
    instruments: instruments.length,
    decisions: decisions.map((timer) => ({ at: timer.seenAt, since: timer.since })),
    onBars: (batch, from, to) => recorder.add(batch, from, to),
    onProgress: (done, total) => onProgress("features", total === 0 ? 1 : done / total),
    ...(signal === undefined ? {} : { signal }),
  });
  const { panel } = recorder;
  const { splits } = experiment;
  const firstTest = (splits.firstTest === null ? (sessions[start] as Session).openAt : utcMidnight(splits.firstTest)) as Micros;
  const folds = walkForwardFolds(
    decisions.map((timer) => timer.seenAt),
    sessions,
    {
      train: splits.window === "expanding" ? "expanding" : splits.train,
      testSessions: splits.test,
      embargoSessions: splits.embargo,
      firstTest,
    },
  );
  return {
    frames,
    panel,
    ...targetsOf(experiment, frames, panel, references),
    folds,
    tradingSessions: sessions.slice(start),
  };
}
