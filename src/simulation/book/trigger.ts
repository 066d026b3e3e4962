// When a stop wakes up: the market's price reaches its trigger. A trailing stop follows the market as it gets better and stays as it gets worse.
import type { Levels } from "./levels.js";
import type { OwnOrder } from "./own-order.js";

/** What counts as the market's price: the last print, or the quote that the order would meet (a buyer the best ask, a seller the best bid). */
export type TriggerOn = "trade" | "quote";

/** Moves a trailing stop as well. False as long as there is no price. */
export function isTriggered(own: OwnOrder, on: TriggerOn, lastTicks: number, { bids, asks }: Levels): boolean {
  const price = on === "trade" ? lastTicks : own.side === 1 ? asks.bestTicks : bids.bestTicks;
  if (Number.isNaN(price)) return false;
  const trail = own.order.terms?.trail;
  if (trail !== undefined) {
    const follow = price + own.side * trail;
    if (own.trigger === null || (own.trigger - follow) * own.side > 0) own.trigger = follow;
  }
  return own.trigger !== null && (price - own.trigger) * own.side >= 0;
}
