// Figures of one side of a book: how much there is, how far away, how evenly spread, and what taking from it costs.
import { BOOK_LEVELS } from "#domain/market.js";

/** First cell of the prices (0: no such level) and of the sizes of a side, best first. */
export interface LevelCells {
  readonly price: number;
  readonly size: number;
}

/**
 * Writes depth, largest, wall, moment, weighted, concentration, half, reach and hole (book-tape.ts says what they are) from `out[at]` on.
 * NaN for what needs a mid or a size and there is none.
 */
export function sideShape(
  state: Float64Array,
  { price, size }: LevelCells,
  mid: number,
  halfSpread: number,
  out: Float64Array,
  at: number,
): void {
  let [depth, squares, largest, wall, moment, weighted, reach, hole] = [0, 0, 0, Number.NaN, 0, 0, Number.NaN, Number.NaN];
  for (let k = 0; k < BOOK_LEVELS; k++) {
    const p = state[price + k] as number;
    if (p === 0) continue;
    const s = state[size + k] as number;
    const away = Math.abs(p - mid);
    depth += s;
    squares += s * s;
    if (s > largest) [largest, wall] = [s, k + 1];
    moment += s * away;
    weighted += halfSpread > 0 ? (s * halfSpread) / away : s;
    reach = away / mid;
    const before = k > 0 ? (state[price + k - 1] as number) : 0;
    if (before > 0) {
      const step = Math.abs(p - before) / mid;
      if (!(step <= hole)) hole = step;
    }
  }
  out[at] = depth;
  out[at + 1] = largest;
  out[at + 2] = wall;
  out[at + 3] = moment;
  out[at + 4] = weighted;
  out[at + 5] = depth > 0 ? squares / depth / depth : Number.NaN;
  out[at + 6] = halfDistance(state, { price, size }, mid, depth / 2);
  out[at + 7] = reach;
  out[at + 8] = hole;
}

function halfDistance(state: Float64Array, { price, size }: LevelCells, mid: number, half: number): number {
  let filled = 0;
  for (let k = 0; k < BOOK_LEVELS; k++) {
    filled += state[size + k] as number;
    if (half > 0 && filled >= half) return Math.abs((state[price + k] as number) - mid) / mid;
  }
  return Number.NaN;
}

/** Average price of taking `wanted` from the best levels on, as its distance from the mid relative to the mid; NaN when there is not enough. */
export function marketOrderCost(state: Float64Array, { price, size }: LevelCells, mid: number, wanted: number): number {
  let left = wanted;
  let cost = 0;
  for (let k = 0; k < BOOK_LEVELS && left > 0; k++) {
    const taken = Math.min(left, state[size + k] as number);
    cost += taken * ((state[price + k] as number) / mid - 1);
    left -= taken;
  }
  return wanted > 0 && left <= 0 ? Math.abs(cost) / wanted : Number.NaN;
}
