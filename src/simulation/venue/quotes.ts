// What is quoted at the venue: of each instrument the quote that stands and what of it is left, and the recorded rows that are still to come.
// A quote stands from its exchange time until the next row of its instrument, the end of its session, a halt, or until it is too old to be believed;
// outside of sessions nothing stands.
import { invariant } from "#base/errors.js";
import type { InstrumentIx } from "#domain/instrument.js";
import type { QuoteBatch } from "#domain/market.js";
import { type Session, firstSessionFrom } from "#domain/session.js";
import type { VenueRules } from "./rules.js";

/** Which orders meet quotes, by instrument, and how old a quote may be that they meet. */
export interface QuoteTerms {
  /** 1 where orders meet quotes and nothing else. */
  readonly quoted: Uint8Array;
  /** Micros; infinite: a quote stands until the next one. */
  readonly maxAge: Float64Array;
}

/** The last quote of an instrument within a session, for snapshots; null for what is not known. */
interface StandingState {
  readonly instrument: number;
  readonly at: number;
  readonly until: number;
  readonly openAt: number;
  readonly sides: readonly {
    readonly price: number | null;
    readonly shown: number | null;
    readonly left: number | null;
    readonly since: number | null;
  }[];
}

export interface QuotesState {
  /** Rows of the source that have come to stand, or were passed over. */
  readonly nextRow: number;
  readonly lastAt: number;
  readonly standing: readonly StandingState[];
}

/** One side of the standing quotes, by instrument. */
class Side {
  /** NaN: nobody quotes. */
  readonly price: Float64Array;
  /** Units as recorded; NaN: not known. */
  readonly shown: Float64Array;
  /** Units that may still be taken; infinite where the size is not known. */
  readonly left: Float64Array;
  /** Exchange time of the first row of its session that had a price on this side; NaN before it. */
  readonly since: Float64Array;

  constructor(instruments: number) {
    this.price = new Float64Array(instruments).fill(Number.NaN);
    this.shown = new Float64Array(instruments);
    this.left = new Float64Array(instruments);
    this.since = new Float64Array(instruments).fill(Number.NaN);
  }

  /** What was taken at a price stays taken: a later row at the same price offers anew only what it shows more. */
  update(i: number, price: number, size: number, stood: boolean): void {
    const same = stood && price === this.price[i];
    const more = size - (this.shown[i] as number);
    if (Number.isNaN(size)) this.left[i] = Number.POSITIVE_INFINITY;
    else this.left[i] = same && !Number.isNaN(more) ? Math.min(size, (this.left[i] as number) + Math.max(0, more)) : size;
    this.price[i] = price;
    this.shown[i] = size;
  }
}

export class Quotes {
  readonly bid: Side;
  readonly ask: Side;
  /** Exchange time from which the quote stands, Micros; -1 where none does. */
  readonly at: Float64Array;
  /** Exclusive end of its standing, but for the next row. */
  readonly until: Float64Array;
  /** Open of the session that it stands in. */
  readonly openAt: Float64Array;
  /** Exchange time of the row that comes next; infinite while none waits. */
  nextAt = Number.POSITIVE_INFINITY;
  /** Position in the source of that row. */
  nextRow = 0;
  private readonly queue: QuoteBatch[] = [];
  /** Row of the first batch of the queue that comes next. */
  private row = 0;
  private lastAt = Number.NEGATIVE_INFINITY;
  private session: Session | undefined;

  /** `rules` have sessions. */
  constructor(
    private readonly terms: QuoteTerms,
    private readonly rules: VenueRules,
  ) {
    invariant(rules.sessions !== undefined, "a venue that matches quotes has to know its sessions");
    const instruments = terms.quoted.length;
    this.bid = new Side(instruments);
    this.ask = new Side(instruments);
    this.at = new Float64Array(instruments).fill(-1);
    this.until = new Float64Array(instruments);
    this.openAt = new Float64Array(instruments);
  }

  /** 1 where orders meet quotes and nothing else. */
  get quoted(): Uint8Array {
    return this.terms.quoted;
  }

  /** Rows from `firstRow` of the source on, in order of exchange time; what was told before is passed over. */
  tell(batch: QuoteBatch, firstRow: number): void {
    const known = Math.max(0, this.nextRow - firstRow);
    if (known >= batch.length) return;
    this.queue.push(batch);
    if (this.queue.length > 1) return;
    this.row = known;
    this.nextAt = batch.at[known] as number;
  }

  /** Whether a row waits that comes to stand by then; nothing comes by infinity once none waits. */
  comesBy(moment: number): boolean {
    return this.queue.length > 0 && this.nextAt <= moment;
  }

  /** Row of the instrument that is quoted next; -1 while no row waits. */
  get nextInstrument(): number {
    return this.queue[0]?.instrument[this.row] ?? -1;
  }

  /** The next row stands from now on. */
  next(): void {
    const [batch] = this.queue as [QuoteBatch];
    const { row, nextAt: at } = this;
    const i = batch.instrument[row] as number;
    if (!(at >= this.lastAt)) invariant(false, "quotes come in the order of exchange time");
    this.lastAt = at;
    // One that is too old trades with nobody, but what was taken of it has not come back.
    const stood = this.lasts(i, at);
    const session = this.sessionAt(at);
    const until = session === null ? at : this.tradableUntil(i, at, session.closeAt);
    if (session === null || until <= at) this.at[i] = -1;
    else {
      if (this.openAt[i] !== session.openAt) {
        this.openAt[i] = session.openAt;
        this.bid.since[i] = Number.NaN;
        this.ask.since[i] = Number.NaN;
      }
      this.bid.update(i, batch.bid[row] as number, batch.bidSize[row] as number, stood);
      this.ask.update(i, batch.ask[row] as number, batch.askSize[row] as number, stood);
      this.at[i] = at;
      this.until[i] = until;
      for (const side of [this.bid, this.ask]) if (Number.isNaN(side.since[i]) && (side.price[i] as number) > 0) side.since[i] = at;
    }
    this.nextRow++;
    if (++this.row === batch.length) {
      this.queue.shift();
      this.row = 0;
    }
    this.nextAt = this.queue[0]?.at[this.row] ?? Number.POSITIVE_INFINITY;
  }

  /** All rows up to and including the moment have come to stand; nobody looks at them. */
  pass(to: number): void {
    while (this.comesBy(to)) this.next();
  }

  stands(i: number, moment: number): boolean {
    return this.lasts(i, moment) && moment - (this.at[i] as number) < (this.terms.maxAge[i] as number);
  }

  /** Whether nothing but its age ends its standing. */
  private lasts(i: number, moment: number): boolean {
    return (this.at[i] as number) >= 0 && (this.at[i] as number) <= moment && moment < (this.until[i] as number);
  }

  /**
   * What one who trades at once pays (`buys`) or receives: the far side; of a crossed quote the worse of the two, for nobody shall gain by an
   * error of the record. NaN when nobody quotes there.
   */
  price(i: number, buys: boolean): number {
    const [bid, ask] = [this.bid.price[i] as number, this.ask.price[i] as number];
    if (!(bid > ask)) return buys ? ask : bid;
    return buys ? bid : ask;
  }

  /** The far side of an order. */
  far(buys: boolean): Side {
    return buys ? this.ask : this.bid;
  }

  /** Half the distance of the sides, never below zero; 0 when there is but one. */
  halfSpread(i: number): number {
    const half = ((this.ask.price[i] as number) - (this.bid.price[i] as number)) / 2;
    return Number.isNaN(half) ? 0 : Math.abs(half);
  }

  /** What stands is on another basis from now on: nothing is traded before the next row. */
  forget(i: number): void {
    this.at[i] = -1;
  }

  save(): QuotesState {
    const standing: StandingState[] = [];
    this.at.forEach((at, instrument) => {
      if (this.openAt[instrument] === 0) return; // it was never quoted
      const sides = [this.bid, this.ask].map((side) => ({
        price: known(side.price[instrument]),
        shown: known(side.shown[instrument]),
        left: known(side.left[instrument]),
        since: known(side.since[instrument]),
      }));
      standing.push({ instrument, at, until: this.until[instrument] as number, openAt: this.openAt[instrument] as number, sides });
    });
    return { nextRow: this.nextRow, lastAt: Number.isFinite(this.lastAt) ? this.lastAt : 0, standing };
  }

  /** The rows that come next are to be told anew. */
  load(state: QuotesState): void {
    this.queue.length = 0;
    this.row = 0;
    this.nextAt = Number.POSITIVE_INFINITY;
    this.nextRow = state.nextRow;
    this.lastAt = state.lastAt;
    this.at.fill(-1);
    for (const { instrument: i, at, until, openAt, sides } of state.standing) {
      this.at[i] = at;
      this.until[i] = until;
      this.openAt[i] = openAt;
      [this.bid, this.ask].forEach((side, k) => {
        const saved = sides[k] as StandingState["sides"][number];
        side.price[i] = saved.price ?? Number.NaN;
        side.shown[i] = saved.shown ?? Number.NaN;
        side.left[i] = saved.left ?? Number.POSITIVE_INFINITY;
        side.since[i] = saved.since ?? Number.NaN;
      });
    }
  }

  private sessionAt(at: number): Session | null {
    const { session } = this;
    if (session !== undefined && at >= session.openAt && at < session.closeAt) return session;
    const sessions = this.rules.sessions as readonly Session[];
    const found = sessions[firstSessionFrom(sessions, at + 1) - 1];
    if (found === undefined || at >= found.closeAt) return null;
    this.session = found;
    return found;
  }

  /** Until a halt begins, at most until `end`; the moment itself when there is one. */
  private tradableUntil(i: number, at: number, end: number): number {
    let until = end;
    for (const halt of this.rules.halts?.get(i as InstrumentIx) ?? [])
      if (halt.to > at && halt.from < until) until = Math.max(at, halt.from);
    return until;
  }
}

function known(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
