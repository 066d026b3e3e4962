// Bars as a polled feed tells them, behind the history of a dataset. What is taken in goes to the journal in full, and from there it is told
// again when a session goes on: the feed itself need not remember. What is not taken in is kept with its reason, and never guessed at.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { FeedLine, FeedTail } from "#adapters/feeds/poll/tail.js";
import { TruewindError } from "#base/errors.js";
import { type FeedBar, parseFeedLine } from "#data/feed/feed-line.js";
import type { InstrumentIx } from "#domain/instrument.js";
import { type BarBatch, type BarRow, type MarketSlice, barRow, toBarBatch } from "#domain/market.js";
import { type Session, sessionEndingAt } from "#domain/session.js";
import { SECOND_US, type Micros } from "#domain/time.js";
import type { Clock } from "#ports/clock.js";
import type { MarketDataSource } from "#ports/market-data.js";
import type { LiveSource, TimePassed } from "../modes/drive.js";
import { createSessionClock, pause } from "./session-clock.js";

export interface PolledParts {
  readonly history: MarketDataSource;
  readonly tail: FeedTail;
  /** Sessions to come, in order. */
  readonly sessions: readonly Session[];
  readonly graceUs: number;
  /** Length of a bar in seconds, or one per session. */
  readonly barInterval: "1d" | number;
  /** Row of a symbol, and what the run calls it; -1 where it is none of the dataset's. */
  readonly rowOf: (symbol: string) => number;
  readonly nameOf: (row: number) => string;
  /** What the journal holds of the session; null where it begins. */
  readonly recorded: Recorded | null;
  /** Times as fast as the wall; null: a bar is seen when it ends, and time passes with the bars alone. */
  readonly speed: number | null;
  readonly everyMs: number;
  /** File of what was not taken in. */
  readonly quarantine: string;
  readonly onTrouble: (sentence: string) => void;
  readonly signal: AbortSignal | undefined;
}

export interface Recorded {
  readonly slices: readonly MarketSlice[];
  /** When the last event was seen, Micros: the session had come so far. */
  readonly upTo: number;
}

type Refusal = "not-a-line" | "impossible-bar" | "unknown-symbol" | "outside-sessions" | "from-the-future" | "revised" | "absurd-move";

/** Times the last close, up or down: two such closes are not of one security. */
const ABSURD = 100;

/** A feed's clock may run ahead of ours by so much, in seconds of the wall: such a bar waits until it has ended. */
const AHEAD_S = 60;

/** Ends once all sessions and their last timers are over. */
export function polledSource(parts: PolledParts): LiveSource {
  return {
    async *batches(fromRow) {
      const seen = new Map<string, BarRow>();
      const last = new Map<number, number>();
      let row = 0;
      for await (const batch of parts.history.batches(0)) {
        row += batch.length;
        if (batch.kind === "bar") for (let i = 0; i < batch.length; i++) last.set(batch.instrument[i] as number, batch.close[i] as number);
        if (row <= fromRow) continue;
        const skip = Math.max(0, batch.length - (row - fromRow));
        yield skip === 0 || batch.kind !== "bar" ? batch : toBarBatch(rowsOf({ batch, start: skip, end: batch.length }));
      }
      const { slices, upTo } = parts.recorded ?? { slices: [], upTo: 0 };
      for (const slice of slices) {
        for (const bar of rowsOf(slice)) remember(bar, seen, last);
        if (slice.nextRow > fromRow) yield toBarBatch(rowsOf(slice));
      }
      // Timers that fired after the last bar fire before anything new is told, and nothing new is seen at their moment.
      const from = Math.max((parts.sessions[0] as Session).openAt, upTo + 1) as Micros;
      if (upTo > 0) yield { kind: "passed", at: (upTo + 1) as Micros };
      yield* follow(parts, seen, last, from);
    },
  };
}

async function* follow(
  parts: PolledParts,
  seen: Map<string, BarRow>,
  last: Map<number, number>,
  from: Micros,
): AsyncGenerator<BarBatch | TimePassed> {
  const { sessions, tail, speed, signal } = parts;
  let clock: Clock | null = null;
  const end = (sessions.at(-1) as Session).closeAt + parts.graceUs;
  const refuse = quarantineAt(parts.quarantine);
  let now: number = from;
  let lost = false;
  let waiting: readonly FeedLine[] = [];
  for (;;) {
    if (signal?.aborted === true) return;
    const lines = await tail.read(signal).catch((error: unknown) => {
      if (!(error instanceof TruewindError)) throw error;
      if (!lost && signal?.aborted !== true) parts.onTrouble(`${error.message} It is asked again.`);
      lost = true;
      return null;
    });
    if (lines !== null && lost) {
      lost = false;
      parts.onTrouble("The feed answers again.");
    }
    // A fast clock does not run while the feed is read for the first time.
    if (speed !== null) clock ??= createSessionClock(speed, speed === 1 ? null : from);
    // One reading for all of a round: a bar that ends between two readings would come behind the timer that waits for it.
    const moment = clock?.now() ?? null;
    const memory = { seen, last, clock: moment === null ? null : { now: () => moment }, refuse };
    // What was known beforehand is seen when it ends, however rarely the feed is asked; what is new, when it arrives.
    const due = takeIn(waiting, parts, memory);
    const told = takeIn(lines ?? [], parts, memory);
    waiting = [...due.waiting, ...told.waiting];
    const arrival = moment ?? 0;
    const moments = [...byEnd(due.bars), ...(moment === null ? byEnd(told.bars) : [told.bars])].flatMap(onePerInstrument);
    for (const bars of moments) {
      const ended = bars.reduce((latest, { at }) => Math.max(latest, at), 0);
      now = Math.max(now, due.bars.includes(bars[0] as BarRow) ? ended : Math.max(ended, arrival));
      yield toBarBatch(bars.map((bar) => ({ ...bar, seenAt: now as Micros })));
    }
    const passed = moment ?? told.until;
    if (passed > now) yield { kind: "passed", at: (now = Math.min(passed, end + 1)) as Micros };
    if (now > end || told.over) return;
    await pause(parts.everyMs, signal);
  }
}

interface Memory {
  readonly seen: Map<string, BarRow>;
  readonly last: Map<number, number>;
  readonly clock: Clock | null;
  readonly refuse: (line: FeedLine, reason: Refusal, instrument: string | null) => void;
}

/** New bars in the order of their ends, lines whose time is still to come, the moment told of, and whether a later day began. */
function takeIn(lines: readonly FeedLine[], parts: PolledParts, memory: Memory) {
  const bars: BarRow[] = [];
  const waiting: FeedLine[] = [];
  let until = 0;
  let over = false;
  const [first, final] = [parts.sessions[0] as Session, parts.sessions.at(-1) as Session];
  for (const line of lines) {
    const word = parseFeedLine(line.text, line.header);
    if (word.kind === "until") until = Math.max(until, word.at);
    if (word.kind === "bad") memory.refuse(line, word.reason, null);
    if (word.kind !== "bar") continue;
    const row = parts.rowOf(word.symbol);
    if (row < 0) {
      memory.refuse(line, "unknown-symbol", null);
      continue;
    }
    if (word.date === null ? (word.end as number) > final.closeAt : word.date > final.date) {
      over = true;
      continue;
    }
    // What is older than the session stands in the dataset.
    if (word.date === null ? (word.end as number) <= first.openAt : word.date < first.date) continue;
    const bar = toBar(word, row, parts);
    const reason = bar === null ? "outside-sessions" : refusal(bar, memory, AHEAD_S * SECOND_US * (parts.speed ?? 0));
    if (reason === "known") continue;
    if (reason === "early") {
      waiting.push(line);
      continue;
    }
    if (reason !== null) memory.refuse(line, reason, parts.nameOf(row));
    else {
      remember(bar as BarRow, memory.seen, memory.last);
      bars.push(bar as BarRow);
    }
  }
  bars.sort((a, b) => a.at - b.at || a.instrument - b.instrument);
  return { bars, waiting, until, over: over && memory.clock === null };
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

function toBar(word: FeedBar, row: number, { sessions, barInterval }: PolledParts): BarRow | null {
  const daily = barInterval === "1d";
  const session =
    word.date === null ? sessions[sessionEndingAt(sessions, word.end as number, 0)] : sessions.find(({ date }) => date === word.date);
  if (session === undefined || daily !== (word.date !== null)) return null;
  const at = daily ? session.closeAt : (word.end as Micros);
  const openAt = daily ? session.openAt : ((at - barInterval * SECOND_US) as Micros);
  if (openAt < session.openAt) return null;
  const { open, high, low, close, volume } = word;
  return { instrument: row as InstrumentIx, openAt, at, seenAt: at, open, high, low, close, volume };
}

function refusal(bar: BarRow, { seen, last, clock }: Memory, aheadUs: number): Refusal | "known" | "early" | null {
  const before = seen.get(keyOf(bar));
  if (before !== undefined) {
    const same = (["open", "high", "low", "close", "volume"] as const).every((name) => Object.is(before[name], bar[name]));
    return same ? "known" : "revised";
  }
  const ahead = clock === null ? 0 : bar.at - clock.now();
  if (ahead > 0) return ahead > aheadUs ? "from-the-future" : "early";
  const close = last.get(bar.instrument);
  if (close !== undefined && (bar.close > close * ABSURD || bar.close * ABSURD < close)) return "absurd-move";
  return null;
}

function remember(bar: BarRow, seen: Map<string, BarRow>, last: Map<number, number>): void {
  seen.set(keyOf(bar), bar);
  last.set(bar.instrument, bar.close);
}

const keyOf = ({ instrument, at }: BarRow): string => `${instrument} ${at}`;

function rowsOf({ batch, start, end }: Pick<MarketSlice, "batch" | "start" | "end">): BarRow[] {
  return batch.kind === "bar" ? Array.from({ length: end - start }, (_, k) => barRow(batch, start + k)) : [];
}

/** Each line once, however often it is read again. The line's own text is not kept: it names a symbol. */
function quarantineAt(path: string): Memory["refuse"] {
  const known = new Set<string>();
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  for (const line of text.split("\n")) {
    const place = /^\{"file":\d+,"line":\d+/.exec(line)?.[0];
    if (place !== undefined) known.add(place);
  }
  return ({ file, line }, reason, instrument) => {
    const place = `{"file":${file},"line":${line}`;
    if (known.has(place)) return;
    known.add(place);
    appendFileSync(path, `${place},"reason":"${reason}","instrument":${JSON.stringify(instrument)}}\n`);
  };
}
