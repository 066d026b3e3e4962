// Ours in the engine benchmark: the whole loop over one-minute bars with 20 features, risk, journal and the simulated venue.
import { FileJournal } from "#adapters/stores/journal/journal.js";
import { runAccount } from "#app/modes/account-run.js";
import { schedule } from "#app/modes/schedule.js";
import { calendarByName } from "#data/calendar/calendar.js";
import type { Currency, Instrument, InstrumentId } from "#domain/instrument.js";
import type { BarBatch } from "#domain/market.js";
import { type Micros, utcDate } from "#domain/time.js";
import { compileFeatures } from "#features/plan/compile.js";
import { featureByName } from "#features/registry.js";
import type { MarketDataSource } from "#ports/market-data.js";
import { createRiskEngine } from "#risk/review.js";
import { emaCross, oneLot } from "./ema-cross.js";

/** The two averages of the strategy first, then eighteen more of all kinds. */
export const ENGINE_FEATURES = [
  "ema_10",
  "ema_20",
  "mom_1",
  "mom_5",
  "mom_10",
  "mom_20",
  "mom_60",
  "rsi_14",
  "macd_hist",
  "bollinger_b_20",
  "atr_14",
  "vol_20",
  "vol_60",
  "skew_60",
  "donchian_20",
  "dist_sma_20",
  "dist_sma_50",
  "ema_cross_12_26",
  "vol_ratio_5_60",
  "reversal_5",
] as const;

const USD = "USD" as Currency;

export interface EngineRun {
  readonly seconds: number;
  readonly orders: number;
  readonly fills: number;
}

/** Runs the loop over a source of `instruments` instruments; `journalPath` receives the journal, market rows by reference. */
export async function runEngine(
  source: MarketDataSource,
  names: readonly string[],
  bars: { first: number; last: number },
  journalPath: string,
): Promise<EngineRun> {
  const instruments = names.map(
    (name): Instrument => ({
      id: name as InstrumentId,
      venue: "24/7",
      currency: USD,
      tickSize: 0.01,
      relativeTick: null,
      lotSize: 1,
      sector: null,
    }),
  );
  const plan = compileFeatures(
    ENGINE_FEATURES.map((name) => featureByName(name)),
    {
      instruments: names.length,
      tradable: new Uint8Array(names.length).fill(1),
      minHistory: 20,
      filters: [],
      priceBasis: "raw",
    },
  );
  const sessions = calendarByName("24/7").sessions(utcDate(bars.first as Micros), utcDate((bars.last - 1) as Micros));
  const journal = FileJournal.create(journalPath, { bench: "engine" }, { referenceBefore: Number.POSITIVE_INFINITY, durable: false });
  const startedAt = performance.now();
  const run = await runAccount({
    instruments,
    source,
    references: [],
    timers: schedule({ sessions, barInterval: 60, every: 1, graceUs: 0, phase: 0 }),
    plan,
    strategy: emaCross,
    builder: oneLot,
    risk: createRiskEngine({ maxWeight: 1, minCash: 0, maxGross: 1, maxTurnover: 1e9, maxOrderNotional: null }),
    costs: { feeBps: 0, halfSpreadBps: 0, impactBps: 0, participation: 1, borrowBps: 0, cashRate: [], latencyUs: 0 },
    currency: USD,
    startingCash: 1_000_000,
    journal,
  });
  journal.close();
  const seconds = (performance.now() - startedAt) / 1000;
  return { seconds, orders: run.orders.sent, fills: run.orders.filled };
}

/** Batches from memory: for timing the loop without the loading. */
export function fromMemory(batches: readonly BarBatch[]): MarketDataSource {
  return {
    async *batches() {
      await Promise.resolve();
      yield* batches;
    },
  };
}
