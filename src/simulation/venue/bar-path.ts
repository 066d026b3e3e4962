// A bar as four prints in time order: open, the worse leg, the better leg, close. What is worse depends on who asks:
// a buyer sees the high before the low, a seller the low before the high. Nobody is ever filled on the lucky order of things.
import type { BarBatch } from "#domain/market.js";

export const PRINTS = 4;

/** Exchange time of print k of the row: the start, one third, two thirds, and one microsecond before the (exclusive) end. */
export function printTime(batch: BarBatch, row: number, k: number): number {
  const open = batch.openAt[row] as number;
  const end = batch.at[row] as number;
  return k === 3 ? Math.max(open, end - 1) : open + Math.floor(((end - open) * k) / 3);
}

/** Price of print k as a buyer (`buys`) or a seller meets it. */
export function printPrice(batch: BarBatch, row: number, k: number, buys: boolean): number {
  if (k === 0) return batch.open[row] as number;
  if (k === 3) return batch.close[row] as number;
  return ((k === 1) === buys ? batch.high[row] : batch.low[row]) as number;
}

/**
 * What one who takes liquidity meets at the moment `at`, which lies within the bar: the last print, but never the better leg.
 * Between that and the close he gets the close: the bar does not say that the lucky moment was his.
 */
export function takerPrice(batch: BarBatch, row: number, at: number, buys: boolean): number {
  const last = printAt(batch, row, at);
  return printPrice(batch, row, last === 2 ? 3 : last, buys);
}

/** The last print at or before the moment; -1 when the bar has not opened yet. */
export function printAt(batch: BarBatch, row: number, at: number): number {
  let last = -1;
  for (let k = 0; k < PRINTS; k++) if (printTime(batch, row, k) <= at) last = k;
  return last;
}
