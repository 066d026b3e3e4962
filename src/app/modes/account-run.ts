// One account through one stretch of market: engine and simulated venue put together and driven. Strategy, baselines and oracle all use it.
import { invariant } from "#base/errors.js";
import { type TripRecord, tripRecord } from "#domain/breaker.js";
import type { ToldEvents } from "#domain/fact.js";
import type { TimerFired } from "#domain/event.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { Currency, Instrument } from "#domain/instrument.js";
import type { RunResult } from "#domain/run-result.js";
import type { Signals } from "#domain/signal.js";
import { Engine } from "#engine/engine.js";
import type { EngineParts } from "#engine/engine-parts.js";
import type { Journal } from "#ports/journal.js";
import type { MarketDataSource } from "#ports/market-data.js";
import type { StepCount } from "#ports/stages.js";
import type { CostModel } from "#simulation/venue/costs.js";
import type { VenueRules } from "#simulation/venue/rules.js";
import { SimulatedVenue } from "#simulation/venue/simulated-venue.js";
import { DRIVE_START, drive } from "./drive.js";
import type { QuoteUse } from "#domain/quote-use.js";
import { OrderLog } from "./order-log.js";
import { QuoteLog } from "./quote-log.js";
import { withQuotes } from "./quoted-source.js";
import type { QuoteFeed } from "./recorded-quotes.js";
import { type MarkRow, markRow } from "./recorder.js";

/** What of an engine differs from one account to another. */
type DecidingParts = Pick<
  EngineParts,
  "instruments" | "plan" | "strategy" | "builder" | "risk" | "breakers" | "stages" | "execution" | "protection" | "label"
>;

export interface AccountRunParts extends DecidingParts {
  readonly source: MarketDataSource;
  /** What orders are filled on; null or absent: bars. */
  readonly quotes?: QuoteFeed | null;
  readonly references: ToldEvents;
  readonly timers: Iterator<TimerFired, void>;
  readonly costs: CostModel;
  /** Of the venue; left out, each bar is a trading day and nothing is halted. */
  readonly rules?: VenueRules;
  readonly currency: Currency;
  readonly startingCash: number;
  readonly journal?: Journal | undefined;
  readonly onSignals?: ((signals: Signals, frame: FeatureFrame) => void) | undefined;
  /** After each mark, with the account valued. */
  readonly onMark?: ((engine: Engine) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface AccountRun {
  readonly rows: readonly MarkRow[];
  readonly orders: RunResult["orders"];
  /** Breakers that have opened, in order. */
  readonly trips: readonly TripRecord[];
  readonly engine: Engine;
  readonly steps: number;
  /** Of a portfolio that may fall back; null of others. */
  readonly answers: readonly StepCount[] | null;
  /** Null where orders meet bars. */
  readonly quotes: QuoteUse | null;
}

export async function runAccount(parts: AccountRunParts): Promise<AccountRun> {
  const cashMicro = BigInt(Math.round(parts.startingCash * 1e6));
  const { instruments, currency, costs, rules, quotes } = parts;
  const venue = new SimulatedVenue(instruments, currency, cashMicro, costs, rules, quotes?.terms);
  const journal = parts.journal ?? null;
  const met =
    quotes === undefined || quotes === null ? null : new QuoteLog(journal, { feed: quotes, instruments, latencyUs: costs.latencyUs });
  const log = new OrderLog(met ?? journal);
  const engine = new Engine({
    instruments: parts.instruments,
    plan: parts.plan,
    strategy: parts.strategy,
    label: parts.label,
    builder: parts.builder,
    risk: parts.risk,
    breakers: parts.breakers,
    stages: parts.stages,
    execution: parts.execution,
    protection: parts.protection,
    venue,
    journal: log,
    baseCurrency: parts.currency,
    startingCashMicro: cashMicro,
    ...(parts.onSignals === undefined ? {} : { onSignals: parts.onSignals }),
  });
  const rows: MarkRow[] = [];
  const steps = await drive({
    engine,
    venue,
    source: withQuotes(parts.source, parts.quotes ?? null, [venue]),
    references: parts.references,
    timers: parts.timers,
    from: DRIVE_START,
    signal: parts.signal,
    onMark: (timer) => {
      rows.push(markRow(timer.seenAt, engine, venue));
      parts.onMark?.(engine);
    },
  });
  // Nobody halts a simulation but the engine itself, when the venue says what cannot be: half a result would look like a whole one.
  invariant(engine.mode === "running", `the account stopped trading: ${engine.reason}`);
  return {
    rows,
    orders: log.summary({ halted: venue.haltedOrders, cut: parts.builder.unborrowed?.() ?? 0 }),
    trips: log.trips.map((trip) => tripRecord(trip, parts.instruments)),
    engine,
    steps,
    answers: parts.builder.answers?.() ?? null,
    quotes: met?.use((i) => engine.account.holdings.rate((instruments[i] as Instrument).currency)) ?? null,
  };
}
