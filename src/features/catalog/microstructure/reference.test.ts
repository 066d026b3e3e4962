// Values against figures computed independently by numpy and scipy from the same messages (test/reference/features/microstructure/make.py).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { InstrumentIx } from "#domain/instrument.js";
import { BOOK_LEVELS, createBookBatch, createTradeBatch, type EventBatch, toBarBatch } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import { compileFeatures } from "#features/plan/compile.js";
import { microstructure } from "./microstructure.js";

type Event = readonly [at: number, kind: number, tick: number, size: number, sign: number];
interface Reference {
  readonly events: readonly Event[];
  /** Number of events that build the first book. */
  readonly start: number;
  readonly ends: readonly number[];
  readonly tick: number;
  readonly bars: readonly (readonly [open: number, high: number, low: number, close: number, volume: number])[];
  readonly at: readonly number[];
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
}

const file = new URL("../../../../test/reference/features/microstructure/microstructure.json", import.meta.url);
const reference = JSON.parse(readFileSync(file, "utf8")) as Reference;
const EPOCH = 1_000_000_000_000;

/** Bids and asks: size by tick. */
const book = [new Map<number, number>(), new Map<number, number>()] as const;

function change([, side, tick, size]: Event): void {
  const levels = book[side as 0 | 1];
  if (size === 0) levels.delete(tick);
  else levels.set(tick, size);
}

function bookRow(at: number): EventBatch {
  const batch = createBookBatch(1);
  batch.at[0] = batch.seenAt[0] = EPOCH + at;
  const sides = [
    { ticks: [...book[0].keys()].sort((a, b) => b - a), prices: batch.bidPrice, sizes: batch.bidSize },
    { ticks: [...book[1].keys()].sort((a, b) => a - b), prices: batch.askPrice, sizes: batch.askSize },
  ];
  sides.forEach(({ ticks, prices, sizes }, side) => {
    for (let k = 0; k < BOOK_LEVELS; k++) {
      prices[k] = (ticks[k] as number) * reference.tick;
      sizes[k] = book[side as 0 | 1].get(ticks[k] as number) as number;
    }
  });
  return batch;
}

function tradeRow([at, , tick, size, sign]: Event): EventBatch {
  const batch = createTradeBatch(1);
  batch.at[0] = batch.seenAt[0] = EPOCH + at;
  batch.price[0] = tick * reference.tick;
  batch.size[0] = size;
  batch.aggressor[0] = sign;
  return batch;
}

/** The values of every bar, one row each. */
function replay(): Float64Array[] {
  const options = { instruments: 1, tradable: Uint8Array.of(1), minHistory: 1, filters: [], priceBasis: "raw" as const };
  const plan = compileFeatures(microstructure, options);
  const { events, start, ends, bars } = reference;
  events.slice(0, start).forEach(change);
  plan.advance(bookRow(0), 0, 1);
  let next = start;
  return ends.map((end, b) => {
    for (; next < events.length && (events[next] as Event)[0] < end; next++) {
      const event = events[next] as Event;
      if (event[1] !== 2) change(event);
      plan.advance(event[1] === 2 ? tradeRow(event) : bookRow(event[0]), 0, 1);
    }
    const [open, high, low, close, volume] = bars[b] as Reference["bars"][number];
    const at = (EPOCH + end) as Micros;
    const openAt = (EPOCH + (ends[b - 1] ?? 0)) as Micros;
    const row = { instrument: 0 as InstrumentIx, openAt, at, seenAt: at, open, high, low, close, volume };
    plan.advance(toBarBatch([row]), 0, 1);
    return plan.frame(0 as Micros, 0 as Micros).values.slice();
  });
}

const frames = replay();
/** The normal distribution function is known to 7.5e-8 only. */
const tolerances: Readonly<Record<string, number>> = { bulk_imbalance_60: 1e-6, bulk_vpin_50: 1e-6 };

describe("microstructure against numpy and scipy", () => {
  it.each(Object.keys(reference.values))("%s agrees", (name) => {
    const f = microstructure.findIndex((definition) => definition.name === name);
    expect(f, `${name} is a feature`).toBeGreaterThanOrEqual(0);
    const wanted = reference.values[name] as readonly (number | null)[];
    const scale = Math.max(...wanted.map((v) => Math.abs(v ?? 0)));
    expect(scale).toBeGreaterThan(0);
    reference.at.forEach((t, k) => {
      const v = wanted[k] as number | null;
      const ours = frames[t]?.[f] as number;
      if (v === null) expect(ours, `bar ${t}`).toBeNaN();
      else
        expect(Math.abs(ours - v), `bar ${t}: ${ours} for ${v}`).toBeLessThanOrEqual(
          (tolerances[name] ?? 1e-9) * Math.max(scale, Math.abs(v)),
        );
    });
  });
});
