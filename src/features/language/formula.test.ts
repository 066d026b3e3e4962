// Formulas as text mean what the fluent builder says, and mistakes are told with their place.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { close, fact, high, low, open, tape, volume } from "./inputs.js";
import { MONEY } from "#features/inputs/columns.js";
import { across, peer } from "./joint.js";
import { parseFormula } from "./formula.js";
import { constant, rank, type Series, statistic, where, zscore } from "./series.js";

describe("a formula", () => {
  it.each([
    ["close / close.lag(20) - 1", close.div(close.lag(20)).sub(1)],
    ["(close - low) / (high - low)", close.sub(low).div(high.sub(low))],
    ["-close.diff(1) * 2 / close", close.diff(1).neg().mul(2).div(close)],
    ["1 - close.change(5) - 2 * 3", constantMinus()],
    ["where(close > open, 1, 0).sum(10)", where(close.gt(open), constantOne(), 0).sum(10)],
    ["where(close < open, volume, 0).mean(5) / volume.mean(5)", where(close.lt(open), volume, 0).mean(5).div(volume.mean(5))],
    ["rank(volume.mean(5) / volume.mean(60))", rank(volume.mean(5).div(volume.mean(60)))],
    ["zscore(close.change(1).quantile(0.9, 20))", zscore(close.change(1).quantile(0.9, 20))],
    ['log(close / open).statistic("quantile", 9, [0.5])', statistic("quantile", [close.div(open).log()], 9, [0.5])],
    ['close.change(1) - across("mean", close.change(1))', close.change(1).sub(across("mean", close.change(1)))],
    ['peer("market", close.change(1))', peer("market", close.change(1))],
    ['fact("revenue", "value", 4, "money")', fact("revenue", { back: 4, dimension: MONEY })],
    ['tape("trade", "count")', tape("trade", "count")],
    ["(close > open).mean(20)", close.gt(open).flag().mean(20)],
    ["max(close, open) / typical", close.max(open).div(high.add(low).add(close).div(3))],
  ])("%s", (text, wanted) => {
    expect(parseFormula(text).node).toEqual(wanted.node);
  });

  it("may be made of other features", () => {
    const known = new Map<string, Series>([["mom_5", close.change(5)]]);
    expect(parseFormula("mom_5.ema(3)", (name) => known.get(name) ?? null).node).toEqual(close.change(5).ema(3).node);
  });

  it.each([
    ["close +", /wrong at character 8: it ends too early/],
    ["clsoe / open", /character 1: there is no input or feature "clsoe"; inputs are open, high/],
    ["close.momentum(3)", /character 7: there is no operator "momentum"; there are abs/],
    ["close.lag()", /lag takes 1 values in brackets, not 0/],
    ["close.lag(open)", /a number is needed/],
    ["close.lag(0.5)", /must be a whole number of bars/],
    ["close ? open", /character 7: "\?" means nothing here/],
    ["close open", /character 7: "open" is not expected here/],
    ["rank(close) + 1", /a rank or z-score is final/],
    ['peer("spy", close)', /peer takes a role first: market, bonds/],
    ["constructor", /there is no input or feature "constructor"/],
    ["close.constructor(1)", /there is no operator "constructor"/],
    ["__proto__", /there is no input or feature/],
    ['close.statistic("nothing", 5)', /takes the name of one first/],
  ])("says what is wrong with %s", (text, message) => {
    expect(() => parseFormula(text)).toThrow(message);
  });

  it("never fails but with a sentence, whatever the text", () => {
    const word = fc.constantFrom(
      "close",
      "open",
      ".",
      "(",
      ")",
      "+",
      "-",
      "*",
      "/",
      ">",
      "1",
      "0.5",
      "lag",
      "mean",
      ",",
      "rank",
      '"x"',
      "[",
      "]",
      " ",
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 14 }), (words) => {
        try {
          parseFormula(words.join(""));
        } catch (error) {
          expect((error as { code?: string }).code).toBe("bad-config");
        }
      }),
      { numRuns: 500 },
    );
  });
});

function constantOne(): Series<"ratio"> {
  return parseFormula("1") as Series<"ratio">;
}

function constantMinus(): Series {
  return constantOne().sub(close.change(5)).sub(constant(2).mul(3));
}
