// A live session: the same engine, driven by a feed, a real venue, commands and the wall clock. One event at a time, in the order of
// arrival; the engine journals each before it acts and passes the durability barrier before each submission.
// It never guesses: a source that ends or fails, or a venue whose book differs from ours, halts trading with a reason; a venue that does not
// answer is taken for a lost line, and nothing is ordered until its book has been compared with ours again.
import { setTimeout as timeout } from "node:timers/promises";
import { TruewindError } from "#base/errors.js";
import { type Delisting, type ReferenceEvent, type Split, isReference } from "#domain/corporate-action.js";
import type { Command, EngineEvent, TimerFired } from "#domain/event.js";
import type { Fact } from "#domain/fact.js";
import type { MarketSlice } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import type { VenueEvent } from "#domain/venue-event.js";
import type { Engine } from "#engine/engine.js";
import type { EngineMode } from "#engine/trading-mode.js";
import type { Clock } from "#ports/clock.js";
import type { Journal } from "#ports/journal.js";
import type { ExecutionVenue } from "#ports/venue.js";
import { FreshBars } from "./fresh-bars.js";
import { createLiveQueue } from "./live-queue.js";
import { LIVE_START, type LivePosition } from "./recover.js";
import { agreeWithVenue, fillsBefore, isNews } from "./venue-agreement.js";

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
  /** Time that nobody can set, µs from any start: tells when the clock was set, so that no order is taken for older than it is. */
  readonly elapsedUs: () => number;
  /** The venue's book is compared with ours at least this often, µs; also at the start, after a lost line, and when an order goes unanswered. */
  readonly compareEveryUs: number;
  /** Largest difference in cash that is passed over, base currency: interest and fees may be posted at other moments. */
  readonly cashTolerance: number;
  /** Resolves when the clock shows `at`, or when the signal says stop. */
  readonly sleepUntil: (at: Micros, signal: AbortSignal) => Promise<void>;
  /** Where a recovered session goes on; a fresh one begins at the start. */
  readonly from?: LivePosition | undefined;
  /** After each `mark`: the moment for a snapshot. */
  readonly onMark?: ((position: LivePosition) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LiveReport {
  readonly steps: number;
  /** How often the venue's book was asked for. */
  readonly comparisons: number;
  readonly ended: "schedule" | "interrupted";
  readonly mode: EngineMode;
  /** Why the engine is not running; empty while it is. */
  readonly reason: string;
}

/** Comparisons in a row that may fail because the venue's book moved while it was read. */
const PATIENCE = 3;

/** A clock that moved by more than this against elapsed time was set; less is drift, or the time between two looks. */
const CLOCK_STEP_US = 10_000;

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
  const from = parts.from ?? LIVE_START;
  let { timers: fired, nextRow } = from;
  const fresh = new FreshBars(from.newestBars);

  let offset = clock.now() - parts.elapsedUs();
  /** When the clock was last found to have been set, or orders were told again, wall time. */
  let agesSince = Number.NEGATIVE_INFINITY;
  /** Ages of orders are counted from it at the earliest. */
  function agesFrom(): number {
    const now = clock.now() - parts.elapsedUs();
    if (Math.abs(now - offset) > CLOCK_STEP_US) agesSince = clock.now();
    offset = now;
    return agesSince;
  }

  let comparisons = 0;
  let comparedAt = Number.NEGATIVE_INFINITY;
  let restless = 0;
  /** Events that the venue's book has let pass. */
  const cleared = new WeakSet<EngineEvent>();
  /** Those before which the fills have been asked for. */
  const settled = new WeakSet<EngineEvent>();

  const now = (): { at: Micros; seenAt: Micros } => {
    const at = clock.now();
    return { at, seenAt: at };
  };
  const command = (wish: Command): EngineEvent => ({ kind: "command", ...now(), command: wish });
  const line = (state: "lost" | "restored", reason: string): EngineEvent => ({ kind: "connection", ...now(), state, reason });

  /** A split has to be told before the bars of its new basis: prices and features have it twice otherwise. */
  function refer(event: Split | Delisting): void {
    if (!fresh.reference(event) || event.kind !== "split" || engine.mode === "halted") return;
    const name = engine.account.instruments[event.instrument]?.id;
    const reason = `the split of ${name} was told after bars of its new basis: its prices and features are wrong until later bars have come`;
    queue.push(command({ kind: "halt", reason }));
  }

  /**
   * A fill from before a split, a dividend or a delisting is booked before it: the venue is asked whether there is one that we were not told. True when
   * there is: the event stands in line again, behind it.
   */
  async function waitsForFills(event: EngineEvent): Promise<boolean> {
    if (!isReference(event) || event.kind === "fx" || settled.has(event) || engine.account.references.knows(event)) return false;
    const fills = await fillsBefore({ ...parts, stop: stop.signal }, event.at);
    if (fills.length === 0) return false;
    const rest: EngineEvent[] = [];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) rest.push(next);
    for (const fill of fills) queue.push(fill);
    settled.add(queue.push(event));
    for (const each of rest) {
      const again = queue.push(each);
      if (cleared.has(each)) cleared.add(again);
    }
    return true;
  }

  async function step(event: EngineEvent): Promise<void> {
    if (await waitsForFills(event)) return;
    let told: EngineEvent | null = event;
    if (event.kind === "market") {
      nextRow = Math.max(nextRow, event.nextRow);
      told = fresh.take(event);
      if (told === null) return;
    }
    steps++;
    const isNews = (event.kind === "split" || event.kind === "delisting") && !engine.account.references.knows(event);
    await engine.step(told);
    if (isNews) refer(event);
    if (event.kind !== "timer") return;
    fired++;
    if (event.name === "mark") parts.onMark?.({ timers: fired, nextRow, newestBars: fresh.save() });
  }

  /** What opens trading again passes only while the venue's book is ours. */
  const needsAgreement = (event: EngineEvent): boolean =>
    !cleared.has(event) &&
    (event.kind === "command"
      ? event.command.kind === "resume" || event.command.kind === "approve" || event.command.kind === "stage"
      : event.kind === "connection" && event.state === "restored");

  /** Steps all that is in line. True when the venue said what `told`, its fills, does not tell. */
  async function drain(told: ReadonlySet<string>): Promise<boolean> {
    let news = false;
    const waiting: EngineEvent[] = [];
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
      if (needsAgreement(event)) {
        waiting.push(event);
        continue;
      }
      news ||= isNews(event, told);
      await step(event);
    }
    for (const event of waiting) queue.push(event);
    return news;
  }

  /** Compares the venue's book with ours; `event` waits for it. */
  async function compare(event?: EngineEvent): Promise<void> {
    comparisons++;
    comparedAt = clock.now();
    const verdict = await agreeWithVenue({ ...parts, queue, drain, agesFrom, stop: stop.signal });
    if (stop.signal.aborted) return;
    restless = verdict.kind === "restless" ? restless + 1 : 0;
    if (verdict.kind === "silent" || (verdict.kind === "restless" && (!engine.connected || restless > PATIENCE || comparisons === 1))) {
      if (engine.connected) queue.push(line("lost", "the venue does not tell its book"));
    } else if (verdict.kind === "differs" && engine.mode !== "halted") {
      queue.push(command({ kind: "halt", reason: verdict.why }));
    }
    if (verdict.kind !== "agreed" && event?.kind === "command")
      return void queue.push(
        command({ kind: "halt", reason: `Not resumed. ${verdict.kind === "differs" ? verdict.why : "The venue does not tell its book."}` }),
      );
    if (verdict.kind !== "agreed" && verdict.kind !== "differs") return;
    if (!engine.connected) cleared.add(queue.push(line("restored", "the books were compared")));
    if (event?.kind === "command") cleared.add(queue.push(event));
  }

  /** The next moment at which an order's answer is overdue; those of now are told to be. */
  function nextOverdue(): number {
    const { answerWithinUs } = venue.capabilities;
    let next = Number.POSITIVE_INFINITY;
    if (answerWithinUs === null) return next;
    for (const { order, state } of engine.account.orders.list()) {
      if (state !== "submitted") continue;
      const due = order.createdAt + answerWithinUs;
      if (due > clock.now()) next = Math.min(next, due);
      else queue.push({ kind: "order-unanswered", ...now(), order: order.id });
    }
    return next;
  }

  /**
   * What a recovered session decided last may not have left. The venue knows an order by its id, so that it can be told again; one whose time to be
   * answered is over is left to the comparison of books.
   */
  function tellAgain(): void {
    if (parts.from === undefined || !engine.connected || engine.mode === "halted") return;
    const soon = clock.now() - (venue.capabilities.answerWithinUs ?? 0);
    for (const { order, state } of engine.account.orders.list()) {
      if (state === "submitted" && order.createdAt > soon) {
        venue.submit(order);
        agesSince = clock.now(); // it may be on its way for as long as a new one
      } else if (state === "cancelling") venue.cancel(order.id);
    }
  }

  async function take(event: EngineEvent): Promise<void> {
    if (needsAgreement(event)) return compare(event);
    await step(event);
    if (event.kind === "order-unanswered") await compare();
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
    await compare();
    tellAgain();
    let due = timers.next();
    while (!stop.signal.aborted) {
      // A timer stands in line behind what was seen before it was due.
      for (; due.done !== true && clock.now() >= due.value.at; due = timers.next()) queue.push(due.value);
      if (clock.now() >= comparedAt + parts.compareEveryUs) {
        await compare();
        continue;
      }
      const event = queue.shift();
      if (event !== undefined) {
        await take(event);
        continue;
      }
      if (due.done === true) break;
      const wakeAt = Math.min(due.value.at, comparedAt + parts.compareEveryUs, nextOverdue()) as Micros;
      const awake = new AbortController();
      await Promise.race([queue.arrival(), parts.sleepUntil(wakeAt, awake.signal)]);
      awake.abort(null); // without a reason Node makes an error with its stack, each time
    }
    return { steps, comparisons, ended: stop.signal.aborted ? "interrupted" : "schedule", mode: engine.mode, reason: engine.reason };
  } finally {
    stop.abort();
    parts.signal?.removeEventListener("abort", onAbort);
    await Promise.all(pumps);
    parts.journal.barrier();
  }
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
