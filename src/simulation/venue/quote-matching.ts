// Whether, when and at what price an order trades, wakes or ends on the quote that stands. Pure, as `matching.ts` is for bars.
// Who takes gets the displayed price for what is displayed. Who rests at a limit is filled there once the far side is better than it by one
// increment: a touch is no fill, for others were there before.
import { type Instrument, type Ticks, fromTicks, priceIncrement } from "#domain/instrument.js";
import type { Action } from "./market.js";
import { ended } from "./matching.js";
import type { Quotes } from "./quotes.js";
import type { Resting } from "./state.js";
import { better, levelOf } from "./triggers.js";

export interface QuoteSurroundings {
  readonly instrument: Instrument;
  readonly quotes: Quotes;
  /** What lies before it is done. */
  readonly now: number;
  /** A displayed price on the grid, rounded against who trades. */
  readonly ticks: (price: number) => Ticks | null;
  /** Absolute lots that can be taken of what stands. */
  readonly size: () => number;
}

export function nextQuoteAction(resting: Resting, around: QuoteSurroundings): Action | null {
  const { quotes, instrument } = around;
  const { order, limit, expiresAt } = resting;
  const i = order.instrument;
  const { timeInForce, postOnly } = order.terms ?? {};
  const buys = resting.remaining > 0;
  const closes = timeInForce === "at-close" && resting.awake;
  const at = Math.max(resting.from, quotes.at[i] as number, around.now, closes && expiresAt !== null ? expiresAt - 1 : 0);
  if (at > lastMoment(resting) || !quotes.stands(i, at)) return null;
  const price = quotes.price(i, buys);
  if (!resting.awake) return wakes(resting, at, price, instrument, buys);
  if (timeInForce === "at-open" && (quotes.far(buys).since[i] !== quotes.at[i] || resting.from > (quotes.openAt[i] as number))) return null;
  const atOnce = timeInForce === "ioc" || timeInForce === "fok";
  if (!(price > 0)) return atOnce ? ended(at, "there is no price") : null;
  const ticks = around.ticks(price);
  const marketable = limit === null || (ticks !== null && (buys ? ticks <= limit : ticks >= limit));
  if (timeInForce === "at-open" || closes) {
    if (marketable && around.size() > 0) return { kind: "trade", at, price, taker: true };
    return { kind: "end", at, how: "order-expired", reason: marketable ? "nothing was displayed" : "the auction was beyond its limit" };
  }
  if (limit === null || atOnce || at === resting.from) {
    if (marketable && postOnly) return ended(at, "it would have taken liquidity");
    if (marketable && around.size() > 0) return { kind: "trade", at, price, taker: true };
    if (atOnce) return ended(at, marketable ? "nothing is displayed" : "nothing to take at its limit");
  }
  if (limit === null) return null;
  const rests = fromTicks(limit, instrument);
  const through = priceIncrement(rests, instrument) - 1e-9 * instrument.tickSize;
  const crossed = buys ? price <= rests - through : price >= rests + through;
  return crossed && around.size() > 0 ? { kind: "trade", at, price: rests, taker: false } : null;
}

/** A stop looks at the side that would execute it. */
function wakes(
  { allowed, trail, trigger, best }: Resting,
  at: number,
  price: number,
  instrument: Instrument,
  buys: boolean,
): Action | null {
  if (allowed === 0 || (trail === null && trigger === null) || !(price > 0)) return null;
  const level = levelOf(
    trail === null ? null : fromTicks(trail, instrument),
    trigger === null ? null : fromTicks(trigger, instrument),
    better(best, price, buys),
    buys,
  );
  const tolerance = 1e-9 * instrument.tickSize;
  return (buys ? price >= level - tolerance : price <= level + tolerance) ? { kind: "wake", at, price } : null;
}

/** The best price that a trailing stop has seen once the standing quote is over, at `end`; null before it has seen one. */
export function bestBefore(resting: Resting, quotes: Quotes, end: number): number | null {
  const i = resting.order.instrument;
  const at = Math.max(resting.from, quotes.at[i] as number);
  const buys = resting.remaining > 0;
  const price = quotes.price(i, buys);
  return at < end && quotes.stands(i, at) && price > 0 ? better(resting.best, price, buys) : resting.best;
}

/** Until its cancellation arrives, or its time is over. */
function lastMoment({ cancelAt, expiresAt }: Resting): number {
  return Math.min((cancelAt ?? Number.POSITIVE_INFINITY) - 1, (expiresAt ?? Number.POSITIVE_INFINITY) - 1);
}
