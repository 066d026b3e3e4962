// References: test/reference/risk/risk.json (SciPy, skfolio, arch and NumPy after the papers).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { conditionalVariance } from "#base/garch.js";
import { normalQuantile } from "#base/normal-quantile.js";
import { createRng } from "#base/rng.js";
import { cornishFisherRisk } from "./cornish-fisher.js";
import { empiricalTail } from "./empirical-tail.js";
import { filteredHistoricalRisk, filteredOutcomes, filteredScenarios, fitFilter } from "./filtered-historical.js";
import { historicalRisk } from "./historical.js";
import { momentsOf } from "./moments.js";
import { drawScenarios } from "./monte-carlo.js";
import { likeliestDegrees, normalRisk, studentRisk } from "./parametric.js";
import { outcomesOf } from "./scenarios.js";
import type { TailRisk } from "./tail-risk.js";

const reference = JSON.parse(readFileSync(new URL("../../../test/reference/risk/risk.json", import.meta.url), "utf8"));
const portfolio = Float64Array.from(reference.portfolio);
const series: readonly Float64Array[] = reference.series.map((one: number[]) => Float64Array.from(one));
const moments = momentsOf(portfolio);

function expectRisk(found: TailRisk | null, wanted: TailRisk | null, tolerance = 1e-9): void {
  expect(found === null).toBe(wanted === null);
  if (found === null || wanted === null) return;
  expect(Math.abs(found.valueAtRisk - wanted.valueAtRisk)).toBeLessThan(tolerance);
  expect(Math.abs(found.expectedShortfall - wanted.expectedShortfall)).toBeLessThan(tolerance);
}

describe("measures of risk equal their references", () => {
  it("moments: SciPy", () => {
    for (const key of ["mean", "deviation", "skewness", "excessKurtosis"] as const)
      expect(moments[key]).toBeCloseTo(reference.moments[key], 11);
  });

  it("historical: skfolio, at any level and horizon", () => {
    for (const { level, horizon, ...wanted } of reference.historical)
      expectRisk(historicalRisk(portfolio, { level, horizon }), wanted, 1e-12);
  });

  it("normal: SciPy's quantile and the integral beyond it", () => {
    for (const { level, horizon, ...wanted } of reference.normal) expectRisk(normalRisk(moments, { level, horizon }), wanted);
  });

  it("Student's t: SciPy's quantile and the integral beyond it", () => {
    for (const { level, horizon, degrees, ...wanted } of reference.student)
      expectRisk(studentRisk(moments, { level, horizon, degrees }), wanted);
  });

  it("likeliest degrees of freedom: SciPy's minimizer on its density", () => {
    expect(Math.abs(likeliestDegrees(portfolio, moments) / reference.degrees - 1)).toBeLessThan(1e-5);
  });

  it.each(["plain", "matched"] as const)("Cornish-Fisher, %s: the cubic integrated, null where it falls", (parameters) => {
    for (const { moments: shape, level, horizon, ...wanted } of reference.cornishFisher)
      expectRisk(cornishFisherRisk(shape, { level, horizon, parameters }), wanted[parameters]);
  });

  it("filtered history: the fit of arch, and skfolio's figures of its residuals at its next variance", () => {
    const { mean, garch } = fitFilter(portfolio);
    const { omega, alpha, beta, logLikelihood, nextVariance, risk } = reference.filtered;
    expect(garch.logLikelihood).toBeGreaterThan(logLikelihood - 1e-3);
    expect(Math.abs(garch.alpha - alpha)).toBeLessThan(1e-3);
    expect(Math.abs(garch.beta - beta)).toBeLessThan(2e-3);
    expect(Math.abs(garch.omega / omega - 1)).toBeLessThan(0.02);
    const shocks = Float64Array.from([...portfolio, mean], (r) => r - mean);
    expect(Math.abs((conditionalVariance(garch, shocks).at(-1) as number) / nextVariance - 1)).toBeLessThan(2e-3);
    for (const { level, ...wanted } of risk)
      expectRisk(filteredHistoricalRisk(portfolio, { level, rng: createRng("not drawn from") }), wanted, 1e-3 * wanted.expectedShortfall);
  });

  it("filtered history over a week: the bootstrapped paths of arch, within four errors of a quantile", () => {
    for (const { level, ...wanted } of reference.filtered.week) {
      const paths = 40_000;
      const found = filteredHistoricalRisk(portfolio, { level, horizon: 5, paths, rng: createRng("week") });
      // Four errors of quantiles of both, as a normal law has them.
      const z = normalQuantile(level);
      const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
      const error = Math.sqrt(level * (1 - level) * (1 / paths + 1 / 100_000)) / (density * z);
      expectRisk(found, wanted, (4 * error + 1e-3) * wanted.expectedShortfall);
    }
  });

  it("Monte Carlo: the closed form of the law that is drawn, within four errors of a quantile", () => {
    const law = { mean: Float64Array.from(reference.mean), covariance: Float64Array.from(reference.covariance.flat()) };
    const weights = Float64Array.from(reference.weights);
    for (const degrees of [undefined, 5]) {
      const options = { level: 0.95, horizon: 1 };
      const drawn = drawScenarios(degrees === undefined ? law : { ...law, degrees }, { paths: 40_000, rng: createRng(`draw/${degrees}`) });
      const wanted = degrees === undefined ? normalRisk(moments, options) : studentRisk(moments, { ...options, degrees });
      // Error of a quantile: sqrt(p (1 - p) / n) over the density, which is about a tenth per deviation there.
      const error = (Math.sqrt((0.05 * 0.95) / 40_000) / 0.1) * moments.deviation;
      expectRisk(empiricalTail(outcomesOf(drawn, weights), 0.95), wanted, 4 * error);
    }
  });
});

describe("measures of risk", () => {
  it("take the larger of two losses where the tail is a whole number of outcomes", () => {
    const outcomes = Float64Array.from({ length: 100 }, (_, i) => -i / 1000);
    expect(empiricalTail(outcomes, 0.95)).toEqual({ valueAtRisk: 0.095, expectedShortfall: expect.closeTo(0.097, 15) as number });
  });

  it("draw filtered paths from the same state to the same figures, and close to one another from others", () => {
    const at = (seed: string): TailRisk =>
      filteredHistoricalRisk(portfolio, { level: 0.95, horizon: 5, paths: 20_000, rng: createRng(seed) });
    expect(at("one")).toEqual(at("one"));
    expect(Math.abs(at("one").valueAtRisk / at("two").valueAtRisk - 1)).toBeLessThan(0.05);
  });

  it("keep the day of the shocks of several assets: a portfolio of one asset twice has the outcomes of one", () => {
    const one = series[0] as Float64Array;
    const options = { horizon: 3, paths: 50 };
    const twice = outcomesOf(filteredScenarios([one, one], { ...options, rng: createRng("paths") }), Float64Array.of(0.5, 0.5));
    const once = filteredOutcomes(one, { ...options, rng: createRng("paths") });
    twice.forEach((outcome, i) => expect(outcome).toBeCloseTo(once[i] as number, 14));
  });

  it("draw assets that move as one from a covariance of rank one, and refuse one that is none", () => {
    const { values } = drawScenarios(
      { mean: Float64Array.of(0, 0), covariance: Float64Array.of(1e-4, 2e-4, 2e-4, 4e-4) },
      { paths: 20, rng: createRng("rank") },
    );
    for (let row = 0; row < 20; row++) expect(values[2 * row + 1]).toBeCloseTo(2 * (values[2 * row] as number), 12);
    for (const none of [
      [1, 2, 2, 1],
      [0, 1, 1, 1],
      [-1, 0, 0, 1],
    ])
      expect(() => drawScenarios({ mean: Float64Array.of(0, 0), covariance: Float64Array.from(none) }, { rng: createRng("none") })).toThrow(
        "not positive semidefinite",
      );
  });

  it("say what is wrong with what they are given", () => {
    const rng = createRng("unused");
    expect(() => historicalRisk(portfolio, { level: 95 })).toThrow("between 0 and 1");
    expect(() => normalRisk(moments, { level: 0.95, horizon: 0 })).toThrow("whole number of sessions");
    expect(() => historicalRisk(Float64Array.of(0.01, Number.NaN), { level: 0.95 })).toThrow("number 1 is NaN");
    expect(() => historicalRisk(new Float64Array(3), { level: 0.95, horizon: 4 })).toThrow("at least 4 returns");
    expect(() => studentRisk(moments, { level: 0.95, degrees: 2 })).toThrow("above 2");
    expect(() => normalRisk({ mean: 0, deviation: -1 }, { level: 0.95 })).toThrow("deviation");
    expect(() => fitFilter(new Float64Array(3))).toThrow("at least 20 returns");
    expect(() => filteredScenarios([portfolio, portfolio.subarray(1)], { rng })).toThrow("one length");
    expect(() => filteredOutcomes(portfolio, { horizon: 2, paths: 0.5, rng })).toThrow("Paths");
    expect(() => drawScenarios({ mean: Float64Array.of(0, 0), covariance: Float64Array.of(1, 0, 0.5, 1) }, { rng })).toThrow(
      "not symmetric",
    );
  });
});
