// References: test/reference/portfolio (cvxpy with Clarabel, skfolio, scipy, NumPy after the papers).
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { portfolioProblems } from "#test/fixtures/portfolio-reference.js";
import { type Covariance, covarianceFrom, deviationsOf, varianceOf } from "../covariance/covariance.js";
import { ledoitWolf } from "../covariance/ledoit-wolf.js";
import { sampleCovariance } from "../covariance/sample.js";
import { cappedShares } from "./capped-shares.js";
import { correlationDistance } from "./correlation-distance.js";
import { hierarchicalEqualRisk } from "./hierarchical-equal-risk.js";
import { hierarchicalRiskParity } from "./hierarchical-risk-parity.js";
import { maximumDiversification, minimumVariance } from "./minimum-variance.js";
import { riskParity } from "./risk-parity.js";

const problems = portfolioProblems();

function expectWeights(found: Float64Array, wanted: readonly number[], tolerance: number): void {
  expect(found).toHaveLength(wanted.length);
  wanted.forEach((weight, i) => expect(Math.abs((found[i] as number) - weight)).toBeLessThan(tolerance));
}

const ratioOf = (covariance: Covariance, weights: Float64Array): number =>
  deviationsOf(covariance).reduce((sum, deviation, i) => sum + deviation * (weights[i] as number), 0) /
  Math.sqrt(varianceOf(covariance, weights));

describe("allocations equal their references", () => {
  it("risk parity, with equal and given budgets", () => {
    for (const problem of problems) {
      const covariance = ledoitWolf(problem.panel);
      expectWeights(riskParity(covariance), problem.equalRisk, 1e-10);
      expectWeights(riskParity(covariance, problem.budgets), problem.givenRisk, 1e-10);
      if (problem.sampleRisk !== undefined)
        expectWeights(riskParity(sampleCovariance(problem.panel), problem.budgets), problem.sampleRisk, 1e-8);
    }
  });

  it("hierarchical risk parity and equal risk contribution", () => {
    let herc = 0;
    for (const problem of problems) {
      const { panel } = problem;
      expectWeights(hierarchicalRiskParity(ledoitWolf(panel)), problem.hrp, 1e-10);
      if (problem.herc === undefined || problem.hercThree === undefined) continue;
      herc++;
      expectWeights(hierarchicalEqualRisk(sampleCovariance(panel)), problem.herc, 1e-10);
      expectWeights(hierarchicalEqualRisk(sampleCovariance(panel), 3), problem.hercThree, 1e-10);
    }
    expect(herc).toBeGreaterThan(10);
  });

  // The minimum is flat: weights differ by the root of what the objective does.
  it("minimum variance and maximum diversification, free and within a box", () => {
    for (const problem of problems) {
      const covariance = ledoitWolf(problem.panel);
      const boxes = [
        { low: 0, high: 1 },
        { low: 0, high: problem.high },
      ];
      boxes.forEach((box, at) => {
        const least = minimumVariance(covariance, box);
        const wantedLeast = at === 0 ? problem.minimumVariance : problem.minimumVarianceBox;
        expect(Math.abs(varianceOf(covariance, least) / wantedLeast.value - 1)).toBeLessThan(1e-8);
        expectWeights(least, wantedLeast.weights, 1e-4);
        const most = maximumDiversification(covariance, box);
        const wantedMost = at === 0 ? problem.maximumDiversification : problem.maximumDiversificationBox;
        expect(Math.abs(ratioOf(covariance, most) / wantedMost.value - 1)).toBeLessThan(1e-8);
        expectWeights(most, wantedMost.weights, 1e-4);
      });
    }
  });
});

/** A covariance from factors: positive definite, of names with unlike deviations. */
const covariances = fc
  .integer({ min: 2, max: 14 })
  .chain((n) =>
    fc.tuple(
      fc.array(
        fc.tuple(
          fc.double({ min: -1, max: 1, noNaN: true }),
          fc.double({ min: -1, max: 1, noNaN: true }),
          fc.double({ min: 0.2, max: 1, noNaN: true }),
        ),
        { minLength: n, maxLength: n },
      ),
    ),
  )
  .map(([rows]) =>
    covarianceFrom(rows.map(([a, b, own], i) => rows.map(([c, d], j) => 1e-4 * (a * c + b * d + (i === j ? own * own : 0))))),
  );

const rules: readonly (readonly [string, (covariance: Covariance) => Float64Array])[] = [
  ["risk parity", (covariance) => riskParity(covariance)],
  ["HRP", hierarchicalRiskParity],
  ["HERC", (covariance) => hierarchicalEqualRisk(covariance)],
  ["minimum variance", (covariance) => minimumVariance(covariance)],
  ["maximum diversification", (covariance) => maximumDiversification(covariance)],
];

/** Pairs of names that are equally far from each other, to rounding. */
function hasTies(covariance: Covariance): boolean {
  const distances = [...correlationDistance(covariance)]
    .filter((_, at) => Math.floor(at / covariance.names) < at % covariance.names)
    .sort((a, b) => a - b);
  return distances.some((value, i) => i > 0 && value - (distances[i - 1] as number) < 1e-9);
}

/** Names in another order, and the returns in another unit. */
function changed({ names: n, values }: Covariance, scale: number): Covariance {
  return covarianceFrom(
    Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => scale * (values[(n - 1 - i) * n + (n - 1 - j)] as number))),
  );
}

describe("laws of allocations", () => {
  it.each(rules)("%s: weights sum to 1, none is negative, and the unit and the order of the names are nothing to it", (name, rule) => {
    fc.assert(
      fc.property(covariances, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (covariance, scale) => {
        const weights = rule(covariance);
        expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
        expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
        expectWeights(rule(changed(changed(covariance, scale), 1)), [...weights], 1e-9);
        // The tree of HRP has a left and a right side that follow the order of the names, and ties of HERC's do: the source's own, and no law.
        if (name === "HRP" || (name === "HERC" && hasTies(covariance))) return;
        expectWeights(rule(changed(covariance, 1)).reverse(), [...weights], 1e-9);
      }),
      { numRuns: 100 },
    );
  });

  it("risk parity brings the risk that was asked for", () => {
    fc.assert(
      fc.property(
        covariances,
        fc.array(fc.double({ min: 0.05, max: 5, noNaN: true }), { minLength: 14, maxLength: 14 }),
        (covariance, budgets) => {
          const n = covariance.names;
          const given = budgets.slice(0, n);
          const weights = riskParity(covariance, given);
          const total = given.reduce((a, b) => a + b);
          const variance = varianceOf(covariance, weights);
          for (let i = 0; i < n; i++) {
            let risk = 0;
            for (let j = 0; j < n; j++) risk += (covariance.values[i * n + j] as number) * (weights[j] as number);
            expect((risk * (weights[i] as number)) / variance).toBeCloseTo((given[i] as number) / total, 10);
          }
        },
      ),
    );
  });

  it("nothing within the box has less variance, or more diversification", () => {
    fc.assert(
      fc.property(
        covariances,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 14, maxLength: 14 }),
        fc.double({ min: 1.05, max: 4, noNaN: true }),
        (covariance, drawn, room) => {
          const n = covariance.names;
          const box = { low: 0.3 / n, high: Math.min(1, room / n) };
          const least = minimumVariance(covariance, box);
          const most = maximumDiversification(covariance, box);
          for (const weights of [least, most]) {
            expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 10);
            for (const weight of weights) expect(weight >= box.low - 1e-12 && weight <= box.high + 1e-12).toBe(true);
          }
          // Any other weights within the box, on the way to them: the mean of two portfolios in it is in it.
          const sum = drawn.slice(0, n).reduce((a, b) => a + b, 1e-9);
          const other = cappedShares(
            Float64Array.from(drawn.slice(0, n), (value) => (value + 1e-9 / n) / sum),
            (box.high - box.low) / (1 - n * box.low),
          ).map((share) => box.low + (1 - n * box.low) * share);
          for (const part of [1, 0.1, 0.001]) {
            const towards = (from: Float64Array): Float64Array => from.map((weight, i) => weight + part * ((other[i] as number) - weight));
            expect(varianceOf(covariance, towards(least))).toBeGreaterThanOrEqual(varianceOf(covariance, least) * (1 - 1e-12));
            expect(ratioOf(covariance, towards(most))).toBeLessThanOrEqual(ratioOf(covariance, most) * (1 + 1e-12));
          }
        },
      ),
    );
  });

  it("knows what is right where nothing is correlated: inverse variances, or inverse deviations", () => {
    const covariance = covarianceFrom([
      [4, 0, 0],
      [0, 1, 0],
      [0, 0, 0.25],
    ]);
    const inverse = [0.25 / 5.25, 1 / 5.25, 4 / 5.25];
    expectWeights(minimumVariance(covariance), inverse, 1e-14);
    expectWeights(hierarchicalRiskParity(covariance), inverse, 1e-14);
    expectWeights(riskParity(covariance), [0.5 / 3.5, 1 / 3.5, 2 / 3.5], 1e-14);
    expectWeights(maximumDiversification(covariance), [0.5 / 3.5, 1 / 3.5, 2 / 3.5], 1e-14);
  });
});

describe("shares under a limit", () => {
  it("go to those below it, in proportion", () => {
    expectWeights(cappedShares(Float64Array.of(0.7, 0.2, 0.1), 0.5), [0.5, 1 / 3, 1 / 6], 1e-15);
    expectWeights(cappedShares(Float64Array.of(0.7, 0.2, 0.1), 0.4), [0.4, 0.4, 0.2], 1e-15);
    expectWeights(cappedShares(Float64Array.of(1, 0, 0), 0.4), [0.4, 0.3, 0.3], 1e-15);
  });
});

describe("what cannot be allocated is refused", () => {
  const singular = covarianceFrom([
    [1, 1],
    [1, 1],
  ]);
  const two = covarianceFrom([
    [1, 0],
    [0, 1],
  ]);
  it.each([
    ["a box without room", () => minimumVariance(two, { low: 0, high: 0.4 }), /widen the box/],
    ["a singular covariance", () => minimumVariance(singular), /not positive definite/],
    [
      "names that cancel each other",
      () =>
        riskParity(
          covarianceFrom([
            [1, -1],
            [-1, 1],
          ]),
        ),
      /singular/,
    ],
    [
      "risk parity of a name without variance",
      () => riskParity({ names: 2, values: Float64Array.of(1, 0, 0, 0) }),
      /Name 1 has no variance/,
    ],
    [
      "HRP of a name without variance",
      () => hierarchicalRiskParity({ names: 2, values: Float64Array.of(1, 0, 0, 0) }),
      /Name 1 has no variance/,
    ],
    ["HERC of nothing that moves", () => hierarchicalEqualRisk({ names: 3, values: new Float64Array(9) }), /Name 0 has no variance/],
    [
      "HRP of what is not known",
      () => hierarchicalRiskParity({ names: 2, values: Float64Array.of(1, Number.NaN, Number.NaN, 1) }),
      /no number/,
    ],
    ["HERC of nobody", () => hierarchicalEqualRisk({ names: 0, values: new Float64Array(0) }), /0 values for 0 names/],
    ["risk parity of nobody", () => riskParity({ names: 0, values: new Float64Array(0) }), /0 values for 0 names/],
    ["budgets of other names", () => riskParity(two, [1]), /give 2 numbers/],
    ["a budget of nothing", () => riskParity(two, [1, 0]), /above 0/],
    ["too many clusters", () => hierarchicalEqualRisk(two, 3), /3 clusters of 2/],
  ])("%s", (_, attempt, message) => {
    expect(attempt).toThrow(message);
  });

  it("one name takes all", () => {
    const one = covarianceFrom([[2]]);
    for (const [, rule] of rules) expect([...rule(one)]).toEqual([1]);
  });
});
