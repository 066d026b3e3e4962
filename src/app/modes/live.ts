// A live session: the same engine, driven by a feed, a real venue, commands and the wall clock. One event at a time, in the order of
// arrival; the engine journals each before it acts and passes the durability barrier before each submission.
// It never guesses: a source that ends or fails, or a venue whose book differs from ours, halts trading with a reason.
import { setTimeout as timeout } from "node:timers/promises";
import { TruewindError } from "#base/errors.js";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import type { Command, EngineEvent, TimerFired } from "#domain/event.js";
import type { Fact } from "#domain/fact.js";
import type { MarketSlice } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import type { VenueEvent } from "#domain/venue-event.js";
import type { Engine, EngineMode } from "#engine/engine.js";
import type { Clock } from "#ports/clock.js";
import type { Journal } from "#ports/journal.js";
import type { ExecutionVenue } from "#ports/venue.js";
import { createLiveQueue } from "./live-queue.js";
import { compareWithVenue } from "./venue-difference.js";

export interface LiveParts {
  /** From the configuration; trading with real money is never the default. */
  readonly enabled: boolean;
  /** Made with `venue` and `journal`; fresh, or restored to where an earlier session stopped. */
  readonly engine: Engine;
  readonly venue: ExecutionVenue;
  readonly journal: Journal;
  readonly feed: AsyncIterable<MarketSlice | ReferenceEvent | Fact>;
  readonly venueEvents: AsyncIterable<VenueEvent>;
  readonly commands: AsyncIterable<Command>;
  /**
   * The session's schedule from now on; the session ends with it. `at` is the wall time at which each is due. Where a model looks back and
   * the engine is fresh, moments to `observe` come first, each fed by what was known then.
   */
  readonly timers: Iterator<TimerFired, void>;
  readonly clock: Clock;
  /** Resolves when the clock shows `at`, or when the signal says stop. */
  readonly sleepUntil: (at: Micros, signal: AbortSignal) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

export interface LiveReport {
  readonly steps: number;
  readonly ended: "schedule" | "interrupted";
  readonly mode: EngineMode;
  /** Why the engine is not running; empty while it is. */
  readonly reason: string;
}

/** Throws `live-disabled` unless enabled. Orders that still work at the end stay at the venue: `flatten` is the command for that. */
export async function runLive(parts: LiveParts): Promise<LiveReport> {
  if (!parts.enabled) {
    throw new TruewindError(
      "live-disabled",
      "Live trading is disabled: set live.enabled to true in the configuration of this workspace, and know why.",
    );
  }
  const { engine, venue, clock, timers } = parts;
  const queue = createLiveQueue(clock, engine.now);
  const stop = new AbortController();
  const onAbort = (): void => stop.abort();
  parts.signal?.addEventListener("abort", onAbort, { once: true });
  if (parts.signal?.aborted === true) stop.abort();
  stop.signal.addEventListener("abort", () => queue.wake(), { once: true });
  let steps = 0;

  const command = (wish: Command): EngineEvent => {
    const now = clock.now();
    return { kind: "command", at: now, seenAt: now, command: wish };
  };

  async function step(event: EngineEvent): Promise<void> {
    steps++;
    await engine.step(event);
  }

  /** `resume` passes only while the venue's book is ours. */
  async function take(event: EngineEvent): Promise<void> {
    if (event.kind !== "command" || event.command.kind !== "resume") return step(event);
    const { unexplained } = compareWithVenue(engine.view, engine.account.instruments, await venue.snapshot());
    await step(unexplained.length === 0 ? event : { ...event, command: { kind: "halt", reason: differs(unexplained) } });
  }

  /** At the start: the venue's book is ours, or trading halts before the first decision. */
  async function agree(): Promise<void> {
    const theirs = await venue.snapshot();
    // What the venue said while it was asked belongs to its answer.
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) await take(event);
    const { unexplained, gone } = compareWithVenue(engine.view, engine.account.instruments, theirs);
    if (unexplained.length > 0) return queue.push(command({ kind: "halt", reason: differs(unexplained) }));
    const now = clock.now();
    for (const order of gone) queue.push({ kind: "order-cancelled", at: now, seenAt: now, order, reason: "the venue does not know it" });
  }

  /** Reads one source until the session stops. A source that stops first takes trading with it. */
  function pump<T>(name: string, source: AsyncIterable<T>, push: (item: T) => void): Promise<void> {
    const items = source[Symbol.asyncIterator]();
    return new Promise((finished) => {
      const lost = (why: string): void => {
        if (!stop.signal.aborted) queue.push(command({ kind: "halt", reason: `${name} ${why}` }));
      };
      const read = async (): Promise<void> => {
        for (;;) {
          const next = await items.next();
          if (stop.signal.aborted) return;
          if (next.done === true) return lost("ended");
          push(next.value);
        }
      };
      const close = (): void => {
        items.return?.().catch(() => undefined); // not awaited: a source may never answer
        finished();
      };
      if (stop.signal.aborted) return close();
      stop.signal.addEventListener("abort", close, { once: true });
      read().catch((error: unknown) => lost(`failed: ${error instanceof Error ? error.message : String(error)}`));
    });
  }

  const pumps = [
    pump("The venue's stream", parts.venueEvents, (event) => queue.push(event)),
    pump("The market data feed", parts.feed, (event) => queue.push(event)),
    pump("The stream of commands", parts.commands, (wish) => queue.push(command(wish))),
  ];
  try {
    await agree();
    let due = timers.next();
    while (!stop.signal.aborted) {
      // A timer stands in line behind what was seen before it was due.
      for (; due.done !== true && clock.now() >= due.value.at; due = timers.next()) queue.push(due.value);
      const event = queue.shift();
      if (event !== undefined) {
        await take(event);
        continue;
      }
      if (due.done === true) break;
      const awake = new AbortController();
      await Promise.race([queue.arrival(), parts.sleepUntil(due.value.at, AbortSignal.any([awake.signal, stop.signal]))]);
      awake.abort();
    }
    return { steps, ended: stop.signal.aborted ? "interrupted" : "schedule", mode: engine.mode, reason: engine.reason };
  } finally {
    stop.abort();
    parts.signal?.removeEventListener("abort", onAbort);
    await Promise.all(pumps);
    parts.journal.barrier();
  }
}

function differs(unexplained: readonly string[]): string {
  return `The venue's book is not ours: ${unexplained.slice(0, 5).join("; ")}.`;
}

/** Longest wait that Node's timers can hold is 2^31 - 1 ms; an hour also lets a clock that was set be noticed. */
const LONGEST_MS = 3_600_000;

/** `sleepUntil` by the given clock and Node's timers. */
export function sleepBy(clock: Clock): LiveParts["sleepUntil"] {
  return async (at, signal) => {
    for (;;) {
      const ms = (at - clock.now()) / 1000;
      if (ms <= 0 || signal.aborted) return;
      await timeout(Math.min(Math.ceil(ms), LONGEST_MS), undefined, { signal }).catch(() => undefined);
    }
  };
}
