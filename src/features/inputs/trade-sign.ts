// Who took: the aggressor that comes with the trade; where it is not known the side of the mid on which it happened, and at the mid or
// without one the last price change (Lee and Ready 1991). The first four cells of a tape that signs trades belong to this file.
import { BOOK_LEVELS, type EventBatch } from "#domain/market.js";
import { type Dimension, PRICE, PURE } from "./columns.js";

const BID = 0;
const ASK = 1;
const LAST_PRICE = 2;
const LAST_SIGN = 3;

export const signCells: readonly Dimension[] = [PRICE, PRICE, PRICE, PURE];

/** True for a price that exists. */
export function isPrice(price: number): boolean {
  return price > 0 && price < Number.POSITIVE_INFINITY;
}

/** True for a size that exists, 0 included. */
export function isSize(size: number): boolean {
  return size >= 0 && size < Number.POSITIVE_INFINITY;
}

/** True when two prices differ by no more than rounding: a middle is no price that anybody quoted. */
export function isSamePrice(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * b;
}

/** Takes note of the best prices. A quote row without one side leaves that side as it was; a book row says both. */
export function noteBest(batch: EventBatch, row: number, state: Float64Array): void {
  if (batch.kind === "quote") {
    const bid = batch.bid[row] as number;
    const ask = batch.ask[row] as number;
    if (isPrice(bid)) state[BID] = bid;
    if (isPrice(ask)) state[ASK] = ask;
  } else if (batch.kind === "book") {
    const bid = batch.bidPrice[row * BOOK_LEVELS] as number;
    const ask = batch.askPrice[row * BOOK_LEVELS] as number;
    state[BID] = isPrice(bid) ? bid : 0;
    state[ASK] = isPrice(ask) ? ask : 0;
  }
}

/** Middle of the best prices; 0 when a side is not known. */
export function midOf(state: Float64Array): number {
  const bid = state[BID] as number;
  const ask = state[ASK] as number;
  return bid > 0 && ask > 0 ? bid / 2 + ask / 2 : 0;
}

/** Best ask less best bid; 0 when a side is not known, or they are locked or crossed. */
export function spreadOf(state: Float64Array): number {
  const bid = state[BID] as number;
  const ask = state[ASK] as number;
  return bid > 0 && ask > bid ? ask - bid : 0;
}

/** 1 for a price between the best prices, -1 for one beyond them, 0 for one at them. */
export function placeOf(price: number, state: Float64Array): number {
  const low = Math.min(state[BID] as number, state[ASK] as number);
  const high = Math.max(state[BID] as number, state[ASK] as number);
  if (isSamePrice(price, low) || isSamePrice(price, high)) return 0;
  return price > low && price < high ? 1 : -1;
}

/** Price of the trade before; 0 when there was none. */
export function lastPriceOf(state: Float64Array): number {
  return state[LAST_PRICE] as number;
}

/** Sign of the trade before; 0 when it was not known. */
export function lastSignOf(state: Float64Array): number {
  return state[LAST_SIGN] as number;
}

/** +1, -1, or 0 when nothing tells, and takes note of the trade. */
export function signTrade(price: number, given: number, state: Float64Array): number {
  const sign = given !== 0 ? given : inferred(price, state);
  state[LAST_PRICE] = price;
  state[LAST_SIGN] = sign;
  return sign;
}

function inferred(price: number, state: Float64Array): number {
  const mid = midOf(state);
  if (mid > 0 && !isSamePrice(price, mid)) return price > mid ? 1 : -1;
  const last = state[LAST_PRICE] as number;
  if (last === 0 || isSamePrice(price, last)) return state[LAST_SIGN] as number;
  return price > last ? 1 : -1;
}
