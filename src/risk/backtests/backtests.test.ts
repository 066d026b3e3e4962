// References: test/reference/risk/risk.json (SciPy's laws; NumPy after the papers, with 200,000 histories of another generator).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { normalQuantile } from "#base/normal-quantile.js";
import { createRng } from "#base/rng.js";
import { acerbiSzekely } from "./acerbi-szekely.js";
import { christoffersen } from "./christoffersen.js";
import { kupiec } from "./kupiec.js";
import { violationsOf } from "./violations.js";

const reference = JSON.parse(readFileSync(new URL("../../../test/reference/risk/risk.json", import.meta.url), "utf8"));

describe("backtests of value at risk", () => {
  it("count a loss beyond it, not one equal to it", () => {
    expect([...violationsOf(Float64Array.of(-0.02, -0.03, 0.03), Float64Array.of(0.02, 0.02, -0.04))]).toEqual([0, 1, 1]);
    expect(() => violationsOf(new Float64Array(2), new Float64Array(3))).toThrow("2 outcomes and 3 values at risk");
    expect(() => violationsOf(Float64Array.of(Number.NaN), Float64Array.of(0.02))).toThrow("number 0");
  });

  it("have the figures of Kupiec and Christoffersen", () => {
    for (const { level, observations, violations, ...wanted } of reference.violations) {
      const hits = new Uint8Array(observations);
      for (const t of violations) hits[t] = 1;
      const coverage = kupiec(hits, level);
      expect(coverage).toMatchObject({ observations, violations: violations.length });
      expect(coverage.statistic).toBeCloseTo(wanted.kupiec.statistic, 9);
      expect(coverage.pValue).toBeCloseTo(wanted.kupiec.pValue, 9);
      const { independence, conditionalCoverage } = christoffersen(hits, level);
      expect(independence.statistic).toBeCloseTo(wanted.independence.statistic, 9);
      expect(independence.pValue).toBeCloseTo(wanted.independence.pValue, 9);
      expect(conditionalCoverage.statistic).toBeCloseTo(wanted.conditionalCoverage.statistic, 9);
      expect(conditionalCoverage.pValue).toBeCloseTo(wanted.conditionalCoverage.pValue, 9);
    }
  });

  it("see what happens after a violation, and nothing where there was none", () => {
    expect(christoffersen(Uint8Array.of(0, 1, 1, 0, 0), 0.9)).toMatchObject({ afterNone: 1 / 2, afterOne: 1 / 2 });
    expect(christoffersen(new Uint8Array(5), 0.9)).toMatchObject({ afterOne: null, independence: { statistic: 0, pValue: 1 } });
    expect(() => kupiec(new Uint8Array(0), 0.9)).toThrow("at least one");
    expect(() => christoffersen(new Uint8Array(1), 0.9)).toThrow("at least two");
  });
});

describe("backtests of expected shortfall", () => {
  const { level, sigma, outcomes, z1, z2, p1, p2 } = reference.acerbiSzekely;
  const z = normalQuantile(level);
  const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  const forecasts = {
    level,
    outcomes: Float64Array.from(outcomes),
    valueAtRisk: Float64Array.from(sigma, (s: number) => s * z),
    expectedShortfall: Float64Array.from(sigma, (s: number) => (s * density) / (1 - level)),
    draw: (t: number, rng: ReturnType<typeof createRng>): number => sigma[t] * rng.normal(),
  };

  it("have the statistics of Acerbi and Szekely, and p-values within chance of those of many histories", () => {
    const { conditional, unconditional } = acerbiSzekely(forecasts, { histories: 4000, rng: createRng("histories") });
    expect(conditional.statistic).toBeCloseTo(z1, 9);
    expect(unconditional.statistic).toBeCloseTo(z2, 9);
    const chance = (p: number): number => 4 * Math.sqrt((p * (1 - p)) / 4000) + 1 / 4000;
    expect(Math.abs((conditional.pValue as number) - p1)).toBeLessThan(chance(p1));
    expect(Math.abs((unconditional.pValue as number) - p2)).toBeLessThan(chance(p2));
  });

  it("say nothing of sizes where nothing was exceeded, and refuse a shortfall that is none", () => {
    const calm = acerbiSzekely({ ...forecasts, outcomes: new Float64Array(sigma.length) }, { histories: 20, rng: createRng("calm") });
    expect(calm.conditional).toEqual({ statistic: null, pValue: null });
    expect(calm.unconditional).toMatchObject({ statistic: 1, pValue: 1 });
    const none = { ...forecasts, expectedShortfall: new Float64Array(sigma.length) };
    expect(() => acerbiSzekely(none, { rng: createRng("none") })).toThrow("above 0");
  });
});
