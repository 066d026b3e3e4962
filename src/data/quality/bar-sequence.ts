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
  missingSessions: number;
  zeroVolume: number;
  extremeMoves: number;
  stale: number;
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
      last: null, rows: 0, first: Number.NaN, session: -1, run: [], runLength: 0, nextAction: 0, pendingRatio: 1, pendingAmount: 0,
      contradicted: 0, missingSessions: 0, zeroVolume: 0, extremeMoves: 0, stale: 0,
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
    if (this.contradicts(bar, track)) return;
    if (!this.daily && !this.days.withinHours(session, bar.openAt, bar.at)) this.outsideHours++;
    this.flagVolume(bar, track);
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
  private contradicts(bar: CheckedBar, track: Track): boolean {
    const atHand = this.takeActions(bar, track);
    const last = track.last;
    if (last !== null) {
      const move = bar.close / last.close - 1;
      const explained = (bar.close * track.pendingRatio + track.pendingAmount) / last.close - 1;
      const detail = `${percent(move)} from ${last.close} to ${bar.close}`;
      if (Math.abs(move) > EXTREME_MOVE && Math.abs(explained) > EXTREME_MOVE) {
        const reason = this.contradiction(bar, last, atHand, move);
        if (reason !== null && track.contradicted < MAX_CONTRADICTED) {
          track.contradicted++;
          this.sink.quarantine(bar.seq, reason, `${detail}, ${formatMicros(last.at as Micros)} before`);
          return true;
        }
        track.extremeMoves++;
        this.sink.flag(bar.seq, "extreme-move", detail);
      } else if (atHand && Math.abs(explained) > EXTREME_MOVE) {
        this.sink.flag(bar.seq, "split-without-jump", `ratio ${track.pendingRatio}, ${detail}`);
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

  private contradiction(bar: CheckedBar, last: CheckedBar, action: boolean, move: number): QuarantineReason | null {
    if (action) return "contradicted-by-action";
    const other = bar.second / last.second - 1;
    const differs = Math.abs(other) <= EXTREME_MOVE && Math.abs(other - move) > EXTREME_MOVE / 2;
    return differs ? "contradicted-by-second-source" : null;
  }

  private flagVolume(bar: CheckedBar, track: Track): void {
    if (bar.volume > 0) return;
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
    a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close &&
    a.openAt === b.openAt && Object.is(a.volume, b.volume)
  );
}

function percent(fraction: number): string {
  return `${fraction >= 0 ? "+" : ""}${(fraction * 100).toFixed(1)} %`;
}
