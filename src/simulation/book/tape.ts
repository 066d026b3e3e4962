// What a venue's market did, as columns in the order of the exchange's clock: changed levels or single orders, prints, and what the venue
// declared. Prices are ticks, sizes whole lots; both are counted by whoever writes the tape. Never holds an order of ours.
import { invariant } from "#base/errors.js";

/** `lots` is the new total size of a level of bids or asks; 0 takes it away. */
export const BID_LEVEL = 0;
export const ASK_LEVEL = 1;
/** `lots` were traded at `ticks`: the buyer took, the seller took, or nobody is known to have (an auction, a hidden order). */
export const BOUGHT = 2;
export const SOLD = 3;
export const CROSSED = 4;
/**
 * Single orders by number, with their size: a new one, or one that was changed, which keeps its place in the queue when its price stays and its
 * size does not grow. `ORDER_CUT` takes `lots` off an order, by a trade or a cancellation; all of it removes the order.
 */
export const BID_ORDER = 5;
export const ASK_ORDER = 6;
export const ORDER_CUT = 7;
/** A whole event of single orders was told: what traded in it is in the book now. */
export const EVENT_END = 8;
/** The book is no longer known: all levels and orders are gone. */
export const CLEAR = 9;
/** Trading stops and goes on. */
export const HALT = 10;
export const RESUME = 11;
/** An auction at `ticks`, in which `lots` were traded. */
export const OPEN_CROSS = 12;
export const CLOSE_CROSS = 13;
/** The session is over: day orders end. */
export const SESSION_END = 14;

export interface Tape {
  readonly length: number;
  /** True when it tells single orders. */
  readonly byOrder: boolean;
  /** When it happened at the exchange, Micros; never falls. */
  readonly at: Float64Array;
  /** When the row could be known here, Micros; never before `at`. */
  readonly seenAt: Float64Array;
  /** One of the kinds above. */
  readonly kind: Uint8Array;
  readonly ticks: Float64Array;
  readonly lots: Float64Array;
  /** Number of the order, of kinds that have one; unique among the orders that rest. */
  readonly order: Float64Array;
  /** Rows in the order in which they were seen; null when that is their own order. */
  readonly seen: Uint32Array | null;
}

const FIRST_ROOM = 1 << 14;

/** Takes rows in the order in which they were seen. */
export class TapeWriter {
  private room = FIRST_ROOM;
  private length = 0;
  private at: Float64Array = new Float64Array(FIRST_ROOM);
  private seenAt: Float64Array = new Float64Array(FIRST_ROOM);
  private kind = new Uint8Array(FIRST_ROOM);
  private ticks: Float64Array = new Float64Array(FIRST_ROOM);
  private lots: Float64Array = new Float64Array(FIRST_ROOM);
  private order: Float64Array = new Float64Array(FIRST_ROOM);

  /** Throws `Invariant:` when a number is none, a size is negative or broken, or `seenAt` falls or lies before `at`. */
  write(at: number, seenAt: number, kind: number, ticks: number, lots: number, order = 0): void {
    const row = this.length++;
    const isSound = seenAt >= at && Number.isSafeInteger(ticks) && Number.isSafeInteger(lots) && lots >= 0;
    const isNext = row === 0 || seenAt >= (this.seenAt[row - 1] as number);
    if (!isSound || !isNext) invariant(false, `row ${row} of a tape is ${lots} lots at ${ticks} ticks at ${at}, seen at ${seenAt}`);
    if (row === this.room) this.grow();
    this.at[row] = at;
    this.seenAt[row] = seenAt;
    this.kind[row] = kind;
    this.ticks[row] = ticks;
    this.lots[row] = lots;
    this.order[row] = order;
  }

  /** The rows by the exchange's clock; what it stamped alike stays in the order in which it was seen. */
  finish(): Tape {
    const { length, at, kind } = this;
    let isSorted = true;
    for (let row = 1; row < length && isSorted; row++) isSorted = (at[row] as number) >= (at[row - 1] as number);
    const rows = isSorted
      ? null
      : Uint32Array.from({ length }, (_, row) => row).sort((a, b) => (at[a] as number) - (at[b] as number) || a - b);
    const seen = rows === null ? null : placesOf(rows);
    const sort = <C extends Float64Array | Uint8Array>(column: C, into: C): C => {
      for (let place = 0; place < length; place++) into[place] = column[rows === null ? place : (rows[place] as number)] as number;
      return into;
    };
    const wide = (column: Float64Array): Float64Array => sort(column, new Float64Array(length));
    const byOrder = kind.some((what) => what >= BID_ORDER && what <= ORDER_CUT);
    const times = { at: wide(at), seenAt: wide(this.seenAt), kind: sort(kind, new Uint8Array(length)) };
    return { length, byOrder, ...times, ticks: wide(this.ticks), lots: wide(this.lots), order: wide(this.order), seen };
  }

  private grow(): void {
    this.room *= 2;
    const wider = (old: Float64Array): Float64Array => {
      const fresh = new Float64Array(this.room);
      fresh.set(old);
      return fresh;
    };
    const kind = new Uint8Array(this.room);
    kind.set(this.kind);
    this.kind = kind;
    this.at = wider(this.at);
    this.seenAt = wider(this.seenAt);
    this.ticks = wider(this.ticks);
    this.lots = wider(this.lots);
    this.order = wider(this.order);
  }
}

/** Where each row has gone. */
function placesOf(rows: Uint32Array): Uint32Array {
  const places = new Uint32Array(rows.length);
  rows.forEach((row, place) => {
    places[row] = place;
  });
  return places;
}
