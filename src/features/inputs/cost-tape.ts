// What the trades since the bar before cost, against the best bid and ask just before each: effective spread, its part that lasts to the
// bar's end (Huang and Stoll 1996), the mid's answer to a trade, how much of the best size a trade takes.
import { BOOK_LEVELS, type EventBatch } from "#domain/market.js";
import { cellsOf, handOut, tally } from "./cells.js";
import { MONEY, PRICE, PURE, VOLUME } from "./columns.js";
import type { Tape } from "./tape.js";
import { isPrice, isSamePrice, isSize, midOf, noteBest, placeOf, signCells, signTrade, spreadOf } from "./trade-sign.js";

const columns = {
  /** Over trades with a mid: volume, signed volume. */
  volume: VOLUME,
  flow: VOLUME,
  /** Sums of size x mid, sign x size x (price - mid), size x half the spread. */
  money: MONEY,
  paid: MONEY,
  quoted: MONEY,
  /** Volume between the best prices, and beyond them. */
  inside: VOLUME,
  beyond: VOLUME,
  /** Sum of sign x log move of the mid until its first change after the trade, and how many trades there were to answer. */
  answer: PURE,
  answered: PURE,
  /** Volume of trades and sizes at the best that they met, where known; volume of trades as large as that. */
  met: VOLUME,
  meeting: VOLUME,
  sweeping: VOLUME,
} as const;
const count = Object.keys(columns).length;
const first = signCells.length;
const { at: sum, dimensions } = cellsOf(columns, first);
const { at: kept, dimensions: keptDimensions } = cellsOf(
  { flowPrice: MONEY, waitingMid: PRICE, waitingSign: PURE, bidSize: VOLUME, askSize: VOLUME },
  first + count,
);

export const costTape: Tape = {
  kinds: ["trade", "quote", "book"],
  /** `lasting`: sum of sign x size x (price - mid at the bar's end). */
  columns: { ...columns, lasting: MONEY },
  cells: [...signCells, ...dimensions, ...keptDimensions],
  absorb(batch: EventBatch, row: number, state: Float64Array): void {
    if (batch.kind === "trade") {
      const price = batch.price[row] as number;
      const size = batch.size[row] as number;
      if (isPrice(price) && isSize(size)) noteTrade(state, price, size, batch.aggressor[row] as number);
      return;
    }
    noteBest(batch, row, state);
    noteSizes(batch, row, state);
    noteAnswer(state);
  },
  emit(state: Float64Array, out: Float64Array): void {
    const flow = state[sum.flow] as number;
    const mid = midOf(state);
    handOut(state, first, count, out);
    out[count] = mid > 0 ? (state[kept.flowPrice] as number) - flow * mid : Number.NaN;
    state[kept.flowPrice] = 0;
  },
};

function noteTrade(state: Float64Array, price: number, size: number, given: number): void {
  const mid = midOf(state);
  const spread = spreadOf(state);
  const sign = signTrade(price, given, state);
  if (mid === 0) return;
  tally(state, sum.volume, size);
  tally(state, sum.flow, sign * size);
  tally(state, kept.flowPrice, sign * size * price);
  tally(state, sum.money, size * mid);
  tally(state, sum.paid, sign * size * (price - mid));
  tally(state, sum.quoted, (size * spread) / 2);
  const place = placeOf(price, state);
  if (place > 0) tally(state, sum.inside, size);
  else if (place < 0) tally(state, sum.beyond, size);
  const standing = sign === 0 ? 0 : (state[sign > 0 ? kept.askSize : kept.bidSize] as number);
  if (standing > 0) {
    tally(state, sum.met, standing);
    tally(state, sum.meeting, size);
    if (size >= standing) tally(state, sum.sweeping, size);
  }
  if (sign !== 0) {
    state[kept.waitingMid] = mid;
    state[kept.waitingSign] = sign;
  }
}

function noteSizes(batch: EventBatch, row: number, state: Float64Array): void {
  if (batch.kind === "quote") {
    if (isPrice(batch.bid[row] as number)) state[kept.bidSize] = sizeOr0(batch.bidSize[row] as number);
    if (isPrice(batch.ask[row] as number)) state[kept.askSize] = sizeOr0(batch.askSize[row] as number);
  } else if (batch.kind === "book") {
    state[kept.bidSize] = sizeOr0(batch.bidSize[row * BOOK_LEVELS] as number);
    state[kept.askSize] = sizeOr0(batch.askSize[row * BOOK_LEVELS] as number);
  }
}

function sizeOr0(size: number): number {
  return isSize(size) ? size : 0;
}

/** The mid may have moved: the answer to the last trade. */
function noteAnswer(state: Float64Array): void {
  const before = state[kept.waitingMid] as number;
  if (before === 0) return;
  const mid = midOf(state);
  if (mid === 0 || isSamePrice(mid, before)) return;
  tally(state, sum.answer, (state[kept.waitingSign] as number) * Math.log(mid / before));
  tally(state, sum.answered, 1);
  state[kept.waitingMid] = 0;
}
