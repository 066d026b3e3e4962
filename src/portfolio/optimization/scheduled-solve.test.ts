import { describe, expect, it } from "vitest";
import type { Micros } from "#domain/time.js";
import { covarianceFrom } from "../covariance/covariance.js";
import { meanVariance, type MeanVarianceProblem } from "./mean-variance.js";
import { directRunner, ScheduledSolve } from "./scheduled-solve.js";

const problem: MeanVarianceProblem = {
  risk: covarianceFrom([
    [0.0004, 0.0001],
    [0.0001, 0.0002],
  ]),
  expectedReturn: [0.001, 0.1 + 0.2],
  riskAversion: 3,
  limits: { low: 0, high: 1, budget: { low: Number.NEGATIVE_INFINITY, high: 1 } },
};

describe("a scheduled solution", () => {
  it("is there from its moment on, once, and not before, also behind a snapshot", () => {
    let solve = new ScheduledSolve(directRunner());
    expect(solve.take(5 as Micros)).toBeNull();
    solve.pose(problem, 10 as Micros);
    expect(solve.take(9 as Micros)).toBeNull();
    const other = new ScheduledSolve(directRunner());
    other.restore(solve.snapshot());
    expect(other.isPending).toBe(true);
    solve = other;
    expect(solve.take(10 as Micros)).toEqual(meanVariance(problem));
    expect(solve.take(11 as Micros)).toBeNull();
    other.restore(solve.snapshot());
    expect(other.isPending).toBe(false);
  });

  it("gives way to a newer one", () => {
    const solve = new ScheduledSolve(directRunner());
    solve.pose(problem, 10 as Micros);
    solve.pose({ ...problem, riskAversion: 1e6 }, 20 as Micros);
    expect(solve.take(10 as Micros)).toBeNull();
    expect(solve.take(20 as Micros)).toEqual(meanVariance({ ...problem, riskAversion: 1e6 }));
  });
});
