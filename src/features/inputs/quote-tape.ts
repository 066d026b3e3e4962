// The best bid and ask since the bar before: what they are at its end, averages over time, how often and which way they moved. From
// quotes, or from books until the first quote of the instrument comes. A quote without one side leaves that side as it was.
import { BOOK_LEVELS, type EventBatch } from "#domain/market.js";
import { cellsOf, handOut, tally } from "./cells.js";
import { PRICE, PURE, VOLUME } from "./columns.js";
import { sideFlow } from "./order-flow.js";
import type { Tape } from "./tape.js";
import { isPrice, isSamePrice, isSize } from "./trade-sign.js";

/** Tallies of the bar: each is a column as it stands. */
const tallied = {
  /** Rows, and rows that changed no price. */
  updates: PURE,
  sizeOnly: PURE,
  bidRises: PURE,
  bidFalls: PURE,
  askRises: PURE,
  askFalls: PURE,
  /** Moves of the mid, how many went against the move before, sums of squared and absolute log moves. */
  midMoves: PURE,
  midTurns: PURE,
  midSquares: PURE,
  midAbsolute: PURE,
  /** Sums of how much the relative spread widened, and narrowed. */
  widened: PURE,
  narrowed: PURE,
  /** Order flow at the best (Cont, Kukanov and Stoikov 2014, equation 4): sum, sum of absolute values. */
  flow: VOLUME,
  absoluteFlow: VOLUME,
  /** Increases, and decreases, of the size at an unchanged best price. */
  bidAdded: VOLUME,
  bidRemoved: VOLUME,
  askAdded: VOLUME,
  askRemoved: VOLUME,
} as const;
const averaged = {
  /** Averages over the time with two sides: spread / mid, its square, imbalance of sizes, both sizes together, share locked or crossed. */
  meanSpread: PURE,
  meanImbalance: PURE,
  meanSize: VOLUME,
  meanSpreadSquare: PURE,
  crossed: PURE,
} as const;
const atEnd = { bid: PRICE, ask: PRICE, bidSize: VOLUME, askSize: VOLUME, /** Seconds since the mid last moved. */ age: PURE } as const;

const count = Object.keys(tallied).length;
const averages = Object.keys(averaged).length;
const end = count + averages;
const { at: sum, dimensions } = cellsOf(tallied);
const { at: time, dimensions: timeDimensions } = cellsOf({ seconds: PURE, ...averaged }, count);
const { at: best, dimensions: bestDimensions } = cellsOf(
  { bid: PRICE, ask: PRICE, bidSize: VOLUME, askSize: VOLUME, at: PURE, movedAt: PURE, move: PURE, quoted: PURE },
  count + 1 + averages,
);

export const quoteTape: Tape = {
  kinds: ["quote", "book"],
  columns: { ...tallied, ...averaged, ...atEnd },
  cells: [...dimensions, ...timeDimensions, ...bestDimensions],
  absorb(batch: EventBatch, row: number, state: Float64Array): void {
    if (batch.kind === "quote") {
      state[best.quoted] = 1;
      const bid = batch.bid[row] as number;
      const ask = batch.ask[row] as number;
      const bidSize = batch.bidSize[row] as number;
      const askSize = batch.askSize[row] as number;
      const [hasBid, hasAsk] = [isPrice(bid), isPrice(ask)];
      note(
        state,
        batch.at[row] as number,
        hasBid ? bid : (state[best.bid] as number),
        hasAsk ? ask : (state[best.ask] as number),
        hasBid ? (isSize(bidSize) ? bidSize : 0) : (state[best.bidSize] as number),
        hasAsk ? (isSize(askSize) ? askSize : 0) : (state[best.askSize] as number),
      );
    } else if (batch.kind === "book" && state[best.quoted] === 0) {
      const level = row * BOOK_LEVELS;
      const bid = batch.bidPrice[level] as number;
      const ask = batch.askPrice[level] as number;
      const bidSize = batch.bidSize[level] as number;
      const askSize = batch.askSize[level] as number;
      note(
        state,
        batch.at[row] as number,
        isPrice(bid) ? bid : 0,
        isPrice(ask) ? ask : 0,
        isPrice(bid) && isSize(bidSize) ? bidSize : 0,
        isPrice(ask) && isSize(askSize) ? askSize : 0,
      );
    }
  },
  emit(state: Float64Array, out: Float64Array, at: number): void {
    pass(state, at);
    const seconds = state[time.seconds] as number;
    const [bid, ask] = [state[best.bid] as number, state[best.ask] as number];
    const two = bid > 0 && ask > 0;
    handOut(state, 0, count, out);
    // Without a moment of two sides there is nothing to average, but what there is now.
    if (seconds === 0 && two) credit(state, 1);
    const weight = state[time.seconds] as number;
    for (let k = 0; k < averages; k++) out[count + k] = (state[time.meanSpread + k] as number) / weight;
    out[end] = bid > 0 ? bid : Number.NaN;
    out[end + 1] = ask > 0 ? ask : Number.NaN;
    out[end + 2] = state[best.bidSize] as number;
    out[end + 3] = state[best.askSize] as number;
    out[end + 4] = state[best.movedAt] === 0 ? Number.NaN : Math.max(0, at - (state[best.movedAt] as number)) / 1e6;
    state.fill(0, time.seconds, best.bid);
  },
};

function note(state: Float64Array, at: number, bid: number, ask: number, bidSize: number, askSize: number): void {
  pass(state, at);
  const bidBefore = state[best.bid] as number;
  const askBefore = state[best.ask] as number;
  tally(state, sum.updates, 1);
  if (bid === bidBefore && ask === askBefore) tally(state, sum.sizeOnly, 1);
  if (bid > 0 && bidBefore > 0) noteBid(state, bid - bidBefore, bidSize);
  if (ask > 0 && askBefore > 0) noteAsk(state, ask - askBefore, askSize);
  if (bid > 0 && ask > 0 && bidBefore > 0 && askBefore > 0) {
    const bidGain = sideFlow(bid - bidBefore, bidSize, state[best.bidSize] as number);
    const gain = bidGain - sideFlow(askBefore - ask, askSize, state[best.askSize] as number);
    tally(state, sum.flow, gain);
    tally(state, sum.absoluteFlow, Math.abs(gain));
    noteMid(state, at, bid / 2 + ask / 2, bidBefore / 2 + askBefore / 2);
    const wider = (ask - bid) / (ask / 2 + bid / 2) - (askBefore - bidBefore) / (askBefore / 2 + bidBefore / 2);
    tally(state, wider > 0 ? sum.widened : sum.narrowed, Math.abs(wider));
  } else if (state[best.movedAt] === 0 && bid > 0 && ask > 0) state[best.movedAt] = at;
  state[best.bid] = bid;
  state[best.ask] = ask;
  state[best.bidSize] = bidSize;
  state[best.askSize] = askSize;
}

function noteBid(state: Float64Array, move: number, size: number): void {
  if (move !== 0) {
    tally(state, move > 0 ? sum.bidRises : sum.bidFalls, 1);
    return;
  }
  const change = size - (state[best.bidSize] as number);
  tally(state, change > 0 ? sum.bidAdded : sum.bidRemoved, Math.abs(change));
}

function noteAsk(state: Float64Array, move: number, size: number): void {
  if (move !== 0) {
    tally(state, move > 0 ? sum.askRises : sum.askFalls, 1);
    return;
  }
  const change = size - (state[best.askSize] as number);
  tally(state, change > 0 ? sum.askAdded : sum.askRemoved, Math.abs(change));
}

function noteMid(state: Float64Array, at: number, mid: number, before: number): void {
  if (isSamePrice(mid, before)) return;
  const move = Math.log(mid / before);
  tally(state, sum.midMoves, 1);
  tally(state, sum.midSquares, move * move);
  tally(state, sum.midAbsolute, Math.abs(move));
  const direction = mid > before ? 1 : -1;
  if (direction * (state[best.move] as number) < 0) tally(state, sum.midTurns, 1);
  state[best.move] = direction;
  state[best.movedAt] = at;
}

/** Time goes on to `at` with the best as it stands. */
function pass(state: Float64Array, at: number): void {
  const before = state[best.at] as number;
  if (before > 0 && at > before) credit(state, (at - before) / 1e6);
  if (at > before) state[best.at] = at;
}

function credit(state: Float64Array, seconds: number): void {
  const bid = state[best.bid] as number;
  const ask = state[best.ask] as number;
  if (!(bid > 0 && ask > 0)) return;
  const bidSize = state[best.bidSize] as number;
  const askSize = state[best.askSize] as number;
  const spread = (ask - bid) / (ask / 2 + bid / 2);
  const size = bidSize + askSize;
  tally(state, time.seconds, seconds);
  tally(state, time.meanSpread, spread * seconds);
  tally(state, time.meanSpreadSquare, spread * spread * seconds);
  if (size > 0) tally(state, time.meanImbalance, ((bidSize - askSize) / size) * seconds);
  tally(state, time.meanSize, size * seconds);
  if (ask <= bid) tally(state, time.crossed, seconds);
}
