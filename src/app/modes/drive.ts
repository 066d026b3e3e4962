// Feeds an engine and its venue with events in the total order (seenAt, class, instrument, sequence).
// The venue runs ahead of each engine event on exchange time; what it says comes due one latency later. Backtest and paper share it.
// Several accounts may be driven beside one another by the same rows: they share nothing but what the market says.
import { TruewindError } from "#base/errors.js";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import { type EngineEvent, type TimerFired, eventClass } from "#domain/event.js";
import type { Fact, ToldEvents } from "#domain/fact.js";
import type { EventBatch, MarketSlice } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import type { Engine } from "#engine/engine.js";
import type { DrivenVenue } from "#ports/driven-venue.js";
import type { MarketDataSource } from "#ports/market-data.js";

/** How far a run has come: with the engine's and the venue's state, enough to go on. */
export interface DrivePosition {
  readonly nextRow: number;
  readonly references: number;
  readonly timers: number;
}

export const DRIVE_START: DrivePosition = { nextRow: 0, references: 0, timers: 0 };

/** What is told to the engine from outside: asked for after each step, told right behind it. */
export interface Outside {
  waiting(): boolean;
  /** The next of what waits, seen at this moment. */
  take(seenAt: Micros): EngineEvent;
}

/** The wall clock has come to `at`: no row seen before it will come any more. */
export interface TimePassed {
  readonly kind: "passed";
  readonly at: Micros;
}

/** As a `MarketDataSource`; one that waits for its rows also tells that time passes, so that timers need not wait for the next row. */
export interface LiveSource {
  batches(fromRow: number): AsyncIterable<EventBatch | TimePassed>;
}

export interface AccountDrive {
  readonly engine: Engine;
  readonly venue: DrivenVenue;
  /** Ordered by seenAt. It may change in what was not told yet. */
  readonly references: ToldEvents;
  readonly timers: Iterator<TimerFired, void>;
  readonly from: DrivePosition;
  /** Commands and the like, of which neither data nor venue know. */
  readonly outside?: Outside | undefined;
  /** Bars come as they are told, some after the timer that waited for them: the venue, too, knows of a bar only then. */
  readonly live?: boolean | undefined;
  /** After each `mark`: the moment for recording, progress and snapshots. A promise holds the run until it resolves. */
  readonly onMark?: ((timer: TimerFired, position: DrivePosition) => void | Promise<void>) | undefined;
}

interface Stream {
  readonly source: LiveSource | MarketDataSource;
  /** Ends the run after the step in progress, by throwing `interrupted`. */
  readonly signal?: AbortSignal | undefined;
}

export type DriveParts = AccountDrive & Stream;

const MARKET_CLASS = 2;
const VENUE_CLASS = 3;

/** Runs until the source and the timers are exhausted. Returns the number of events stepped. */
export function drive(parts: DriveParts): Promise<number> {
  return driveTogether([parts], parts);
}

/** Each account is told of a moment in the order given. Returns the number of events that the last one stepped. */
export async function driveTogether(accounts: readonly AccountDrive[], { source, signal }: Stream): Promise<number> {
  const drivers = accounts.map((account) => createDriver(account, signal));
  let nextRow = (accounts.at(-1) as AccountDrive).from.nextRow;
  for await (const batch of source.batches(nextRow)) {
    stopIfAsked(signal);
    if (batch.kind === "passed") {
      for (const driver of drivers) await driver.passed(batch.at);
      continue;
    }
    for (let start = 0; start < batch.length; ) {
      const slice = sliceAt(batch, start, nextRow);
      for (const driver of drivers) {
        const pending = driver.tell(slice);
        if (pending !== undefined) await pending;
      }
      nextRow = slice.nextRow;
      start = slice.end;
    }
  }
  stopIfAsked(signal); // a source that was stopped has not come to its end
  let steps = 0;
  for (const driver of drivers) steps = await driver.end();
  return steps;
}

function stopIfAsked(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new TruewindError("interrupted", "The run was interrupted.");
}

interface Driver {
  tell(slice: MarketSlice): Promise<void> | undefined;
  passed(at: Micros): Promise<void>;
  /** No more rows come: the timers that are left fire. Returns the number of events stepped. */
  end(): Promise<number>;
}

function createDriver(parts: AccountDrive, signal: AbortSignal | undefined): Driver {
  const { engine, venue, references, timers } = parts;
  let { nextRow, references: nextReference, timers: timersFired } = parts.from;
  let steps = 0;
  let accruedAt = -1;
  for (let skipped = 0; skipped < timersFired; skipped++) timers.next();
  let timer = nextTimer();
  let { revision } = references;
  let reference = references.at(nextReference);

  function nextTimer(): TimerFired | undefined {
    const next = timers.next();
    return next.done === true ? undefined : next.value;
  }

  /** The next reference event or timer; references go first at the same moment. */
  function chosenNext(): ReferenceEvent | Fact | TimerFired | undefined {
    if (references.revision !== revision) {
      // A feed has brought one more, which may come before the one that was next.
      ({ revision } = references);
      reference = references.at(nextReference);
    }
    if (reference === undefined || timer === undefined) return reference ?? timer;
    return reference.seenAt <= timer.seenAt ? reference : timer;
  }

  /** True when something from outside waits and all that was due by now has been heard. */
  function mayInterrupt(limit: number): boolean {
    const next = Math.min(limit, chosenNext()?.seenAt ?? limit);
    if (parts.outside?.waiting() !== true || next <= engine.now) return false;
    venue.advance(engine.now);
    const heard = venue.peek();
    return heard === undefined || heard.seenAt > engine.now;
  }

  /**
   * Steps all that comes before market data seen at `limit`. Returns a promise as soon as a step or an observer returns one: await it and
   * call again; undefined means that nothing is left before `limit`. `due`: steps only what a timer or reference event of that time brings
   * with it, and leaves the venue there: what comes later finds everything as if nobody had asked.
   */
  function before(limit: number, due = false): Promise<void> | undefined {
    for (;;) {
      if (mayInterrupt(limit)) {
        steps++;
        const pending = engine.step((parts.outside as Outside).take((engine.now + 1) as Micros));
        if (pending !== undefined) return pending;
        continue;
      }
      const chosen = chosenNext();
      const comes = chosen !== undefined && (chosen.seenAt < limit || (chosen.seenAt === limit && eventClass(chosen) < MARKET_CLASS));
      if (due && !comes) return undefined;
      const horizon = comes ? chosen.seenAt : limit;
      if (comes && chosen.kind !== "timer" && chosen.kind !== "fact") {
        // A split or dividend of this very moment comes before the prints it changes, and after word of all that was done before.
        venue.advance(horizon - 1);
        venue.settle(horizon - 1);
      } else {
        venue.advance(horizon);
      }
      const isThere = (venue.peek()?.seenAt ?? horizon) >= horizon; // what is heard before may change what is held then
      if (comes && isThere && chosen.kind === "timer" && chosen.name === "mark" && accruedAt !== horizon) {
        venue.accrue(chosen.seenAt);
        accruedAt = horizon;
      }
      const heard = venue.peek();
      if (heard !== undefined && heard.seenAt < limit && (!comes || isBefore(heard.seenAt, VENUE_CLASS, chosen))) {
        venue.take();
        steps++;
        const pending = engine.step(heard);
        if (pending !== undefined) return pending;
        continue;
      }
      if (!comes) return undefined;
      steps++;
      if (chosen.kind !== "timer") {
        reference = references.at(++nextReference);
        if (chosen.kind !== "fact") venue.reference(chosen); // the venue knows nothing of reports
        const pending = engine.step(chosen);
        if (pending !== undefined) return pending;
        continue;
      }
      timersFired++;
      timer = nextTimer();
      const pending = engine.step(chosen);
      if (chosen.name !== "mark") {
        if (pending !== undefined) return pending;
        continue;
      }
      const held = parts.onMark?.(chosen, { nextRow, references: nextReference, timers: timersFired });
      if (held !== undefined) return held;
    }
  }

  async function settle(limit: number, first: Promise<void> | undefined, due = false): Promise<void> {
    for (let pending = first; pending !== undefined; pending = before(limit, due)) {
      await pending;
      stopIfAsked(signal);
    }
  }

  function show(slice: MarketSlice): Promise<void> | undefined {
    venue.show(slice);
    const first = before(slice.seenAt);
    return first === undefined ? absorb(slice) : settle(slice.seenAt, first).then(() => absorb(slice));
  }

  /** Synchronous unless a step or an observer is not. */
  function absorb(slice: MarketSlice): Promise<void> | undefined {
    steps++;
    const pending = engine.step(slice);
    if (pending !== undefined) return pending.then(() => completed(slice));
    completed(slice);
    return undefined;
  }

  function completed(slice: MarketSlice): void {
    venue.complete(slice);
    nextRow = slice.nextRow;
  }

  return {
    tell(slice) {
      if (parts.live !== true) return show(slice);
      const due = before(slice.seenAt, true);
      return due === undefined ? show(slice) : settle(slice.seenAt, due, true).then(() => show(slice));
    },
    passed: (at) => settle(at, before(at, true), true),
    async end() {
      await settle(Number.POSITIVE_INFINITY, before(Number.POSITIVE_INFINITY));
      return steps;
    },
  };
}

function isBefore(seenAt: number, rank: number, other: EngineEvent): boolean {
  return seenAt < other.seenAt || (seenAt === other.seenAt && rank < eventClass(other));
}

function sliceAt(batch: EventBatch, start: number, firstRow: number): MarketSlice {
  const { seenAt } = batch;
  const moment = seenAt[start] as number;
  let end = start + 1;
  while (end < batch.length && seenAt[end] === moment) end++;
  return { kind: "market", at: batch.at[start] as Micros, seenAt: moment as Micros, batch, start, end, nextRow: firstRow + end - start };
}
