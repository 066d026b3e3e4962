// References: test/reference/portfolio (scikit-learn, NumPy after the papers).
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cholesky } from "#base/cholesky.js";
import { type MatrixFigures, portfolioProblems } from "#test/fixtures/portfolio-reference.js";
import { type Covariance, covarianceFrom, varianceOf } from "./covariance.js";
import { ewmaCovariance } from "./ewma.js";
import { factorCovariance } from "./factor-model.js";
import { ledoitWolf } from "./ledoit-wolf.js";
import { nonlinearShrinkage } from "./nonlinear-shrinkage.js";
import { type ReturnsPanel, returnsPanel } from "./panel.js";
import { regular } from "./regular.js";
import { sampleCovariance } from "./sample.js";

const problems = portfolioProblems();

const traceOf = ({ names, values }: Covariance): number => {
  let sum = 0;
  for (let i = 0; i < names; i++) sum += values[i * names + i] as number;
  return sum;
};

/** Relative to the largest variance: all entries of a matrix carry rounding of its size. */
function expectEqual({ names, values }: Covariance, { diagonal, times }: MatrixFigures, tolerance: number): void {
  const size = Math.max(...diagonal);
  const product = Array.from({ length: names }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < names; j++) sum += (values[i * names + j] as number) * Math.cos(j);
    return sum;
  });
  const found = [Array.from(diagonal, (_, i) => values[i * names + i] as number), product];
  [diagonal, times].forEach((wanted, part) =>
    wanted.forEach((value, i) => expect(Math.abs(((found[part] as number[])[i] as number) - value) / size).toBeLessThan(tolerance)),
  );
}

describe("covariances equal their references", () => {
  it("sample, EWMA and linear shrinkage, to rounding", () => {
    for (const problem of problems) {
      const { panel } = problem;
      expectEqual(sampleCovariance(panel), problem.sample, 1e-13);
      expectEqual(ewmaCovariance(panel), problem.ewma, 1e-13);
      const linear = ledoitWolf(panel);
      expectEqual(linear, problem.ledoitWolf, 1e-13);
      expect(Math.abs(linear.shrinkage - problem.shrinkage)).toBeLessThan(1e-12);
    }
  });

  // The least eigenvalues carry rounding of the largest one, and nonlinear shrinkage uses their inverses.
  it("nonlinear shrinkage and factors, to the rounding of eigenvalues", () => {
    expect(problems.filter(({ panel }) => panel.names >= panel.sessions).length).toBeGreaterThan(1);
    for (const problem of problems) {
      const { panel } = problem;
      expectEqual(nonlinearShrinkage(panel), problem.nonlinear, 1e-8);
      expectEqual(factorCovariance(panel, problem.factors), problem.factor, 1e-10);
    }
  });
});

/** 2 to 20 names with something in common, over at least `sessions` sessions and `more` more than there are names. */
const panelsOf = (sessions: number, more: number) =>
  fc
    .record({ names: fc.integer({ min: 2, max: 20 }), further: fc.integer({ min: 0, max: 20 }) })
    .chain(({ names, further }) => {
      const length = Math.max(sessions, names + more) + further;
      const series = fc.array(fc.noBias(fc.integer({ min: -500, max: 500 })), { minLength: length, maxLength: length });
      return fc.tuple(series, fc.array(series, { minLength: names, maxLength: names }));
    })
    .map(([market, own]) => own.map((series) => series.map((value, t) => (value + (market[t] as number)) / 10_000)))
    .filter((series) => series.every((returns) => new Set(returns).size > 3));

const estimates: readonly (readonly [string, (panel: ReturnsPanel) => Covariance])[] = [
  ["sample", sampleCovariance],
  ["ewma", (panel) => ewmaCovariance(panel, 0.97)],
  ["linear", ledoitWolf],
  ["nonlinear", nonlinearShrinkage],
  ["factor", (panel) => factorCovariance(panel, 1)],
];

describe("laws of covariances", () => {
  it.each(estimates)(
    "%s: symmetric, of no negative variance, scaled by the square, and the same for names in another order",
    (_, estimate) => {
      fc.assert(
        fc.property(
          panelsOf(13, 8),
          fc.double({ min: 0.01, max: 100, noNaN: true }),
          fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 20, maxLength: 20 }),
          (series, scale, weights) => {
            const one = estimate(returnsPanel(series));
            const n = one.names;
            const size = traceOf(one);
            expect(varianceOf(one, weights)).toBeGreaterThan(-1e-12 * size);
            const scaled = estimate(returnsPanel(series.map((returns) => returns.map((value) => scale * value))));
            const turned = estimate(returnsPanel([...series].reverse()));
            for (let i = 0; i < n; i++) {
              for (let j = 0; j < n; j++) {
                const value = one.values[i * n + j] as number;
                expect(Math.abs(value - (one.values[j * n + i] as number))).toBeLessThan(1e-14 * size);
                expect(Math.abs((scaled.values[i * n + j] as number) / scale ** 2 - value)).toBeLessThan(1e-9 * size);
                expect(Math.abs((turned.values[(n - 1 - i) * n + (n - 1 - j)] as number) - value)).toBeLessThan(1e-9 * size);
              }
            }
          },
        ),
        { numRuns: 10 },
      );
    },
  );

  it("linear shrinkage and factors keep the trace; what is shrunk can be inverted, with more names than sessions, too", () => {
    fc.assert(
      fc.property(panelsOf(13, -10), (series) => {
        const panel = returnsPanel(series);
        const sample = sampleCovariance(panel);
        const linear = ledoitWolf(panel);
        expect(traceOf(linear) / traceOf(sample)).toBeCloseTo(1 - 1 / panel.sessions, 12);
        expect(traceOf(factorCovariance(panel, 1)) / traceOf(sample)).toBeCloseTo(1, 12);
        expect(linear.shrinkage).toBeGreaterThanOrEqual(0);
        expect(linear.shrinkage).toBeLessThanOrEqual(1);
        for (const shrunk of [linear, nonlinearShrinkage(panel)]) expect(cholesky(shrunk.values, shrunk.names)).not.toBeNull();
      }),
      { numRuns: 30 },
    );
  });

  it("is made regular only where it is not", () => {
    const good = sampleCovariance(
      returnsPanel([
        [0.01, -0.02, 0.03, 0.01],
        [0.02, 0.01, -0.01, 0.03],
      ]),
    );
    expect(regular(good)).toBe(good);
    const twins = sampleCovariance(
      returnsPanel([
        [0.01, -0.02, 0.03],
        [0.01, -0.02, 0.03],
      ]),
    );
    expect(cholesky(twins.values, 2)).toBeNull();
    expect(cholesky(regular(twins).values, 2)).not.toBeNull();
  });
});

describe("what no covariance can be made of is refused", () => {
  it.each([
    ["no names", () => returnsPanel([]), /No name/],
    [
      "pairs that contradict each other",
      () =>
        covarianceFrom([
          [1, 0.9, -0.9],
          [0.9, 1, 0.9],
          [-0.9, 0.9, 1],
        ]),
      /variance below 0/,
    ],
    [
      "a correlation of 2",
      () =>
        covarianceFrom([
          [1, 2],
          [2, 1],
        ]),
      /variance below 0/,
    ],
    ["one session", () => returnsPanel([[0.1]]), /1 sessions/],
    ["a hole", () => returnsPanel([[0.1, Number.NaN]]), /Name 0 has no number in session 1/],
    ["unlike sessions", () => returnsPanel([[0.1, 0.2], [0.1]]), /Name 1 has 1 sessions/],
    ["a decay of 1", () => ewmaCovariance(returnsPanel([[0.1, 0.2]]), 1), /decay/],
    [
      "as many factors as names",
      () =>
        factorCovariance(
          returnsPanel([
            [0.1, 0.2],
            [0.3, 0.1],
          ]),
          2,
        ),
      /2 factors of 2 names/,
    ],
    ["few sessions", () => nonlinearShrinkage(returnsPanel([[0.1, 0.2]])), /at least 13/],
    ["nothing that moves", () => nonlinearShrinkage(returnsPanel([new Array<number>(20).fill(0)])), /No name has moved/],
    ["no square", () => covarianceFrom([[1, 0]]), /Row 0/],
    ["no variance", () => covarianceFrom([[0]]), /no variance/],
    [
      "two sides that differ",
      () =>
        covarianceFrom([
          [1, 0.2],
          [0.3, 1],
        ]),
      /above the diagonal/,
    ],
  ])("%s", (_, attempt, message) => {
    expect(attempt).toThrow(message);
  });
});
