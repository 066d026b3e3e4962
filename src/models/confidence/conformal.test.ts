import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng, type Rng } from "#base/rng.js";
import { type Adaptation, beginPools, type Conformal, fitConformal, halfWidth, learnPool, USUAL_STEP } from "./conformal.js";

const COVERAGE = 0.9;

function conformalOf(adaptation: Adaptation, scores: Float64Array): Conformal {
  return fitConformal({ coverage: COVERAGE, adaptation, step: USUAL_STEP[adaptation] }, scores);
}

/** Share of outcomes covered per moment, of `names` at each; what came is learned `delay` moments later. */
function follow(conformal: Conformal, moments: number, names: number, delay: number, score: (moment: number) => number): number[] {
  const state = beginPools(conformal, 1);
  const missed: number[] = [];
  for (let t = 0; t < moments; t++) {
    const width = halfWidth(conformal, state, 0);
    let outside = 0;
    for (let i = 0; i < names; i++) if (score(t) > width) outside++;
    missed.push(outside / names);
    if (t >= delay) learnPool(conformal, state, 0, missed[t - delay] as number);
  }
  return missed.map((share) => 1 - share);
}

/** Errors of a model on a market whose volatility and unforeseen drift jump about every 200 moments, with fat tails and days of their own. */
function regimes(rng: Rng): { readonly before: Float64Array; readonly score: (moment: number) => number } {
  let [volatility, drift, day, at] = [1, 0, 1, -1];
  const score = (moment: number): number => {
    if (moment !== at) {
      at = moment;
      if (rng.next() < 1 / 200) volatility = Math.exp(0.6 * rng.normal());
      if (rng.next() < 1 / 200) drift = 0.7 * rng.normal();
      day = Math.exp(0.3 * rng.normal());
    }
    return day * Math.abs(drift + volatility * rng.normal() * (rng.next() < 0.05 ? 3 : 1));
  };
  return { before: Float64Array.from({ length: 2000 }, () => score(0)), score };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const worstYear = (covered: readonly number[]): number =>
  Math.max(...covered.flatMap((_, t) => (t % 10 === 0 && t >= 250 ? [Math.abs(mean(covered.slice(t - 250, t)) - COVERAGE)] : [])));

describe("conformal intervals", () => {
  it("cover outcomes of the same law with the nominal probability, whatever the law and however few the scores", () => {
    const rng = createRng("exchangeable");
    for (const n of [9, 25, 200, 20_000]) {
      let covered = 0;
      const draws = n > 1000 ? 40 : 4000;
      const tries = n > 1000 ? 200 : 1;
      for (let draw = 0; draw < draws; draw++) {
        const score = (): number => Math.abs(rng.normal()) ** 3;
        const conformal = conformalOf("none", Float64Array.from({ length: n }, score));
        const width = halfWidth(conformal, beginPools(conformal, 1), 0);
        for (let i = 0; i < tries; i++) if (score() <= width) covered++;
      }
      const rank = Math.ceil((Math.min(n, 4096) + 1) * COVERAGE - 1e-9) / (Math.min(n, 4096) + 1);
      expect(Math.abs(covered / draws / tries - rank), `${n} scores`).toBeLessThan(0.012);
    }
  });

  const seeds = ["a", "b", "c", "d", "e", "f"];
  it.each([
    ["pid", 100, 0],
    ["pid", 100, 5],
    ["pid", 1, 5],
    ["aci", 100, 5],
    ["aci", 1, 5],
  ] as const)(
    "%s holds its coverage within 2 points through changing regimes (%i names, %i moments late), every year within 7",
    (adaptation, names, delay) => {
      for (const seed of seeds) {
        const { before, score } = regimes(createRng(seed));
        const covered = follow(conformalOf(adaptation, before), 2500, names, delay, score);
        expect(Math.abs(mean(covered) - COVERAGE), seed).toBeLessThan(0.02);
        expect(worstYear(covered), seed).toBeLessThan(adaptation === "pid" ? 0.07 : 0.1);
      }
    },
  );

  it("do not hold it when nothing is learned: the regimes are a real trial", () => {
    const away = seeds.map((seed) => {
      const { before, score } = regimes(createRng(seed));
      return Math.abs(mean(follow(conformalOf("none", before), 2500, 100, 0, score)) - COVERAGE);
    });
    expect(mean(away)).toBeGreaterThan(0.05);
  });

  it("hold it against any sequence at all within a range of sizes, when they follow it", () => {
    const conformal = conformalOf(
      "pid",
      Float64Array.from({ length: 100 }, (_, i) => 0.1 + i / 50),
    );
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.05, max: 20, noNaN: true }), { minLength: 20, maxLength: 50 }), (cycle) => {
        const covered = follow(conformal, 2000, 1, 0, (t) => cycle[t % cycle.length] as number);
        // The range of logarithms is 6; proposition 1 of Angelopoulos et al. gives (6 + step) / (step moments).
        expect(Math.abs(mean(covered) - COVERAGE)).toBeLessThan(0.02);
      }),
      { numRuns: 50 },
    );
  });

  it("narrow while all is covered, widen by misses, and stay numbers through a year of nothing but misses", () => {
    const conformal = conformalOf(
      "pid",
      Float64Array.from({ length: 100 }, (_, i) => i / 100),
    );
    const state = beginPools(conformal, 2);
    const start = halfWidth(conformal, state, 0);
    for (let i = 0; i < 10; i++) learnPool(conformal, state, 0, 0);
    expect(halfWidth(conformal, state, 0)).toBeLessThan(start);
    for (let i = 0; i < 250; i++) learnPool(conformal, state, 1, 1);
    expect(halfWidth(conformal, state, 1)).toBeGreaterThan(1e6);
    expect(Number.isFinite(halfWidth(conformal, state, 1))).toBe(true);
    const level = conformalOf(
      "aci",
      Float64Array.from({ length: 100 }, (_, i) => i / 100),
    );
    const moved = beginPools(level, 1);
    for (let i = 0; i < 20; i++) learnPool(level, moved, 0, 1);
    // No quantile of what was seen is wide enough: the paper's interval is the whole line then.
    expect(halfWidth(level, moved, 0)).toBe(Number.POSITIVE_INFINITY);
  });

  it("of errors that were all zero have no width, and find one when errors come", () => {
    const conformal = conformalOf("pid", new Float64Array(50));
    const state = beginPools(conformal, 1);
    expect(halfWidth(conformal, state, 0)).toBeLessThan(1e-11);
    for (let i = 0; i < 150; i++) learnPool(conformal, state, 0, 1);
    expect(halfWidth(conformal, state, 0)).toBeGreaterThan(0.01);
  });
});
