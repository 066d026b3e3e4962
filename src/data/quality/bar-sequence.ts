// Checks that need a bar's neighbors: duplicates, extreme moves, stale runs, gaps. Rows come in order of (at, instrument, values);
// a row's fate goes to the sink. What a bar is by itself (finite, positive, high >= low) was checked before and is not asked again.
import { formatMicros, type Micros } from "#domain/time.js";
import type { DayIndex } from "./day-index.js";
import type { Flag, QuarantineReason } from "./findings.js";
import type { Gap } from "./report.js";

/** Close / previous close - 1 beyond which a move is flagged. */
export const EXTREME_MOVE = 0.5;
/** Identical bars in a row from which on they are stale. */
export const STALE_RUN = 5;
/** After this many contradicted bars in a row the new level is believed: a contradiction may be wrong, a lost series is worse. */
const MAX_CONTRADICTED = 3;
/**
 * Times the last close, up or down, beyond which two neighboring closes cannot both be of one security. Over two million daily US bars
 * (2005-2017) such steps are lost decimals, prices of another security under the same ticker, and rows from before an IPO; none is a
 * trade. The largest real falls lie below it or come after a halt (SVB 2023: 106 to 0.40, twelve sessions later), so a name that was
 * silent for longer than `ABSURD_WITHIN` sessions is believed. Which of the two closes is wrong cannot be known at that moment: the new
 * one waits, and is believed when `MAX_CONTRADICTED` bars stay there.
 */
export const ABSURD_MOVE = 100;
const ABSURD_WITHIN = 5;
/** A low below this part of both open and close, or a high above its inverse, is flagged. Kept: on 2010-05-06 such prints were real. */
const SPIKE = 0.5;

export interface CheckedBar {
  /** Row number in the source, over all files. */
  readonly seq: number;
  readonly file: number;
  readonly ix: number;
  readonly openAt: number;
  readonly at: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** Close of the same bar in a second source; NaN when there is none. */
  readonly second: number;
}

/** In force for bars that open at or after `from`. */
export interface PriceAction {
  readonly from: Micros;
  /** New shares for one old; 1 without a split. */
  readonly ratio: number;
  /** Cash per old share; 0 without a dividend. */
  readonly amount: number;
}

export interface FindingSink {
  quarantine(seq: number, reason: QuarantineReason, detail: string): void;
  merge(seq: number): void;
  flag(seq: number, flag: Flag, detail: string): void;
}

/** What is remembered of one instrument. */
interface Track {
  last: CheckedBar | null;
  rows: number;
  first: number;
  session: number;
  run: CheckedBar[];
  runLength: number;
  nextAction: number;
  pendingRatio: number;
  pendingAmount: number;
  contradicted: number;
  /** True once a bar with volume was kept: volume is reported for this instrument (an index never reports any). */
  traded: boolean;
  missingSessions: number;
  zeroVolume: number;
  extremeMoves: number;
  stale: number;
}

/** A move of more than `EXTREME_MOVE`, as it is and as corporate actions leave it. */
interface ExtremeStep {
  readonly atHand: boolean;
  readonly move: number;
  readonly explained: number;
  /** Sessions since the last bar; 0 within one. */
  readonly silent: number;
}

export interface BarTally extends Readonly<Omit<Track, "run">> {}

export class BarSequence {
  private readonly tracks: Track[];
  private readonly group: CheckedBar[] = [];
  private readonly gapList: Gap[] = [];
  /** Bars outside the session's hours: counted, not listed. */
  outsideHours = 0;

  constructor(
    private readonly symbols: readonly string[],
    private readonly days: DayIndex,
    private readonly actions: ReadonlyMap<number, readonly PriceAction[]>,
    private readonly daily: boolean,
    private readonly sink: FindingSink,
  ) {
    this.tracks = symbols.map(() => ({
      last: null,
      rows: 0,
      first: Number.NaN,
      session: -1,
      run: [],
      runLength: 0,
      nextAction: 0,
      pendingRatio: 1,
      pendingAmount: 0,
      contradicted: 0,
      traded: false,
      missingSessions: 0,
      zeroVolume: 0,
      extremeMoves: 0,
      stale: 0,
    }));
  }

  add(bar: CheckedBar): void {
    const head = this.group[0];
    if (head !== undefined && (head.ix !== bar.ix || head.at !== bar.at)) this.closeGroup();
    this.group.push(bar);
  }

  finish(): { readonly tallies: readonly BarTally[]; readonly gaps: readonly Gap[] } {
    this.closeGroup();
    return { tallies: this.tracks, gaps: this.gapList };
  }

  private closeGroup(): void {
    const head = this.group[0];
    if (head === undefined) return;
    if (this.group.every((bar) => sameBar(bar, head))) {
      for (const repeated of this.group.slice(1)) this.sink.merge(repeated.seq);
      this.judge(head);
    } else {
      const closes = this.group.map((bar) => bar.close).join(" / ");
      for (const bar of this.group) this.sink.quarantine(bar.seq, "conflicting-duplicate", `${this.group.length} rows, closes ${closes}`);
    }
    this.group.length = 0;
  }

  private judge(bar: CheckedBar): void {
    const session = this.days.sessionNumber(bar.openAt);
    if (session < 0) {
      this.sink.quarantine(bar.seq, "not-a-session", "the venue was closed that day");
      return;
    }
    const track = this.tracks[bar.ix] as Track;
    if (this.contradicts(bar, track, session)) return;
    if (!this.daily && !this.days.withinHours(session, bar.openAt, bar.at)) this.outsideHours++;
    this.flagVolume(bar, track);
    this.flagSpike(bar);
    if (this.daily) this.flagStale(bar, track);
    if (track.session >= 0 && session > track.session + 1) this.recordGap(bar.ix, track, session);
    if (track.last !== null && bar.file === track.last.file && bar.seq < track.last.seq) {
      this.sink.flag(bar.seq, "out-of-order", "an earlier time stands behind it in the file");
    }
    track.session = session;
    track.last = bar;
    if (track.rows === 0) track.first = bar.at;
    track.rows++;
  }

  /** Puts a contradicted bar aside and returns true; otherwise flags what is extreme and takes the level as believed. */
  private contradicts(bar: CheckedBar, track: Track, session: number): boolean {
    const atHand = this.takeActions(bar, track);
    const last = track.last;
    if (last !== null) {
      const move = bar.close / last.close - 1;
      const explained = (bar.close * track.pendingRatio + track.pendingAmount) / last.close - 1;
      const detail = (): string => `${percent(move)} from ${last.close} to ${bar.close}`;
      if (Math.abs(move) > EXTREME_MOVE && Math.abs(explained) > EXTREME_MOVE) {
        const reason = this.contradiction(bar, track, last, { atHand, move, explained, silent: session - track.session });
        // Without a trade no number of bars proves a level; the first one that traded does.
        if (reason !== null && (reason === "price-without-trade" || track.contradicted < MAX_CONTRADICTED)) {
          if (reason !== "price-without-trade") track.contradicted++;
          this.sink.quarantine(bar.seq, reason, `${detail()}, ${formatMicros(last.at as Micros)} before`);
          return true;
        }
        track.extremeMoves++;
        this.sink.flag(bar.seq, "extreme-move", detail());
      } else if (atHand && Math.abs(explained) > EXTREME_MOVE) {
        this.sink.flag(bar.seq, "split-without-jump", `ratio ${track.pendingRatio}, ${detail()}`);
      }
    }
    track.contradicted = 0;
    track.pendingRatio = 1;
    track.pendingAmount = 0;
    return false;
  }

  /** Folds the actions that fall between the last bar and this one; true when there was any. */
  private takeActions(bar: CheckedBar, track: Track): boolean {
    const list = this.actions.get(bar.ix) ?? [];
    let found = false;
    for (let next = list[track.nextAction]; next !== undefined && next.from <= bar.openAt; next = list[track.nextAction]) {
      track.nextAction++;
      if (track.last === null) continue;
      track.pendingAmount += next.amount * track.pendingRatio;
      track.pendingRatio *= next.ratio;
      found = true;
    }
    return found;
  }

  private contradiction(bar: CheckedBar, track: Track, last: CheckedBar, step: ExtremeStep): QuarantineReason | null {
    const { atHand, move, explained, silent } = step;
    if (atHand) return "contradicted-by-action";
    const other = bar.second / last.second - 1;
    if (Math.abs(other) <= EXTREME_MOVE && Math.abs(other - move) > EXTREME_MOVE / 2) return "contradicted-by-second-source";
    if (Math.abs((1 + other) / (1 + move) - 1) <= EXTREME_MOVE / 2) return null;
    if (bar.volume === 0 && track.traded) return "price-without-trade";
    const times = Math.max(1 + explained, 1 / (1 + explained));
    return times > ABSURD_MOVE && silent <= ABSURD_WITHIN ? "absurd-move" : null;
  }

  private flagSpike(bar: CheckedBar): void {
    const bottom = Math.min(bar.open, bar.close);
    const top = Math.max(bar.open, bar.close);
    if (bar.low >= bottom * SPIKE && bar.high * SPIKE <= top) return;
    this.sink.flag(bar.seq, "spike", `open ${bar.open}, high ${bar.high}, low ${bar.low}, close ${bar.close}`);
  }

  private flagVolume(bar: CheckedBar, track: Track): void {
    if (bar.volume > 0) {
      track.traded = true;
      return;
    }
    if (bar.volume === 0) {
      track.zeroVolume++;
      this.sink.flag(bar.seq, "zero-volume", `close ${bar.close}`);
    } else this.sink.flag(bar.seq, "missing-volume", `close ${bar.close}`);
  }

  private flagStale(bar: CheckedBar, track: Track): void {
    const last = track.last;
    const same = last !== null && last.open === bar.open && last.high === bar.high && last.low === bar.low && last.close === bar.close;
    if (!same) {
      track.run.length = 0;
      track.runLength = 0;
    }
    track.runLength++;
    // The run's first bars are held back until it is long enough to be called stale.
    track.run.push(bar);
    if (track.runLength < STALE_RUN) return;
    for (const held of track.run) {
      track.stale++;
      this.sink.flag(held.seq, "stale", `open, high, low, close stay at ${bar.open}, ${bar.high}, ${bar.low}, ${bar.close}`);
    }
    track.run.length = 0;
  }

  private recordGap(ix: number, track: Track, session: number): void {
    const sessions = session - track.session - 1;
    track.missingSessions += sessions;
    const symbol = this.symbols[ix] as string;
    this.gapList.push({ symbol, from: this.days.dateOf(track.session + 1), to: this.days.dateOf(session - 1), sessions });
  }
}

function sameBar(a: CheckedBar, b: CheckedBar): boolean {
  return (
    a.open === b.open &&
    a.high === b.high &&
    a.low === b.low &&
    a.close === b.close &&
    a.openAt === b.openAt &&
    Object.is(a.volume, b.volume)
  );
}

function percent(fraction: number): string {
  return `${fraction >= 0 ? "+" : ""}${(fraction * 100).toFixed(1)} %`;
}
