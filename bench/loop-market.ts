// One-second bars of many instruments around the clock: one market, eleven sectors, what is each one's own, and a pull back to a slow mean,
// so that there is something to learn and orders do not stop.
import { createRng } from "#base/rng.js";
import { type BarBatch, createBarBatch } from "#domain/market.js";
import { SECOND_US } from "#domain/time.js";

export const SECTORS = 11;
const START = Date.UTC(2024, 0, 2) * 1000;
/** Deviations of a second's logarithmic return. */
const MARKET = 4e-5;
const SECTOR = 5e-5;
const OWN = 2e-4;
/** Part of the distance to the slow mean that is made good in a second. */
const PULL = 0.02;

/** The first bar opens here, Micros. */
export const LOOP_START = START;

/** One batch a second, one row an instrument. Prices in cents of at least 1. The same seed gives the same market for the same instruments. */
export function* secondBars(seed: string, instruments: number, seconds: number): Generator<BarBatch, void> {
  const rng = createRng(seed);
  const mean = Float64Array.from({ length: instruments }, () => Math.log(20 + 180 * rng.next()));
  const level = Float64Array.from(mean);
  const volume = Float64Array.from({ length: instruments }, () => Math.exp(5 + rng.normal()));
  const sectors = new Float64Array(SECTORS);
  for (let second = 0; second < seconds; second++) {
    const batch = createBarBatch(instruments);
    const market = MARKET * rng.normal();
    for (let s = 0; s < SECTORS; s++) sectors[s] = SECTOR * rng.normal();
    const openAt = START + second * SECOND_US;
    for (let i = 0; i < instruments; i++) {
      const before = level[i] as number;
      const common = market + (sectors[i % SECTORS] as number);
      mean[i] = (mean[i] as number) + common;
      level[i] = before + common + PULL * ((mean[i] as number) - before) + OWN * rng.normal();
      const open = cents(Math.exp(before));
      const close = cents(Math.exp(level[i] as number));
      batch.instrument[i] = i;
      batch.openAt[i] = openAt;
      batch.at[i] = batch.seenAt[i] = openAt + SECOND_US;
      batch.open[i] = open;
      batch.high[i] = Math.max(open, close) + 0.01 * rng.int(2);
      batch.low[i] = Math.max(0.01, cents(Math.min(open, close) - 0.01 * rng.int(2)));
      batch.close[i] = close;
      batch.volume[i] = Math.ceil((volume[i] as number) * (0.5 + rng.next()));
    }
    yield batch;
  }
}

function cents(price: number): number {
  return Math.max(1, Math.round(price * 100)) / 100;
}
