// A session of a drill: three names whose prices and weights are written down day by day, through the engine, the simulated venue and a durable
// journal that are those of a paper session. Trading costs nothing, so that a loss is what prices make of it.
import { FileJournal } from "#adapters/stores/journal/journal.js";
import type { Trip } from "#domain/breaker.js";
import type { CommandReceived, Command, TimerFired } from "#domain/event.js";
import type { Currency, Instrument, InstrumentId, InstrumentIx } from "#domain/instrument.js";
import { toBarBatch } from "#domain/market.js";
import { DAY_US, HOUR_US, type Micros, SECOND_US } from "#domain/time.js";
import { Engine } from "#engine/engine.js";
import type { EngineParts } from "#engine/engine-parts.js";
import { restoreEngine, snapshotEngine } from "#engine/snapshot.js";
import type { MarketDataSource } from "#ports/market-data.js";
import type { FeaturePlan } from "#ports/stages.js";
import type { BreakerLimits } from "#risk/breakers.js";
import type { RiskLimits } from "#risk/limits.js";
import type { CapitalStage } from "#risk/stages.js";
import { createRiskEngine } from "#risk/review.js";
import type { CostModel } from "#simulation/venue/costs.js";
import { SimulatedVenue } from "#simulation/venue/simulated-venue.js";
import { createIndifferentStrategy } from "#strategy/no-signals.js";
import { DRIVE_START, drive } from "../modes/drive.js";
import { replayJournal, silentVenue } from "../modes/replay.js";

export const DRILL_NAMES = ["A", "B", "C"] as const;

/** One day: closes of all names (each day opens at the close before), weights to hold from its end on, and a command after its end. */
export interface DrillDay {
  readonly close: readonly number[];
  /** NaN keeps what was wanted before. */
  readonly want: readonly number[];
  readonly command?: Command;
}

export interface DrillResult {
  readonly engine: Engine;
  /** Breakers that were open at the end of each day, also in an engine that was restored from a snapshot of that moment. */
  readonly open: readonly (readonly Trip[])[];
  /** At the end of each day, by a restored engine: the stage of capital (null: none), and long plus short in money. */
  readonly stage: readonly (string | null)[];
  readonly exposure: readonly number[];
  readonly venue: SimulatedVenue;
  /** An engine as it was at the end of that day, which knows nothing of what came later and sends nothing. */
  readonly at: (day: number, journal: FileJournal) => Engine;
}

const FREE: CostModel = { feeBps: 0, halfSpreadBps: 0, impactBps: 0, participation: 1, borrowBps: 0, cashRate: [], latencyUs: 1000 };
const USD = "USD" as Currency;
const openOf = (day: number): Micros => ((day + 1) * DAY_US + 14 * HOUR_US) as Micros;
const closeOf = (day: number): Micros => ((day + 1) * DAY_US + 21 * HOUR_US) as Micros;

const instruments = DRILL_NAMES.map(
  (id): Instrument => ({
    id: id as string as InstrumentId,
    venue: "DRILL",
    currency: USD,
    tickSize: 0.0001,
    relativeTick: null,
    lotSize: 1,
    sector: null,
  }),
);

/** All names are always there. */
const plan: FeaturePlan = {
  features: [],
  advance: () => undefined,
  reference: () => undefined,
  frame: (asOf) => ({
    asOf,
    instruments: DRILL_NAMES.length,
    features: [],
    values: new Float64Array(0),
    fresh: new Uint8Array(DRILL_NAMES.length).fill(1),
    member: new Uint8Array(DRILL_NAMES.length).fill(1),
    history: null,
  }),
  snapshot: () => new Uint8Array(0),
  restore: () => undefined,
};

function partsOf(
  days: readonly DrillDay[],
  limits: RiskLimits,
  breakers: BreakerLimits,
  stages: readonly CapitalStage[],
): Omit<EngineParts, "venue" | "journal"> {
  return {
    stages,
    instruments,
    plan,
    strategy: createIndifferentStrategy(),
    builder: {
      build: ({ asOf }) => ({ asOf, weights: Float64Array.from((days[Math.floor(asOf / DAY_US) - 1] as DrillDay).want) }),
    },
    risk: createRiskEngine(limits),
    breakers,
    baseCurrency: USD,
    startingCashMicro: 1_000_000_000_000n,
  };
}

function sourceOf(days: readonly DrillDay[]): MarketDataSource {
  return {
    async *batches() {
      for (const [day, { close }] of days.entries()) {
        const rows = close.map((price, i) => {
          const open = days[day - 1]?.close[i] ?? price;
          const at = closeOf(day);
          const [high, low] = [Math.max(open, price), Math.min(open, price)];
          return { instrument: i as InstrumentIx, openAt: openOf(day), at, seenAt: at, open, high, low, close: price, volume: Number.NaN };
        });
        yield await Promise.resolve(toBarBatch(rows));
      }
    },
  };
}

function* timersOf(days: readonly DrillDay[]): Generator<TimerFired, void> {
  for (const day of days.keys()) {
    const at = (closeOf(day) + SECOND_US) as Micros;
    for (const name of ["mark", "decide"] as const) yield { kind: "timer", name, at, seenAt: at, since: openOf(day) };
  }
}

/** Writes the journal at `path`, and replays it: the same decisions, or it throws `replay-differs`. */
export async function drillSession(
  path: string,
  days: readonly DrillDay[],
  limits: RiskLimits,
  breakers: BreakerLimits,
  stages: readonly CapitalStage[] = [],
): Promise<DrillResult> {
  const make = (): ReturnType<typeof partsOf> => partsOf(days, limits, breakers, stages);
  const parts = make();
  const venue = new SimulatedVenue(instruments, USD, parts.startingCashMicro, FREE);
  const journal = FileJournal.create(path, { mode: "drill", limits, breakers }, { referenceBefore: 0, durable: true });
  const engine = new Engine({ ...parts, venue, journal });
  const open: (readonly Trip[])[] = [];
  const stage: (string | null)[] = [];
  const exposure: number[] = [];
  const saved: Uint8Array[] = [];
  const at: DrillResult["at"] = (day, into) => {
    const restored = new Engine({
      ...make(),
      venue: { ...silentVenue, capabilities: venue.capabilities },
      journal: into,
    });
    restoreEngine(restored, saved[day] as Uint8Array);
    return restored;
  };
  let command: Command | undefined;
  try {
    await drive({
      engine,
      venue,
      source: sourceOf(days),
      references: [],
      timers: timersOf(days),
      from: DRIVE_START,
      outside: {
        waiting: () => command !== undefined,
        take: (seenAt): CommandReceived => {
          const taken = command as Command;
          command = undefined;
          return { kind: "command", at: seenAt, seenAt, command: taken };
        },
      },
      onMark: () => {
        saved.push(snapshotEngine(engine));
        const { breakers: latches, stages: capital, account } = at(open.length, journal);
        open.push(latches.open);
        stage.push(capital.open?.name ?? null);
        exposure.push(account.lots.reduce((sum, lots, i) => sum + (lots === 0 ? 0 : Math.abs(lots) * (account.lotValue[i] as number)), 0));
        command = days[open.length - 1]?.command;
      },
    });
  } finally {
    journal.close();
  }
  await replayJournal({ path, parts: make(), source: sourceOf(days) });
  return { engine, open, stage, exposure, venue, at };
}
