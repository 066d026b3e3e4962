// From a latent session (open, close and the variance between) to the bar that is printed: high and low of the path, ticks, shares.
import type { Rng } from "#base/rng.js";
import type { BarBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";

export const TICK = 0.01;

export const toCents = (price: number): number => Math.round(price * 100) / 100;

/** The session is drawn in parts of equal variance; the inner ends of the parts are kept, so that minute bars can pass through them. */
export const PARTS = 4;

/** One instrument's session before it is printed. */
export interface LatentSession {
  /** Opening price, positive. */
  readonly open: number;
  /** Simple return from open to close, above -1. */
  readonly move: number;
  /** Variance of that move given the session's volatility. */
  readonly variance: number;
  readonly volume: number;
}

/**
 * Writes row `row`, and to `knots` the PARTS - 1 inner points of the path, as simple returns from the open. The points are a
 * Brownian bridge from 0 to the move; within each part high and low are drawn from the exact laws of a bridge's maximum and
 * minimum (Karatzas and Shreve 1991, 4.3.40), each by itself. Rounding is monotone, so low <= open, close <= high always holds.
 * The bar is seen at its end.
 */
export function printBar(
  bars: BarBatch,
  knots: Float64Array,
  row: number,
  instrument: number,
  session: Session,
  latent: LatentSession,
  rng: Rng,
): void {
  const { open, move, variance } = latent;
  const step = Math.sqrt(variance / PARTS);
  const first = row * (PARTS - 1);
  let walk = 0;
  for (let k = 0; k < PARTS - 1; k++) {
    walk += step * rng.normal();
    knots[first + k] = walk;
  }
  const slope = (move - walk - step * rng.normal()) / PARTS;
  let [from, up, down] = [0, 0, 0];
  for (let k = 0; k < PARTS; k++) {
    let to = move;
    if (k < PARTS - 1) {
      to = (knots[first + k] as number) + slope * (k + 1);
      knots[first + k] = to;
    }
    const way = to - from;
    up = Math.max(up, (from + to + Math.sqrt(way * way - 2 * step * step * Math.log(1 - rng.next()))) / 2);
    down = Math.min(down, (from + to - Math.sqrt(way * way - 2 * step * step * Math.log(1 - rng.next()))) / 2);
    from = to;
  }
  bars.instrument[row] = instrument;
  bars.openAt[row] = session.openAt;
  bars.at[row] = session.closeAt;
  bars.seenAt[row] = session.closeAt;
  bars.open[row] = toCents(open);
  bars.high[row] = toCents(open * (1 + up));
  bars.low[row] = toCents(open * (1 + Math.max(down, -0.9)));
  bars.close[row] = toCents(open * (1 + move));
  bars.volume[row] = Math.max(100, Math.round(latent.volume));
}
