// Losses of a model of a table against those of ridge, on days of which the answer is known.
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { dieboldMariano } from "#research/inference/forecasts/diebold-mariano.js";
import { testLosses } from "./loss-test.js";

const DAYS = 200;
const EACH = 3;
const rng = createRng("losses");
const times = Float64Array.from({ length: DAYS * EACH }, (_, i) => Math.floor(i / EACH));
const labels = times.map(() => rng.normal());
const noisy = (size: number): Float64Array => labels.map((label) => label + size * rng.normal());

describe("losses by day", () => {
  it("are squared errors of values, the mean of each day, and tell the better model", () => {
    const [near, far] = [noisy(0.5), noisy(0.8)];
    const found = testLosses({ task: "value", times, labels }, near, far, 1);
    const byDay = (scores: Float64Array): number[] =>
      Array.from({ length: DAYS }, (_, day) =>
        [0, 1, 2].reduce((sum, k) => sum + ((scores[day * EACH + k] as number) - (labels[day * EACH + k] as number)) ** 2 / EACH, 0),
      );
    const expected = dieboldMariano(byDay(near), byDay(far), { horizon: 1, variance: "overlap" });
    expect(found).toMatchObject({ loss: "squared error", days: DAYS });
    expect(found?.difference).toBeCloseTo(expected.difference, 12);
    expect(found?.pValue).toBeCloseTo(expected.pValue, 12);
    expect(found?.pValue).toBeLessThan(0.001);
    expect(found?.difference).toBeLessThan(0);
  });

  it("are log-losses of directions, which punish being sure and wrong", () => {
    const signs = labels.map(Math.sign);
    const coin = signs.map((sign) => (rng.next() < 0.52 ? sign : -sign));
    const humble = coin.map((sign) => 0.04 * sign);
    const found = testLosses({ task: "direction", times, labels: signs }, coin, humble, 1);
    expect(found).toMatchObject({ loss: "log-loss" });
    expect(found?.difference).toBeGreaterThan(5);
  });

  it("are not tested on too few days for their lag, nor where nothing is left to test", () => {
    const [near, far] = [noisy(0.5), noisy(0.8)];
    const few = { task: "value" as const, times: times.slice(0, 59 * EACH), labels: labels.slice(0, 59 * EACH) };
    expect(testLosses(few, near, far, 1)).toBeNull();
    expect(testLosses({ task: "value", times, labels }, near, far, 21)).toBeNull();
    const always = labels.map((label) => label + 1);
    expect(testLosses({ task: "value", times, labels }, always, labels, 1)).toBeNull();
    expect(testLosses({ task: "value", times, labels }, near, near, 1)).toMatchObject({ difference: 0, pValue: 1, conditionalPValue: 1 });
  });
});
