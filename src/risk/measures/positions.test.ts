// References: test/reference/risk/risk.json (central differences of the measures by the weights).
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { cornishFisherRisk } from "./cornish-fisher.js";
import { covarianceRisk } from "./covariance-risk.js";
import { filteredScenarios } from "./filtered-historical.js";
import { momentsOf } from "./moments.js";
import { momentRisk } from "./moment-risk.js";
import { drawScenarios } from "./monte-carlo.js";
import { normalRisk, studentRisk } from "./parametric.js";
import type { PortfolioRisk } from "./positions.js";
import { scenarioRisk } from "./scenario-risk.js";
import { historicalScenarios } from "./scenarios.js";
import type { TailRisk } from "./tail-risk.js";

const reference = JSON.parse(readFileSync(new URL("../../../test/reference/risk/risk.json", import.meta.url), "utf8"));
const series: readonly Float64Array[] = reference.series.map((one: number[]) => Float64Array.from(one));
const weights = Float64Array.from(reference.weights);
const law = { mean: Float64Array.from(reference.mean), covariance: Float64Array.from(reference.covariance.flat()) };
const keys = ["valueAtRisk", "expectedShortfall"] as const;

function expectAddsUp(risk: PortfolioRisk<TailRisk | null>): void {
  for (const key of keys) {
    const sum = risk.positions.reduce((total, { component }) => total + component[key], 0);
    expect(Math.abs(sum - risk[key])).toBeLessThan(1e-9);
  }
}

describe("positions", () => {
  it("have the derivatives and the differences of the references: normal and Cornish-Fisher", () => {
    const plain = momentRisk(series, weights, (moments) => cornishFisherRisk(moments, { level: 0.99, parameters: "plain" }));
    for (const [risk, wanted] of [
      [covarianceRisk(law, weights, { level: 0.99 }), reference.positions.normal],
      [momentRisk(series, weights, (moments) => normalRisk(moments, { level: 0.99 })), reference.positions.normal],
      [plain, reference.positions.plain],
    ] as const)
      for (const key of keys)
        risk?.positions.forEach(({ marginal, incremental }, i) => {
          expect(Math.abs(marginal[key] - wanted.marginal[key][i])).toBeLessThan(1e-8);
          expect(Math.abs((incremental as TailRisk)[key] - wanted.incremental[key][i])).toBeLessThan(1e-9);
        });
    expect(plain).not.toBeNull();
  });

  it("have those of history: shortfall and what a sale takes away exactly, the margin of the value at risk smoothed", () => {
    const risk = scenarioRisk(historicalScenarios(series, 1), weights, 0.95);
    const { marginal, incremental } = reference.positions.historical;
    risk.positions.forEach((position, i) => {
      expect(Math.abs(position.marginal.expectedShortfall - marginal.expectedShortfall[i])).toBeLessThan(1e-9);
      for (const key of keys) expect(Math.abs(position.incremental[key] - incremental[key][i])).toBeLessThan(1e-12);
    });
  });

  it("have over drawn scenarios what the law behind these says of them", () => {
    const drawn = scenarioRisk(drawScenarios(law, { paths: 100_000, rng: createRng("positions") }), weights, 0.95);
    const closed = covarianceRisk(law, weights, { level: 0.95 });
    drawn.positions.forEach(({ component, alone }, i) => {
      // The margin of the value at risk is a mean over 141 scenarios: its error is a twelfth of an asset's spread given the whole.
      const tolerance = { valueAtRisk: 0.06 * closed.valueAtRisk, expectedShortfall: 0.01 * closed.expectedShortfall };
      for (const key of keys) {
        expect(Math.abs(component[key] - (closed.positions[i]?.component[key] as number))).toBeLessThan(tolerance[key]);
        expect(Math.abs(alone[key] / (closed.positions[i]?.alone[key] as number) - 1)).toBeLessThan(0.02);
      }
    });
  });

  it("add up to the whole, whatever the weights, level and measure", () => {
    const anyWeights = fc.array(fc.double({ min: -1, max: 1.5, noNaN: true }), { minLength: 3, maxLength: 3 });
    const filtered = filteredScenarios(series, { horizon: 3, paths: 400, rng: createRng("adds up") });
    fc.assert(
      fc.property(anyWeights, fc.double({ min: 0.6, max: 0.995, noNaN: true }), fc.integer({ min: 1, max: 5 }), (raw, level, horizon) => {
        const w = Float64Array.from(raw);
        const options = { level, horizon };
        expectAddsUp(covarianceRisk(law, w, options));
        expectAddsUp(covarianceRisk({ ...law, degrees: 5 }, w, options));
        expectAddsUp(scenarioRisk(historicalScenarios(series, horizon), w, level));
        expectAddsUp(scenarioRisk(filtered, w, level));
        const student = momentRisk(series, w, (moments) => studentRisk(moments, { ...options, degrees: 4 }));
        expect(student).not.toBeNull();
        if (student !== null) expectAddsUp(student);
        const bent = momentRisk(series, w, (moments) => cornishFisherRisk(moments, options));
        if (bent !== null) expectAddsUp(bent);
      }),
      { numRuns: 40 },
    );
  });

  it("of a hedge take risk away, and one alone is the whole", () => {
    const hedged = covarianceRisk(
      { mean: Float64Array.of(0, 0), covariance: Float64Array.of(1e-4, 8e-5, 8e-5, 1e-4) },
      Float64Array.of(1, -0.5),
      { level: 0.99 },
    );
    expect(hedged.positions[1]?.component.valueAtRisk).toBeLessThan(0);
    expect(hedged.positions[1]?.incremental.valueAtRisk).toBeLessThan(0);
    const single = scenarioRisk(historicalScenarios([series[0] as Float64Array], 1), Float64Array.of(1), 0.99);
    expect(single.positions[0]).toMatchObject({
      alone: { valueAtRisk: single.valueAtRisk },
      incremental: { valueAtRisk: single.valueAtRisk },
    });
    expectAddsUp(single);
  });

  it("are null alone where the measure does not apply to them, and for the whole where it does not apply to that", () => {
    const onlySmall = (moments: ReturnType<typeof momentsOf>): TailRisk | null =>
      moments.deviation > 1.01 * momentsOf(series[0] as Float64Array).deviation ? null : normalRisk(moments, { level: 0.95 });
    const [a, b] = [series[0] as Float64Array, (series[1] as Float64Array).map((r) => 5 * r)];
    expect(momentRisk([a, b], Float64Array.of(0, 1), onlySmall)).toBeNull();
    expect(momentRisk([a, b], Float64Array.of(1, 0), onlySmall)?.positions[0]?.alone).not.toBeNull();
  });

  it("need as many weights as assets, and a covariance that is one", () => {
    expect(() => scenarioRisk(historicalScenarios(series, 1), Float64Array.of(1), 0.95)).toThrow("1 weights for scenarios of 3 assets");
    expect(() => covarianceRisk(law, Float64Array.of(1), { level: 0.95 })).toThrow("1 weights for a law of 3 assets");
    expect(() => covarianceRisk({ ...law, covariance: new Float64Array(4) }, weights, { level: 0.95 })).toThrow("9 entries");
    const none = { mean: Float64Array.of(0, 0), covariance: Float64Array.of(1, 2, 2, 1) };
    expect(() => covarianceRisk(none, Float64Array.of(1, -1), { level: 0.95 })).toThrow("negative variance");
    expect(() => historicalScenarios([new Float64Array(5), new Float64Array(4)], 1)).toThrow("one length");
  });
});
