// The tests of a comparison on series of which the answer is known.
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { type ModelSeries, type ModelTests, type TestedModels, testModels } from "./test-models.js";

const N = 600;
/** Sums of `steps` shocks, as the rank ICs of labels that overlap are. */
function shocks(name: string, steps: number): readonly number[] {
  const rng = createRng(`comparison/${name}`);
  const each = Array.from({ length: N + steps }, () => rng.normal());
  return Array.from({ length: N }, (_, t) => each.slice(t, t + steps).reduce((a, b) => a + b, 0) / Math.sqrt(steps));
}
const market = shocks("market", 1);
/** A rank IC around `mean`, most of it shared by all models, and an account that earns `drift` a session. */
function model(name: string, mean: number, drift = 0, steps = 1): ModelSeries {
  const own = shocks(name, steps);
  const luck = shocks(`${name} account`, 1);
  return {
    rankIcs: own.map((shock, t) => [t, mean + 0.08 * (market[t] as number) + 0.05 * shock]),
    complete: true,
    active: luck.map((shock) => drift + 0.01 * shock),
  };
}

const test = (series: readonly ModelSeries[], baseline: number, steps: number): Promise<TestedModels> =>
  testModels(series, baseline, steps, 499);

describe("the tests of a comparison", () => {
  it("find the better model, and leave the same and the worse one alone", async () => {
    const base = model("base", 0.01);
    const series = [base, model("better", 0.03, 0.002), model("equal", 0.01), base, model("worse", -0.02)];
    const { decisions, models } = await test(series, 0, 1);
    expect(decisions).toBe(N);
    const [own, better, equal, same, worse] = models as [ModelTests, ModelTests, ModelTests, ModelTests, ModelTests];
    expect(own.overBaseline).toBeNull();
    expect(better.overBaseline?.pValue).toBeLessThan(1e-4);
    expect(better.overBaseline?.pValueOfAll).toBeLessThan(0.01);
    expect(better.overBaseline?.low).toBeGreaterThan(0);
    expect(better.set).toMatchObject({ inside: true, pValue: 1 });
    expect(own.set?.inside).toBe(false);
    expect(worse.set?.inside).toBe(false);
    expect(equal.overBaseline?.pValue).toBeGreaterThan(0.05);
    expect(worse.overBaseline).toMatchObject({ pValueOfAll: expect.closeTo(1, 1) });
    expect(worse.overBaseline?.statistic).toBeLessThan(-3);
    // A model that is the baseline by another name differs by nothing.
    expect(same.overBaseline).toMatchObject({
      difference: 0,
      statistic: 0,
      low: 0,
      high: 0,
      pValue: 1,
      pValueOfAll: 1,
      conditionalPValue: 1,
    });
    expect(better.excessPValueOfAll).toBeLessThan(0.01);
    expect(equal.excessPValueOfAll).toBeGreaterThan(0.05);
  });

  it("call a difference of the same size less sure where labels overlap", async () => {
    const series = [model("slow base", 0.01, 0, 5), model("slow", 0.022, 0, 5)];
    const [, blind] = (await test(series, 0, 1)).models;
    const [, seeing] = (await test(series, 0, 5)).models;
    expect(seeing?.overBaseline?.difference).toBe(blind?.overBaseline?.difference);
    // Five labels that overlap say as much as one: the variance of the mean is five times as large.
    expect((blind?.overBaseline?.statistic as number) / (seeing?.overBaseline?.statistic as number)).toBeCloseTo(Math.sqrt(5), 0);
  });

  it("tell where past losses foretell which model will be better, though both are equally good", async () => {
    const base = model("calm", 0.01);
    // Turns by turns of fifty decisions one is better, then the other.
    const turning = { ...base, rankIcs: base.rankIcs.map(([t, ic]) => [t, ic + (Math.floor(t / 50) % 2 === 0 ? 0.04 : -0.04)] as const) };
    const [, found] = (await test([base, turning], 0, 1)).models;
    expect(found?.overBaseline?.pValueAnyDependence).toBeGreaterThan(0.2);
    expect(found?.overBaseline?.conditionalPValue).toBeLessThan(0.001);
  });

  it("are over the decisions that all were asked for, whichever is the baseline, and none where these are too few", async () => {
    const [one, two] = [model("one", 0.02), model("two", 0.01)];
    const part = { ...two, complete: false };
    const late = { ...part, rankIcs: two.rankIcs.slice(100) };
    const forth = await test([one, late], 0, 1);
    const back = await test([one, late], 1, 1);
    expect(forth.decisions).toBe(N - 100);
    expect(forth.models[1]?.overBaseline?.difference).toBeCloseTo(-(back.models[0]?.overBaseline?.difference as number), 12);
    const few = await test([one, { ...part, rankIcs: two.rankIcs.slice(-59) }], 0, 1);
    expect(few).toMatchObject({
      decisions: 59,
      models: [
        { overBaseline: null, set: null },
        { overBaseline: null, set: null },
      ],
    });
    expect(few.models[0]?.excessPValueOfAll).not.toBeNull();
    // A model that was asked and told no name from another ordered nothing.
    const silent = await test([one, { ...two, rankIcs: [] }], 0, 1);
    expect(silent.decisions).toBe(N);
    expect(silent.models[1]?.overBaseline?.difference).toBeCloseTo(-one.rankIcs.reduce((sum, [, ic]) => sum + ic / N, 0), 12);
    // Labels that overlap leave few decisions that say something of their own.
    expect((await test([one, { ...part, rankIcs: two.rankIcs.slice(-90) }], 0, 10)).models[1]?.overBaseline).toBeNull();
  });

  it("give the same figures for the same series, and one model nothing but its account", async () => {
    const series = [model("a", 0.01), model("b", 0.02), model("c", 0.03)];
    expect(await test(series, 1, 2)).toEqual(await test(series, 1, 2));
    expect((await test([model("a", 0.01, 0.003)], 0, 1)).models).toEqual([
      { overBaseline: null, set: null, excessPValueOfAll: expect.closeTo(0, 2) },
    ]);
  });
});
