// From a latent session (open, close and the variance between) to the bar that is printed: high and low of the path, ticks, shares.
import type { Rng } from "#base/rng.js";
import type { BarBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";

export const TICK = 0.01;

export const toCents = (price: number): number => Math.round(price * 100) / 100;

/**
 * Writes row `row`. High and low are drawn from the exact laws of the maximum and the minimum of a Brownian bridge from 0 to
 * `move` (Karatzas and Shreve 1991, 4.3.40), each by itself; rounding is monotone, so low <= open, close <= high always holds.
 * @param open latent opening price, positive
 * @param move simple return from open to close, above -1
 * @param variance of that move given the session's volatility
 * @param seenAt the bar is seen at its end
 */
export function printBar(
  bars: BarBatch,
  row: number,
  instrument: number,
  session: Session,
  open: number,
  move: number,
  variance: number,
  volume: number,
  rng: Rng,
): void {
  const up = (move + Math.sqrt(move * move - 2 * variance * Math.log(1 - rng.next()))) / 2;
  const down = (move - Math.sqrt(move * move - 2 * variance * Math.log(1 - rng.next()))) / 2;
  bars.instrument[row] = instrument;
  bars.openAt[row] = session.openAt;
  bars.at[row] = session.closeAt;
  bars.seenAt[row] = session.closeAt;
  bars.open[row] = toCents(open);
  bars.high[row] = toCents(open * (1 + up));
  bars.low[row] = toCents(open * (1 + Math.max(down, -0.9)));
  bars.close[row] = toCents(open * (1 + move));
  bars.volume[row] = Math.max(100, Math.round(volume));
}
