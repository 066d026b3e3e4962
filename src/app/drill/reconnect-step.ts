// A connection that comes back: the venue has filled what we were not told. The session must ask for it, book it and go on; and it must halt, and stay
// halted, where the venue holds what nobody here can explain.
import { join } from "node:path";
import { FileJournal, readJournal } from "#adapters/stores/journal/journal.js";
import type { Command, EngineEvent } from "#domain/event.js";
import type { InstrumentIx, Lots } from "#domain/instrument.js";
import { DAY_US, type Micros } from "#domain/time.js";
import type { Engine } from "#engine/engine.js";
import type { ExecutionVenue } from "#ports/venue.js";
import { NO_BREAKERS } from "#risk/breakers.js";
import type { SimulatedVenue } from "#simulation/venue/simulated-venue.js";
import { runLive } from "../modes/live.js";
import { type DrillDay, drillSession } from "./drill-session.js";
import { type DrillStep, drillStep, expectThat } from "./drill-step.js";

const LIMITS = { maxWeight: 1, minCash: 0, maxGross: 1, maxTurnover: 10, maxOrderNotional: null };
const KEEP = [Number.NaN, Number.NaN, Number.NaN];
const CLOSE = [100, 100, 100];
const DAYS: readonly DrillDay[] = [
  { close: CLOSE, want: [0.4, 0.4, 0] },
  { close: CLOSE, want: KEEP },
];

export function reconnectStep(folder: string): Promise<DrillStep> {
  const path = join(folder, "reconnect.twj");
  const work = async (): Promise<string> => {
    const { venue, at } = await drillSession(path, DAYS, LIMITS, NO_BREAKERS);
    const journal = FileJournal.create(join(folder, "reconnected.twj"), {}, { referenceBefore: 0, durable: true });
    try {
      const deaf = at(0, journal);
      for (const event of firstDecision(path, deaf.now)) await deaf.step(event);
      expectThat(deaf.account.orders.list().length > 0, "orders are out when the line breaks");
      const told = await connect(deaf, venue, journal, []);
      expectThat(told.mode === "running", `a session that missed fills hears of them and goes on (${told.reason})`);
      expectThat(
        deaf.account.lots.every((lots, i) => lots === venue.holdings.lots[i]),
        "it holds what the venue holds",
      );
      const resume = [{ kind: "resume", by: "the drill", reason: "a try" }] as const;
      const found = await connect(deaf, withMore(venue), journal, []);
      expectThat(found.mode === "halted", "holdings that nobody can explain halt the session");
      const insisted = await connect(deaf, withMore(venue), journal, resume);
      expectThat(insisted.mode === "halted", "a resume does not pass while the books differ");
      const agreed = await connect(deaf, venue, journal, resume);
      expectThat(agreed.mode === "running", "a resume passes once they agree");
      return "missed fills were asked for and booked; holdings that nobody can explain halted the session until the books agreed";
    } finally {
      journal.close();
    }
  };
  return drillStep("reconnect", () => path, work);
}

/** The decision of the day that ends at `mark`. */
function firstDecision(path: string, mark: Micros): readonly EngineEvent[] {
  for (const entry of readJournal(path)) {
    if (entry.kind !== "event" || entry.event.kind !== "timer") continue;
    if (entry.event.name === "decide" && entry.event.seenAt === mark) return [entry.event];
  }
  return [];
}

/** The venue, which holds seven lots of the third name that nobody ever bought. */
function withMore(venue: SimulatedVenue): ExecutionVenue {
  return {
    capabilities: venue.capabilities,
    submit: () => undefined,
    cancel: () => undefined,
    fillsSince: (at) => venue.fillsSince(at),
    postingsSince: (at) => venue.postingsSince(at),
    async snapshot() {
      const book = await venue.snapshot();
      return { ...book, positions: [...book.positions, { instrument: 2 as InstrumentIx, lots: 7 as Lots }] };
    },
  };
}

/** Connects a live session that has nothing else to do. */
function connect(engine: Engine, venue: ExecutionVenue, journal: FileJournal, commands: readonly Command[]) {
  const now = (engine.now + DAYS.length * DAY_US) as Micros;
  return runLive({
    enabled: true,
    engine,
    venue,
    journal,
    feed: silence(),
    venueEvents: silence(),
    commands: said(commands),
    timers: [][Symbol.iterator](),
    clock: { now: () => now },
    elapsedUs: () => now,
    compareEveryUs: DAY_US,
    cashTolerance: 0.01,
    sleepUntil: () => Promise.resolve(),
  });
}

/** A line on which nobody speaks, and which stays open. */
const silence = (): AsyncIterable<never> => said([]);

function said<T>(items: readonly T[]): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const left = [...items];
      return {
        next: () => (left.length > 0 ? Promise.resolve({ done: false, value: left.shift() as T }) : new Promise(() => undefined)),
        return: () => Promise.resolve({ done: true, value: undefined }),
      };
    },
  };
}
