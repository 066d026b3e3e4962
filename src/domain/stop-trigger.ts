// When a stop wakes up, whoever holds it: the market's price reaches its trigger. A trailing stop follows the market as it gets better, and stays as it
// gets worse.

/** Plain data of whoever holds the stop. `trigger` in ticks: null for a trailing stop before the first price. */
export interface WaitingStop {
  trigger: number | null;
}

/** Takes in a price (ticks; NaN changes nothing): moves a trailing stop, and says whether the trigger is reached. `side`: 1 buys, -1 sells. */
export function reachesTrigger(stop: WaitingStop, side: number, trail: number | undefined, price: number): boolean {
  if (Number.isNaN(price)) return false;
  if (trail !== undefined) {
    const follow = price + side * trail;
    if (stop.trigger === null || (stop.trigger - follow) * side > 0) stop.trigger = follow;
  }
  return stop.trigger !== null && (price - stop.trigger) * side >= 0;
}
