// The ten best levels of each side as the last message before the bar's end left them, and sums over them. NaN prices and 0 sizes where
// the book has no such level.
import { BOOK_LEVELS, type EventBatch } from "#domain/market.js";
import { cellsOf, numbered } from "./cells.js";
import { MONEY, PRICE, PURE, VOLUME } from "./columns.js";
import { type LevelCells, marketOrderCost, sideShape } from "./book-side.js";
import type { Tape } from "./tape.js";
import { isPrice, isSize } from "./trade-sign.js";

const levels = {
  ...numbered("bidPrice", BOOK_LEVELS, PRICE),
  ...numbered("askPrice", BOOK_LEVELS, PRICE),
  ...numbered("bidSize", BOOK_LEVELS, VOLUME),
  ...numbered("askSize", BOOK_LEVELS, VOLUME),
};
const { at: cell, dimensions } = cellsOf(levels);
const sides: readonly LevelCells[] = [
  { price: cell.bidPrice1, size: cell.bidSize1 },
  { price: cell.askPrice1, size: cell.askSize1 },
];

/** The same for bid and ask. */
const shape = {
  /** Size on the ten levels, and its largest part on one level. */
  depth: VOLUME,
  largest: VOLUME,
  /** Level of the largest size, 1 to 10. */
  wall: PURE,
  /** Size x distance from the mid, summed. */
  moment: MONEY,
  /** Size over (distance from the mid / half the spread), summed: a level counts less the farther it is. */
  weighted: VOLUME,
  /** Sum of squared shares of the levels. */
  concentration: PURE,
  /** Distance from the mid at which half of the depth is reached, and that of the deepest level, relative to the mid. */
  half: PURE,
  reach: PURE,
  /** Widest step between neighboring levels, relative to the mid. */
  hole: PURE,
  /** Average price of taking a quarter, and three quarters, of the thinner side's depth, as distance from the mid relative to it. */
  costSmall: PURE,
  costLarge: PURE,
} as const;
const names = Object.keys(shape);
const first = Object.keys(levels).length;
const prefixed = (side: "bid" | "ask"): Readonly<Record<string, (typeof shape)[keyof typeof shape]>> =>
  Object.fromEntries(names.map((name) => [`${side}${name[0]?.toUpperCase()}${name.slice(1)}`, shape[name as keyof typeof shape]]));

export const bookTape: Tape = {
  kinds: ["book"],
  columns: { ...levels, ...prefixed("bid"), ...prefixed("ask") },
  cells: dimensions,
  absorb(batch: EventBatch, row: number, state: Float64Array): void {
    if (batch.kind !== "book") return;
    const level = row * BOOK_LEVELS;
    keep(batch.bidPrice, batch.bidSize, level, state, sides[0] as LevelCells);
    keep(batch.askPrice, batch.askSize, level, state, sides[1] as LevelCells);
  },
  emit(state: Float64Array, out: Float64Array): void {
    const bid = state[cell.bidPrice1] as number;
    const ask = state[cell.askPrice1] as number;
    const mid = bid > 0 && ask > 0 ? bid / 2 + ask / 2 : Number.NaN;
    for (let k = 0; k < 2 * BOOK_LEVELS; k++) out[k] = state[k] === 0 ? Number.NaN : (state[k] as number);
    for (let k = 2 * BOOK_LEVELS; k < 4 * BOOK_LEVELS; k++) out[k] = state[k] as number;
    sides.forEach((side, s) => {
      const at = first + s * names.length;
      sideShape(state, side, mid, Math.abs(ask - bid) / 2, out, at);
    });
    const thinner = Math.min(out[first] as number, out[first + names.length] as number);
    sides.forEach((side, s) => {
      const at = first + (s + 1) * names.length - 2;
      out[at] = marketOrderCost(state, side, mid, thinner * 0.25);
      out[at + 1] = marketOrderCost(state, side, mid, thinner * 0.75);
    });
  },
};

/** Copies a side; a level without a price is 0, and has no size. */
function keep(prices: Float64Array, sizes: Float64Array, from: number, state: Float64Array, { price, size }: LevelCells): void {
  for (let k = 0; k < BOOK_LEVELS; k++) {
    const p = prices[from + k] as number;
    const s = sizes[from + k] as number;
    const exists = isPrice(p) && isSize(s);
    state[price + k] = exists ? p : 0;
    state[size + k] = exists ? s : 0;
  }
}
