// Laws that hold for every portfolio and level, whatever the measure.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { cornishFisherRisk } from "./cornish-fisher.js";
import { filteredHistoricalRisk } from "./filtered-historical.js";
import { historicalRisk } from "./historical.js";
import { momentsOf } from "./moments.js";
import { normalRisk, studentRisk } from "./parametric.js";
import type { RiskOptions, TailRisk } from "./tail-risk.js";

type Measure = (returns: Float64Array, options: RiskOptions) => TailRisk | null;

const measures: readonly (readonly [string, Measure])[] = [
  ["historical", historicalRisk],
  ["normal", (returns, options) => normalRisk(momentsOf(returns), options)],
  ["Student's t", (returns, options) => studentRisk(momentsOf(returns), { ...options, degrees: 4.5 })],
  ["Cornish-Fisher, plain", (returns, options) => cornishFisherRisk(momentsOf(returns), { ...options, parameters: "plain" })],
  ["Cornish-Fisher, matched", (returns, options) => cornishFisherRisk(momentsOf(returns), options)],
  ["filtered history", (returns, options) => filteredHistoricalRisk(returns, { ...options, paths: 200, rng: createRng("laws") })],
];

const anyReturns = fc.tuple(fc.string(), fc.integer({ min: 30, max: 150 })).map(([seed, n]) => {
  const rng = createRng(seed);
  return Float64Array.from({ length: n }, () => 0.01 * rng.normal() * (rng.next() < 0.1 ? 2.5 : 1));
});
const anyLevel = fc.double({ min: 0.5, max: 0.999, noNaN: true });
const anyHorizon = fc.integer({ min: 1, max: 6 });

function holds(law: (returns: Float64Array, level: number, horizon: number) => void, runs = 40): void {
  fc.assert(fc.property(anyReturns, anyLevel, anyHorizon, law), { numRuns: runs });
}

describe.each(measures)("%s", (_, measure) => {
  it("has a shortfall of at least the value at risk", () => {
    holds((returns, level, horizon) => {
      const risk = measure(returns, { level, horizon });
      if (risk !== null) expect(risk.expectedShortfall).toBeGreaterThanOrEqual(risk.valueAtRisk - 1e-15);
    });
  });

  it("does not fall as the level rises", () => {
    holds((returns, level, horizon) => {
      const [low, high] = [measure(returns, { level, horizon }), measure(returns, { level: level + (1 - level) / 3, horizon })];
      if (low === null || high === null) return void expect(low).toBe(high);
      expect(high.valueAtRisk).toBeGreaterThanOrEqual(low.valueAtRisk - 1e-15);
      expect(high.expectedShortfall).toBeGreaterThanOrEqual(low.expectedShortfall - 1e-15);
    });
  });

  it("grows with the size of a position, one session ahead", () => {
    holds((returns, level) => {
      const [one, three] = [
        measure(returns, { level }),
        measure(
          returns.map((r) => 3 * r),
          { level },
        ),
      ];
      if (one === null || three === null) return void expect(one).toBe(three);
      expect(three.valueAtRisk).toBeCloseTo(3 * one.valueAtRisk, 7);
      expect(three.expectedShortfall).toBeCloseTo(3 * one.expectedShortfall, 7);
    });
  });

  it("falls by what is certain, one session ahead", () => {
    holds((returns, level) => {
      const [one, richer] = [
        measure(returns, { level }),
        measure(
          returns.map((r) => r + 0.004),
          { level },
        ),
      ];
      if (one === null || richer === null) return void expect(one).toBe(richer);
      expect(richer.valueAtRisk).toBeCloseTo(one.valueAtRisk - 0.004, 7);
      expect(richer.expectedShortfall).toBeCloseTo(one.expectedShortfall - 0.004, 7);
    });
  });
});

it("historical shortfall of two portfolios together is never above the sum of theirs", () => {
  fc.assert(
    fc.property(anyReturns, fc.string(), anyLevel, (a, seed, level) => {
      const rng = createRng(seed);
      const b = a.map((r) => 0.01 * rng.normal() - 0.5 * r);
      const together = a.map((r, t) => r + (b[t] as number));
      const shortfall = (returns: Float64Array): number => historicalRisk(returns, { level }).expectedShortfall;
      expect(shortfall(together)).toBeLessThanOrEqual(shortfall(a) + shortfall(b) + 1e-12);
    }),
    { numRuns: 60 },
  );
});
