// Log returns from trade to trade since the bar before, and how they go with signed volume: the sums from which realised measures and
// price impact are made. A return belongs to the bar of its later trade, so the first of a session holds the night before it.
import type { EventBatch } from "#domain/market.js";
import { cellsOf, handOut, raise, tally } from "./cells.js";
import { type Dimension, PURE, VOLUME } from "./columns.js";
import type { Tape } from "./tape.js";
import { isPrice, isSize, lastPriceOf, noteBest, signCells, signTrade } from "./trade-sign.js";

const VOLUME_2: Dimension = { price: 0, volume: 2 };
/** Lags of the realised kernel. */
const KERNEL_LAGS = 4;

const columns = {
  /** Number of returns, zeros included, and of those that are not zero. */
  count: PURE,
  moves: PURE,
  /** Sums of |r|, r^2, r^3, r^4, and of r^2 over rises only. */
  absolute: PURE,
  squares: PURE,
  cubes: PURE,
  fourths: PURE,
  riseSquares: PURE,
  largest: PURE,
  /** Sums of |r||r before|, and of the smaller of both squared (minRV of Andersen, Dobrev and Schaumburg 2012, before scaling). */
  bipower: PURE,
  smaller: PURE,
  /** Sums of r times the return k before. */
  product1: PURE,
  product2: PURE,
  product3: PURE,
  product4: PURE,
  /** Sums over trades with a return: q^2 and r q of the signed volume q, sign x r. */
  flowSquares: VOLUME_2,
  flowReturn: VOLUME,
  signReturn: PURE,
  /** Return times the signed volume, or sign, of the trade before: what comes after a trade. */
  nextReturn: VOLUME,
  nextSign: PURE,
  /** Net return of the bar's trades. */
  net: PURE,
} as const;
const count = Object.keys(columns).length;
const first = signCells.length;
const { at: sum, dimensions } = cellsOf(columns, first);
const { at: kept, dimensions: keptDimensions } = cellsOf(
  { before1: PURE, before2: PURE, before3: PURE, before4: PURE, signBefore: PURE, flowBefore: VOLUME },
  first + count,
);

export const tickTape: Tape = {
  kinds: ["trade", "quote", "book"],
  columns,
  cells: [...signCells, ...dimensions, ...keptDimensions],
  absorb(batch: EventBatch, row: number, state: Float64Array): void {
    if (batch.kind !== "trade") {
      noteBest(batch, row, state);
      return;
    }
    const price = batch.price[row] as number;
    const size = batch.size[row] as number;
    if (!isPrice(price) || !isSize(size)) return;
    const last = lastPriceOf(state);
    const sign = signTrade(price, batch.aggressor[row] as number, state);
    const flow = sign * size;
    if (last > 0) noteReturn(state, Math.log(price / last), sign, flow);
    state[kept.signBefore] = sign;
    state[kept.flowBefore] = flow;
  },
  emit(state: Float64Array, out: Float64Array): void {
    handOut(state, first, count, out);
  },
};

function noteReturn(state: Float64Array, r: number, sign: number, flow: number): void {
  const size = Math.abs(r);
  const before = Math.abs(state[kept.before1] as number);
  const square = r * r;
  tally(state, sum.count, 1);
  if (r !== 0) tally(state, sum.moves, 1);
  tally(state, sum.net, r);
  tally(state, sum.absolute, size);
  tally(state, sum.squares, square);
  tally(state, sum.cubes, square * r);
  tally(state, sum.fourths, square * square);
  if (r > 0) tally(state, sum.riseSquares, square);
  raise(state, sum.largest, size);
  tally(state, sum.bipower, size * before);
  tally(state, sum.smaller, Math.min(size, before) ** 2);
  for (let k = 0; k < KERNEL_LAGS; k++) tally(state, sum.product1 + k, r * (state[kept.before1 + k] as number));
  tally(state, sum.flowSquares, flow * flow);
  tally(state, sum.flowReturn, flow * r);
  tally(state, sum.signReturn, sign * r);
  tally(state, sum.nextReturn, (state[kept.flowBefore] as number) * r);
  tally(state, sum.nextSign, (state[kept.signBefore] as number) * r);
  state.copyWithin(kept.before2, kept.before1, kept.before1 + KERNEL_LAGS - 1);
  state[kept.before1] = r;
}
