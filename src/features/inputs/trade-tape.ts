// Trades since the bar before: how many, how much, who took, how large, how regular. Trades are signed as in trade-sign.ts; a row without
// a price or size is passed over. Runs are counted within the bar.
import type { EventBatch } from "#domain/market.js";
import { cellsOf, handOut, raise, tally } from "./cells.js";
import { type Dimension, MONEY, PRICE, PURE, VOLUME } from "./columns.js";
import type { Tape } from "./tape.js";
import { isPrice, isSamePrice, isSize, lastPriceOf, lastSignOf, noteBest, signCells, signTrade } from "./trade-sign.js";

const VOLUME_2: Dimension = { price: 0, volume: 2 };
const VOLUME_3: Dimension = { price: 0, volume: 3 };

/** Tallies of the bar: each is a column as it stands. */
const columns = {
  count: PURE,
  bought: VOLUME,
  sold: VOLUME,
  /** Trades that a buyer took. */
  buys: PURE,
  sells: PURE,
  money: MONEY,
  boughtMoney: MONEY,
  soldMoney: MONEY,
  /** All of it, whoever took. */
  volume: VOLUME,
  /** Size x log distance from the bar's first price, and x its square: how far prices lay apart. */
  deviation: VOLUME,
  deviationSquares: VOLUME,
  squares: VOLUME_2,
  cubes: VOLUME_3,
  largest: VOLUME,
  /** Sign of the largest trade. */
  largestSign: PURE,
  /** Trades at a higher, or lower, price than the trade before. */
  rises: PURE,
  falls: PURE,
  /** Pairs of neighboring trades with equal, or opposite, known signs. */
  repeats: PURE,
  turns: PURE,
  longestRun: PURE,
  /** Volume of the largest run of one sign. */
  runVolume: VOLUME,
  /** Seconds between trades: sum, sum of squares, longest. */
  gaps: PURE,
  gapSquares: PURE,
  longestGap: PURE,
} as const;
const count = Object.keys(columns).length;
const { at: sum, dimensions } = cellsOf(columns, signCells.length);
const first = signCells.length;
const { at: kept, dimensions: keptDimensions } = cellsOf(
  { anchor: PRICE, high: PRICE, low: PRICE, run: PURE, volumeOfRun: VOLUME, before: PURE },
  first + count,
);

export const tradeTape: Tape = {
  kinds: ["trade", "quote", "book"],
  /** `high`, `low` and `last` are the last price where nothing was traded. */
  columns: { ...columns, high: PRICE, low: PRICE, last: PRICE },
  cells: [...signCells, ...dimensions, ...keptDimensions],
  absorb(batch: EventBatch, row: number, state: Float64Array): void {
    if (batch.kind !== "trade") {
      noteBest(batch, row, state);
      return;
    }
    const price = batch.price[row] as number;
    const size = batch.size[row] as number;
    if (!isPrice(price) || !isSize(size)) return;
    const lastPrice = lastPriceOf(state);
    const lastSign = lastSignOf(state);
    const sign = signTrade(price, batch.aggressor[row] as number, state);
    const money = price * size;
    tally(state, sum.count, 1);
    tally(state, sum.money, money);
    tally(state, sum.volume, size);
    if (state[kept.anchor] === 0) state[kept.anchor] = price;
    const deviation = Math.log(price / (state[kept.anchor] as number));
    tally(state, sum.deviation, size * deviation);
    tally(state, sum.deviationSquares, size * deviation * deviation);
    tally(state, sum.squares, size * size);
    tally(state, sum.cubes, size * size * size);
    if (sign > 0) {
      tally(state, sum.bought, size);
      tally(state, sum.buys, 1);
      tally(state, sum.boughtMoney, money);
    } else if (sign < 0) {
      tally(state, sum.sold, size);
      tally(state, sum.sells, 1);
      tally(state, sum.soldMoney, money);
    }
    if (size > (state[sum.largest] as number)) {
      state[sum.largest] = size;
      state[sum.largestSign] = sign;
    }
    if (lastPrice > 0 && !isSamePrice(price, lastPrice)) tally(state, price > lastPrice ? sum.rises : sum.falls, 1);
    if (sign * lastSign !== 0) tally(state, sign === lastSign ? sum.repeats : sum.turns, 1);
    noteRun(state, sign === lastSign, size);
    noteTime(state, batch.at[row] as number);
    if (!((state[kept.high] as number) >= price)) state[kept.high] = price;
    if (state[kept.low] === 0 || price < (state[kept.low] as number)) state[kept.low] = price;
  },
  emit(state: Float64Array, out: Float64Array): void {
    handOut(state, first, count, out);
    const last = lastPriceOf(state);
    out[count] = state[kept.high] || last || Number.NaN;
    out[count + 1] = state[kept.low] || last || Number.NaN;
    out[count + 2] = last || Number.NaN;
    state.fill(0, kept.anchor, kept.before);
  },
};

function noteRun(state: Float64Array, goesOn: boolean, size: number): void {
  const run = goesOn ? (state[kept.run] as number) + 1 : 1;
  const volume = goesOn ? (state[kept.volumeOfRun] as number) + size : size;
  state[kept.run] = run;
  state[kept.volumeOfRun] = volume;
  raise(state, sum.longestRun, run);
  raise(state, sum.runVolume, volume);
}

function noteTime(state: Float64Array, at: number): void {
  const before = state[kept.before] as number;
  state[kept.before] = at;
  if (before === 0) return;
  const gap = Math.max(0, at - before) / 1e6;
  tally(state, sum.gaps, gap);
  tally(state, sum.gapSquares, gap * gap);
  raise(state, sum.longestGap, gap);
}
