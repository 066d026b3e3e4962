// Feeds one engine and one simulated venue with events in the total order (seenAt, class, instrument, sequence).
// The venue runs ahead of each engine event on exchange time; what it says comes due one latency later. Backtest and paper share it.
import { TruewindError } from "#base/errors.js";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import { type EngineEvent, type TimerFired, eventClass } from "#domain/event.js";
import type { Fact, ToldEvents } from "#domain/fact.js";
import type { EventBatch, MarketSlice } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import type { Engine } from "#engine/engine.js";
import type { MarketDataSource } from "#ports/market-data.js";
import type { SimulatedVenue } from "#simulation/venue/simulated-venue.js";

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

export interface DriveParts {
  readonly engine: Engine;
  readonly venue: SimulatedVenue;
  readonly source: MarketDataSource;
  /** Ordered by seenAt. */
  readonly references: ToldEvents;
  readonly timers: Iterator<TimerFired, void>;
  readonly from: DrivePosition;
  /** Commands and the like, of which neither data nor venue know. */
  readonly outside?: Outside | undefined;
  /** Ends the run after the step in progress, by throwing `interrupted`. */
  readonly signal?: AbortSignal | undefined;
  /** After each `mark`: the moment for recording, progress and snapshots. A promise holds the run until it resolves. */
  readonly onMark?: ((timer: TimerFired, position: DrivePosition) => void | Promise<void>) | undefined;
}

const MARKET_CLASS = 2;
const VENUE_CLASS = 3;

/** Runs until the source and the timers are exhausted. Returns the number of events stepped. */
export async function drive(parts: DriveParts): Promise<number> {
  const { engine, venue, references, timers, signal } = parts;
  let { nextRow, references: nextReference, timers: timersFired } = parts.from;
  let steps = 0;
  let accruedAt = -1;
  for (let skipped = 0; skipped < timersFired; skipped++) timers.next();
  let timer = nextTimer();
  let reference = references.at(nextReference);

  function nextTimer(): TimerFired | undefined {
    const next = timers.next();
    return next.done === true ? undefined : next.value;
  }

  function stopIfAsked(): void {
    if (signal?.aborted === true) throw new TruewindError("interrupted", "The run was interrupted.");
  }

  /** The next reference event or timer; references go first at the same moment. */
  function chosenNext(): ReferenceEvent | Fact | TimerFired | undefined {
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
   * call again; undefined means that nothing is left before `limit`.
   */
  function before(limit: number): Promise<void> | undefined {
    for (;;) {
      if (mayInterrupt(limit)) {
        steps++;
        const pending = engine.step((parts.outside as Outside).take((engine.now + 1) as Micros));
        if (pending !== undefined) return pending;
        continue;
      }
      const chosen = chosenNext();
      const comes = chosen !== undefined && (chosen.seenAt < limit || (chosen.seenAt === limit && eventClass(chosen) < MARKET_CLASS));
      const horizon = comes ? chosen.seenAt : limit;
      if (comes && chosen.kind !== "timer" && chosen.kind !== "fact") {
        // A split or dividend of this very moment comes before the prints it changes, and after word of all that was done before.
        venue.advance(horizon - 1);
        venue.settle(horizon - 1);
      } else {
        venue.advance(horizon);
      }
      if (comes && chosen.kind === "timer" && chosen.name === "mark" && accruedAt !== horizon) {
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

  async function settle(limit: number, first: Promise<void>): Promise<void> {
    for (let pending: Promise<void> | undefined = first; pending !== undefined; pending = before(limit)) {
      await pending;
      stopIfAsked();
    }
  }

  for await (const batch of parts.source.batches(nextRow)) {
    stopIfAsked();
    for (let start = 0; start < batch.length; ) {
      const slice = sliceAt(batch, start, nextRow);
      venue.show(slice);
      const first = before(slice.seenAt);
      if (first !== undefined) await settle(slice.seenAt, first);
      steps++;
      const pending = engine.step(slice);
      if (pending !== undefined) await pending;
      venue.complete(slice);
      nextRow = slice.nextRow;
      start = slice.end;
    }
  }
  const last = before(Number.POSITIVE_INFINITY);
  if (last !== undefined) await settle(Number.POSITIVE_INFINITY, last);
  return steps;
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
