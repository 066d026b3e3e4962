// Trades since the bar before, as columns of the bar. The aggressor comes with the trade; where it is not known the trade takes the sign of
// the last price change (the tick rule, Lee and Ready 1991).
import type { EventBatch } from "#domain/market.js";
import { type Dimension, PRICE, PURE, VOLUME } from "./columns.js";
import type { Tape } from "./tape.js";

const COUNT = 0;
const BOUGHT = 1;
const SOLD = 2;
const LAST_PRICE = 3;
const LAST_SIGN = 4;

const cells: readonly Dimension[] = [PURE, VOLUME, VOLUME, PRICE, PURE];

export const tradeTape: Tape = {
  kinds: ["trade"],
  columns: { count: PURE, bought: VOLUME, sold: VOLUME },
  cells,
  absorb(batch: EventBatch, row: number, state: Float64Array): void {
    if (batch.kind !== "trade") return;
    const price = batch.price[row] as number;
    const size = batch.size[row] as number;
    const last = state[LAST_PRICE] as number;
    const given = batch.aggressor[row] as number;
    const sign = given !== 0 ? given : last === 0 || price === last ? (state[LAST_SIGN] as number) : price > last ? 1 : -1;
    state[COUNT] = (state[COUNT] as number) + 1;
    if (sign > 0) state[BOUGHT] = (state[BOUGHT] as number) + size;
    if (sign < 0) state[SOLD] = (state[SOLD] as number) + size;
    state[LAST_PRICE] = price;
    state[LAST_SIGN] = sign;
  },
  emit(state: Float64Array, out: Float64Array): void {
    out[0] = state[COUNT] as number;
    out[1] = state[BOUGHT] as number;
    out[2] = state[SOLD] as number;
    state.fill(0, COUNT, SOLD + 1);
  },
};
