// Longer bars beside the bars of the run: the same values as a plan of their own gets from bars aggregated elsewhere, whenever one looks.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { Fact } from "#domain/fact.js";
import type { InstrumentIx } from "#domain/instrument.js";
import { type BarBatch, type BarRow, toBarBatch } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import { HOUR_US, type IsoDate, type Micros, MINUTE_US } from "#domain/time.js";
import { atTimeframe, defineFeature, type FeatureDefinition } from "#features/language/definition.js";
import { fact } from "#features/language/inputs.js";
import { type Timeframe, timeframeLength, timeframes } from "#features/language/timeframe.js";
import { featureByName, featureSet } from "#features/registry.js";
import type { FeaturePlan } from "#ports/stages.js";
import { compileFeatures } from "./compile.js";

const names = ["mom_1", "mom_5", "rsi_14", "vol_20", "atr_14", "donchian_20", "obv_20", "skew_60", "macd_hist"];
const longer: readonly Timeframe[] = ["5m", "15m", "1h", "4h"];
const definitions = [
  ...names.map((name) => featureByName(name)),
  ...longer.flatMap((timeframe) => names.map((name) => featureByName(`${name}@${timeframe}`))),
];

/** Minutes of instruments from 13:30 on; a share of them is missing. */
function minutes(seed: string, count: number, instruments = 2, missing = 0.1): BarRow[] {
  const rng = createRng(seed);
  const prices = Array.from({ length: instruments }, (_, i) => 50 + 40 * i);
  const first = 20_000 * 24 * HOUR_US + 13.5 * HOUR_US;
  return Array.from({ length: count }, (_, m) => m).flatMap((m) =>
    prices.flatMap((open, i): BarRow[] => {
      const close = open * Math.exp(0.002 * rng.normal());
      prices[i] = close;
      if (rng.next() < missing) return [];
      const openAt = (first + m * MINUTE_US) as Micros;
      const at = (openAt + MINUTE_US) as Micros;
      const [high, low] = [Math.max(open, close) * 1.0003, Math.min(open, close) * 0.9998];
      return [{ instrument: i as InstrumentIx, openAt, at, seenAt: at, open, high, low, close, volume: 1 + rng.int(500) }];
    }),
  );
}

/** The longer bars that are complete at `now`, made the plain way. */
function aggregate(rows: readonly BarRow[], timeframe: Timeframe, now: number): BarRow[] {
  const length = timeframeLength(timeframe);
  const groups = new Map<string, BarRow[]>();
  for (const row of rows.filter(({ at }) => at <= now)) {
    const key = `${Math.ceil(row.at / length) * length}/${row.instrument}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups]
    .map(([key, of]): BarRow => {
      const at = Number(key.split("/")[0]) as Micros;
      const [first, last] = [of[0] as BarRow, of.at(-1) as BarRow];
      const [high, low] = [Math.max(...of.map((r) => r.high)), Math.min(...of.map((r) => r.low))];
      const volume = of.reduce((sum, r) => sum + r.volume, 0);
      return { ...first, at, seenAt: at, high, low, close: last.close, volume };
    })
    .filter(({ at }) => at <= now)
    .sort((a, b) => a.at - b.at || a.instrument - b.instrument);
}

function planOf(wanted: readonly FeatureDefinition[], sessions: readonly Session[] = [], instruments = 2): FeaturePlan {
  return compileFeatures(wanted, {
    instruments,
    tradable: new Uint8Array(instruments).fill(1),
    minHistory: 1,
    filters: [],
    priceBasis: "raw",
    sessions,
  });
}

function feed(plan: FeaturePlan, batch: BarBatch, from = 0, to = batch.length): void {
  plan.advance(batch, from, to);
}

const look = (plan: FeaturePlan, now: number): Float64Array => plan.frame(now as Micros, 0 as Micros).values.slice();

describe("longer bars", () => {
  const rows = minutes("minutes", 1500);
  const batch = toBarBatch(rows);
  const ends = [...new Set(rows.map(({ at }) => at))];

  it.each(longer)("of %s are those that anybody would make", (timeframe) => {
    const plan = planOf(definitions);
    const columns = definitions.flatMap((definition, c) => (definition.timeframe === timeframe ? [c] : []));
    let row = 0;
    for (const now of ends) {
      while (row < rows.length && (rows[row] as BarRow).at <= now) feed(plan, batch, row, ++row);
      if (now % (10 * MINUTE_US) !== 0) continue;
      const alone = planOf(names.map((name) => featureByName(name)));
      const bars = aggregate(rows.slice(0, row), timeframe, now);
      if (bars.length > 0) feed(alone, toBarBatch(bars));
      const wanted = look(alone, now);
      const got = look(plan, now);
      const own = [0, 1].flatMap((i) => columns.map((c) => got[i * definitions.length + c] as number));
      expect(own, `at ${now}`).toEqual([...wanted]);
    }
  });

  it("come out alike from a stream with decisions in between, a batch, and a restart anywhere", () => {
    const end = ends.at(-1) as number;
    const whole = planOf(definitions);
    feed(whole, batch);
    const wanted = look(whole, end);
    fc.assert(
      fc.property(fc.nat(rows.length), fc.string(), (at, seed) => {
        const rng = createRng(seed);
        const first = planOf(definitions);
        for (let row = 0; row < at; row++) {
          feed(first, batch, row, row + 1);
          // As the engine does: a decision comes after all bars of its moment.
          if (rng.int(20) === 0 && rows[row + 1]?.at !== rows[row]?.at) look(first, (rows[row] as BarRow).at);
        }
        const second = planOf(definitions);
        second.restore(first.snapshot());
        feed(second, batch, at, rows.length);
        expect(look(second, end)).toEqual(wanted);
      }),
      { numRuns: 6 },
    );
  });

  it("of a day are sessions, also when they cross midnight", () => {
    const day = (n: number): Session => ({
      date: `2024-01-0${n}` as IsoDate,
      openAt: (n * 24 * HOUR_US - 2 * HOUR_US) as Micros,
      closeAt: (n * 24 * HOUR_US + 20 * HOUR_US) as Micros,
      early: false,
    });
    const plan = planOf([featureByName("close"), featureByName("close@1d")], [day(1), day(2)]);
    const hours = Array.from({ length: 40 }, (_, h) => {
      const openAt = (22 * HOUR_US + h * HOUR_US) as Micros;
      const at = (openAt + HOUR_US) as Micros;
      return { instrument: 0 as InstrumentIx, openAt, at, seenAt: at, open: h, high: h, low: h, close: h, volume: 1 };
    });
    const shown = hours.map((row) => {
      feed(plan, toBarBatch([row]));
      return look(plan, row.at)[1];
    });
    // The first session's last bar ends at 20:00 of day 1: the 22nd hour.
    expect(shown.slice(0, 21).every(Number.isNaN)).toBe(true);
    expect(shown.slice(21)).toEqual(Array.from({ length: 19 }, () => 21));
  });

  it("of one moment meet, also where an instrument has no bar at their end, and looking on changes nothing", () => {
    const wanted = longer.flatMap((timeframe) => [`market_vol_ratio_5_60@${timeframe}`, `dispersion_percentile@${timeframe}`]);
    const six = minutes("holes", 1500, 6, 0.4);
    const [quiet, watched] = [6, 6].map((count) =>
      planOf(
        ["close", ...wanted].map((name) => featureByName(name)),
        [],
        count,
      ),
    );
    const end = six.at(-1)?.at as number;
    feed(quiet as FeaturePlan, toBarBatch(six));
    six.forEach((row, k) => {
      feed(watched as FeaturePlan, toBarBatch([row]));
      if (six[k + 1]?.at !== row.at) look(watched as FeaturePlan, row.at);
    });
    const values = look(quiet as FeaturePlan, end);
    expect(values).toEqual(look(watched as FeaturePlan, end));
    expect(values.filter((value) => !Number.isNaN(value)).length).toBeGreaterThan(12);
  });

  it("are not closed early by a bar of an earlier one that comes late", () => {
    const minute = (m: number, seen = m): BarRow => {
      const [openAt, at, seenAt] = [(m - 1) * MINUTE_US, m * MINUTE_US, seen * MINUTE_US] as [Micros, Micros, Micros];
      return { instrument: 0 as InstrumentIx, openAt, at, seenAt, open: m, high: m, low: m, close: m, volume: 1 };
    };
    const plan = planOf([featureByName("close"), featureByName("close@5m")]);
    const shown = [1, 2, 3, 4, 6, 5, 7, 8, 9, 10].map((m) => {
      const row = minute(m, m === 5 ? 6.5 : m);
      feed(plan, toBarBatch([row]));
      return look(plan, row.seenAt)[1];
    });
    expect(shown).toEqual([...Array.from({ length: 4 }, () => Number.NaN), 4, 4, 4, 4, 4, 10]);
  });

  it("do not know a fact that came after their end, though before the next bar", () => {
    const age = defineFeature({
      name: "age",
      group: "test",
      version: 1,
      expr: fact("report", { show: "age" }),
      unit: "days",
      range: [0, null],
      source: "test",
    });
    const plan = planOf([age, atTimeframe(age, "5m")]);
    const minute = (m: number): BarRow => {
      const [openAt, at] = [(m - 1) * MINUTE_US, m * MINUTE_US] as [Micros, Micros];
      return { instrument: 0 as InstrumentIx, openAt, at, seenAt: at, open: m, high: m, low: m, close: m, volume: 1 };
    };
    feed(plan, toBarBatch([minute(4)]));
    plan.reference({
      kind: "fact",
      instrument: 0 as InstrumentIx,
      field: "report",
      at: 0 as Micros,
      seenAt: (6 * MINUTE_US) as Micros,
      value: 1,
    });
    feed(plan, toBarBatch([minute(9)]));
    expect([...look(plan, 9 * MINUTE_US)].slice(0, 2)).toEqual([3 / 1440, Number.NaN]);
    expect([...look(plan, 10 * MINUTE_US)].slice(0, 2)).toEqual([3 / 1440, 4 / 1440]);
  });

  it("count a fact in the bar in which it became known, whoever else trades and whenever one looks", () => {
    const count = defineFeature({
      name: "news",
      group: "test",
      version: 1,
      expr: fact("news", { show: "count" }),
      unit: "",
      range: [0, null],
      source: "",
    });
    const bar = (instrument: number, minute: number): BarRow => {
      const at = (minute * MINUTE_US) as Micros;
      const prices = { open: 1, high: 1, low: 1, close: 1, volume: 1 };
      return { instrument: instrument as InstrumentIx, openAt: (at - MINUTE_US) as Micros, at, seenAt: at, ...prices };
    };
    const news = (minute: number): Fact => {
      const seenAt = (minute * MINUTE_US) as Micros;
      return { kind: "fact", instrument: 0 as InstrumentIx, field: "news", at: seenAt, seenAt, value: 1 };
    };
    const told = (others: readonly number[], looks: readonly number[], saved: boolean): number[] => {
      let plan = planOf([featureByName("close"), atTimeframe(count, "5m")]);
      const events: (readonly [number, () => void])[] = [
        ...[4, 7, 13].map((m) => [m, () => feed(plan, toBarBatch([bar(0, m)]))] as const),
        ...others.map((m) => [m, () => feed(plan, toBarBatch([bar(1, m)]))] as const),
        ...[4.5, 6.5, 11.5].map((m) => [m, () => plan.reference(news(m))] as const),
        ...looks.map((m) => [m, () => void look(plan, m * MINUTE_US)] as const),
      ];
      const shown: number[] = [];
      for (const [minute, happen] of events.sort((a, b) => a[0] - b[0])) {
        happen();
        if (saved) {
          const again = planOf([featureByName("close"), atTimeframe(count, "5m")]);
          again.restore(plan.snapshot());
          plan = again;
        }
        if (minute === 7 || minute === 13) shown.push(look(plan, minute * MINUTE_US)[1] as number);
      }
      return shown;
    };
    // The first five minutes end with one item, the second with one.
    for (const saved of [false, true]) {
      for (const others of [[], [5, 6], [6, 10, 12]])
        for (const looks of [[], [5.2, 6, 12.5]]) expect(told(others, looks, saved)).toEqual([1, 1]);
    }
  });

  it("have no ranks, and no unknown length", () => {
    expect(() => featureByName("rank_mom_20@1h")).toThrow(/taken over the universe at each decision/);
    expect(() => featureByName("mom_20@2h")).toThrow(/no timeframe "2h" \(in mom_20@2h\); choose one of 1m, 5m/);
    expect(timeframes.map((t) => atTimeframe(featureSet("levels")[0] as FeatureDefinition, t).name)).toContain("close@1d");
  });
});
