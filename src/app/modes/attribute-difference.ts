// Why a paper session ended elsewhere than a backtest of the same days: worlds between the two, each with one thing more as it was on paper.
// Their equities are whole cents, so the parts add up to the whole exactly. The order is fixed: limits, data, latency, fills, costs; what two of
// them bring about together counts under the later one.
import { readJournal } from "#adapters/stores/journal/journal.js";
import type { Currency } from "#domain/instrument.js";
import { type BarBatch, type MarketSlice, barRow, toBarBatch } from "#domain/market.js";
import { eventClass, type TimerFired } from "#domain/event.js";
import type { ToldEvents } from "#domain/fact.js";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import type { Fact } from "#domain/fact.js";
import type { Micros } from "#domain/time.js";
import { Engine } from "#engine/engine.js";
import type { MarketDataSource } from "#ports/market-data.js";
import type { ModelSchedule } from "#ports/model.js";
import type { CostModel } from "#simulation/venue/costs.js";
import { SimulatedVenue } from "#simulation/venue/simulated-venue.js";
import type { Experiment } from "../config/experiment.js";
import { toCostModel, withVenue } from "../config/parts.js";
import { venueRules } from "../config/venue-rules.js";
import { type ResolvedRisk, researchRisk, riskHash } from "../config/risk-limits.js";
import { DRIVE_START, driveTogether } from "./drive.js";
import { journalEquity } from "./journal-book.js";
import { OrderLog } from "./order-log.js";
import { engineParts } from "./paper.js";
import { withQuotes } from "./quoted-source.js";
import { quoteFeed } from "./recorded-quotes.js";
import { type Universe, windowOf } from "./universe.js";

/** Whole cents of the base currency. */
export interface Difference {
  /** Equity at the last mark. */
  readonly backtest: number;
  readonly paper: number;
  /** paper - backtest = limits + data + latency + fills + costs. */
  readonly total: number;
  /** Limits and breakers of the session, where they are not the backtest's. */
  readonly limits: number;
  /** Bars and actions, and when they came. */
  readonly data: number;
  /** How late orders reached the venue. */
  readonly latency: number;
  /** Prices and sizes of the fills; halts and whatever else kept orders from being made. */
  readonly fills: number;
  /** Fees, interest and borrow fees; what funding brings is the same in all worlds that hold the same. */
  readonly costs: number;
  /** Orders of the backtest are, one by one, those of the session. */
  readonly sameOrders: boolean;
}

export interface DifferenceParts {
  readonly experiment: Experiment;
  /** Over the days of the session, as the dataset has them now. */
  readonly universe: Universe;
  readonly models: ModelSchedule;
  readonly risk: ResolvedRisk;
  readonly journal: string;
  /** Whether bars came as they were told. */
  readonly live: boolean;
  /** Costs of the paper venue that were not the experiment's. */
  readonly venue: Partial<Experiment["costs"]>;
  readonly onProgress: (done: number) => void;
}

export async function attributeDifference(parts: DifferenceParts): Promise<Difference> {
  const { experiment, universe, journal, venue, live } = parts;
  const { timers, slices, told } = readSession(journal);
  const start = slices[0]?.seenAt ?? 0;
  const modelled = toCostModel(experiment);
  const recorded = universe.dataset.source(windowOf(universe));
  const asTold = { source: behindHistory(recorded, slices), references: actionsOf(universe.told, start, told), live };
  const world = (costs: CostModel, market: Market, done: number, risk = parts.risk): Promise<World> => {
    parts.onProgress(done);
    return runWorld(parts, risk, timers, costs, market);
  };
  const asRecorded = { source: recorded, references: universe.told, live: false };
  const research = researchRisk(experiment);
  const backtest = await world(modelled, asRecorded, 0, research);
  const withLimits = riskHash(research) === riskHash(parts.risk) ? backtest : await world(modelled, asRecorded, 1 / 5);
  const withData = await world(modelled, asTold, 2 / 5);
  const { latencyUs } = toCostModel(withVenue(experiment, venue));
  const withLatency = latencyUs === modelled.latencyUs ? withData : await world({ ...modelled, latencyUs }, asTold, 3 / 5);
  parts.onProgress(4 / 5);
  const base = experiment.account.currency as Currency;
  const cash = BigInt(Math.round(experiment.account.cash * 1e6));
  const rules = venueRules(experiment, universe, modelled);
  const withFills = cents(journalEquity(readJournal(journal), universe.instruments, base, cash, { costs: modelled, rules }));
  const paper = cents(journalEquity(readJournal(journal), universe.instruments, base, cash, null));
  return {
    backtest: backtest.equity,
    paper,
    total: paper - backtest.equity,
    limits: withLimits.equity - backtest.equity,
    data: withData.equity - withLimits.equity,
    latency: withLatency.equity - withData.equity,
    fills: withFills - withLatency.equity,
    costs: paper - withFills,
    sameOrders: backtest.orders === ordersOf(journal),
  };
}

interface Market {
  readonly source: MarketDataSource;
  readonly references: ToldEvents;
  readonly live: boolean;
}

interface World {
  /** Cents, at the last timer. */
  readonly equity: number;
  readonly orders: string;
}

async function runWorld(
  { experiment, universe, models }: DifferenceParts,
  risk: ResolvedRisk,
  timers: readonly TimerFired[],
  costs: CostModel,
  { source, references, live }: Market,
): Promise<World> {
  const made = engineParts(experiment, universe, models, risk);
  const { instruments, facts, sessions } = universe;
  const rules = venueRules(experiment, universe, costs);
  const quotes = await quoteFeed(facts.quotes, sessions);
  const venue = new SimulatedVenue(instruments, made.baseCurrency, made.startingCashMicro, costs, rules, quotes?.terms);
  const log = new OrderLog(null);
  const engine = new Engine({ ...made, venue, journal: log });
  let equity = experiment.account.cash;
  const onMark = (): void => {
    ({ equity } = engine.account);
  };
  await driveTogether([{ engine, venue, references, timers: timers[Symbol.iterator](), from: DRIVE_START, live, onMark }], {
    source: withQuotes(source, quotes, [venue]),
  });
  return { equity: cents(equity), orders: log.summary().hash };
}

function readSession(path: string) {
  const timers: TimerFired[] = [];
  const slices: MarketSlice[] = [];
  const told: (ReferenceEvent | Fact)[] = [];
  let start = Number.POSITIVE_INFINITY;
  for (const entry of readJournal(path)) {
    if (entry.kind !== "event") continue;
    const { event } = entry;
    if (event.kind === "timer") timers.push(event);
    else if (event.kind === "market") {
      start = Math.min(start, event.seenAt);
      slices.push(event);
    } else if (event.kind !== "rows" && eventClass(event) === 1 && event.seenAt >= start) told.push(event as ReferenceEvent | Fact);
  }
  return { timers, slices, told };
}

/** The dataset up to the session, then the journal's rows. */
export function behindHistory(history: MarketDataSource, slices: readonly MarketSlice[]): MarketDataSource {
  const start = slices[0]?.seenAt ?? Number.POSITIVE_INFINITY;
  return {
    async *batches() {
      for await (const batch of history.batches(0)) {
        if (batch.kind !== "bar") continue;
        let end = batch.length;
        while (end > 0 && (batch.seenAt[end - 1] as number) >= start) end--;
        if (end > 0) yield end === batch.length ? batch : part(batch, 0, end);
        if (end < batch.length) break;
      }
      for (const { batch, start: from, end } of slices) if (batch.kind === "bar") yield part(batch, from, end);
    },
  };
}

function part(batch: BarBatch, from: number, to: number): BarBatch {
  return toBarBatch(Array.from({ length: to - from }, (_, k) => barRow(batch, from + k)));
}

/** What was told before the session, as it stands now, and what the session was told. */
function actionsOf(now: ToldEvents, start: Micros | 0, told: readonly (ReferenceEvent | Fact)[]): ToldEvents {
  let before = 0;
  while (before < now.length && (now.at(before)?.seenAt as number) < start) before++;
  return { length: before + told.length, at: (i) => (i < before ? now.at(i) : told[i - before]) };
}

function ordersOf(path: string): string {
  const log = new OrderLog(null);
  for (const entry of readJournal(path)) if (entry.kind === "decision") log.decision(entry.asOf, entry.decisions, entry.cancels);
  return log.summary().hash;
}

function cents(amount: number): number {
  return Math.round(amount * 100);
}
