// Quantiles and ranks read from windows kept in order, against windows sorted anew.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InstrumentIx } from "#domain/instrument.js";
import { createBarBatch } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import { defineFeature } from "#features/language/definition.js";
import { close } from "#features/language/inputs.js";
import { constant, type Series } from "#features/language/series.js";
import { statistics } from "#features/statistics/table.js";
import type { FeaturePlan } from "#ports/stages.js";
import { compileFeatures } from "./compile.js";

const windows = [1, 2, 5, 13];
const qs = [0, 0.2, 0.5, 0.8, 1];
const feature = (name: string, expr: Series): ReturnType<typeof defineFeature> =>
  defineFeature({ name, group: "test", version: 1, expr, unit: "", range: [null, null], source: "" });
const definitions = windows.flatMap((n) => [
  ...qs.map((q) => feature(`q${100 * q}_${n}`, close.quantile(q, n))),
  feature(`rank_${n}`, close.statistic("percentRank", n)),
  ...(n === 1 ? [] : [feature(`place_${n}`, close.statistic("percentile", n))]),
  feature(`late_${n}`, close.lag(3).quantile(0.5, n)),
  feature(`constant_${n}`, constant(7).quantile(0.5, n)),
]);

const planOf = (instruments: number): FeaturePlan =>
  compileFeatures(definitions, {
    instruments,
    tradable: new Uint8Array(instruments).fill(1),
    minHistory: 1,
    filters: [],
    priceBasis: "raw",
  });

/** What the definitions of the statistics say of the last values of `seen`. */
function expected(seen: readonly number[]): number[] {
  const of = (fn: "quantile" | "percentRank" | "percentile", values: readonly number[], n: number, params: readonly number[]): number => {
    const x = Float64Array.from(values.slice(-n), (v) => v + 0);
    return x.length === n && x.every((v) => Number.isFinite(v)) ? statistics[fn].value(x, x, 0, n, params) : Number.NaN;
  };
  return windows.flatMap((n) => [
    ...qs.map((q) => of("quantile", seen, n, [q])),
    of("percentRank", seen, n, []),
    ...(n === 1 ? [] : [of("percentile", seen, n, [])]),
    of("quantile", seen.slice(0, -3), n, [0.5]),
    7,
  ]);
}

describe("windows kept in order", () => {
  it("give what sorting each window anew gives, with ties, zeros of both signs, gaps, splits and restarts", () => {
    const value = fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: -3, max: 3 }) },
      { weight: 3, arbitrary: fc.double({ noNaN: true, min: -1e12, max: 1e12 }) },
      { weight: 1, arbitrary: fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, -1e300) },
    );
    const event = fc.oneof({ weight: 12, arbitrary: value }, { weight: 1, arbitrary: fc.constantFrom("split", "restart") });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), event), { maxLength: 120 }), (events) => {
        let plan = planOf(3);
        const seen: number[][] = [[], [], []];
        const batch = createBarBatch(1);
        events.forEach(([instrument, what], t) => {
          const at = (t + 1) as Micros;
          if (what === "restart") {
            const snapshot = plan.snapshot();
            plan = planOf(3);
            plan.restore(snapshot);
          } else if (what === "split") {
            plan.reference({ kind: "split", instrument: instrument as InstrumentIx, at, seenAt: at, ratio: 7 });
            seen[instrument] = (seen[instrument] as number[]).map((v) => v * 7 ** -1);
          } else {
            batch.instrument[0] = instrument;
            batch.at[0] = batch.seenAt[0] = at;
            batch.close[0] = what as number;
            (seen[instrument] as number[]).push(what as number);
            plan.advance(batch, 0, 1);
            const width = definitions.length;
            const { values } = plan.frame(at, at);
            const got = [...values.subarray(instrument * width, (instrument + 1) * width)];
            expect(got.map((v) => v + 0)).toEqual(expected(seen[instrument] as number[]));
          }
        });
      }),
      { numRuns: 200 },
    );
  });
});
