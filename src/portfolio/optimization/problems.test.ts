// Laws and small exact answers: cardinality and several periods against all there is, views and bets against their formulas.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { nightlyOr } from "#test/needs.js";
import { maximumDiversification } from "../allocation/minimum-variance.js";
import { covarianceFrom, deviationsOf, varianceOf } from "../covariance/covariance.js";
import { factorModel } from "../covariance/factor-model.js";
import { returnsPanel } from "../covariance/panel.js";
import { sampleCovariance } from "../covariance/sample.js";
import { blackLitterman, signalViews } from "./black-litterman.js";
import { sparseMeanVariance } from "./cardinality.js";
import { firstAnswer } from "./fallback.js";
import { impactSegments, segmentCost } from "./impact-segments.js";
import { conditionalLoss, meanCvar } from "./mean-cvar.js";
import { meanVariance } from "./mean-variance.js";
import { mostDiversified } from "./most-diversified.js";
import { fadingReturns, multiPeriod } from "./multi-period.js";
import { factorNeutral, groupLimit, type OptimizedPortfolio, type PortfolioLimits } from "./portfolio-problem.js";
import { kellyAversion, kellyWeights, volatilityScale } from "./position-scale.js";

function drawn(seed: string, names: number, sessions = 60) {
  const rng = createRng(seed);
  const market = Array.from({ length: sessions }, () => 0.01 * rng.normal());
  const panel = returnsPanel(Array.from({ length: names }, () => market.map((move) => move + 0.012 * rng.normal())));
  return { panel, risk: sampleCovariance(panel), expectedReturn: Float64Array.from({ length: names }, () => 0.001 * rng.normal()) };
}
const long = { low: 0, high: 1, budget: { low: 1, high: 1 } };
const seeds = fc.integer({ min: 0, max: 1e9 }).map(String);

describe("at most so many names", () => {
  it("is within the bound, within the gap of the best choice there is, and mostly the best", () => {
    let [best, all] = [0, 0];
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 4 }), (seed, most) => {
        const { risk, expectedReturn } = drawn(seed, 7);
        const problem = { risk, expectedReturn, riskAversion: 5, limits: long };
        const found = sparseMeanVariance(problem, most);
        expect(found.names.length).toBeLessThanOrEqual(most);
        expect(found.objective).toBeLessThanOrEqual(found.bound + 1e-12);
        let top = Number.NEGATIVE_INFINITY;
        for (let subset = 1; subset < 128; subset++) {
          const high = Float64Array.from({ length: 7 }, (_, i) => (subset >> i) & 1);
          if (high.reduce((a, b) => a + b, 0) !== most) continue;
          top = Math.max(top, meanVariance({ ...problem, limits: { ...long, high } }).objective);
        }
        expect(found.objective).toBeLessThanOrEqual(top + 1e-10);
        expect(top).toBeLessThanOrEqual(found.bound + 1e-10);
        all++;
        if (found.objective > top - 1e-9) best++;
      }),
      { numRuns: 12 },
    );
    expect(best / all).toBeGreaterThan(0.6);
  });
});

describe("several periods", () => {
  /** The best first trade of one name by dynamic programming over a grid of weights. */
  function firstByGrid(gains: readonly number[], variance: number, aversion: number, cost: number, held: number): number {
    const grid = Array.from({ length: 401 }, (_, k) => k / 400);
    let after = grid.map(() => 0);
    let choice = grid.map(() => 0);
    for (const gain of [...gains].reverse()) {
      const worth = grid.map((w, k) => gain * w - (aversion / 2) * variance * w * w + (after[k] as number));
      choice = grid.map((from) => {
        let [top, at] = [Number.NEGATIVE_INFINITY, 0];
        worth.forEach((value, k) => {
          const net = value - cost * Math.abs((grid[k] as number) - from);
          if (net > top + 1e-15) [top, at] = [net, k];
        });
        return at;
      });
      after = grid.map((from, k) => (worth[choice[k] as number] as number) - cost * Math.abs((grid[choice[k] as number] as number) - from));
    }
    return grid[choice[Math.round(held * 400)] as number] as number;
  }

  it("take the first step of the best plan, as dynamic programming finds it, and trade nothing within a zone", () => {
    const rng = createRng("plan");
    let still = 0;
    for (let time = 0; time < 30; time++) {
      const [variance, aversion, cost] = [4e-4, 2 + 6 * rng.next(), 0.002 * rng.next()];
      const held = Math.round(400 * rng.next()) / 400;
      const gains = fadingReturns([0.003 * rng.next()], 4, 0.5 + 2 * rng.next());
      const found = multiPeriod({
        risk: covarianceFrom([[variance]]),
        expectedReturns: gains,
        riskAversion: aversion,
        held: [held],
        limits: { low: 0, high: 1, budget: { low: 0, high: 1 } },
        costs: { buy: cost, sell: cost },
      });
      const wanted = firstByGrid(
        gains.map((one) => one[0] as number),
        variance,
        aversion,
        cost,
        held,
      );
      expect(Math.abs((found.weights?.[0] as number) - wanted)).toBeLessThan(5.1e-3);
      if (found.weights?.[0] === held) still++;
    }
    expect(still).toBeGreaterThan(3);
  });

  it("of one period is the same as looking no further", () => {
    const { risk, expectedReturn } = drawn("one", 6);
    const common = { risk, riskAversion: 4, limits: long, costs: { buy: 0.001, sell: 0.002 }, held: new Float64Array(6).fill(1 / 6) };
    const one = multiPeriod({ ...common, expectedReturns: [expectedReturn] });
    expect(one.objective).toBeCloseTo(meanVariance({ ...common, expectedReturn }).objective, 11);
  });
});

describe("the most diversification", () => {
  it("in a box is that of the exact method, and within groups no portfolio that obeys has more", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { risk, panel } = drawn(seed, 8);
        const box = { low: 0.02, high: 0.3 };
        const exact = maximumDiversification(risk, box);
        mostDiversified(risk, { ...box, budget: { low: 1, high: 1 } }).weights?.forEach((weight, i) =>
          expect(weight).toBeCloseTo(exact[i] as number, 6),
        );
        const group = groupLimit("first", [true, true, true, false, false, false, false, false], 0, 0.2);
        const limits = { low: 0, high: 0.5, budget: { low: 0.9, high: 0.9 }, linear: [group] };
        const found = mostDiversified(risk, limits);
        const weights = found.weights as Float64Array;
        const total = (of: ArrayLike<number>): number => Array.from(of).reduce((a, b) => a + b, 0);
        expect(total(weights)).toBeCloseTo(0.9, 9);
        expect(total(weights.slice(0, 3))).toBeLessThan(0.2 + 1e-9);
        const deviation = deviationsOf(risk);
        const ratio = (w: Float64Array): number =>
          w.reduce((sum, one, i) => sum + one * (deviation[i] as number), 0) / Math.sqrt(varianceOf(risk, w));
        expect(found.objective).toBeCloseTo(ratio(weights), 10);
        const rng = createRng(`other ${seed}`);
        for (let time = 0; time < 40; time++) {
          // A step towards another portfolio that obeys.
          const draw = Float64Array.from({ length: 8 }, () => rng.next());
          const [first, rest] = [total(draw.slice(0, 3)), total(draw.slice(3))];
          const other = draw.map((value, i) => (i < 3 ? (0.2 * value) / first : (0.7 * value) / rest));
          if (Math.max(...other) > 0.5) continue;
          const near = weights.map((weight, i) => 0.9 * weight + 0.1 * (other[i] as number));
          expect(ratio(near)).toBeLessThan(found.objective + 1e-9);
        }
        const factors = factorModel(panel, 2);
        expect(mostDiversified(factors, limits).status).toBe("optimal");
      }),
      { numRuns: 8 },
    );
  });

  it("answers limits that clash, and refuses what a ratio does not know", () => {
    const { risk } = drawn("ratio", 4);
    const clash = mostDiversified(risk, { low: 0, high: 0.2, budget: { low: 1, high: 1 } });
    expect([clash.status, clash.weights]).toEqual(["infeasible", null]);
    expect(() => mostDiversified(risk, { ...long, turnover: 0.1 })).toThrow(/knows no turnover/);
    expect(() => mostDiversified(risk, { ...long, budget: { low: 0, high: 1 } })).toThrow(/same at any size/);
    expect(() => mostDiversified({ names: 1, values: Float64Array.of(0) }, long)).toThrow(/deviation of 0/);
  });
});

describe("views", () => {
  const { risk } = drawn("views", 4);
  const options = { market: [0.4, 0.3, 0.2, 0.1], riskAversion: 2.5, tau: 0.05 };

  it("of nobody leave the equilibrium, at which the market holds what it holds", () => {
    const { expectedReturn, covariance } = blackLitterman(risk, [], options);
    const found = meanVariance({ risk, expectedReturn, riskAversion: 2.5, limits: { low: -5, high: 5, budget: { low: 0, high: 5 } } });
    found.weights?.forEach((weight, i) => expect(weight).toBeCloseTo(options.market[i] as number, 6));
    covariance.values.forEach((value, at) => expect(value).toBeCloseTo(1.05 * (risk.values[at] as number), 15));
  });

  it("move returns towards them, all the way when sure, not at all when not, as in the formula with inverses for two names", () => {
    const view = { portfolio: [1, -1, 0, 0], expectedReturn: 0.01 };
    const spread = (error: number): number => {
      const { expectedReturn } = blackLitterman(risk, [{ ...view, error }], options);
      return (expectedReturn[0] as number) - (expectedReturn[1] as number);
    };
    const prior = spread(1e6);
    expect(spread(1e-9)).toBeCloseTo(0.01, 9);
    expect(spread(0.002)).toBeGreaterThan(prior);
    expect(spread(0.002)).toBeLessThan(0.01);
    // One name, by hand: the mean of two normals, weighted by their precisions.
    const alone = blackLitterman(covarianceFrom([[0.0004]]), signalViews([0.01, Number.NaN].slice(0, 1), [0.003]), {
      market: [1],
      riskAversion: 2,
      tau: 0.1,
    });
    const [a, b] = [1 / 0.00004, 1 / 0.003 ** 2];
    expect(alone.expectedReturn[0]).toBeCloseTo((0.0008 * a + 0.01 * b) / (a + b), 14);
    expect(alone.covariance.values[0]).toBeCloseTo(0.0004 + 1 / (a + b), 14);
    expect(signalViews([0.1, Number.NaN], [1, 1])).toHaveLength(1);
  });
});

describe("how much", () => {
  it("Kelly's bet is the mean-variance portfolio of its aversion without limits, and no other constant one grows faster", () => {
    const { risk, expectedReturn } = drawn("kelly", 3);
    const half = kellyWeights(risk, expectedReturn, 0.5);
    const wide = { low: -100, high: 100, budget: { low: -100, high: 100 } };
    const found = meanVariance({ risk, expectedReturn, riskAversion: kellyAversion(0.5), limits: wide });
    found.weights?.forEach((weight, i) => expect(weight).toBeCloseTo(half[i] as number, 5));
    const growth = (weights: Float64Array): number =>
      weights.reduce((sum, weight, i) => sum + weight * (expectedReturn[i] as number), 0) - varianceOf(risk, weights) / 2;
    const whole = kellyWeights(risk, expectedReturn, 1);
    const rng = createRng("near");
    for (let time = 0; time < 20; time++) expect(growth(whole.map((weight) => weight + 0.1 * rng.normal()))).toBeLessThan(growth(whole));
    expect(growth(half)).toBeCloseTo(0.75 * growth(whole), 12);
    expect(() => kellyAversion(0)).toThrow(/fraction of Kelly/);
  });

  it("a target of volatility is met, and no leverage beyond the largest scale", () => {
    const risk = covarianceFrom([
      [0.0004, 0],
      [0, 0.0004],
    ]);
    expect(volatilityScale(risk, [1, 0], 0.01, 1)).toBeCloseTo(0.5, 12);
    expect(volatilityScale(risk, [1, 0], 0.05, 1.5)).toBe(1.5);
    expect(volatilityScale(risk, [0, 0], 0.05, 1.5)).toBe(1.5);
  });
});

describe("pieces", () => {
  it("chords of the impact are exact where they meet, never too low, and at most 1.2 % of the largest cost too high", () => {
    const [c, most] = [0.02, 0.3];
    const segments = impactSegments(c, most);
    for (let k = 0; k <= 600; k++) {
      const t = (most * k) / 600;
      const off = segmentCost(segments, t) - c * t ** 1.5;
      expect(off).toBeGreaterThan(-1e-15);
      expect(off).toBeLessThan(0.012 * c * most ** 1.5);
    }
    for (let k = 1; k <= 8; k++) expect(segmentCost(segments, most * (k / 8) ** 3)).toBeCloseTo(c * (most * (k / 8) ** 3) ** 1.5, 14);
  });

  it("the loss in the tail counts the scenario on its edge in part", () => {
    const panel = returnsPanel([[-0.04, -0.02, 0.01, 0.03]]);
    expect(conditionalLoss(panel, [1], 0.75)).toBeCloseTo(0.04, 14);
    expect(conditionalLoss(panel, [1], 0.625)).toBeCloseTo((0.04 + 0.5 * 0.02) / 1.5, 14);
  });

  it("more of a limit never hurts, and a fixed weight is fixed", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { risk, expectedReturn } = drawn(seed, 8);
        const held = new Float64Array(8).fill(1 / 8);
        const best = (turnover: number): number =>
          meanVariance({ risk, expectedReturn, riskAversion: 3, held, limits: { ...long, turnover }, costs: { buy: 0.0005, sell: 0.0005 } })
            .objective;
        const [none, little, much] = [best(0), best(0.2), best(2)] as const;
        expect(none).toBeLessThanOrEqual(little + 1e-10);
        expect(little).toBeLessThanOrEqual(much + 1e-10);
        const low = Float64Array.from({ length: 8 }, (_, i) => (i === 3 ? 0.3 : 0));
        const high = Float64Array.from({ length: 8 }, (_, i) => (i === 3 ? 0.3 : 1));
        expect(meanVariance({ risk, expectedReturn, riskAversion: 3, limits: { ...long, low, high } }).weights?.[3]).toBe(0.3);
      }),
      { numRuns: 8 },
    );
  });

  it("input that is no problem is refused in a sentence, what has no solution is answered with the limits that clash", () => {
    const { risk, expectedReturn } = drawn("bad", 3);
    const problem = { risk, expectedReturn, riskAversion: 1, limits: long };
    expect(() => meanVariance({ ...problem, expectedReturn: [0, Number.NaN, 0] })).toThrow(/no number for name 1/);
    expect(() => meanVariance({ ...problem, riskAversion: 0 })).toThrow(/risk aversion is 0/);
    expect(() => meanVariance({ ...problem, costs: { buy: -0.1 } })).toThrow(/cost below 0/);
    expect(() => meanVariance({ ...problem, limits: { ...long, low: [0, 2, 0] } })).toThrow(/Name 1 may have no weight/);
    const group = groupLimit("banks", [true, true, true], 0, 0.5);
    const clash = meanVariance({ ...problem, limits: { ...long, linear: [group] } });
    expect(clash).toMatchObject({ status: "infeasible", weights: null });
    expect(clash.broken.join()).toMatch(/banks|budget/);
    const answer = firstAnswer([
      { name: "first", solve: () => clash },
      { name: "second", solve: () => meanVariance(problem) },
    ]);
    expect(answer.step).toBe("second");
    expect(answer.failed[0]).toMatch(/^first: no weights obey/);
    expect(firstAnswer([{ name: "first", solve: () => clash }])).toMatchObject({ step: "hold", weights: null });
  });

  it("limits that are none are refused, by every optimizer: the smaller end first, and numbers", () => {
    const { panel, risk, expectedReturn } = drawn("ends", 3);
    const group = (low: number, high: number) => groupLimit("banks", [true, true, false], low, high);
    const all: readonly ((limits: PortfolioLimits) => OptimizedPortfolio)[] = [
      (limits) => meanVariance({ risk, expectedReturn, riskAversion: 1, limits }),
      (limits) => meanCvar({ scenarios: panel, level: 0.9, riskAversion: 1, limits }),
      (limits) => multiPeriod({ risk, expectedReturns: [expectedReturn, expectedReturn], riskAversion: 1, limits }),
      (limits) => sparseMeanVariance({ risk, expectedReturn, riskAversion: 1, limits }, 2),
      (limits) => mostDiversified(risk, limits),
    ];
    for (const solve of all) {
      expect(() => solve({ ...long, linear: [group(0.6, 0.5)] })).toThrow(/banks runs from 0.6 to 0.5/);
      expect(() => solve({ ...long, linear: [group(Number.NaN, 0.5)] })).toThrow(/banks runs from NaN to 0.5/);
      expect(() => solve({ ...long, linear: factorNeutral(Float64Array.of(1, 2, 3), 3, -0.1) })).toThrow(/factor 0 runs from 0.1 to -0.1/);
      expect(() => solve({ ...long, linear: [group(Number.NEGATIVE_INFINITY, 0.5)] })).not.toThrow();
    }
    for (const solve of all.slice(0, -1)) {
      expect(() => solve({ ...long, budget: { low: 1, high: 0.5 } })).toThrow(/budget runs from 1 to 0.5/);
      expect(() => solve({ ...long, turnover: Number.NaN })).toThrow(/turnover is no number/);
      expect(() => solve({ ...long, gross: Number.NaN })).toThrow(/gross is no number/);
      expect(solve({ ...long, turnover: -0.1 })).toMatchObject({ status: "infeasible", weights: null });
    }
  });

  it("limits that clash by much are named, also where the least excess is lost in rounding", () => {
    for (let k = 0; k < nightlyOr(1500, 100); k++) {
      const rng = createRng(`clash ${k}`);
      const { panel, expectedReturn } = drawn(`clash ${k}`, 7);
      const held = Array.from({ length: 7 }, () => Math.max(0, 0.2 * rng.next() - 0.1));
      const some = (low: number, high: number): number[] => Array.from({ length: 7 }, () => low + (high - low) * rng.next());
      const first = held.map((_, i) => i < 3);
      const found = meanVariance({
        risk: factorModel(panel, 5),
        expectedReturn,
        riskAversion: 5,
        held,
        costs: { buy: 7.5e-4, sell: 7.5e-4, short: 1e-4, impact: some(1.5e-4, 4.5e-4) },
        limits: {
          low: 0,
          high: 0.4,
          turnover: 0.4,
          budget: { low: 0.4 + held.reduce((a, b) => a + b), high: 0.98 },
          linear: [
            groupLimit("one", first, 0, 0.25),
            groupLimit(
              "two",
              first.map((is) => !is),
              0,
              0.25,
            ),
            { name: "beta", exposure: some(0.7, 1.5), low: 0.8, high: 1.1 },
          ],
        },
      });
      // At most half of equity may be in both groups, at a beta of 1.5 at most: some 0.05 and more is missing.
      expect([found.status, found.broken.some((name) => /^(budget|one|two|beta)$/.test(name))]).toEqual(["infeasible", true]);
    }
  });

  it("weights, scenarios and views that are no numbers are refused", () => {
    const { panel, risk } = drawn("numbers", 3);
    const holes = { ...panel, values: panel.values.map((value, at) => (at === 4 ? Number.NaN : value)) };
    expect(() => meanCvar({ scenarios: holes, level: 0.9, riskAversion: 1, limits: long })).toThrow(/scenarios has no number/);
    expect(() => conditionalLoss(panel, [0.5, 0.5], 0.9)).toThrow(/2 values for 3 names/);
    expect(() => conditionalLoss(panel, [0.5, 0.5, 0], 95)).toThrow(/level of the CVaR is 95/);
    expect(() => volatilityScale(risk, [0.5, Number.NaN, 0.5], 0.01, 1)).toThrow(/no number for name 1/);
    const options = { market: [0.4, 0.3, 0.3], riskAversion: 2, tau: 0.05 };
    const view = { portfolio: [1, 0, 0], expectedReturn: 0.01 };
    expect(() => blackLitterman(risk, [{ ...view, error: Number.POSITIVE_INFINITY }], options)).toThrow(/error of Infinity/);
    expect(() => blackLitterman(risk, [], { ...options, riskAversion: Number.POSITIVE_INFINITY })).toThrow(/finite/);
    expect(() => blackLitterman({ names: 3, values: new Float64Array(9).fill(Number.NaN) }, [], options)).toThrow(/no number/);
    expect(() => signalViews([0.1, 0.2], [1])).toThrow(/2 expected returns and 1 errors/);
    expect(signalViews([0.1, 0.2, 0.3], [1, Number.POSITIVE_INFINITY, 0])).toHaveLength(1);
    for (const factors of [0, 1.5, 3, Number.NaN]) expect(() => factorModel(panel, factors)).toThrow(/factors of 3 names/);
  });

  it("finds the same whatever the scale of returns", () => {
    const { panel, expectedReturn } = drawn("scale", 6);
    for (const scale of [1e-4, 1, 1e4]) {
      const risk = sampleCovariance({ ...panel, values: panel.values.map((value) => scale * value) });
      const found = meanVariance({
        risk,
        expectedReturn: expectedReturn.map((value) => scale * value),
        riskAversion: 5 / scale,
        limits: long,
      });
      const plain = meanVariance({ risk: sampleCovariance(panel), expectedReturn, riskAversion: 5, limits: long });
      found.weights?.forEach((weight, i) => expect(weight).toBeCloseTo(plain.weights?.[i] as number, 6));
    }
  });
});
