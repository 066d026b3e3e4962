// What of a feed's lines a session takes in: bars that are new, actions that are new, and lines whose time is still to come. What it does not take in
// goes to quarantine with its reason, and is never guessed at.
import type { FeedLine } from "#adapters/feeds/poll/tail.js";
import type { ActionRow } from "#data/actions/action-row.js";
import { actionTime } from "#data/actions/reference-events.js";
import type { Calendar } from "#data/calendar/calendar.js";
import { type FeedBar, parseFeedLine } from "#data/feed/feed-line.js";
import type { InstrumentIx } from "#domain/instrument.js";
import type { BarRow } from "#domain/market.js";
import { type Session, sessionEndingAt } from "#domain/session.js";
import { SECOND_US, type Micros, formatMicros } from "#domain/time.js";
import type { Quarantine, Refusal } from "./quarantine.js";
import { type Action, isSameAction, type ToldActions } from "./told-actions.js";

export interface IntakeParts {
  /** Sessions to come, in order. */
  readonly sessions: readonly Session[];
  readonly calendar: Calendar;
  /** Length of a bar in seconds, or one per session. */
  readonly barInterval: "1d" | number;
  /** Row of a symbol, and what the run calls it; -1 where it is none of the dataset's. */
  readonly rowOf: (symbol: string) => number;
  readonly nameOf: (row: number) => string;
  /** Times as fast as the wall; null: time passes with the bars alone. */
  readonly speed: number | null;
  readonly actions: ToldActions;
  readonly quarantine: Quarantine;
  /** Told of an action that came after bars that it changes, before it is put to quarantine; again after a crash between the two. */
  readonly onLate: (action: Action, name: string) => void;
  readonly onTrouble: (sentence: string) => void;
}

export interface Intake {
  /** In the order of their ends. */
  readonly bars: readonly BarRow[];
  /** Bars that have not ended. */
  readonly waiting: readonly FeedLine[];
  /** All bars that end by then have been told; 0: nothing was said. */
  readonly until: number;
  /** All bars have been told, or one of a later day came, and there is no clock to say that the sessions are over. */
  readonly over: boolean;
}

/** Times the last close, up or down, on the same basis: two such closes are not of one security. */
const ABSURD = 100;

/** A feed's clock may run ahead of the wall's by so much. A clock that runs faster is behind any file. */
const AHEAD_US = 60 * SECOND_US;

export class FeedIntake {
  private readonly seen = new Map<string, BarRow>();
  private readonly last = new Map<number, { readonly at: number; readonly close: number }>();
  private behind = false;

  constructor(private readonly parts: IntakeParts) {}

  /** A bar of the record, or one just taken in. */
  remember(bar: BarRow): void {
    this.seen.set(keyOf(bar), bar);
    this.last.set(bar.instrument, bar);
  }

  /** The last close of the history. */
  lastClose(instrument: number, at: number, close: number): void {
    this.last.set(instrument, { at, close });
  }

  /**
   * `clock`: the moment that it shows; null without one. `now`: when the last thing was told; what is new is told later. `steady`: in real time, a clock that
   * nobody sets back.
   */
  take(lines: readonly FeedLine[], clock: number | null, now: number, steady: number | null = null): Intake {
    const { sessions, rowOf, nameOf, quarantine } = this.parts;
    const [first, final] = [sessions[0] as Session, sessions.at(-1) as Session];
    const words = lines.map((line) => ({ line, word: parseFeedLine(line.text, line.header) }));
    // An action changes what the bars of its day mean, wherever it stands beside them.
    for (const { line, word } of words)
      if (word.kind === "actions") for (const action of word.actions) this.action(line, action, Math.max(now + 1, clock ?? 0) as Micros);
    const bars: BarRow[] = [];
    const waiting: FeedLine[] = [];
    let [until, over] = [0, false];
    for (const { line, word } of words) {
      if (word.kind === "until") until = Math.max(until, word.at);
      if (word.kind === "bad") quarantine.put(line, word.reason, null);
      if (word.kind !== "bar") continue;
      const row = rowOf(word.symbol);
      if (row < 0) {
        quarantine.put(line, "unknown-symbol", null);
        continue;
      }
      if (word.date === null ? (word.end as number) > final.closeAt : word.date > final.date) {
        over = true;
        continue;
      }
      // What is older than the session stands in the dataset.
      if (word.date === null ? (word.end as number) <= first.openAt : word.date < first.date) continue;
      const bar = toBar(word, row, this.parts);
      const reason = bar === null ? "outside-sessions" : this.refusal(bar, clock, steady);
      if (reason === "known") continue;
      if (reason === "early") waiting.push(line);
      else if (reason !== null) quarantine.put(line, reason, nameOf(row));
      else {
        this.remember(bar as BarRow);
        bars.push(bar as BarRow);
      }
    }
    bars.sort((a, b) => a.at - b.at || a.instrument - b.instrument);
    return { bars, waiting, until, over: clock === null && (over || until >= final.closeAt) };
  }

  /** `soonest`: later than all that was told. */
  private action(line: FeedLine, row: ActionRow, soonest: Micros): void {
    const { sessions, calendar, rowOf, nameOf, actions, quarantine, onLate } = this.parts;
    const instrument = rowOf(row.symbol);
    if (instrument < 0) return quarantine.put(line, "unknown-symbol", null);
    // What is older than the session stands in the dataset; what is later is nothing to it.
    if (row.exDate < (sessions[0] as Session).date || row.exDate > (sessions.at(-1) as Session).date) return;
    const action = toAction(row, instrument as InstrumentIx, actionTime(row.kind, row.exDate, calendar), soonest);
    const before = actions.find(action);
    if (before !== undefined && isSameAction(before, action)) return;
    // Announced anew before its day, the newer word counts; afterwards the session has acted on the older one.
    if (before !== undefined && (before.seenAt < soonest || !actions.isOfFeed(before)))
      return quarantine.put(line, "revised", nameOf(instrument), action.kind);
    if ((this.last.get(instrument)?.at ?? 0) > action.at) {
      const late = [line, "late-action", nameOf(instrument), action.kind] as const;
      if (!quarantine.has(...late)) onLate(action, nameOf(instrument));
      return quarantine.put(...late);
    }
    actions.take(action);
  }

  private refusal(bar: BarRow, clock: number | null, steady: number | null): Refusal | "known" | "early" | null {
    const before = this.seen.get(keyOf(bar));
    if (before !== undefined) return isSameBar(before, bar) ? "known" : "revised";
    if (clock !== null && bar.at > clock) {
      if (this.parts.speed !== 1) return "early";
      // A day that is told before it is over has a price that is none: no later one would count.
      if (bar.at - Math.max(clock, steady ?? clock) > AHEAD_US) return "from-the-future";
      if (bar.at - clock > AHEAD_US && !this.behind) this.parts.onTrouble(behindSentence(bar.at, clock as Micros));
      this.behind ||= bar.at - clock > AHEAD_US;
      return "early";
    }
    const last = this.last.get(bar.instrument);
    if (last === undefined) return null;
    const close = last.close / this.parts.actions.splitRatio(bar.instrument, last.at, bar.at);
    return bar.close > close * ABSURD || bar.close * ABSURD < close ? "absurd-move" : null;
  }
}

function behindSentence(at: Micros, clock: Micros): string {
  return `The clock was set back and shows ${formatMicros(clock)}: the bar that ended at ${formatMicros(at)} waits until it has caught up. See that the clock is right.`;
}

function isSameBar(a: BarRow, b: BarRow): boolean {
  return (["open", "high", "low", "close", "volume"] as const).every((name) => Object.is(a[name], b[name]));
}

function toAction(row: ActionRow, instrument: InstrumentIx, at: Micros, soonest: Micros): Action {
  const base = { at, seenAt: Math.max(at, soonest) as Micros, instrument };
  switch (row.kind) {
    case "split":
      return { kind: "split", ...base, ratio: row.ratio };
    case "dividend":
      return { kind: "dividend", ...base, amount: row.amount };
    case "delisting":
      return { kind: "delisting", ...base, finalReturn: row.finalReturn };
    default:
      return row satisfies never;
  }
}

function toBar(word: FeedBar, row: number, { sessions, barInterval }: IntakeParts): BarRow | null {
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

const keyOf = ({ instrument, at }: BarRow): string => `${instrument} ${at}`;
