// Volume at price since the bar before, in at most 32 bins of the log distance from the bar's first trade. A bin is 2^-16 wide to begin
// with; when a price lies outside, neighboring bins are merged two by two until it fits.
import type { EventBatch } from "#domain/market.js";
import { cellsOf, numbered, raise, tally } from "./cells.js";
import { PRICE, PURE, VOLUME } from "./columns.js";
import type { Tape } from "./tape.js";
import { isPrice, isSize } from "./trade-sign.js";

const BINS = 32;
const MIDDLE = BINS / 2;
const NARROWEST = 2 ** -16;
/** Share of the volume in the value area (Steidlmayer 1984: 70 %). */
const VALUE_AREA = 0.7;

const { at: cell, dimensions } = cellsOf({ anchor: PRICE, width: PURE, last: PRICE, ...numbered("bin", BINS, VOLUME) });

export const profileTape: Tape = {
  kinds: ["trade"],
  columns: {
    /** Shares of the volume: in the fullest bin, and in the fullest that is not its neighbor. */
    modal: PURE,
    second: PURE,
    /** Entropy of the shares in nats. */
    entropy: PURE,
    /** Bins with volume. */
    occupied: PURE,
    /** Log distances of the last trade from the fullest bin, and of the value area's ends from it (below <= 0 <= above). */
    fromMode: PURE,
    below: PURE,
    above: PURE,
    /** Share of the volume above the last price's bin, less that below. */
    overhang: PURE,
  },
  cells: dimensions,
  absorb(batch: EventBatch, row: number, state: Float64Array): void {
    if (batch.kind !== "trade") return;
    const price = batch.price[row] as number;
    const size = batch.size[row] as number;
    if (!isPrice(price) || !isSize(size)) return;
    if (state[cell.anchor] === 0) {
      state[cell.anchor] = price;
      state[cell.width] = NARROWEST;
    }
    state[cell.last] = price;
    tally(state, cell.bin1 + fit(state, price), size);
  },
  emit(state: Float64Array, out: Float64Array): void {
    out.fill(Number.NaN);
    if (state[cell.anchor] !== 0) describe(state, out);
    state.fill(0);
  },
};

/** The bin in which a price lies, which may be outside. The anchor is half a narrowest bin away from any edge, out of reach of rounding. */
function binOf(state: Float64Array, price: number): number {
  const distance = Math.log(price / (state[cell.anchor] as number));
  return MIDDLE + Math.floor((distance + NARROWEST / 2) / (state[cell.width] as number));
}

/** The bin of a price; widens the bins when it lies outside. */
function fit(state: Float64Array, price: number): number {
  for (;;) {
    const bin = binOf(state, price);
    if (bin >= 0 && bin < BINS) return bin;
    if (!Number.isFinite(bin)) return MIDDLE;
    state[cell.width] = 2 * (state[cell.width] as number);
    merge(state);
  }
}

/** Bins of twice the width, edges on edges. */
function merge(state: Float64Array): void {
  const bins = state.subarray(cell.bin1, cell.bin1 + BINS);
  // Towards the middle from both sides, so that nothing is overwritten before it is read.
  for (let k = MIDDLE; k < BINS; k += 2) bins[MIDDLE + (k - MIDDLE) / 2] = (bins[k] as number) + (bins[k + 1] as number);
  for (let k = MIDDLE - 1; k > 0; k -= 2) bins[MIDDLE + (k - 1 - MIDDLE) / 2] = (bins[k] as number) + (bins[k - 1] as number);
  bins.fill(0, 0, MIDDLE / 2);
  bins.fill(0, MIDDLE + MIDDLE / 2);
}

function describe(state: Float64Array, out: Float64Array): void {
  const bins = state.subarray(cell.bin1, cell.bin1 + BINS);
  const width = state[cell.width] as number;
  let total = 0;
  for (let k = 0; k < BINS; k++) total += bins[k] as number;
  if (!(total > 0)) return;
  let [mode, occupied, entropy] = [0, 0, 0];
  for (let k = 0; k < BINS; k++) {
    const share = (bins[k] as number) / total;
    if (share > 0) {
      occupied++;
      entropy -= share * Math.log(share);
    }
    if ((bins[k] as number) > (bins[mode] as number)) mode = k;
  }
  const last = binOf(state, state[cell.last] as number);
  let [above, below] = [0, 0];
  for (let k = 0; k < BINS; k++) {
    if (k > last) above += bins[k] as number;
    if (k < last) below += bins[k] as number;
  }
  const second = Float64Array.of(0);
  for (let k = 0; k < BINS; k++) if (Math.abs(k - mode) > 1) raise(second, 0, bins[k] as number);
  const [bottom, top] = valueArea(bins, mode, total * VALUE_AREA);
  out[0] = (bins[mode] as number) / total;
  out[1] = (second[0] as number) / total;
  out[2] = entropy;
  out[3] = occupied;
  out[4] = (last - mode) * width;
  out[5] = (bottom - mode) * width;
  out[6] = (top - mode) * width;
  out[7] = (above - below) / total;
}

/** Bins around the fullest that hold `wanted`: the fuller neighbor is taken first, the lower one when they are equal; none beyond all volume. */
function valueArea(bins: Float64Array, mode: number, wanted: number): readonly [number, number] {
  const lowest = bins.findIndex((volume) => volume > 0);
  const highest = bins.findLastIndex((volume) => volume > 0);
  let [bottom, top, held] = [mode, mode, bins[mode] as number];
  while (held < wanted && (bottom > lowest || top < highest)) {
    const under = bottom > lowest ? (bins[bottom - 1] as number) : -1;
    const over = top < highest ? (bins[top + 1] as number) : -1;
    if (under >= over) bottom--;
    else top++;
    held += Math.max(under, over);
  }
  return [bottom, top];
}
