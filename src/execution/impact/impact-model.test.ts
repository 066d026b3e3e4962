import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { almgren, impactModels, squareRoot } from "./impact-model.js";

const { roots } = JSON.parse(readFileSync(new URL("../../../test/reference/execution/execution.json", import.meta.url), "utf8")) as {
  roots: readonly { a: number; b: number; mean: number }[];
};
const market = { volatility: 0.02, volume: 1e6 };

describe("the square-root law", () => {
  it("costs an order 2/3 Y sigma sqrt(Q/V), in however many steps", () => {
    const whole = squareRoot.cost({ from: 0, to: 5e4, stepVolume: 1e6 }, market, 1).lasting;
    expect(whole).toBeCloseTo((2 / 3) * 0.02 * Math.sqrt(0.05), 14);
    let parts = 0;
    for (let k = 0; k < 50; k++) parts += squareRoot.cost({ from: k * 1e3, to: (k + 1) * 1e3, stepVolume: 1 }, market, 1).lasting / 50;
    expect(parts).toBeCloseTo(whole, 14);
  });

  it.each(roots)("averages the root from $a to $b as the integral does", ({ a, b, mean }) => {
    const { lasting } = squareRoot.cost({ from: a, to: b, stepVolume: 1 }, { volatility: 1, volume: 1 }, 1);
    expect(Math.abs(lasting / mean - 1)).toBeLessThan(1e-6);
  });
});

describe("Almgren's impact", () => {
  it("is that of their paper for a whole order at an even rate: half the permanent part, and the temporary one", () => {
    // A tenth of a day's volume in half a day: J = I/2 + eta sigma |X/VT|^(3/5), with X / V = 0.1, T = 0.5.
    const { lasting, temporary } = almgren.cost({ from: 0, to: 1e5, stepVolume: 5e5 }, market, 1);
    expect(lasting).toBeCloseTo((0.314 * 0.02 * 0.1 * 200 ** 0.25) / 2, 14);
    expect(temporary).toBeCloseTo(0.142 * 0.02 * 0.2 ** 0.6, 14);
  });
});

it.each(impactModels.map((model) => [model.name, model] as const))("%s is linear in its scale, and nothing costs nothing", (_, model) => {
  const step = { from: 2e3, to: 7e3, stepVolume: 3e4 };
  const [one, two] = [model.cost(step, market, 1), model.cost(step, market, 2)];
  expect(two.lasting).toBeCloseTo(2 * one.lasting, 14);
  expect(two.temporary).toBeCloseTo(2 * one.temporary, 14);
  expect(model.cost({ from: 0, to: 0, stepVolume: 0 }, market, 1)).toEqual({ temporary: 0, lasting: 0 });
});
