// Keys of an optimized portfolio at a decision: names worth holding, no bets, holes in a window, diversification; and between two decisions.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InstrumentIx } from "#domain/instrument.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { Micros } from "#domain/time.js";
import { OptimizedStand, STAND_DAYS, STAND_WINDOW, sumOf } from "#test/fixtures/optimized-stand.js";
import { withMonitor } from "./monitored.js";
import { zScores } from "./neutrality.js";
import { createOptimized } from "./optimized.js";
import { objectiveNames, type OptimizedOptions } from "./optimized-options.js";
import type { ReturnMemory } from "./return-memory.js";

const NAMES = 16;
const DAYS = STAND_DAYS;
const stand = new OptimizedStand(NAMES, 1e6, 0.3);
const { usual, signals, asOf } = stand;
const view = (weights?: Float64Array): PortfolioView => stand.view(weights);
/** `holes`: (day, instrument) pairs without a bar. */
const memory = (holes: readonly (readonly [number, number])[] = [], seed = "keys"): ReturnMemory =>
  stand.memory(seed, (day, name) => holes.some(([when, which]) => when === day && which === name));
const QUALITY = Float64Array.from({ length: NAMES }, () => stand.rng.normal());
const frame = stand.frame({
  features: ["other", "quality"],
  values: Float64Array.from({ length: 2 * NAMES }, (_, at) => (at % 2 === 0 ? 7 : (QUALITY[(at - 1) / 2] as number))),
});
const sum = sumOf;
const weightsOf = (over: Partial<OptimizedOptions>, held?: Float64Array, from = memory()): Float64Array =>
  createOptimized({ ...usual, ...over }, from).build(signals, frame, view(held)).weights;

describe("names worth holding", () => {
  it.each(objectiveNames)("%s: no weight between nothing and the least one, at most so many names, and the gap is told", (objective) => {
    const builder = createOptimized({ ...usual, objective, minWeight: 0.1, maxNames: 6 }, memory());
    const { weights, answer } = builder.build(signals, frame, view());
    expect(answer?.step).toBe(objective);
    expect(answer?.gap).toBeGreaterThanOrEqual(0);
    expect(builder.answers?.()?.[0]?.gap).toBe(answer?.gap);
    expect(sum(weights)).toBeCloseTo(0.9, 6);
    const kept = weights.filter((weight) => weight !== 0);
    expect(kept.length).toBeLessThanOrEqual(6);
    expect(Math.min(...kept)).toBeGreaterThanOrEqual(0.1 - 1e-8);
    const other = createOptimized({ ...usual, objective, minWeight: 0.1, maxNames: 6 }, memory());
    other.memory?.restore(builder.memory?.snapshot() as Uint8Array);
    expect(other.answers?.()).toEqual(builder.answers?.());
  });

  it("also with lookahead, short, and in the fallbacks", () => {
    const planned = weightsOf({ lookahead: { periods: 3, halfLife: 1 }, minWeight: 0.1, maxNames: 6 });
    expect(planned.filter((weight) => weight !== 0).length).toBeLessThanOrEqual(6);
    const both = weightsOf({ short: true, minWeight: 0.05 });
    expect(both.some((weight) => weight < 0)).toBe(true);
    expect(sum(both)).toBeCloseTo(0, 7);
    for (const weight of both) expect(weight === 0 || Math.abs(weight) >= 0.05 - 1e-8).toBe(true);
    for (const fallback of ["minimum-variance", "equal-weight"] as const) {
      const weights = weightsOf({ beta: [3, 4], minWeight: 0.12, maxNames: 7, fallback: [fallback] });
      const kept = weights.filter((weight) => weight !== 0);
      expect(kept.length).toBeLessThanOrEqual(7);
      expect(Math.min(...kept)).toBeGreaterThanOrEqual(0.12 - 1e-8);
      expect(sum(weights)).toBeCloseTo(0.9, 6);
    }
  });

  it("what has drifted below the least weight may stay, and is never left at another one below it, within any turnover", () => {
    const someHeld = fc.array(fc.double({ min: 0, max: 0.1, noNaN: true }), { minLength: NAMES, maxLength: NAMES });
    fc.assert(
      fc.property(someHeld, fc.double({ min: 0.05, max: 1, noNaN: true }), (draw, maxTurnover) => {
        const held = view(Float64Array.from(draw)).lots.map((lots) => lots / 1e6);
        const builder = createOptimized({ ...usual, minWeight: 0.06, maxTurnover, fallback: [] }, memory());
        const { weights, answer } = builder.build(signals, frame, view(held));
        if (answer?.step === "hold") return; // no choice was found within so little
        weights.forEach((weight, i) => {
          expect(weight === 0 || weight >= 0.06 - 1e-8 || weight === held[i], `${weight} of ${held[i]}`).toBe(true);
        });
        const traded = sum(
          weights.map((weight, i) => weight - (held[i] as number)),
          Math.abs,
        );
        expect(traded).toBeLessThan(maxTurnover + 1e-6);
      }),
      { numRuns: 15 },
    );
  });
});

describe("no bets", () => {
  const to = ["momentum", "volatility", "sectors", "statistical"] as const;
  const neutral = { to, features: ["quality"], tolerance: 0.02 };
  const bet = (weights: Float64Array): number => weights.reduce((total, weight, i) => total + weight * (zScores(QUALITY)[i] as number), 0);

  it("on styles, sectors, factors and a feature of the frame, long only and short", () => {
    expect(Math.abs(bet(weightsOf({})))).toBeGreaterThan(0.1);
    for (const short of [false, true]) {
      const weights = weightsOf({ neutral, short, fallback: [] });
      expect(sum(weights, Math.abs)).toBeGreaterThan(0.3);
      expect(Math.abs(bet(weights))).toBeLessThan(0.02 + 1e-7);
      expect(Math.abs(sum(weights.slice(0, 8)) - sum(weights) / 2)).toBeLessThan(0.02 + 1e-7);
    }
  });

  it("undoes a bet that is held as far as the turnover goes, says so, and does not let it grow", () => {
    const held = Float64Array.from(zScores(QUALITY), (z) => (z > 0.8 ? 0.22 : 0));
    const builder = createOptimized({ ...usual, neutral, maxTurnover: 0.1 }, memory());
    const { weights, answer } = builder.build(signals, frame, view(held));
    expect(answer?.step).toBe("mean-variance with the bets held");
    expect(answer?.failed[0]).toMatch(/neutral/);
    expect(bet(weights)).toBeLessThan(bet(held) + 1e-7);
    const free = weightsOf({ neutral, maxTurnover: 2 }, held);
    expect(Math.abs(bet(free))).toBeLessThan(0.02 + 1e-7);
  });

  it("between decisions by the features of the last one, also after a snapshot", () => {
    const monitored = (): ReturnType<typeof withMonitor> =>
      withMonitor(createOptimized({ ...usual, neutral, fallback: [] }, memory()), 0.2, NAMES);
    const one = monitored();
    one.build(signals, frame, view());
    const other = monitored();
    other.memory?.restore(one.memory?.snapshot() as Uint8Array);
    const desired = new Float64Array(NAMES);
    other.adjust?.((asOf + 100) as Micros, -1 as Micros, view(), desired);
    expect(sum(desired)).toBeGreaterThan(1e5);
    expect(Math.abs(bet(desired.map((lots) => lots / 1e6)))).toBeLessThan(0.02 + 1e-4);
    const same = new Float64Array(NAMES);
    one.adjust?.((asOf + 100) as Micros, -1 as Micros, view(), same);
    expect(desired).toEqual(same);
  });

  it("a feature that the run does not have is named; a z-score of what is all alike, or not known, is 0", () => {
    const missing = createOptimized({ ...usual, neutral: { to: [], features: ["nobody"], tolerance: 0.1 } }, memory());
    expect(() => missing.build(signals, frame, view())).toThrow(/nobody/);
    expect([...zScores([3, 3, 3])]).toEqual([0, 0, 0]);
    expect([...zScores([Number.NaN, Number.NEGATIVE_INFINITY])]).toEqual([0, 0]);
    const [a, b, c] = zScores([1, Number.NaN, 3]);
    expect([a, b, c]).toEqual([-1, 0, 1]);
    expect([...zScores([0.1 + 0.2, 0.3, 0.3])].every((value) => Math.abs(value) < 1e-9)).toBe(true);
  });
});

describe("holes in a window", () => {
  const holes = [
    [DAYS - 5, 2],
    [DAYS - 6, 2],
    [DAYS - 30, 3],
  ] as const;

  it("up to so many are returns of 0 with the last price carried; beyond, the name is left as it is", () => {
    const held = new Float64Array(NAMES).fill(0.05);
    expect(
      weightsOf({}, held, memory(holes))
        .slice(0, 4)
        .map((weight) => Number(Number.isNaN(weight))),
    ).toEqual(Float64Array.of(0, 0, 1, 1));
    // A hole costs two returns: the one it would have had is 0, and the next is that of both.
    expect(Number.isNaN(weightsOf({ missing: 1 }, held, memory(holes))[3])).toBe(true);
    expect(Number.isNaN(weightsOf({ missing: 2 }, held, memory(holes))[3])).toBe(false);
    expect(weightsOf({ missing: 3 }, held, memory(holes)).some(Number.isNaN)).toBe(false);
  });

  it("what lies between the prices around a hole is kept whole, dividends too", () => {
    const [whole, holed] = [memory(), memory(holes)];
    const [all, some] = [whole.returnsOf(2, asOf) as Float64Array, holed.returnsOf(2, asOf, 3) as Float64Array];
    const growth = (returns: Float64Array): number => returns.reduce((product, value) => product * (1 + value), 1);
    expect(growth(some)).toBeCloseTo(growth(all), 12);
    expect(some.filter((value) => value === 0)).toHaveLength(2);
    holed.reference({ kind: "dividend", instrument: 2 as InstrumentIx, amount: 1, at: ((DAYS - 6) * 1000) as Micros, seenAt: asOf });
    const paid = holed.returnsOf(2, asOf, 3) as Float64Array;
    expect(growth(paid)).toBeGreaterThan(growth(some));
    expect(holed.returnsOf(2, asOf)).toBeNull();
    expect(holed.returnsOf(0, asOf)).toEqual(whole.returnsOf(0, asOf));
  });

  it("a name younger than the window is known from its first price on", () => {
    const young = Array.from({ length: DAYS - STAND_WINDOW + 3 }, (_, day) => [day, 5] as const);
    const returns = memory(young).returnsOf(5, asOf, 4) as Float64Array;
    expect(returns.slice(0, 4)).toEqual(new Float64Array(4));
    expect(returns[4]).not.toBe(0);
    expect(memory(young).returnsOf(5, asOf, 3)).toBeNull();
  });
});

describe("the most diversification", () => {
  it("is that of the ratio where there is room, and comes near to it within a turnover, sectors and a floor", () => {
    const best = weightsOf({ objective: "maximum-diversification" });
    expect(sum(best)).toBeCloseTo(0.9, 6);
    const held = Float64Array.from({ length: NAMES }, (_, i) => (i < 3 ? 0.3 : 0));
    const distance = (from: Float64Array, to: Float64Array): number =>
      from.reduce((total, one, i) => total + Math.abs(one - (to[i] as number)), 0);
    const near = weightsOf({ objective: "maximum-diversification", maxTurnover: 0.4, maxSector: 0.6, minWeight: 0.03 }, held);
    expect(distance(near, held)).toBeLessThan(0.4 + 1e-6);
    expect(distance(near, best)).toBeLessThan(distance(held, best));
    const calm = weightsOf({ objective: "maximum-diversification", volatilityTarget: 0.05 });
    expect(sum(calm)).toBeLessThan(0.5);
    const blind = createOptimized({ ...usual, objective: "maximum-diversification" }, memory());
    const silent = { ...signals, expectedReturn: new Float64Array(NAMES).fill(Number.NaN) };
    expect(blind.build(silent, frame, view()).weights).toEqual(best);
  });
});
