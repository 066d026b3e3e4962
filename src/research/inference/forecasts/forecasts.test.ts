// References: test/reference/inference/inference.json (arch for confidence sets; NumPy after the papers for the rest).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { cosineVariance, mean } from "#research/metrics/long-run-variance.js";
import { chiSquareUpperTail } from "#base/chi-square.js";
import { studentise } from "#research/metrics/studentise.js";
import { givenResampling } from "../bootstrap/resampling.js";
import { modelConfidenceSet } from "./confidence-set.js";
import { dieboldMariano } from "./diebold-mariano.js";
import { giacominiWhite } from "./giacomini-white.js";

const reference = JSON.parse(readFileSync(new URL("../../../../test/reference/inference/inference.json", import.meta.url), "utf8"));
const zeros = (like: readonly number[]): number[] => like.map(() => 0);

describe("Chi square", () => {
  it("has SciPy's upper tails, far out too", () => {
    for (const { x, k, p } of reference.chiSquare) expect(Math.abs(chiSquareUpperTail(x, k) / p - 1)).toBeLessThan(1e-11);
    expect(chiSquareUpperTail(Number.NaN, 1)).toBeNaN();
  });
});

describe("Diebold and Mariano's test", () => {
  it("has the figures of Harvey, Leybourne and Newbold's formulas", () => {
    for (const { differences, dm } of reference.forecasts)
      for (const { horizon, statistic, pValue } of dm) {
        const found = dieboldMariano(differences, zeros(differences), { horizon, variance: "overlap" });
        expect(found.statistic).toBeCloseTo(statistic, 11);
        expect(found.pValue).toBeCloseTo(pValue, 11);
      }
  });
  it("is by default the test of the verdict, from both sides", () => {
    const differences: number[] = reference.forecasts[1].differences;
    const found = dieboldMariano(differences, zeros(differences));
    const center = mean(differences);
    const { pValue, degrees } = studentise(
      Math.abs(center),
      differences.map((d) => d - center),
    );
    expect(found).toMatchObject({ difference: center, degrees });
    expect(found.pValue).toBeCloseTo(2 * pValue, 12);
    expect(found.statistic).toBeCloseTo(center / Math.sqrt(cosineVariance(differences).variance / differences.length), 12);
  });
  it("changes sign with the order of the forecasters", () => {
    const { differences } = reference.forecasts[0];
    const [there, back] = [dieboldMariano(differences, zeros(differences)), dieboldMariano(zeros(differences), differences)];
    expect(there.statistic).toBe(-back.statistic);
    expect(there.pValue).toBe(back.pValue);
  });
  it("says nothing of forecasters that never differ, and refuses what cannot be compared", () => {
    const flat = new Array<number>(30).fill(1);
    expect(dieboldMariano(flat, flat)).toMatchObject({ statistic: 0, pValue: 1 });
    expect(() => dieboldMariano(flat, zeros(flat))).toThrow("better by the same amount every time");
    expect(() => dieboldMariano(flat, [1, 2])).toThrow("30 and 2 losses");
    expect(() => dieboldMariano(flat, [...flat.slice(1), Number.NaN])).toThrow("A loss is no number");
    expect(() => dieboldMariano(flat, flat, { horizon: 0 })).toThrow("A horizon of 0 steps");
  });
});

describe("Giacomini and White's test", () => {
  it("has the figures of the paper's formulas", () => {
    for (const { differences, gw } of reference.forecasts)
      for (const { horizon, statistic, pValue } of gw) {
        const found = giacominiWhite(differences, zeros(differences), { horizon });
        expect(found.statistic).toBeCloseTo(statistic, 9);
        expect(found.pValue).toBeCloseTo(pValue, 11);
        expect(found.degrees).toBe(2);
      }
  });
  it("does not know the unit of the losses", () => {
    const { differences } = reference.forecasts[1];
    const { statistic } = giacominiWhite(differences, zeros(differences));
    const small = differences.map((d: number) => 1e-9 * d);
    expect(giacominiWhite(small, zeros(small)).statistic).toBeCloseTo(statistic, 9);
  });
  it("finds what alternates, which is equal on average", () => {
    const rng = createRng("alternates");
    const losses = Float64Array.from({ length: 300 }, (_, t) => (t % 2 === 0 ? 0.8 : -0.8) + rng.normal());
    expect(dieboldMariano(losses, new Float64Array(300)).pValue).toBeGreaterThan(0.05);
    expect(giacominiWhite(losses, new Float64Array(300)).pValue).toBeLessThan(0.01);
  });
  it("says nothing of forecasters that never differ, and refuses instruments of another length", () => {
    const flat = new Array<number>(40).fill(1);
    expect(giacominiWhite(flat, flat)).toMatchObject({ statistic: 0, pValue: 1 });
    expect(() => giacominiWhite(flat, zeros(flat), { lags: -1 })).toThrow("A covariance over -1 lags is none");
    expect(() => giacominiWhite(flat, zeros(flat), { instruments: [[1]] })).toThrow("Instrument 0 has 1 values for 40 losses");
  });
});

describe("The model confidence set", () => {
  const { losses, index, block, R: range, max } = reference.confidenceSet;
  const resampling = givenResampling(index, block);
  it("eliminates in arch's order with arch's p-values, by range and by average", () => {
    for (const [statistic, expected] of [
      ["range", range],
      ["max", max],
    ] as const) {
      const found = modelConfidenceSet(losses, { resampling, statistic });
      expect(found.eliminated).toEqual(expected.order);
      for (const [place, k] of expected.order.entries()) {
        const p = expected.pValues[place];
        expect(found.pValues[k]).toBeCloseTo(p === 1 ? 1 : (1 + p * resampling.draws) / (1 + resampling.draws), 12);
      }
    }
  });
  it("keeps all of many that are equal, and only the best where one is far better", () => {
    const rng = createRng("equal");
    const equal = Array.from({ length: 6 }, () => Float64Array.from({ length: 200 }, () => rng.normal()));
    const far = equal.map((series, k) => series.map((loss) => loss - (k === 2 ? 1 : 0)));
    for (const statistic of ["range", "max"] as const) {
      const options = { resampling: rng, draws: 400, statistic };
      expect(Math.min(...modelConfidenceSet(equal, options).pValues)).toBeGreaterThan(0.05);
      const found = modelConfidenceSet(far, options);
      expect([...found.pValues.keys()].filter((k) => (found.pValues[k] as number) > 0.05)).toEqual([2]);
      expect(found.eliminated.at(-1)).toBe(2);
    }
  });
  it("holds two models that never differ for equally good", () => {
    const rng = createRng("twins");
    const one = Float64Array.from({ length: 100 }, () => rng.normal());
    const found = modelConfidenceSet([one, Float64Array.from(one)], { resampling: rng, draws: 100 });
    expect([...found.pValues]).toEqual([1, 1]);
  });
  it("refuses one model alone, and moments that not all models know", () => {
    expect(() => modelConfidenceSet([losses[0]], { resampling })).toThrow("at least two models");
    expect(() => modelConfidenceSet([losses[0], [1, 2]], { resampling })).toThrow("Model 1 has 2 losses");
    expect(() => modelConfidenceSet([losses[0], losses[1].map(() => Number.NaN)], { resampling })).toThrow("Model 1 has a loss");
  });
});
