// Whether, when and at what price an order trades within one bar. Pure: it asks for the price with costs and changes nothing.
// Assumes that the bar was not seen by whoever made the order.
import { type Instrument, type Ticks, fromTicks, priceIncrement } from "#domain/instrument.js";
import type { BarBatch } from "#domain/market.js";
import { PRINTS, printAt, printPrice, printTime, takerPrice } from "./bar-path.js";
import type { Resting } from "./state.js";

export interface Match {
  /** Exchange time, Micros. */
  readonly at: number;
  /** Price before spread and impact; the limit itself for a resting limit order. */
  readonly price: number;
  readonly taker: boolean;
}

/**
 * A market order trades on arrival. A limit order that is marketable on arrival, costs included, does the same; any other
 * waits until the market has traded through it by one increment, and gets its limit. Null when nothing happens by `to`.
 * `withCosts`: what a taker would pay or receive at that price, in ticks; null when there is no such price.
 */
export function match(
  resting: Resting,
  instrument: Instrument,
  batch: BarBatch,
  row: number,
  to: number,
  withCosts: (price: number) => Ticks | null,
): Match | null {
  const openAt = batch.openAt[row] as number;
  const from = Math.max(resting.arrivesAt, openAt);
  const until = resting.cancelAt === null ? to : Math.min(to, resting.cancelAt - 1);
  if (from > until || from >= (batch.at[row] as number) || resting.doneBarAt === batch.at[row]) return null;
  const buys = resting.remaining > 0;
  const price = takerPrice(batch, row, from, buys);
  if (resting.limit === null) return price > 0 ? { at: from, price, taker: true } : null;
  // One that rested over the open is filled at its limit, not at the lucky gap.
  if (price > 0 && resting.arrivesAt >= openAt) {
    const ticks = withCosts(price);
    if (ticks !== null && (buys ? ticks <= resting.limit : ticks >= resting.limit)) return { at: from, price, taker: true };
  }
  const limit = fromTicks(resting.limit, instrument);
  const through = priceIncrement(limit, instrument);
  const tolerance = 1e-9 * instrument.tickSize;
  for (let k = Math.max(0, printAt(batch, row, from)); k < PRINTS; k++) {
    const at = printTime(batch, row, k);
    if (at < from) continue;
    if (at > until) return null;
    const print = printPrice(batch, row, k, buys);
    const traded = print > 0 && (buys ? print <= limit - through + tolerance : print >= limit + through - tolerance);
    if (traded) return { at, price: limit, taker: false };
  }
  return null;
}
