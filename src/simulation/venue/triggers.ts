// When a stop is reached. A stop looks at the prints in the order that is worse for it, so it is triggered before the market turns in its favor.
import { fromTicks } from "#domain/instrument.js";
import type { BarBatch } from "#domain/market.js";
import { PRINTS, printAt, printPrice, printTime, takerPrice } from "./bar-path.js";
import type { Action } from "./market.js";
import type { Surroundings } from "./matching.js";
import type { Resting } from "./state.js";

/**
 * The first print at or beyond the trigger. Between two prints the market passes every price, so the order meets it at the trigger itself; a gap over
 * the trigger (at the open, at its arrival, or after a halt) is met where the gap ends.
 */
export function wakes(resting: Resting, around: Surroundings, from: number, until: number): Action | null {
  const { batch, row, instrument } = around;
  const { trail, trigger } = resting;
  if (resting.allowed === 0 || (trail === null && trigger === null)) return null;
  const buys = resting.remaining > 0;
  const tolerance = 1e-9 * instrument.tickSize;
  let best = resting.best;
  let gap = true;
  for (let k = Math.max(0, printAt(batch, row, from)); k < PRINTS; k++) {
    const at = Math.max(from, printTime(batch, row, k));
    if (at > until) return null;
    if (around.tradableFrom(at) !== at) {
      gap = true;
      continue;
    }
    const print = gap ? takerPrice(batch, row, at, buys) : printPrice(batch, row, k, buys);
    if (!(print > 0)) continue;
    const level = levelOf(
      trail === null ? null : fromTicks(trail, instrument),
      trigger === null ? null : fromTicks(trigger, instrument),
      best ?? print,
      buys,
    );
    if (buys ? print >= level - tolerance : print <= level + tolerance) return { kind: "wake", at, price: gap ? print : level };
    best = better(best, print, buys);
    gap = false;
  }
  return null;
}

/** The best price that a trailing stop has seen once the bar is complete; null before it has seen one. */
export function bestAfter(resting: Resting, batch: BarBatch, row: number): number | null {
  const buys = resting.remaining > 0;
  const from = Math.max(resting.from, batch.openAt[row] as number);
  let { best } = resting;
  if (from >= (batch.at[row] as number)) return best;
  for (let k = Math.max(0, printAt(batch, row, from)); k < PRINTS; k++) {
    const print = printTime(batch, row, k) < from ? takerPrice(batch, row, from, buys) : printPrice(batch, row, k, buys);
    if (print > 0) best = better(best, print, buys);
  }
  return best;
}

/** A buyer trails falling prices, a seller rising ones. */
export function better(best: number | null, price: number, buys: boolean): number {
  if (best === null) return price;
  return buys ? Math.min(best, price) : Math.max(best, price);
}

/** Where a stop is reached; one of `trail` and `trigger` is given. */
export function levelOf(trail: number | null, trigger: number | null, best: number, buys: boolean): number {
  if (trail === null) return trigger as number;
  return buys ? best + trail : best - trail;
}
