// References: test/reference/inference/inference.json (arch; NumPy for the studentized kind), same positions drawn.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { mean, standardDeviation } from "#research/metrics/long-run-variance.js";
import { bootstrapInterval, meanError, type Statistic } from "./interval.js";
import { givenResampling } from "./resampling.js";

const reference = JSON.parse(
  readFileSync(new URL("../../../../test/reference/inference/inference.json", import.meta.url), "utf8"),
).interval;
const sharpe: Statistic = ([series]) => mean(series as Float64Array) / standardDeviation(series as Float64Array);
const average: Statistic = ([series]) => mean(series as Float64Array);

describe("An interval by block bootstrap", () => {
  it("has the ends of arch's draws, by percentiles and basic, of either bootstrap", () => {
    for (const kind of ["stationary", "circular"] as const) {
      const resampling = givenResampling(reference[kind].index, reference.block);
      for (const method of ["percentile", "basic"] as const) {
        const { low, high } = bootstrapInterval([reference.series], sharpe, { resampling, method, level: 0.9 });
        expect(low).toBeCloseTo(reference[kind][method][0], 12);
        expect(high).toBeCloseTo(reference[kind][method][1], 12);
      }
      expect(bootstrapInterval([reference.series], sharpe, { resampling, method: "basic" }).pValue).toBeCloseTo(reference[kind].pValue, 12);
    }
  });
  it("has the studentized ends and chance of an independent program", () => {
    for (const kind of ["stationary", "circular"] as const) {
      const { index, studentizedMean, studentizedP } = reference[kind];
      const resampling = givenResampling(index, reference.block);
      const found = bootstrapInterval([reference.series], average, { resampling, method: "studentized", error: meanError, level: 0.9 });
      expect(found.low).toBeCloseTo(studentizedMean[0], 12);
      expect(found.high).toBeCloseTo(studentizedMean[1], 12);
      expect(found.pValue).toBeCloseTo(studentizedP, 12);
    }
  });
  it("draws aligned series together", () => {
    const rng = createRng("pair");
    const one = Float64Array.from({ length: 80 }, () => rng.normal());
    const difference: Statistic = ([a, b]) => mean(a as Float64Array) - mean(b as Float64Array);
    const { low, high } = bootstrapInterval([one, one.map((v) => v - 0.25)], difference, { resampling: rng, draws: 50 });
    expect(low).toBeCloseTo(0.25, 12);
    expect(high).toBeCloseTo(0.25, 12);
  });
  it("says by its chance what it says by its ends", () => {
    const rng = createRng("agree");
    for (const drift of [-0.2, 0, 0.1, 0.2, 0.3]) {
      const series = Float64Array.from({ length: 150 }, () => drift + rng.normal());
      for (const method of ["percentile", "basic", "studentized"] as const) {
        const { low, pValue } = bootstrapInterval([series], average, { resampling: rng, draws: 399, method, error: meanError, level: 0.9 });
        // 5 % of 400 is 20 draws: no interpolation.
        expect(pValue <= 0.05).toBe(low > 0);
      }
    }
  });
  it("leaves out draws without a value, and refuses a figure that has none", () => {
    const series = Float64Array.from({ length: 20 }, (_, t) => (t === 0 ? 1 : 0));
    const some: Statistic = ([values]) => (values?.includes(1) === true ? 1 : Number.NaN);
    const { draws } = bootstrapInterval([series], some, { resampling: createRng("some"), draws: 200, blockLength: 1 });
    expect(draws).toBeLessThan(180);
    expect(draws).toBeGreaterThan(90);
    expect(() => bootstrapInterval([series], () => Number.NaN, { resampling: createRng("none") })).toThrow("no value on these series");
    expect(() => bootstrapInterval([series, [1]], some, { resampling: createRng("none") })).toThrow("all of the same 10 days");
    expect(() => bootstrapInterval([series], some, { resampling: createRng("x"), method: "studentized" })).toThrow("needs the statistic's");
  });
});
