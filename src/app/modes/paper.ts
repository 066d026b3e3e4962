// A paper session: the experiment's fitted models over the last sessions of a dataset, event by event, every order through risk and
// the journal. It can be killed at any moment; the next start repeats the recorded part against the journal and goes on.
import { type FileJournal } from "#adapters/stores/journal/journal.js";
import type { AdviceResult } from "#domain/confidence-result.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { Currency } from "#domain/instrument.js";
import type { Session } from "#domain/session.js";
import type { Signals } from "#domain/signal.js";
import { DAY_US } from "#domain/time.js";
import { Engine } from "#engine/engine.js";
import { restoreEngine, snapshotEngine } from "#engine/snapshot.js";
import type { ModelSchedule } from "#ports/model.js";
import { SimulatedVenue } from "#simulation/venue/simulated-venue.js";
import { createModelStrategy } from "#strategy/model-strategy.js";
import { createBuilder, createExecution, createReviewer, toCostModel } from "../config/parts.js";
import type { Experiment } from "../config/experiment.js";
import type { ResolvedRisk } from "../config/risk-limits.js";
import type { SessionControl } from "../stop/session-control.js";
import { adviceOf } from "./confidence-log.js";
import { DRIVE_START, drive } from "./drive.js";
import { explainDecisions } from "./explain-decisions.js";
import { OrderLog } from "./order-log.js";
import { type MarkRow, markRow } from "./recorder.js";
import { tradingSchedule } from "./schedule.js";
import type { PaperSnapshot } from "./paper-snapshot.js";
import { builderWorld, labelOf, timersOf } from "./study.js";
import { type Universe, windowOf } from "./universe.js";

export interface PaperParts {
  readonly experiment: Experiment;
  readonly universe: Universe;
  readonly models: ModelSchedule;
  readonly risk: ResolvedRisk;
  /** Sessions of the paper period, in order. */
  readonly sessions: readonly Session[];
  readonly journal: FileJournal;
  /** Where to go on from; null starts at the beginning. */
  readonly from: PaperSnapshot | null;
  readonly keep: (snapshot: PaperSnapshot) => void;
  /** How other processes reach the session. */
  readonly control: SessionControl;
  readonly onMark: (row: MarkRow, done: number) => void | Promise<void>;
  /** Sees the frame of each decision; it may not act, and must copy what it keeps. */
  readonly onFrame?: ((frame: FeatureFrame) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PaperResult {
  readonly rows: readonly MarkRow[];
  readonly engine: Engine;
  readonly venue: SimulatedVenue;
  readonly orders: OrderLog;
  /** Of the last decision, where the portfolio is one of signals. */
  readonly advice: AdviceResult | null;
}

/** Sessions between snapshots: a restart repeats at most this many. */
const SNAPSHOT_EVERY = 5;

export async function runPaper(parts: PaperParts): Promise<PaperResult> {
  const { experiment, universe, sessions, journal, from } = parts;
  const currency = experiment.account.currency as Currency;
  const cashMicro = BigInt(Math.round(experiment.account.cash * 1e6));
  const venue = new SimulatedVenue(universe.instruments, currency, cashMicro, toCostModel(experiment), {
    sessions: universe.sessions,
  });
  const orders = new OrderLog(journal);
  const watch = parts.onFrame;
  let advice: AdviceResult | null = from?.advice ?? null;
  const onSignals = (signals: Signals, frame: FeatureFrame): void => {
    watch?.(frame);
    advice = adviceOf(experiment, signals, frame, universe.instruments);
  };
  const engine: Engine = new Engine({
    ...engineParts(experiment, universe, parts.models, parts.risk),
    venue: parts.control.guard(venue, ({ flatten }) => flatten && engine.breakers.isKilled && engine.mode === "flattening"),
    journal: orders,
    explain: explainDecisions(parts.models),
    onSignals,
  });
  const rows: MarkRow[] = [];
  if (from !== null) {
    restoreEngine(engine, from.engine);
    venue.load(from.venue);
    rows.push(...from.rows);
  }
  await drive({
    engine,
    venue,
    source: universe.dataset.source(windowOf(universe)),
    references: universe.told,
    timers: tradingSchedule(timersOf(experiment, universe, sessions, 0), universe.sessions, parts.models.steps),
    from: from?.position ?? DRIVE_START,
    outside: parts.control,
    signal: parts.signal,
    onMark: (timer, position) => {
      const row = markRow(timer.seenAt, engine, venue);
      rows.push(row);
      if (rows.length % SNAPSHOT_EVERY === 0) {
        journal.barrier(); // a snapshot never runs ahead of the journal
        parts.keep({ position, entries: journal.entries, engine: snapshotEngine(engine), venue: venue.save(), rows: [...rows], advice });
      }
      return parts.onMark(row, rows.length / sessions.length);
    },
  });
  journal.finish();
  return { rows, engine, venue, orders, advice };
}

/** The engine of an experiment without its venue and journal: paper and replay must build the same. */
export function engineParts(experiment: Experiment, universe: Universe, models: ModelSchedule, limits: ResolvedRisk) {
  const world = builderWorld(universe);
  return {
    instruments: universe.instruments,
    plan: universe.createPlan(universe.features, models.steps),
    strategy: createModelStrategy(models, experiment.label.horizon * DAY_US),
    label: labelOf(experiment, universe),
    builder: createBuilder(experiment, world),
    execution: createExecution(experiment, world, universe.instruments),
    risk: createReviewer(limits, world),
    breakers: limits.breakers,
    baseCurrency: experiment.account.currency as Currency,
    startingCashMicro: BigInt(Math.round(experiment.account.cash * 1e6)),
  };
}
