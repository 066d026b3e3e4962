// Every registered feature can be written as a formula and read back.
import { describe, expect, it } from "vitest";
import { features } from "#features/registry.js";
import { parseFormula } from "./formula.js";
import { close, high, low, open } from "./inputs.js";
import { printFormula } from "./print.js";

describe("a formula in print", () => {
  it("reads like the formula", () => {
    expect(printFormula(close.div(close.lag(20)).sub(1).node)).toBe("close / close.lag(20) - 1");
    expect(printFormula(close.sub(low.sub(open)).div(high.sub(low)).node)).toBe("(close - (low - open)) / (high - low)");
    expect(printFormula(close.sub(open).neg().ema(5).abs().node)).toBe("abs((-(close - open)).ema(5))");
  });

  it("of every registered feature is read back as the same expression", () => {
    const broken = [...features.values()].filter(
      ({ expr }) => JSON.stringify(parseFormula(printFormula(expr)).node) !== JSON.stringify(expr),
    );
    expect(broken.map(({ name, expr }) => `${name}: ${printFormula(expr)}`)).toEqual([]);
  });
});
