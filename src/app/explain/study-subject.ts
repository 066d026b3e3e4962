// What is explained of an experiment on a dataset: a backtest, or models that were trained fold by fold. Frames are made again, as the
// engine saw them; the models are those that were kept.
import { existsSync } from "node:fs";
import { readJournal } from "#adapters/stores/journal/journal.js";
import { TruewindError } from "#base/errors.js";
import type { SymbolNames } from "#data/names/name-key.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { InstrumentIx } from "#domain/instrument.js";
import type { Session } from "#domain/session.js";
import { type Micros, utcDate } from "#domain/time.js";
import { collectFrames } from "#research/dataset/collect-frames.js";
import { type FrameStore, rowsByCell } from "#research/dataset/frame-store.js";
import { createFrames } from "#research/walk-forward.js";
import type { FittedModel } from "#ports/model.js";
import type { Experiment } from "../config/experiment.js";
import type { Workspace } from "../config/workspace.js";
import { dataIdentity } from "../modes/run-facts.js";
import { collectStudy, type StudyData, studyDecisions } from "../modes/study.js";
import { type Universe, openUniverse, windowOf } from "../modes/universe.js";
import { openExperiment, openNamed } from "../names/open-experiment.js";
import type { OverallPart } from "./explain-overall.js";
import { rowsWanted } from "./explain-overall.js";
import type { Moment } from "./moments.js";

/** Models of one fold, in force from their first decision on. */
export interface KeptFold {
  readonly id: string;
  readonly models: readonly FittedModel[];
  readonly from: Micros;
}

export interface StudySubject {
  readonly universe: Universe;
  readonly experiment: Experiment;
  readonly folds: readonly KeptFold[];
  /** Null where instruments bear their symbols. */
  readonly names: SymbolNames | null;
}

/** An experiment that was run, on what, and under which key of names. */
export interface RanExperiment {
  readonly experiment: Experiment;
  readonly dataId: string;
  readonly names: string | undefined;
}

export interface StudyHooks {
  readonly onProgress: (step: string, done: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Throws `data-changed` when the dataset or its facts are no longer those that `dataId` names, and `bad-key` without the key of its names. */
export async function openStudySubject(workspace: Workspace, ran: RanExperiment, folds: readonly KeptFold[]): Promise<StudySubject> {
  const { experiment, dataset, facts, names } = await openExperiment(workspace, ran.experiment, ran.names);
  const { dataId } = ran;
  const now = dataIdentity(dataset.manifest.id, facts);
  if (now !== dataId)
    throw new TruewindError(
      "data-changed",
      `Dataset ${dataset.manifest.name} or its facts have changed since (${now.slice(0, 12)}, then ${dataId.slice(0, 12)}): import that version again, or run the experiment anew.`,
    );
  return { universe: openUniverse(experiment, dataset, facts), experiment, folds, names };
}

/** Rows of the tests, whole moments spread evenly over each, as many as are made use of. */
export async function overallPartsOf({ universe, experiment, folds }: StudySubject, hooks: StudyHooks): Promise<readonly OverallPart[]> {
  const data = await collectStudy(experiment, universe, hooks.onProgress, hooks.signal);
  const { frames } = data;
  const first = data.folds[0]?.testFrom ?? 0;
  const tested = frames.rows - (frames.firstRow[first] as number);
  const stride = Math.max(1, Math.ceil(tested / rowsWanted(frames.features.length)));
  const steps = Math.max(...folds.flatMap(({ models }) => models.map((model) => model.steps)));
  const rowOf = steps === 1 ? null : rowsByCell(frames);
  return data.folds.flatMap((fold) => {
    const kept = folds.findLast(({ from }) => from <= (frames.decisions[fold.testFrom]?.at ?? 0));
    const decisions = Array.from({ length: fold.testTo - fold.testFrom }, (_, i) => fold.testFrom + i).filter(
      (decision) => (decision - first) % stride === 0,
    );
    return kept === undefined || decisions.length === 0 ? [] : [partOf(data, decisions, kept.models, rowOf)];
  });
}

function partOf(
  { frames, labels }: StudyData,
  decisions: readonly number[],
  models: readonly FittedModel[],
  rowOf: Int32Array | null,
): OverallPart {
  const steps = models[0]?.steps ?? 1;
  const k = frames.features.length;
  const rows = decisions.flatMap((decision) =>
    range(frames.firstRow[decision] as number, frames.firstRow[decision + 1] as number).map((row) => ({ decision, row })),
  );
  const x = new Float32Array(rows.length * steps * k).fill(Number.NaN);
  for (const [i, { decision, row }] of rows.entries()) {
    for (let back = 0; back < steps; back++) {
      const at = back === 0 ? row : earlier(frames, rowOf, decision - back, frames.instrument[row] as number);
      if (at >= 0) x.set(frames.x.subarray(at * k, (at + 1) * k), ((i + 1) * steps - 1 - back) * k);
    }
  }
  return {
    models,
    rows: { x, rows: rows.length },
    labels: Float64Array.from(rows, ({ row }) => labels.value[row] as number),
    moments: Float64Array.from(rows, ({ decision }) => frames.decisions[decision]?.at ?? 0),
  };
}

function earlier({ instruments }: FrameStore, rowOf: Int32Array | null, decision: number, instrument: number): number {
  return decision < 0 || rowOf === null ? -1 : (rowOf[decision * instruments + instrument] as number);
}

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** Decisions out of sample, each with the day of its session. */
export function momentsOf({ universe, experiment, folds }: StudySubject): readonly Moment[] {
  const from = folds[0]?.from ?? Number.POSITIVE_INFINITY;
  return studyDecisions(experiment, universe)
    .decisions.filter(({ seenAt }) => seenAt >= from)
    .map(({ seenAt }) => ({ at: seenAt, day: dayOf(universe.sessions, seenAt) }));
}

function dayOf(sessions: readonly Session[], at: Micros): string {
  return sessions.findLast(({ openAt }) => openAt <= at)?.date ?? utcDate(at);
}

/** The frame of a decision as the engine showed it, and the models that were in force. */
export async function frameAt(
  { universe, experiment, folds }: StudySubject,
  at: Micros,
  { onProgress, signal }: StudyHooks,
): Promise<{ readonly frame: FeatureFrame; readonly fold: KeptFold }> {
  const fold = folds.findLast(({ from }) => from <= at) as KeptFold;
  const steps = Math.max(...fold.models.map((model) => model.steps));
  const { decisions } = studyDecisions(experiment, universe);
  const last = decisions.findIndex(({ seenAt }) => seenAt === at);
  const wanted = decisions.slice(Math.max(0, last - steps + 1), last + 1);
  const frames = await collectFrames({
    source: universe.dataset.source(windowOf(universe)),
    references: universe.told,
    plan: universe.createPlan(universe.features, 1),
    instruments: universe.instruments.length,
    decisions: wanted.map(({ seenAt, since }) => ({ at: seenAt, since })),
    onProgress: (done, total) => onProgress("features", done / Math.max(1, total)),
    ...(signal === undefined ? {} : { signal }),
  });
  const show = createFrames(frames, steps);
  let frame = show(0);
  for (let d = 1; d < wanted.length; d++) frame = show(d);
  return { frame, fold };
}

/** Names of the rows of an experiment's instruments. Throws `bad-key` without the key under which they were given. */
export async function instrumentsOf(
  workspace: Workspace,
  { experiment, names: key }: Pick<RanExperiment, "experiment" | "names">,
): Promise<{ readonly ids: readonly string[]; readonly names: SymbolNames | null }> {
  const { dataset, names } = await openNamed(workspace, experiment, key);
  return { ids: dataset.manifest.instruments.map(({ id }) => id as string), names };
}

/** Lots that were ordered at a moment by instrument; null where there is no journal. */
export function ordersAt(journal: string, at: Micros): ReadonlyMap<InstrumentIx, number> | null {
  if (!existsSync(journal)) return null;
  const lots = new Map<InstrumentIx, number>();
  for (const entry of readJournal(journal)) {
    if (entry.kind !== "decision" || entry.asOf !== at) continue;
    for (const { verdict, order } of entry.decisions)
      if (verdict !== "refuse") lots.set(order.instrument, (lots.get(order.instrument) ?? 0) + order.lots);
  }
  return lots;
}
