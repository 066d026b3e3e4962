// References: test/reference/inference/inference.json (arch; NumPy after Hansen 2005 and Romano & Wolf 2005, 2016), same positions drawn.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { givenResampling } from "../bootstrap/resampling.js";
import { excessOver } from "./excess.js";
import { stepM, stepSuperiorAbility } from "./step-wise.js";
import { realityCheck, superiorAbility } from "./superior-ability.js";

const reference = JSON.parse(readFileSync(new URL("../../../../test/reference/inference/inference.json", import.meta.url), "utf8")).search;
const excess = excessOver(reference.benchmark, reference.strategies);
const resampling = givenResampling(reference.index, reference.block);
/** arch divides the count by the draws, we add one to both. */
const withOne = (share: number): number => (1 + share * resampling.draws) / (1 + resampling.draws);
const noise = (seed: string, strategies: number, days: number, drift = 0): Float64Array[] => {
  const rng = createRng(seed);
  return Array.from({ length: strategies }, (_, k) => Float64Array.from({ length: days }, () => rng.normal() + (k === 0 ? drift : 0)));
};

describe("The reality check and the test of superior ability", () => {
  it("have arch's p-values without studentization, of all three kinds", async () => {
    const found = await superiorAbility(excess, { resampling, studentized: false });
    expect(found.lower).toBeCloseTo(withOne(reference.arch.lower), 12);
    expect(found.consistent).toBeCloseTo(withOne(reference.arch.consistent), 12);
    expect(found.upper).toBeCloseTo(withOne(reference.arch.upper), 12);
    expect((await realityCheck(excess, { resampling })).pValue).toBe(found.upper);
  });
  it("have the studentized statistic and p-values of Hansen's paper", async () => {
    const found = await superiorAbility(excess, { resampling });
    expect(found.statistic).toBeCloseTo(Math.max(...reference.statistics), 10);
    expect(found.best).toBe(reference.statistics.indexOf(Math.max(...reference.statistics)));
    for (const kind of ["lower", "consistent", "upper"] as const) expect(found[kind]).toBeCloseTo(reference.studentized[kind], 12);
  });
  it("order the three p-values, never give zero, and do not depend on the scale of a strategy", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.integer({ min: 1, max: 6 }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        async (seed, n, scale) => {
          const series = noise(String(seed), n, 40);
          const options = { draws: 60, blockLength: 3 };
          const found = await superiorAbility(excessOver(null, series), { ...options, resampling: createRng("a") });
          expect(found.lower).toBeGreaterThan(0);
          expect(found.lower).toBeLessThanOrEqual(found.consistent);
          expect(found.consistent).toBeLessThanOrEqual(found.upper);
          expect(found.upper).toBeLessThanOrEqual(1);
          const scaled = series.map((values, k) => (k === 0 ? values.map((value) => value * scale) : values));
          const again = await superiorAbility(excessOver(null, scaled), { ...options, resampling: createRng("a") });
          expect(again.upper).toBe(found.upper);
          expect(again.statistic).toBeCloseTo(found.statistic, 9);
        },
      ),
      { numRuns: 25 },
    );
  });
  it("give the same bytes on any number of threads", async () => {
    const many = excessOver(null, noise("threads", 70, 120));
    const on = (threads: number) => superiorAbility(many, { resampling: createRng("t"), draws: 301, threads });
    const one = await on(1);
    expect(await on(2)).toEqual(one);
    expect(await on(5)).toEqual(one);
  });
  it("find an edge that is there and none among a hundred strategies that have none", async () => {
    const options = { draws: 499, blockLength: 2 };
    const planted = await superiorAbility(excessOver(null, noise("edge", 100, 500, 0.3)), { ...options, resampling: createRng("a") });
    expect(planted.best).toBe(0);
    expect(planted.consistent).toBeLessThan(0.01);
    const nothing = await superiorAbility(excessOver(null, noise("none", 100, 500)), { ...options, resampling: createRng("a") });
    expect(nothing.statistic).toBeGreaterThan(2); // alone it would have looked significant
    expect(nothing.consistent).toBeGreaterThan(0.1);
  });
  it("take a strategy that is its benchmark for one that proves nothing, and refuse what cannot be tested", async () => {
    const [one] = noise("one", 1, 60) as [Float64Array];
    const same = await superiorAbility(excessOver(one, [one]), { resampling: createRng("a"), draws: 50, blockLength: 2 });
    expect(same).toMatchObject({ statistic: 0, consistent: 1 });
    await expect(superiorAbility(excessOver(one, [one.map((v) => v + 0.5)]), { resampling: createRng("a") })).rejects.toThrow(
      "by the same amount every day",
    );
    await expect(superiorAbility(excessOver(null, [one]), { resampling })).rejects.toThrow("The draws are of 90 days");
    expect(() => excessOver(null, [])).toThrow("No strategy was given");
    expect(() => excessOver(one, [one.subarray(1)])).toThrow("The benchmark has 60 days and strategy 0 has 59");
    expect(() => excessOver(null, [one, one.map(() => Number.NaN)])).toThrow("Strategy 1 or the benchmark has a value that is no number");
  });
});

describe("Stepping down", () => {
  it("calls the strategies better that arch calls better at the same level", async () => {
    const { pValues } = await stepSuperiorAbility(excess, { resampling, studentized: false });
    for (const [level, superior] of Object.entries(reference.archStepM))
      expect([...pValues.keys()].filter((k) => (pValues[k] as number) <= Number(level))).toEqual(superior);
  });
  it("has the p-values of the papers", async () => {
    const all = await stepM(excess, { resampling });
    const fewer = await stepSuperiorAbility(excess, { resampling });
    for (const [k, p] of reference.stepM.entries()) expect(all.pValues[k]).toBeCloseTo(p, 12);
    for (const [k, p] of reference.stepSpa.entries()) expect(fewer.pValues[k]).toBeCloseTo(p, 12);
  });
  it("gives the best strategy the p-value of the single test", async () => {
    const { pValues, statistics } = await stepM(excess, { resampling });
    const single = await superiorAbility(excess, { resampling });
    expect(pValues[single.best]).toBe(single.upper);
    expect(statistics[single.best]).toBe(single.statistic);
  });
});
