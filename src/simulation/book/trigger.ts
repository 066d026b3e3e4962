// Which price wakes the stops that an exchange holds.
import { reachesTrigger } from "#domain/stop-trigger.js";
import type { Levels } from "./levels.js";
import type { OwnOrder } from "./own-order.js";

/** What counts as the market's price: the last print, or the quote that the order would meet (a buyer the best ask, a seller the best bid). */
export type TriggerOn = "trade" | "quote";

/** Moves a trailing stop as well. False as long as there is no price. */
export function isTriggered(own: OwnOrder, on: TriggerOn, lastTicks: number, { bids, asks }: Levels): boolean {
  const price = on === "trade" ? lastTicks : own.side === 1 ? asks.bestTicks : bids.bestTicks;
  return reachesTrigger(own, own.side, own.order.terms?.trail, price);
}
