// The plan's own promises: the universe, late rows, ranks, snapshots of the wrong plan, and no drift over a million bars.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { InstrumentIx } from "#domain/instrument.js";
import { toBarBatch } from "#domain/market.js";
import { DAY_US, type Micros } from "#domain/time.js";
import { ordinaryBars } from "#test/contracts/feature-world.js";
import { plainWindow } from "#test/fixtures/plain-window.js";
import { compileFeatures, type PlanOptions } from "./compile.js";
import { writeRanks, writeZscores } from "./cross-section.js";
import { defineFeature, type FeatureDefinition } from "#features/language/definition.js";
import { dollarVolume20 } from "#features/catalog/levels.js";
import type { FeaturePlan } from "#ports/stages.js";
import { close, high, session, volume } from "#features/language/inputs.js";
import { type CrossSection, rank, type Series, zscore } from "#features/language/series.js";
import { featureSet } from "#features/registry.js";
import { Sorter } from "./sorter.js";

const feature = (name: string, expr: Series | CrossSection): FeatureDefinition =>
  defineFeature({ name, group: "test", version: 1, expr, unit: "", range: [null, null], source: "" });

function planOf(definitions: readonly FeatureDefinition[], instruments: number, options: Partial<PlanOptions> = {}): FeaturePlan {
  const tradable = new Uint8Array(instruments).fill(1);
  return compileFeatures(definitions, { instruments, tradable, minHistory: 1, filters: [], priceBasis: "raw", ...options });
}

/** One bar of each instrument at its close, on the given day. */
function day(number: number, closes: readonly number[], volumes: readonly number[] = closes.map(() => 1)): ReturnType<typeof toBarBatch> {
  const at = ((number + 1) * DAY_US) as Micros;
  return toBarBatch(
    closes.map((price, i) => ({
      instrument: i as InstrumentIx,
      openAt: (at - DAY_US) as Micros,
      at,
      seenAt: at,
      open: price,
      high: price,
      low: price,
      close: price,
      volume: volumes[i] as number,
    })),
  );
}

describe("the universe of a frame", () => {
  it("holds the tradable instruments with enough bars, a fresh bar and every filter passed", () => {
    const plan = planOf([feature("c", close), feature("r", rank(close))], 5, {
      tradable: Uint8Array.of(1, 1, 0, 1, 1),
      minHistory: 2,
      filters: [
        { expr: close, min: 5 },
        { expr: close.mul(volume).mean(2), min: 100 },
      ],
    });
    const first = day(0, [10, 4, 10, 10, 10], [50, 50, 50, 1, 50]);
    const second = day(1, [10, 4, 10, 10], [50, 50, 50, 1]);
    plan.advance(first, 0, 5);
    plan.advance(second, 0, 4);
    const { member, fresh, values } = plan.frame((2 * DAY_US) as Micros, (2 * DAY_US) as Micros);
    // Below 5; not tradable; traded value too small; late.
    expect([...member]).toEqual([1, 0, 0, 0, 0]);
    expect([...fresh]).toEqual([1, 1, 1, 1, 0]);
    expect([...values]).toEqual([10, 0, 4, Number.NaN, 10, Number.NaN, 10, Number.NaN, Number.NaN, Number.NaN]);
  });

  it("forgets nothing of a late instrument: its next bar serves it again", () => {
    const plan = planOf([feature("m", close.sma(2))], 2);
    plan.advance(day(0, [1, 10]), 0, 2);
    plan.advance(day(1, [2]), 0, 1);
    expect([...plan.frame(0 as Micros, (2 * DAY_US) as Micros).values]).toEqual([1.5, Number.NaN]);
    plan.advance(day(2, [3, 30]), 0, 2);
    expect([...plan.frame(0 as Micros, (3 * DAY_US) as Micros).values]).toEqual([2.5, 20]);
  });

  it("refuses a level filter on adjusted data and says why", () => {
    const filters = [{ expr: dollarVolume20, min: 1e6 }];
    expect(() => planOf([], 1, { filters, priceBasis: "split" })).toThrow(/split-adjusted data hold the future/);
    expect(() => planOf([], 1, { filters: [{ expr: close.div(close.lag(1)), min: 0 }], priceBasis: "full" })).not.toThrow();
  });

  it("refuses a feature asked for twice, and flags that do not fit", () => {
    expect(() => planOf([feature("a", close), feature("a", high)], 1)).toThrow(/"a" is asked for twice/);
    expect(() => planOf([], 2, { tradable: Uint8Array.of(1) })).toThrow(/one tradable flag/);
    expect(() => planOf([], 1).advance(day(0, [1, 2]), 0, 2)).toThrow(/made for 1 instruments and was given number 1/);
  });
});

describe("cross-sections", () => {
  it("rank into [-0.5, 0.5] with ties shared, over members with a value", () => {
    const plan = planOf([feature("r", rank(close)), feature("z", zscore(close))], 6, { tradable: Uint8Array.of(1, 1, 1, 1, 1, 0) });
    plan.advance(day(0, [3, 1, 3, 2, Number.NaN, 100]), 0, 6);
    const { values } = plan.frame(0 as Micros, 0 as Micros);
    const ranks = [0, 1, 2, 3, 4, 5].map((i) => values[2 * i]);
    expect(ranks).toEqual([0.25, -0.375, 0.25, -0.125, Number.NaN, Number.NaN]);
    // numpy: (x - x.mean()) / x.std() of [3, 1, 3, 2]
    expect(values[1]).toBeCloseTo(0.9045340337332909, 14);
    expect(values[9]).toBeNaN();
    expect(values[11]).toBeNaN();
  });

  it("ranks as the slow definition does, with any ties", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.integer({ min: -3, max: 3 }),
            fc.integer({ min: -9, max: 9 }).map((ulps) => 1 + ulps * Number.EPSILON),
            fc.double(),
          ),
          { maxLength: 40 },
        ),
        (list) => {
          const column = Float64Array.from(list);
          const rows = Int32Array.from(list.keys());
          const out = new Float64Array(list.length).fill(Number.NaN);
          writeRanks(column, rows, list.length, { values: out, columns: 1, column: 0 }, new Sorter(list.length));
          const known = list.filter((v) => Number.isFinite(v));
          list.forEach((v, i) => {
            if (!Number.isFinite(v)) return expect(out[i]).toBeNaN();
            const below = known.filter((u) => u < v).length;
            const equal = known.filter((u) => u === v).length;
            return expect(out[i]).toBeCloseTo((below + (equal + 1) / 2 - 0.5) / known.length - 0.5, 14);
          });
        },
      ),
    );
  });

  it("gives no z-score where the members do not differ", () => {
    const out = new Float64Array(3).fill(Number.NaN);
    writeZscores(Float64Array.of(2, 2, 2), Int32Array.of(0, 1, 2), 3, { values: out, columns: 1, column: 0 });
    expect([...out]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });
});

describe("the plan", () => {
  it("gives each of many instruments with ragged histories what it has alone", () => {
    const instruments = 300;
    const rng = createRng("ragged");
    const definitions = [...featureSet("classic-40-raw"), feature("slope_9", close.slope(9)), feature("cov_33", close.cov(volume, 33))];
    // Some miss bars, so that groups at one bar are of all sizes, one larger than what is computed in one go.
    const histories = Array.from({ length: instruments }, (_, i) =>
      ordinaryBars("ragged", i, 300).filter(() => i % 3 !== 0 || rng.next() > 0.01),
    );
    const rows = histories.flat().sort((a, b) => a.at - b.at || a.instrument - b.instrument);
    const batch = toBarBatch(rows);
    const together = planOf(definitions, instruments);
    for (let from = 0; from < rows.length; ) {
      let to = from;
      while (to < rows.length && batch.at[to] === batch.at[from]) to++;
      together.advance(batch, from, to);
      from = to;
    }
    const { values } = together.frame(0 as Micros, 0 as Micros);
    for (let i = 0; i < instruments; i += 7) {
      const history = histories[i] as (typeof rows)[number][];
      const alone = planOf(definitions, 1);
      alone.advance(toBarBatch(history.map((row) => ({ ...row, instrument: 0 as InstrumentIx }))), 0, history.length);
      const wanted = alone.frame(0 as Micros, 0 as Micros).values;
      expect([...values.subarray(i * definitions.length, (i + 1) * definitions.length)], `instrument ${i}`).toEqual([...wanted]);
    }
  });

  it("refuses the snapshot of another plan", () => {
    const snapshot = planOf([feature("a", close.sma(5))], 1).snapshot();
    expect(() => planOf([feature("a", close.sma(6))], 1).restore(snapshot)).toThrow(/other features/);
    expect(() => planOf([feature("a", close.sma(5))], 1).restore(snapshot.subarray(0, snapshot.length - 4))).toThrow(/bytes end/);
  });

  it("leaves the state as it was when a dividend is paid", () => {
    const plan = planOf([feature("m", close.sma(2))], 1);
    plan.advance(day(0, [10]), 0, 1);
    const before = plan.snapshot();
    plan.reference({ kind: "dividend", instrument: 0 as InstrumentIx, amount: 1, at: 0 as Micros, seenAt: 0 as Micros });
    expect(plan.snapshot()).toEqual(before);
  });

  it("an overflow is skipped by a recursive average and leaves no trace in a window", () => {
    const money = close.mul(volume);
    const plan = planOf([feature("ema", money.ema(2)), feature("mean", money.mean(2))], 1);
    const seen = [1, 3, 1e200, 5, 5].map((price, d) => {
      plan.advance(day(d, [price], [price > 100 ? 1e200 : 1]), 0, 1);
      return [...plan.frame(0 as Micros, 0 as Micros).values];
    });
    const unknown = Number.NaN;
    // ema: seed 2, then 2 + 2/3 (5 - 2) = 4, then 4 + 2/3 (5 - 4).
    expect(seen).toEqual([
      [unknown, unknown],
      [2, 2],
      [unknown, unknown],
      [4, unknown],
      [4 + 2 / 3, 5],
    ]);
  });

  it("knows the weekday on which a bar opened", () => {
    const plan = planOf([feature("d", session.dayOfWeek)], 1);
    // 1970-01-01 was a Thursday.
    const seen = [0, 1, 2, 3, 4].map((d) => {
      plan.advance(day(d, [1]), 0, 1);
      return plan.frame(0 as Micros, 0 as Micros).values[0];
    });
    expect(seen).toEqual([4, 5, 6, 7, 1]);
  });

  it("every window length agrees with the plain formula over its bars", () => {
    const bars = ordinaryBars("windows", 0, 300);
    const x = bars.map((row) => row.close);
    const v = bars.map((row) => row.volume);
    const batch = toBarBatch(bars);
    const lengths = [2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 255, 256, 257];
    const plan = planOf(
      lengths.flatMap((w) => [
        feature(`mean_${w}`, close.mean(w)),
        feature(`std_${w}`, close.std(w)),
        feature(`skew_${w}`, close.skew(w)),
        feature(`slope_${w}`, close.slope(w)),
        feature(`max_${w}`, close.rollingMax(w)),
        feature(`min_${w}`, close.rollingMin(w)),
        feature(`corr_${w}`, close.corr(volume, w)),
      ]),
      1,
    );
    for (let t = 0; t < bars.length; t++) {
      plan.advance(batch, t, t + 1);
      const { values } = plan.frame(0 as Micros, 0 as Micros);
      lengths.forEach((w, k) => {
        const ours = values.subarray(7 * k, 7 * k + 7);
        if (t < w - 1) return expect([...ours], `window ${w}, bar ${t}`).toEqual(Array(7).fill(Number.NaN));
        const exact = plainWindow(x.slice(t - w + 1, t + 1), v.slice(t - w + 1, t + 1));
        const scale = [exact[0], exact[1], 1, exact[1] / w, exact[0], exact[0], 1] as number[];
        exact.forEach((value, f) => {
          // Two points: skewness is 0 and |correlation| 1 up to rounding.
          expect(
            Math.abs((ours[f] as number) - value),
            `${["mean", "std", "skew", "slope", "max", "min", "corr"][f]} ${w}, bar ${t}`,
          ).toBeLessThanOrEqual(1e-11 * (scale[f] as number));
        });
        return undefined;
      });
    }
  });
});
