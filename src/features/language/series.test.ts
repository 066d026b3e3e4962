// The builder: what it makes, what it refuses when run, and what does not compile (a @ts-expect-error that stops being one fails the type check).
import { describe, expect, it } from "vitest";
import { defineFeature } from "./definition.js";
import { dimensionOf, isLevel } from "./dimension.js";
import { compileProgram } from "#features/plan/program.js";
import { reachOf } from "./reach.js";
import { MONEY } from "#features/inputs/columns.js";
import { close, fact, high, low, open, session, typical, volume } from "./inputs.js";
import { constant, rank, type Series, where } from "./series.js";

describe("the expression builder", () => {
  it("makes plain data that survives JSON", () => {
    const { node } = close.div(close.lag(20)).sub(1);
    expect(JSON.parse(JSON.stringify(node))).toEqual(node);
    expect(node).toEqual({
      op: "binary",
      fn: "sub",
      x: {
        op: "binary",
        fn: "div",
        x: { op: "input", source: { kind: "bar", name: "close" } },
        y: { op: "lag", x: { op: "input", source: { kind: "bar", name: "close" } }, bars: 20 },
      },
      y: { op: "constant", value: 1 },
    });
  });

  it("does not compile nonsense", () => {
    const nonsense = (): void => {
      // @ts-expect-error a price and a volume do not add
      close.add(volume);
      // @ts-expect-error nor do a price and a plain number
      close.sub(1);
      // @ts-expect-error the logarithm of a level depends on the currency
      close.log();
      // @ts-expect-error a price is no money
      close.max(close.mul(volume));
      // @ts-expect-error a price is not compared with a volume
      close.gt(volume);
      // @ts-expect-error a condition is not a number
      close.gt(open).add(1);
      // @ts-expect-error a rank has no history
      rank(close).lag(1);
      // @ts-expect-error a rank is not ranked again
      rank(rank(close));
      // @ts-expect-error both branches have one unit
      where(high.gt(low), close, volume);
    };
    expect(nonsense).toBeTypeOf("function");
  });

  it("knows the unit of products and quotients", () => {
    const pure: Series<"ratio"> = close.mul(volume).div(high.mul(volume));
    const money: Series<"money"> = typical.mul(volume);
    const vwap: Series<"price"> = money.sum(5).div(volume.sum(5));
    expect([pure, money, vwap].map(({ node }) => dimensionOf(node))).toEqual([
      { price: 0, volume: 0 },
      { price: 1, volume: 1 },
      { price: 1, volume: 0 },
    ]);
  });

  it("checks at run time what mixed units hide from the compiler", () => {
    const a: Series<"mixed"> = close.mul(close);
    const b: Series<"mixed"> = volume.mul(volume);
    expect(() => dimensionOf(a.add(b).node)).toThrow(/dimensionally wrong: add needs price\^0 volume\^2 where it has price\^2 volume\^0/);
    expect(() => defineFeature({ name: "bad", group: "", version: 1, expr: a.sub(b), unit: "", range: [null, null], source: "" })).toThrow(
      /dimensionally wrong/,
    );
  });

  it("refuses lengths and constants that mean nothing", () => {
    expect(() => close.sma(0)).toThrow(/length of mean .* from 2/);
    expect(() => close.lag(1.5)).toThrow(/length of lag/);
    expect(() => close.std(Number.NaN)).toThrow(/length of std/);
    expect(() => constant(Number.POSITIVE_INFINITY)).toThrow(/finite/);
    expect(() =>
      defineFeature({ name: "Bad Name", group: "", version: 1, expr: close, unit: "", range: [null, null], source: "" }),
    ).toThrow(/lower case/);
  });

  it("knows levels, warm-up and memory from the formula", () => {
    expect(isLevel(rank(close).node)).toBe(true);
    expect(isLevel(rank(close.div(open)).node)).toBe(false);
    expect(isLevel(session.dayOfWeek.node)).toBe(false);
    // Money in facts is not adjusted: against turnover at adjusted prices it would hold later dividends, against other facts it does not.
    const money = (field: string) => fact<"money">(field, { dimension: MONEY });
    expect(isLevel(money("insider.bought").div(close.mul(volume).sma(20)).node)).toBe(true);
    expect(isLevel(money("net_income").div(money("equity")).node)).toBe(false);
    expect(isLevel(money("net_income").sub(money("equity")).div(money("assets")).mul(close.change(5)).node)).toBe(false);
    expect(reachOf(close.lag(3).sma(5).lag(2).node)).toEqual({ warmup: 9, memory: 9, kind: "windowed", joint: false });
    expect(reachOf(close.ema(10).node)).toMatchObject({ warmup: 9, kind: "recursive" });
    expect(0.8181818 ** (reachOf(close.ema(10).node).memory - 10)).toBeLessThan(1.01e-10);
  });
});

describe("the program", () => {
  it("computes equal sub-expressions once and needs no step for a lag", () => {
    const ret = (): Series<"ratio"> => close.div(close.lag(1)).sub(1);
    const { steps, outputs } = compileProgram([ret().std(20).node, ret().std(25).node, ret().std(20).node, ret().lag(7).node]);
    // close, div, 1, sub, blocks of 8 (for 20 and 25 both), and two windows.
    expect(steps.map(({ kind }) => kind.op)).toEqual(["input", "binary", "constant", "binary", "blocks", "window", "window"]);
    expect(outputs[0]).toEqual(outputs[2]);
    expect(outputs[3]).toEqual({ step: 3, lag: 7 });
  });

  it("runs at each bar only what later bars depend on", () => {
    const { steps } = compileProgram([close.div(close.sma(20)).sub(1).node]);
    expect(steps.filter(({ fold }) => fold).map(({ kind }) => kind.op)).toEqual(["input", "blocks"]);
  });
});
