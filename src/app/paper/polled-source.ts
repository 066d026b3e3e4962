// Bars and actions as a polled feed tells them, behind the history of a dataset. Bars that are taken in go to the journal in full, and from there
// they are told again when a session goes on: the feed itself need not remember.
import type { FeedLine, FeedTail } from "#adapters/feeds/poll/tail.js";
import { TruewindError } from "#base/errors.js";
import { type BarBatch, type BarRow, type MarketSlice, barRow, toBarBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import { type Micros, formatMicros } from "#domain/time.js";
import type { Clock } from "#ports/clock.js";
import type { MarketDataSource } from "#ports/market-data.js";
import type { LiveSource, TimePassed } from "../modes/drive.js";
import { FeedIntake, type IntakeParts } from "./feed-intake.js";
import { createSessionClock, createSteadyClock, pause } from "./session-clock.js";

export interface PolledParts extends IntakeParts {
  readonly history: MarketDataSource;
  readonly tail: FeedTail;
  readonly graceUs: number;
  /** What the journal holds of the session; null where it begins. */
  readonly recorded: Recorded | null;
  readonly everyMs: number;
  readonly signal: AbortSignal | undefined;
}

export interface Recorded {
  readonly slices: readonly MarketSlice[];
  /** When the last event was seen, Micros: the session had come so far. */
  readonly upTo: number;
}

/** Of a feed without a clock that has told nothing for so many readings it is said, once, what would end the session. */
const SILENT_READINGS = 2;

/** Ends once all sessions and their last timers are over. Actions are told by the list of `actions`, which grows before the bars that they change. */
export function polledSource(parts: PolledParts): LiveSource {
  return {
    async *batches(fromRow) {
      const intake = new FeedIntake(parts);
      let row = 0;
      for await (const batch of parts.history.batches(0)) {
        row += batch.length;
        if (batch.kind === "bar")
          for (let i = 0; i < batch.length; i++)
            intake.lastClose(batch.instrument[i] as number, batch.at[i] as number, batch.close[i] as number);
        if (row <= fromRow) continue;
        const skip = Math.max(0, batch.length - (row - fromRow));
        yield skip === 0 || batch.kind !== "bar" ? batch : toBarBatch(rowsOf({ batch, start: skip, end: batch.length }));
      }
      const { slices, upTo } = parts.recorded ?? { slices: [], upTo: 0 };
      for (const slice of slices) {
        for (const bar of rowsOf(slice)) intake.remember(bar);
        if (slice.nextRow > fromRow) yield toBarBatch(rowsOf(slice));
      }
      // Timers that fired after the last bar fire before anything new is told, and nothing new is seen at their moment.
      const from = Math.max((parts.sessions[0] as Session).openAt, upTo + 1) as Micros;
      if (upTo > 0) yield { kind: "passed", at: (upTo + 1) as Micros };
      const over = new AbortController();
      const signals = parts.signal === undefined ? [over.signal] : [over.signal, parts.signal];
      try {
        yield* follow({ ...parts, signal: AbortSignal.any(signals) }, intake, from, upTo + 1);
      } finally {
        // An answer that is under way is not waited for.
        over.abort();
      }
    },
  };
}

/** `told`: nothing was told later. */
async function* follow(
  parts: PolledParts & { readonly signal: AbortSignal },
  intake: FeedIntake,
  from: Micros,
  told: number,
): AsyncGenerator<BarBatch | TimePassed> {
  const { sessions, tail, speed, signal, actions } = parts;
  let clock: Clock | null = null;
  const unset = speed === 1 ? createSteadyClock() : null;
  const end = (sessions.at(-1) as Session).closeAt + parts.graceUs;
  let now: number = from;
  let before = told;
  let lost = false;
  let [silent, spoken] = [0, false];
  let waiting: readonly FeedLine[] = [];
  for (;;) {
    if (signal.aborted) return;
    const lines = await tail.read(signal).catch((error: unknown) => {
      if (!(error instanceof TruewindError)) throw error;
      if (!lost && !signal.aborted) parts.onTrouble(`${error.message} It is asked again.`);
      lost = true;
      return null;
    });
    // A fast clock does not run while the feed is read for the first time, nor does time without a clock.
    if (lines === null && !lost && clock === null && speed !== 1) {
      await pause(parts.everyMs, signal);
      continue;
    }
    if (lines !== null && lost) {
      lost = false;
      parts.onTrouble("The feed answers again.");
    }
    if (speed !== null) clock ??= createSessionClock(speed, speed === 1 ? null : from);
    // One reading for all of a round: a bar that ends between two readings would come behind the timer that waits for it.
    // Time does not go back where the clock does: what had ended before it was set back has ended.
    const moment = clock === null ? null : Math.max(clock.now(), before);
    const steady = unset?.now() ?? null;
    const { revision } = actions;
    // What was known beforehand is seen when it ends, however rarely the feed is asked; what is new, when it arrives.
    const due = intake.take(waiting, moment, before, steady);
    const fresh = intake.take(lines ?? [], moment, before, steady);
    waiting = [...due.waiting, ...fresh.waiting];
    const arrival = moment ?? 0;
    // An action that is in force already is seen before the bars that came with it.
    if (actions.revision !== revision) now = Math.max(now, before + 1, arrival);
    const moments = [...byEnd(due.bars), ...(moment === null ? byEnd(fresh.bars) : [fresh.bars])].flatMap(onePerInstrument);
    for (const bars of moments) {
      const ended = bars.reduce((latest, { at }) => Math.max(latest, at), 0);
      now = Math.max(now, due.bars.includes(bars[0] as BarRow) ? ended : Math.max(ended, arrival));
      before = now;
      yield toBarBatch(bars.map((bar) => ({ ...bar, seenAt: now as Micros })));
    }
    const passed = moment ?? fresh.until;
    if (passed > before && passed >= now) {
      before = now = Math.min(passed, end + 1);
      yield { kind: "passed", at: now as Micros };
    }
    if (now > end || fresh.over) return;
    silent = lines?.length === 0 ? silent + 1 : 0;
    if (clock === null && silent >= SILENT_READINGS && !spoken) {
      spoken = true;
      parts.onTrouble(silence(sessions.at(-1) as Session));
    }
    await pause(parts.everyMs, signal);
  }
}

function silence({ closeAt }: Session): string {
  const until = formatMicros(closeAt);
  return `The feed tells nothing new and is asked on: the session ends with a line {"until":"${until}"} or with a bar of a later day.`;
}

function byEnd(bars: readonly BarRow[]): readonly (readonly BarRow[])[] {
  const groups = new Map<number, BarRow[]>();
  for (const bar of bars) groups.set(bar.at, [...(groups.get(bar.at) ?? []), bar]);
  return [...groups.values()];
}

/** A moment holds one bar of an instrument: of several that come at once the later ones follow. */
function onePerInstrument(bars: readonly BarRow[]): readonly (readonly BarRow[])[] {
  const groups: BarRow[][] = [];
  const count = new Map<number, number>();
  for (const bar of bars) {
    const k = count.get(bar.instrument) ?? 0;
    count.set(bar.instrument, k + 1);
    (groups[k] ??= []).push(bar);
  }
  return groups;
}

function rowsOf({ batch, start, end }: Pick<MarketSlice, "batch" | "start" | "end">): BarRow[] {
  return batch.kind === "bar" ? Array.from({ length: end - start }, (_, k) => barRow(batch, start + k)) : [];
}
