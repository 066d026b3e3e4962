// Whether, when and at what price an order trades, wakes or ends within one bar. Pure: it asks for the price with costs and changes nothing.
// Assumes that the bar was not seen by whoever made the order.
import { type Instrument, type Ticks, fromTicks, priceIncrement } from "#domain/instrument.js";
import type { BarBatch } from "#domain/market.js";
import { PRINTS, printAt, printPrice, printTime, takerPrice } from "./bar-path.js";
import type { Action } from "./market.js";
import type { Resting } from "./state.js";
import { wakes } from "./triggers.js";

export interface Surroundings {
  readonly instrument: Instrument;
  readonly batch: BarBatch;
  readonly row: number;
  /** Nothing later than this has been printed. */
  readonly to: number;
  /** The first moment from the given one on at which the instrument is not halted. */
  readonly tradableFrom: (at: number) => number;
  /** Whether the bar begins and ends its session; asked by orders for an auction only. */
  readonly place: () => { readonly first: boolean; readonly last: boolean };
  /** What a taker would pay or receive at that price, spread and impact included, in ticks; null when there is no such price. */
  readonly withCosts: (price: number) => Ticks | null;
  /** The same for the smallest size: what is quoted. */
  readonly quoted: (price: number) => Ticks | null;
}

/**
 * A market order trades on arrival. A limit order that is marketable on arrival, costs included, does the same; any other
 * waits until the market has traded through it by one increment, and gets its limit. Null when nothing happens by `to`.
 */
export function nextAction(resting: Resting, around: Surroundings): Action | null {
  const { batch, row } = around;
  const openAt = batch.openAt[row] as number;
  const endAt = batch.at[row] as number;
  const from = around.tradableFrom(Math.max(resting.from, openAt));
  const until = lastMoment(resting, around.to);
  if (from > until || from >= endAt || resting.doneBarAt === endAt) return null;
  if (!resting.awake) return wakes(resting, around, from, until);
  const { timeInForce, postOnly } = resting.order.terms ?? {};
  if (timeInForce === "at-open" || timeInForce === "at-close") return auction(resting, around, timeInForce, from, until);
  const buys = resting.remaining > 0;
  const price = priceAt(resting, batch, row, from, buys);
  const { limit } = resting;
  if (limit === null && price > 0) return { kind: "trade", at: from, price, taker: true };
  const now = timeInForce === "ioc" || timeInForce === "fok";
  if (limit === null) return now ? ended(from, "there is no price") : null;
  // One that rested over the open is filled at its limit, not at the lucky gap; one that lives for a moment has no time to rest.
  if (price > 0 && (resting.from >= openAt || now)) {
    if (postOnly && within(limit, around.quoted(price), buys)) return ended(from, "it would have taken liquidity");
    if (within(limit, around.withCosts(price), buys)) return { kind: "trade", at: from, price, taker: true };
  }
  return now ? ended(from, "nothing to take at its limit") : tradedThrough(resting, limit, around, from, until);
}

/** The limit itself, once the market has printed beyond it by one increment. */
function tradedThrough({ remaining }: Resting, ticks: Ticks, around: Surroundings, from: number, until: number): Action | null {
  const { batch, row, instrument } = around;
  const buys = remaining > 0;
  const limit = fromTicks(ticks, instrument);
  const through = priceIncrement(limit, instrument);
  const tolerance = 1e-9 * instrument.tickSize;
  for (let k = Math.max(0, printAt(batch, row, from)); k < PRINTS; k++) {
    const at = printTime(batch, row, k);
    if (at < from || around.tradableFrom(at) !== at) continue;
    if (at > until) return null;
    const print = printPrice(batch, row, k, buys);
    const traded = print > 0 && (buys ? print <= limit - through + tolerance : print >= limit + through - tolerance);
    if (traded) return { kind: "trade", at, price: limit, taker: false };
  }
  return null;
}

/** Takes part in the first print of the session, or in the last, and ends with it. */
function auction(resting: Resting, around: Surroundings, which: "at-open" | "at-close", from: number, until: number): Action | null {
  const { batch, row } = around;
  const place = around.place();
  if (which === "at-open" ? !place.first || resting.from > (batch.openAt[row] as number) : !place.last) return null;
  const k = which === "at-open" ? 0 : 3;
  const at = printTime(batch, row, k);
  if (at > until) return null;
  if (at < from) return { kind: "end", at: from, how: "order-expired", reason: "there was no auction" };
  const buys = resting.remaining > 0;
  const price = printPrice(batch, row, k, buys);
  if (price > 0 && (resting.limit === null || within(resting.limit, around.withCosts(price), buys)))
    return { kind: "trade", at, price, taker: true };
  return { kind: "end", at, how: "order-expired", reason: "the auction was beyond its limit" };
}

/** Until its cancellation arrives, or its time is over. */
function lastMoment({ cancelAt, expiresAt }: Resting, to: number): number {
  return Math.min(to, (cancelAt ?? Number.POSITIVE_INFINITY) - 1, (expiresAt ?? Number.POSITIVE_INFINITY) - 1);
}

function priceAt(resting: Resting, batch: BarBatch, row: number, from: number, buys: boolean): number {
  if (resting.wokeAtPrice !== null && resting.from === from) return resting.wokeAtPrice;
  return takerPrice(batch, row, from, buys);
}

function within(limit: Ticks, ticks: Ticks | null, buys: boolean): boolean {
  return ticks !== null && (buys ? ticks <= limit : ticks >= limit);
}

/** It lives for a moment, and that was it. */
export function ended(at: number, reason: string): Action {
  return { kind: "end", at, how: "order-cancelled", reason };
}
