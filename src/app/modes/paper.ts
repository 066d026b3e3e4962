// A paper session: the experiment's fitted models over the last sessions of a dataset, event by event, every order through risk and
// the journal. It can be killed at any moment; the next start repeats the recorded part against the journal and goes on.
import { type FileJournal } from "#adapters/stores/journal/journal.js";
import type { AdviceResult } from "#domain/confidence-result.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { Currency, Instrument } from "#domain/instrument.js";
import type { Session } from "#domain/session.js";
import type { AlertNote } from "#domain/session-note.js";
import type { Signals } from "#domain/signal.js";
import { DAY_US, type Micros } from "#domain/time.js";
import { Engine } from "#engine/engine.js";
import { restoreEngine, snapshotEngine } from "#engine/snapshot.js";
import type { Expectation } from "#monitoring/expectation.js";
import { SessionWatch } from "#monitoring/session-watch.js";
import type { MarketDataSource } from "#ports/market-data.js";
import type { ModelSchedule } from "#ports/model.js";
import type { CostModel } from "#simulation/venue/costs.js";
import type { StepCount } from "#ports/stages.js";
import { SimulatedVenue } from "#simulation/venue/simulated-venue.js";
import { createModelStrategy } from "#strategy/model-strategy.js";
import { createBuilder, createExecution, createProtection, createReviewer, declaredExposure, toCostModel } from "../config/parts.js";
import type { Experiment } from "../config/experiment.js";
import { venueRules } from "../config/venue-rules.js";
import type { ResolvedRisk } from "../config/risk-limits.js";
import { RiskMemory } from "../config/risk-memory.js";
import type { SessionControl } from "../stop/session-control.js";
import { adviceOf } from "./confidence-log.js";
import { type DayRows, dayNote } from "./day-note.js";
import { type AccountDrive, DRIVE_START, driveTogether, type LiveSource } from "./drive.js";
import { explainDecisions } from "./explain-decisions.js";
import { OrderLog } from "./order-log.js";
import { withQuotes } from "./quoted-source.js";
import { QuoteLog } from "./quote-log.js";
import { quoteFeed } from "./recorded-quotes.js";
import { type MarkRow, markRow } from "./recorder.js";
import { RiskAlerts } from "./risk-alerts.js";
import { tradingSchedule } from "./schedule.js";
import type { PaperSnapshot } from "./paper-snapshot.js";
import { createShadows } from "./shadow-accounts.js";
import { builderWorld, labelOf, timersOf } from "./study.js";
import type { Universe } from "./universe.js";

export interface PaperParts {
  readonly experiment: Experiment;
  /** With all sessions of the paper period. */
  readonly universe: Universe;
  readonly models: ModelSchedule;
  readonly risk: ResolvedRisk;
  /** Sessions of the paper period, in order. */
  readonly sessions: readonly Session[];
  /** History and what follows it. */
  readonly source: LiveSource | MarketDataSource;
  /** Whether bars come as they are told, some of them late. */
  readonly live: boolean;
  /** What the venue charges, and how late orders reach it. */
  readonly venueCosts: CostModel;
  /** What is watched for; null where nothing is known of the experiment's past. */
  readonly expected: Expectation | null;
  readonly journal: FileJournal;
  /** Where to go on from; null starts at the beginning. */
  readonly from: PaperSnapshot | null;
  readonly keep: (snapshot: PaperSnapshot) => void;
  /** How other processes reach the session. */
  readonly control: SessionControl;
  readonly onMark: (row: MarkRow, done: number) => void | Promise<void>;
  /** Told of each alert as it is noted, those of recorded ground again. */
  readonly onAlert?: ((alert: AlertNote) => void) | undefined;
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
  /** Of a portfolio that may fall back; null of others. */
  readonly answers: readonly StepCount[] | null;
  /** Told of the journal it says what orders met on recorded quotes; null where they meet bars. */
  readonly quotes: QuoteLog | null;
  /** Shorts that the portfolio did not ask for, since nobody would have lent the shares. */
  readonly unborrowed: number;
}

/** Sessions between snapshots: a restart repeats at most this many. */
const SNAPSHOT_EVERY = 5;

export async function runPaper(parts: PaperParts): Promise<PaperResult> {
  const { experiment, universe, sessions, journal, from } = parts;
  const currency = experiment.account.currency as Currency;
  const { cash } = experiment.account;
  const quotes = await quoteFeed(universe.facts.quotes, sessions);
  const rules = venueRules(experiment, universe, parts.venueCosts);
  const startingCash = BigInt(Math.round(cash * 1e6));
  const venue = new SimulatedVenue(universe.instruments, currency, startingCash, parts.venueCosts, rules, quotes?.terms);
  const watch: SessionWatch = new SessionWatch({
    instruments: universe.instruments,
    costs: toCostModel(experiment),
    expected: parts.expected,
    rate: (i) => engine.account.holdings.rate((universe.instruments[i] as Instrument).currency),
    quoted: quotes?.terms.quoted ?? null,
    from: (sessions[0] as Session).openAt,
  });
  const built = engineParts(experiment, universe, parts.models, parts.risk);
  const { memory } = built.risk;
  const begins = (sessions[0] as Session).openAt;
  const risk =
    parts.risk.alerts !== undefined && memory instanceof RiskMemory
      ? new RiskAlerts({ watched: memory.alerts, ...parts.risk.alerts }, begins, universe.dataset.manifest.barInterval !== "1d")
      : null;
  function say(alert: AlertNote): void {
    journal.note(alert);
    parts.onAlert?.(alert);
  }
  const orders = new OrderLog(journal, watch, (event) => risk?.event(event, engine.account, engine.now).forEach(say));
  let advice: AdviceResult | null = from?.advice ?? null;
  const onSignals = (signals: Signals, frame: FeatureFrame): void => {
    parts.onFrame?.(frame);
    watch.signals(signals);
    advice = adviceOf(experiment, signals, frame, universe.instruments);
  };
  const engine: Engine = new Engine({
    ...built,
    venue: parts.control.guard(venue, ({ flatten }) => flatten && engine.breakers.isKilled && engine.mode === "flattening"),
    journal: orders,
    explain: explainDecisions(parts.models),
    onSignals,
  });
  const keeps = (marks: number): boolean => marks % SNAPSHOT_EVERY === 0;
  const timers = (steps: number) => tradingSchedule(timersOf(experiment, universe, sessions, 0), universe.sessions, steps);
  const { venueCosts: costs, live } = parts;
  const shadows = createShadows(
    { experiment, universe, costs, quotes: quotes?.terms ?? null, live, keeps, timers: () => timers(1) },
    from?.shadows ?? null,
  );
  const rows: MarkRow[] = [];
  if (from !== null) {
    restoreEngine(engine, from.engine);
    venue.load(from.venue);
    watch.load(from.watch);
    if (from.risk !== null) risk?.load(from.risk);
    rows.push(...from.rows);
  }

  function note(row: MarkRow, since: Micros): void {
    const k = rows.length - 1;
    const [own, baseline, benchmark] = [rows, ...shadows.map((shadow) => shadow.rows)].map((of) => ({
      now: of[k] as MarkRow,
      before: of[k - 1] ?? null,
    })) as [DayRows, DayRows, DayRows | undefined];
    const start = own.before?.equity ?? cash;
    const positions = engine.account.lots.reduce((count, lots) => count + Number(lots !== 0), 0);
    const found = watch.mark({
      at: row.at,
      since,
      netReturn: row.equity / start - 1,
      turnover: (row.traded - (own.before?.traded ?? 0)) / start,
      positions,
    });
    found.alerts.forEach(say);
    const exposure = declaredExposure(experiment);
    journal.note(dayNote({ own, baseline, benchmark: benchmark ?? null, startingCash: cash, exposure, positions, found }));
  }

  const main: AccountDrive = {
    engine,
    venue,
    references: universe.told,
    timers: timers(parts.models.steps),
    from: from?.position ?? DRIVE_START,
    live,
    outside: parts.control,
    onMark: (timer, position) => {
      const row = markRow(timer.seenAt, engine, venue);
      rows.push(row);
      note(row, timer.since);
      const marks = rows.length;
      if (keeps(marks)) {
        journal.barrier(); // a snapshot never runs ahead of the journal
        const kept = shadows.map((shadow) => shadow.stateAt(marks));
        const state = { engine: snapshotEngine(engine), venue: venue.save(), rows: [...rows], advice };
        parts.keep({ position, entries: journal.entries, ...state, watch: watch.save(), risk: risk?.save() ?? null, shadows: kept });
      }
      return parts.onMark(row, marks / sessions.length);
    },
  };
  // The shadows first: at each mark of the account they have come at least as far.
  const accounts = [...shadows.map((shadow) => shadow.drive), main];
  const venues = [...shadows.map((shadow) => shadow.venue), venue];
  const source = withQuotes(parts.source, quotes, venues);
  await driveTogether(accounts, { source, signal: parts.signal });
  journal.finish();
  const { instruments } = universe;
  return {
    rows,
    engine,
    venue,
    orders,
    advice,
    answers: built.builder.answers?.() ?? null,
    quotes: quotes === null ? null : new QuoteLog(null, { feed: quotes, instruments, latencyUs: costs.latencyUs }),
    unborrowed: built.builder.unborrowed?.() ?? 0,
  };
}

/** The engine of an experiment without its venue and journal: paper and replay must build the same. */
export function engineParts(experiment: Experiment, universe: Universe, models: ModelSchedule, limits: ResolvedRisk) {
  const world = builderWorld(universe);
  return {
    instruments: universe.instruments,
    plan: universe.createPlan(universe.features, models.steps),
    strategy: createModelStrategy(models, experiment.label.horizon * DAY_US),
    label: labelOf(experiment, universe),
    builder: createBuilder(experiment, world, limits.limits),
    execution: createExecution(experiment, world, universe.instruments),
    protection: createProtection(experiment, universe.instruments),
    risk: createReviewer(limits, world, universe),
    breakers: limits.breakers,
    stages: limits.stages,
    baseCurrency: experiment.account.currency as Currency,
    startingCashMicro: BigInt(Math.round(experiment.account.cash * 1e6)),
  };
}
