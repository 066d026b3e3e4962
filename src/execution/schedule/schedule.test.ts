import fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type AlmgrenChriss, decayOf, efficientCost, expectedCost, optimalRest } from "./almgren-chriss.js";
import { type BoundedProblem, boundedSlices } from "./constrained.js";
import { shortfallShare, sinhRatio, twapShare, volumeLevel, vwapShare } from "./shares.js";
import { wholeSlices } from "./whole-lots.js";

interface Reference {
  readonly frontier: readonly {
    readonly problem: AlmgrenChriss;
    readonly rest: readonly number[];
    readonly simulated: {
      readonly mean: number;
      readonly meanError: number;
      readonly variance: number;
      readonly varianceError: number;
    };
  }[];
  readonly bounded: readonly {
    readonly caps: readonly number[];
    readonly temporary: readonly number[];
    readonly risk: number;
    readonly slices: readonly number[];
    readonly cost: number;
  }[];
}

const reference = JSON.parse(
  readFileSync(new URL("../../../test/reference/execution/execution.json", import.meta.url), "utf8"),
) as Reference;
const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

describe("Almgren and Chriss", () => {
  it.each(reference.frontier.map((one) => [one.problem.riskAversion, one.problem.steps, one] as const))(
    "at a risk aversion of %d in %d steps is the optimum of the normal equations, at the mean and variance that 400,000 paths have",
    (_, __, { problem, rest, simulated }) => {
      const ours = optimalRest(problem);
      rest.forEach((left, k) => expect(Math.abs((ours[k] as number) - left)).toBeLessThan(1e-7 * problem.units));
      const [closed, summed] = [efficientCost(problem), expectedCost(problem, ours)];
      expect(closed.mean).toBeCloseTo(summed.mean, -Math.log10(summed.mean) + 9);
      expect(Math.abs(closed.variance / summed.variance - 1)).toBeLessThan(1e-9);
      expect(Math.abs(closed.mean - simulated.mean)).toBeLessThan(4 * simulated.meanError);
      expect(Math.abs(closed.variance - simulated.variance)).toBeLessThan(4 * simulated.varianceError);
    },
  );

  it("minding no risk trades evenly; minding it more has a higher mean and a lower variance, up to the largest numbers", () => {
    const problem = (reference.frontier[0] as (typeof reference.frontier)[number]).problem;
    const at = (riskAversion: number): ReturnType<typeof efficientCost> => efficientCost({ ...problem, steps: 20, riskAversion });
    const costs = [0, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-3, 1e3, 1e12].map(at);
    for (let i = 1; i < costs.length; i++) {
      const [less, more] = [costs[i - 1], costs[i]] as [ReturnType<typeof at>, ReturnType<typeof at>];
      expect(more.mean).toBeGreaterThanOrEqual(less.mean * (1 - 1e-12));
      expect(more.variance).toBeLessThanOrEqual(less.variance * (1 + 1e-12));
    }
    optimalRest({ ...problem, riskAversion: 0 }).forEach((left, k) => expect(left).toBeCloseTo(problem.units * (1 - (k + 1) / 5), 4));
  });

  it("is what the shares of a step say, at the urgency kappa T", () => {
    for (const { problem } of reference.frontier) {
      const urgency = decayOf(problem) * problem.time;
      optimalRest(problem).forEach((left, k) =>
        expect(1 - shortfallShare(k, problem.steps, urgency)).toBeCloseTo(left / problem.units, 10),
      );
    }
  });

  it("sinh(af)/sinh(a) neither overflows nor loses digits near zero", () => {
    for (const [a, f] of [
      [0.3, 0.4],
      [20, 0.9],
      [1e-5, 0.5],
    ] as const)
      expect(sinhRatio(a, f)).toBeCloseTo(Math.sinh(a * f) / Math.sinh(a), 12);
    expect(sinhRatio(1e4, 0.5)).toBe(0);
    expect(sinhRatio(1e4, 1)).toBe(1);
  });

  it.each<[Partial<AlmgrenChriss>, RegExp]>([
    [{ units: -1 }, /`units` above 0/],
    [{ time: 0 }, /`time` above 0/],
    [{ steps: 2.5 }, /`steps` of at least 1/],
    [{ volatility: Number.NaN }, /`volatility` of at least 0/],
    [{ riskAversion: -1 }, /`riskAversion` of at least 0/],
    [{ permanent: 1 }, /`temporary` above half/],
  ])("refuse %j", (wrong, sentence) => {
    const problem = { units: 100, time: 1, steps: 5, volatility: 1, fixed: 0, temporary: 0.01, permanent: 0, riskAversion: 1e-3, ...wrong };
    for (const ask of [decayOf, optimalRest, efficientCost, (one: AlmgrenChriss) => expectedCost(one, [80, 60, 40, 20, 0])])
      expect(() => ask(problem)).toThrow(sentence);
  });
});

describe("bounded slices", () => {
  it.each(reference.bounded.map((one, i) => [i, one] as const))(
    "cost no more than those of an active-set method, problem %d",
    (_, problem) => {
      const slices = boundedSlices({ units: 1, ...problem });
      let left = 1;
      const cost = sum(
        problem.caps.map((_, k) => {
          left -= slices[k] as number;
          return (problem.temporary[k] as number) * (slices[k] as number) ** 2 + problem.risk * left ** 2;
        }),
      );
      expect(cost).toBeLessThan(problem.cost * (1 + 1e-9));
      problem.slices.forEach((n, k) => expect(slices[k]).toBeCloseTo(n, 5));
      expect(sum(slices)).toBeCloseTo(1, 12);
    },
  );

  it("without bounds are Almgren and Chriss", () => {
    for (const { problem } of reference.frontier) {
      const tau = problem.time / problem.steps;
      const net = problem.temporary - (problem.permanent * tau) / 2;
      const slices = boundedSlices({
        units: problem.units,
        caps: Array.from({ length: problem.steps }, () => Number.POSITIVE_INFINITY),
        temporary: Array.from({ length: problem.steps }, () => net / tau),
        risk: problem.riskAversion * problem.volatility ** 2 * tau,
      });
      let left = problem.units;
      optimalRest(problem).forEach((rest, k) => {
        left -= slices[k] as number;
        expect(Math.abs(left - rest)).toBeLessThan(1e-8 * problem.units);
      });
    }
  });

  it("never exceed a cap, never buy back, and sum to the order or to the caps", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ cap: fc.double({ min: 0, max: 50, noNaN: true }), cost: fc.double({ min: 1e-3, max: 1e3, noNaN: true }) }), {
          minLength: 1,
          maxLength: 30,
        }),
        fc.double({ min: 1e-3, max: 500, noNaN: true }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (steps, units, risk) => {
          const caps = steps.map(({ cap }) => cap);
          const slices = boundedSlices({ units, caps, temporary: steps.map(({ cost }) => cost), risk });
          slices.forEach((n, k) => {
            expect(n).toBeGreaterThanOrEqual(0);
            expect(n).toBeLessThanOrEqual(caps[k] as number);
          });
          const whole = Math.min(units, sum(caps));
          expect(Math.abs(sum(slices) - whole)).toBeLessThan(1e-9 * (1 + whole));
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each<[Partial<BoundedProblem>, RegExp]>([
    [{ units: 0 }, /`units` above 0/],
    [{ temporary: [1, -1] }, /`temporary` above 0: step 1 has -1/],
    [{ temporary: [1] }, /there are 1 and 2/],
    [{ caps: [Number.NaN, 1] }, /`caps` of at least 0: step 0 has NaN/],
    [{ risk: Infinity }, /`risk` of at least 0/],
  ])("refuse %j, which would be searched for ever or answered by NaN", (wrong, sentence) => {
    expect(() => boundedSlices({ units: 10, caps: [8, 8], temporary: [1, 1], risk: 0.1, ...wrong })).toThrow(sentence);
  });
});

describe("shares", () => {
  it("time-weighted is even, and all is due at the last step and beyond", () => {
    expect([0, 1, 2, 3, 9].map((k) => twapShare(k, 4))).toEqual([0.25, 0.5, 0.75, 1, 1]);
    expect(twapShare(0, 0)).toBe(1);
  });

  it("volume-weighted on a day as foretold is the curve, and at twice its volume, too", () => {
    const curve = [8, 4, 2, 2, 4, 12];
    for (const level of [1, 2]) {
      curve.forEach((next, k) => {
        const expected = sum(curve.slice(0, k));
        const outlook = { seen: level * expected, expected, next, later: sum(curve.slice(k + 1)) };
        if (level === 1) expect(vwapShare(outlook)).toBeCloseTo((expected + next) / 32, 12);
        expect(vwapShare(outlook)).toBeLessThanOrEqual(1);
        expect(volumeLevel(outlook)).toBeGreaterThanOrEqual(1);
      });
    }
    expect(vwapShare({ seen: 4, expected: 2, next: 1, later: 0 })).toBe(1);
    expect(vwapShare({ seen: 0, expected: 0, next: 0, later: 0 })).toBeNaN();
  });
});

describe("whole slices", () => {
  it("sum to the order, keep its sign, and lie within a lot of their share", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e6, max: 1e6 }), fc.array(fc.nat(1000), { minLength: 1, maxLength: 50 }), (lots, weights) => {
        const total = sum(weights);
        let before = 0;
        const done = weights.map((w) => (before += w) / Math.max(1, total));
        done[done.length - 1] = 1;
        const slices = wholeSlices(lots, done);
        expect(sum(slices)).toBe(lots);
        slices.forEach((slice, k) => {
          const exact = Math.abs(lots) * ((done[k] as number) - (k === 0 ? 0 : (done[k - 1] as number)));
          expect(Math.abs(slice)).toBeLessThan(exact + 1.001);
          expect(slice * lots).toBeGreaterThanOrEqual(0);
          if (Number.isInteger(exact)) expect(Math.abs(slice)).toBeLessThanOrEqual(exact + 1);
        });
      }),
    );
    expect(wholeSlices(5, [Number.NaN, 0.5, 3])).toEqual([0, 3, 2]);
  });
});
