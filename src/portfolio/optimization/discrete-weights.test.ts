// References: test/reference/portfolio-keys (every choice of names by cvxpy with Clarabel, skfolio).
import { describe, expect, it } from "vitest";
import { drawKeyProblem, keyReferences, solveKeyProblem } from "#test/fixtures/portfolio-key-problems.js";
import { covarianceFrom } from "../covariance/covariance.js";
import { sparseMeanVariance } from "./cardinality.js";

const references = keyReferences();
const of = (...kinds: readonly string[]) => references.filter(({ kind }) => kinds.includes(kind));

describe("beside cvxpy and skfolio", () => {
  it("names that are worth holding: within the bound, never above the best of all choices, mostly at it, each at 0, as held or above the floor", () => {
    let [best, all, worst] = [0, 0, 0];
    for (const { number, kind, objective, relaxed } of of("floor", "floor-cvar", "floor-plan")) {
      const found = solveKeyProblem(number);
      if (objective === null) {
        expect([number, found.weights]).toEqual([number, null]);
        continue;
      }
      all++;
      const near = 1e-8 + 1e-5 * Math.abs(objective);
      expect(Math.abs((found.bound as number) - (relaxed as number)), `problem ${number}, ${kind}: bound`).toBeLessThan(near);
      if (found.weights === null) continue;
      const { held, floor, most } = drawKeyProblem(number);
      found.weights.forEach((weight, i) => {
        const still = weight === held[i];
        expect(weight === 0 || weight >= floor - 1e-8 || still, `problem ${number}, ${kind}: ${weight} of ${floor}`).toBe(true);
      });
      expect(found.weights.filter((weight) => weight !== 0).length).toBeLessThanOrEqual(most ?? 7);
      expect(found.objective, `problem ${number}, ${kind}`).toBeLessThan(objective + near);
      if (found.objective > objective - near) best++;
      worst = Math.max(worst, (objective - found.objective) / Math.abs(objective));
    }
    expect(all).toBeGreaterThan(40);
    expect(best / all).toBeGreaterThan(0.8);
    expect(worst).toBeLessThan(0.1);
  });

  it("no bets: the same best objective, and no weights where there are none", () => {
    let none = 0;
    for (const { number, objective } of of("neutral")) {
      const found = solveKeyProblem(number);
      if (objective === null) {
        none++;
        expect([number, found.weights]).toEqual([number, null]);
      } else expect(Math.abs(found.objective - objective), `problem ${number}`).toBeLessThan(1e-5 * Math.abs(objective) + 1e-9);
    }
    expect(none).toBe(0);
  });

  it("the most diversification within groups", () => {
    let beside = 0;
    for (const { number, objective, skfolio } of of("diversified")) {
      const found = solveKeyProblem(number);
      if (objective === null) expect([number, found.weights]).toEqual([number, null]);
      else expect(found.objective / objective, `problem ${number}`).toBeCloseTo(1, 7);
      if (skfolio === null) continue;
      beside++;
      expect(Math.abs(found.objective / skfolio - 1), `problem ${number}`).toBeLessThan(1e-5);
    }
    expect(beside).toBeGreaterThan(10);
  });
});

describe("input that is no choice, and choices that there are none of", () => {
  const risk = covarianceFrom([
    [0.04, 0],
    [0, 0.01],
  ]);
  const problem = { risk, riskAversion: 1, limits: { low: 0, high: 0.6, budget: { low: 1, high: 1 } } };

  it("are refused in a sentence, and answered with what is broken", () => {
    expect(() => sparseMeanVariance(problem, 0)).toThrow(/whole number above 0/);
    expect(() => sparseMeanVariance(problem, null, Number.NaN)).toThrow(/least weight of what is held is NaN/);
    expect(() => sparseMeanVariance({ ...problem, limits: { ...problem.limits, low: 0.1 } }, 1)).toThrow(/may not have a weight of 0/);
    const one = sparseMeanVariance(problem, 1);
    expect([one.status, one.weights]).toEqual(["infeasible", null]);
    expect(one.broken.join()).toMatch(/number of names.*budget/);
    expect(sparseMeanVariance(problem, null, 0.61).weights).toBeNull();
    expect([...(sparseMeanVariance(problem, null, 0.45).weights ?? [])].map((weight) => weight.toFixed(6))).toEqual([
      "0.450000",
      "0.550000",
    ]);
  });
});
