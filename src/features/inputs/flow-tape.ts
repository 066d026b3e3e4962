// How the book changed since the bar before: order flow at each of ten levels (Xu, Gould and Howison 2018), depth averaged over the messages
// and over time, messages by kind.
import { BOOK_LEVELS, type EventBatch } from "#domain/market.js";
import { cellsOf, handOut, numbered, tally } from "./cells.js";
import { type Dimension, PRICE, PURE, VOLUME } from "./columns.js";
import { sideFlow } from "./order-flow.js";
import type { Tape } from "./tape.js";
import { isPrice, isSize } from "./trade-sign.js";

const VOLUME_2: Dimension = { price: 0, volume: 2 };

const tallied = {
  /** Order flow of each level, and the sizes of both its sides summed over messages, before and after each. */
  ...numbered("flow", BOOK_LEVELS, VOLUME),
  ...numbered("standing", BOOK_LEVELS, VOLUME),
  /** Messages after the first, and those that changed the best level, and only deeper ones. */
  messages: PURE,
  atBest: PURE,
  deeper: PURE,
  /** Order flow over all levels: squares, product with that of the message before, and of its sign with that before. */
  squares: VOLUME_2,
  products: VOLUME_2,
  signProducts: PURE,
  /** Change of the ten levels' depth on each side: what came, what went. */
  bidCame: VOLUME,
  bidWent: VOLUME,
  askCame: VOLUME,
  askWent: VOLUME,
} as const;
const averaged = {
  seconds: PURE,
  /** Sums over time: of imbalance of three and of ten levels, depth of ten levels, its share at the best. */
  imbalance3: PURE,
  imbalance10: PURE,
  depth: VOLUME,
  bestShare: PURE,
} as const;
const count = Object.keys(tallied).length;
const averages = Object.keys(averaged).length;
const { at: sum, dimensions } = cellsOf(tallied);
const { at: time, dimensions: timeDimensions } = cellsOf(averaged, count);
const { at: kept, dimensions: keptDimensions } = cellsOf(
  {
    ...numbered("bidPrice", BOOK_LEVELS, PRICE),
    ...numbered("bidSize", BOOK_LEVELS, VOLUME),
    ...numbered("askPrice", BOOK_LEVELS, PRICE),
    ...numbered("askSize", BOOK_LEVELS, VOLUME),
    flow: VOLUME,
    bidDepth: VOLUME,
    askDepth: VOLUME,
    bid3: VOLUME,
    ask3: VOLUME,
    seen: PURE,
    at: PURE,
  },
  count + averages,
);

export const flowTape: Tape = {
  kinds: ["book"],
  columns: { ...tallied, meanImbalance3: PURE, meanImbalance10: PURE, meanDepth: VOLUME, meanBestShare: PURE },
  cells: [...dimensions, ...timeDimensions, ...keptDimensions],
  absorb(batch: EventBatch, row: number, state: Float64Array): void {
    if (batch.kind !== "book") return;
    const { bidPrice, bidSize, askPrice, askSize } = batch;
    pass(state, batch.at[row] as number);
    const known = state[kept.seen] === 1;
    let [changed, deep, total, bids, asks, bid3, ask3] = [false, false, 0, 0, 0, 0, 0];
    for (let k = 0; k < BOOK_LEVELS; k++) {
      const level = row * BOOK_LEVELS + k;
      const bid = priceOf(bidPrice, level);
      const ask = priceOf(askPrice, level);
      const b = bid === 0 ? 0 : sizeOf(bidSize, level);
      const a = ask === 0 ? 0 : sizeOf(askSize, level);
      const bidBefore = state[kept.bidPrice1 + k] as number;
      const askBefore = state[kept.askPrice1 + k] as number;
      const bBefore = state[kept.bidSize1 + k] as number;
      const aBefore = state[kept.askSize1 + k] as number;
      // A level that was not there, or is no more, is at the worst of prices.
      const askBetter = (askBefore === 0 ? Number.MAX_VALUE : askBefore) - (ask === 0 ? Number.MAX_VALUE : ask);
      const flow = sideFlow(bid - bidBefore, b, bBefore) - sideFlow(askBetter, a, aBefore);
      if (known) {
        tally(state, sum.flow1 + k, flow);
        tally(state, sum.standing1 + k, b + a + bBefore + aBefore);
        total += flow;
      }
      if (bid !== bidBefore || ask !== askBefore || b !== bBefore || a !== aBefore) {
        if (k === 0) changed = true;
        else deep = true;
      }
      bids += b;
      asks += a;
      if (k === 2) [bid3, ask3] = [bids, asks];
      state[kept.bidPrice1 + k] = bid;
      state[kept.askPrice1 + k] = ask;
      state[kept.bidSize1 + k] = b;
      state[kept.askSize1 + k] = a;
    }
    if (known) {
      noteMessage(state, total, changed, deep);
      noteDepth(state, bids - (state[kept.bidDepth] as number), sum.bidCame);
      noteDepth(state, asks - (state[kept.askDepth] as number), sum.askCame);
    }
    state[kept.seen] = 1;
    state[kept.bidDepth] = bids;
    state[kept.askDepth] = asks;
    state[kept.bid3] = bid3;
    state[kept.ask3] = ask3;
  },
  emit(state: Float64Array, out: Float64Array, at: number): void {
    pass(state, at);
    if (state[time.seconds] === 0) credit(state, 1);
    handOut(state, 0, count, out);
    const seconds = state[time.seconds] as number;
    for (let k = 1; k < averages; k++) out[count + k - 1] = (state[time.seconds + k] as number) / seconds;
    state.fill(0, time.seconds, time.seconds + averages);
  },
};

function priceOf(column: Float64Array, place: number): number {
  const price = column[place] as number;
  return isPrice(price) ? price : 0;
}

function sizeOf(column: Float64Array, place: number): number {
  const size = column[place] as number;
  return isSize(size) ? size : 0;
}

function noteMessage(state: Float64Array, flow: number, changed: boolean, deep: boolean): void {
  const before = state[kept.flow] as number;
  tally(state, sum.messages, 1);
  if (changed) tally(state, sum.atBest, 1);
  else if (deep) tally(state, sum.deeper, 1);
  tally(state, sum.squares, flow * flow);
  tally(state, sum.products, flow * before);
  tally(state, sum.signProducts, Math.sign(flow) * Math.sign(before));
  state[kept.flow] = flow;
}

/** `came` is the cell for increases; the one for decreases follows it. */
function noteDepth(state: Float64Array, change: number, came: number): void {
  tally(state, change > 0 ? came : came + 1, Math.abs(change));
}

/** Time goes on to `at` with the book as it stands. */
function pass(state: Float64Array, at: number): void {
  const before = state[kept.at] as number;
  if (before > 0 && at > before) credit(state, (at - before) / 1e6);
  if (at > before) state[kept.at] = at;
}

function credit(state: Float64Array, seconds: number): void {
  const bids = state[kept.bidDepth] as number;
  const asks = state[kept.askDepth] as number;
  const bid3 = state[kept.bid3] as number;
  const ask3 = state[kept.ask3] as number;
  // Nothing is said of an empty or one-sided book.
  if (!(bids > 0 && asks > 0)) return;
  tally(state, time.seconds, seconds);
  if (bid3 + ask3 > 0) tally(state, time.imbalance3, ((bid3 - ask3) / (bid3 + ask3)) * seconds);
  tally(state, time.imbalance10, ((bids - asks) / (bids + asks)) * seconds);
  tally(state, time.depth, (bids + asks) * seconds);
  tally(state, time.bestShare, (((state[kept.bidSize1] as number) + (state[kept.askSize1] as number)) / (bids + asks)) * seconds);
}
