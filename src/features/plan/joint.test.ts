// What a plan makes of other instruments, facts, trades and longer bars: each against a calculation by hand.
import { describe, expect, it } from "vitest";
import type { Fact } from "#domain/fact.js";
import type { InstrumentIx } from "#domain/instrument.js";
import { type BarBatch, createTradeBatch, toBarBatch } from "#domain/market.js";
import { DAY_US, HOUR_US, type Micros, MINUTE_US } from "#domain/time.js";
import { PRICE } from "#features/inputs/columns.js";
import { atTimeframe, defineFeature, type FeatureDefinition } from "#features/language/definition.js";
import { close, fact, marketFact, tape, volume } from "#features/language/inputs.js";
import { across, fold, peer, withinSector } from "#features/language/joint.js";
import type { Series } from "#features/language/series.js";
import type { FeaturePlan } from "#ports/stages.js";
import { compileFeatures, type PlanOptions } from "./compile.js";

const feature = (name: string, expr: Series): FeatureDefinition =>
  defineFeature({ name, group: "test", version: 1, expr, unit: "", range: [null, null], source: "" });

function planOf(exprs: readonly Series[], instruments: number, options: Partial<PlanOptions> = {}): FeaturePlan {
  const tradable = new Uint8Array(instruments).fill(1);
  const definitions = exprs.map((expr, k) => feature(`f${k}`, expr));
  return compileFeatures(definitions, { instruments, tradable, minHistory: 1, filters: [], priceBasis: "raw", ...options });
}

/** Bars of one length that end at `end` lengths, one per instrument and price (NaN: none). */
function bars(end: number, closes: readonly number[], length = DAY_US): BarBatch {
  const at = (end * length) as Micros;
  return toBarBatch(
    closes.flatMap((price, i) =>
      Number.isNaN(price)
        ? []
        : [
            {
              instrument: i as InstrumentIx,
              openAt: (at - length) as Micros,
              at,
              seenAt: at,
              open: price,
              high: price + 1,
              low: price - 1,
              close: price,
              volume: 10,
            },
          ],
    ),
  );
}

function feed(plan: FeaturePlan, batch: BarBatch): void {
  plan.advance(batch, 0, batch.length);
}

const shown = (plan: FeaturePlan): number[] => [...plan.frame(0 as Micros, 0 as Micros).values];
const told = (field: string, instrument: number | null, at: number, seenAt: number, value: number): Fact => ({
  kind: "fact",
  field,
  instrument: instrument as InstrumentIx | null,
  at: (at * DAY_US) as Micros,
  seenAt: (seenAt * DAY_US) as Micros,
  value,
});

const ret = close.change(1);

describe("values over the instruments of a moment", () => {
  it("take those with a bar at that moment, whatever the order and the cut of the rows", () => {
    const exprs = [across("mean", ret), withinSector("mean", ret), peer("market", ret), across("mean", ret).mean(2)];
    const options = { sector: Int32Array.of(0, 0, 1, -1), peers: { market: 3 }, tradable: Uint8Array.of(1, 1, 1, 0) };
    const days = [bars(1, [10, 20, 40, 100]), bars(2, [11, 20, 44, 101]), bars(3, [11, 22, Number.NaN, 102])];
    const whole = planOf(exprs, 4, options);
    for (const day of days) feed(whole, day);
    const single = planOf(exprs, 4, options);
    for (const day of days) for (let row = day.length - 1; row >= 0; row--) single.advance(day, row, row + 1);
    const values = shown(whole);
    expect(shown(single)).toEqual(values);
    // Third day: 0 and 10 % in sector 0; the third instrument keeps what it had on the second.
    expect(values[0]).toBeCloseTo(0.05, 12);
    expect(values[1]).toBeCloseTo(0.05, 12);
    expect(values[2]).toBeCloseTo(102 / 101 - 1, 12);
    expect(values[3]).toBeCloseTo((0.05 + 0.2 / 3) / 2, 12);
    expect(values[4]).toBe(values[0]);
    expect(values[8]).toBeCloseTo(0.2 / 3, 12);
    expect(values[9]).toBeCloseTo(0.1, 12);
    // No sector is known of the last, and it is in the universe's mean only as a reader.
    expect(values[13]).toBeNaN();
  });

  it("go on from a snapshot taken in the middle of a moment", () => {
    const exprs = [across("std", ret), across("mean", ret).std(2)];
    const days = [bars(1, [10, 20, 40]), bars(2, [11, 20, 44]), bars(3, [12, 21, 40])];
    const whole = planOf(exprs, 3);
    for (const day of days) feed(whole, day);
    const first = planOf(exprs, 3);
    feed(first, days[0] as BarBatch);
    feed(first, days[1] as BarBatch);
    first.advance(days[2] as BarBatch, 0, 1);
    const second = planOf(exprs, 3);
    second.restore(first.snapshot());
    second.advance(days[2] as BarBatch, 1, 3);
    expect(shown(second)).toEqual(shown(whole));
  });

  it("refuse prices of different instruments, which do not compare", () => {
    // @ts-expect-error nor does it compile
    expect(() => planOf([across("mean", close)], 1)).toThrow(/dimensionally wrong/);
  });
});

describe("facts", () => {
  it("are known from the moment they were published, corrections apart from news, and a split rescales what is per share", () => {
    const eps = (back: number): Series<"price"> => fact("eps", { back, dimension: PRICE });
    const plan = planOf([eps(0), eps(1), fact("eps", { show: "age" }), fact("eps", { show: "count" }), marketFact("yield")], 1);
    feed(plan, bars(1, [10]));
    expect(shown(plan)).toEqual([Number.NaN, Number.NaN, Number.NaN, 0, Number.NaN]);
    plan.reference(told("eps", 0, 0, 2, 4));
    plan.reference(told("yield", null, 0, 2, 5));
    feed(plan, bars(3, [10]));
    expect(shown(plan)).toEqual([4, Number.NaN, 1, 1, 5]);
    plan.reference(told("eps", 0, 3, 4, 6));
    plan.reference(told("eps", 0, 0, 4, 3)); // restated
    feed(plan, bars(5, [10]));
    expect(shown(plan)).toEqual([6, 3, 1, 2, 5]);
    plan.reference({ kind: "split", instrument: 0 as InstrumentIx, at: 0 as Micros, seenAt: 0 as Micros, ratio: 2 });
    feed(plan, bars(6, [5]));
    expect(shown(plan)).toEqual([3, 1.5, 2, 0, 5]);
  });
});

describe("a fact that two features read differently", () => {
  it("keeps what a split does to it, and is refused when they disagree", () => {
    const plan = planOf([fact("eps", { show: "age" }), fact("eps", { dimension: PRICE })], 1);
    plan.reference(told("eps", 0, 0, 0, 4));
    plan.reference({ kind: "split", instrument: 0 as InstrumentIx, at: 0 as Micros, seenAt: 0 as Micros, ratio: 2 });
    feed(plan, bars(1, [10]));
    expect(shown(plan)).toEqual([1, 2]);
    expect(() => planOf([fact("eps"), fact("eps", { dimension: PRICE })], 1)).toThrow(/disagree on what a split does to the fact "eps"/);
  });
});

describe("a tape", () => {
  it("gives the bar what was traded since the bar before, and signs trades by the tick rule", () => {
    const plan = planOf([tape("trade", "count"), tape<"volume">("trade", "bought"), tape<"volume">("trade", "sold").div(volume)], 1);
    const trades = createTradeBatch(4);
    trades.price.set([10, 11, 11, 10]);
    trades.size.set([1, 2, 3, 4]);
    trades.aggressor.set([1, 0, 0, 0]);
    plan.advance(trades, 0, 4);
    feed(plan, bars(1, [10]));
    expect(shown(plan)).toEqual([4, 6, 0.4]);
    feed(plan, bars(2, [10]));
    expect(shown(plan)).toEqual([0, 0, 0]);
  });
});

describe("recursive functions and statistics", () => {
  it("skip what is not known and go on", () => {
    const efficiency = close.diff(2).abs().div(close.diff(1).abs().sum(2));
    const plan = planOf([fold<"price">("kama", [close, efficiency, close.lag(1)]), close.median(3), close.quantile(0.25, 3)], 1);
    const values = [10, 12, 11, 14].map((price, t) => {
      feed(plan, bars(t + 1, [price]));
      return shown(plan);
    });
    const next = ((2 / 4) * (2 / 3 - 2 / 31) + 2 / 31) ** 2;
    expect(values[1]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    // Moves 2 and -1: efficiency 1/3, from the close before. Then -1 and 3: 2/4.
    const first = 12 - ((1 / 3) * (2 / 3 - 2 / 31) + 2 / 31) ** 2;
    expect(values[2]?.[0]).toBeCloseTo(first, 12);
    expect(values[2]?.slice(1)).toEqual([11, 10.5]);
    expect(values[3]?.[0]).toBeCloseTo(first + next * (14 - first), 12);
    expect(values[3]?.slice(1)).toEqual([12, 11.5]);
  });
});

describe("longer bars", () => {
  it("count from the moment they are complete, whether or not a later bar has come", () => {
    const definitions = [feature("c", close), atTimeframe(feature("c", close), "1h"), atTimeframe(feature("h", close.sum(2)), "1h")];
    const plan = compileFeatures(definitions, {
      instruments: 1,
      tradable: Uint8Array.of(1),
      minHistory: 1,
      filters: [],
      priceBasis: "raw",
    });
    const show = (minutes: number): number[] => [...plan.frame((minutes * MINUTE_US) as Micros, 0 as Micros).values];
    for (let m = 1; m <= 59; m++) feed(plan, bars(m, [m], MINUTE_US));
    expect(show(59)).toEqual([59, Number.NaN, Number.NaN]);
    feed(plan, bars(60, [60], MINUTE_US));
    expect(show(60)).toEqual([60, 60, Number.NaN]);
    for (let m = 61; m <= 110; m++) feed(plan, bars(m, [m], MINUTE_US));
    const saved = plan.snapshot();
    expect(show(110)).toEqual([110, 60, Number.NaN]);
    // Nothing came for ten minutes: the hour is over all the same.
    expect(show(120)).toEqual([110, 110, 170]);
    feed(plan, bars(121, [121], MINUTE_US));
    expect(show(121)).toEqual([121, 110, 170]);
    const again = compileFeatures(definitions, {
      instruments: 1,
      tradable: Uint8Array.of(1),
      minHistory: 1,
      filters: [],
      priceBasis: "raw",
    });
    again.restore(saved);
    feed(again, bars(121, [121], MINUTE_US));
    expect([...again.frame((121 * MINUTE_US) as Micros, 0 as Micros).values]).toEqual([121, 110, 170]);
    expect(HOUR_US).toBe(60 * MINUTE_US);
  });
});
