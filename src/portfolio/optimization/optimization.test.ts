// References: test/reference/optimization (cvxpy with Clarabel, skfolio).
import { describe, expect, it } from "vitest";
import { referenceOptima, solveReference } from "#test/fixtures/optimization-problems.js";

const optima = referenceOptima();

describe("optimizers beside cvxpy and skfolio", () => {
  it("finds the same best objective on 200 random problems, and no weights where there are none", () => {
    expect(optima).toHaveLength(200);
    let [solved, infeasible] = [0, 0];
    let beside = 0;
    for (const { number, objective, kind, skfolio } of optima) {
      const found = solveReference(number);
      if (objective === null) {
        infeasible++;
        expect([number, kind, found.status, found.weights]).toEqual([number, kind, "infeasible", null]);
        expect(found.broken.length).toBeGreaterThan(0);
        continue;
      }
      solved++;
      const off = Math.abs(found.objective - objective) / Math.abs(objective);
      // Relative: objectives are of the size of 1e-3, so that an absolute 1e-5 would ask for little.
      expect(off, `problem ${number}, ${kind}: ${found.objective} and not ${objective}`).toBeLessThan(1e-5);
      if (skfolio === null) continue;
      beside++;
      const other = Math.abs(found.objective - skfolio) / Math.abs(objective);
      expect(other, `problem ${number}, ${kind}: ${found.objective}, and ${skfolio} at the weights of skfolio`).toBeLessThan(1e-5);
    }
    expect(beside).toBe(40);
    expect(solved).toBeGreaterThan(180);
    expect(infeasible).toBeGreaterThan(0);
  });
});
