// A user's own features: made of inputs, registered features and one another; never in the way of a registered one.
import { describe, expect, it } from "vitest";
import { defineOwnFeatures, type OwnFeature } from "./own-features.js";
import { resolveFeatures } from "./registry.js";

const own = (name: string, formula: string): OwnFeature => ({ name, formula, unit: "ratio", range: [null, null], source: "own" });

describe("own features", () => {
  it("stand beside registered ones and sets, and have timeframes", () => {
    const mine = defineOwnFeatures([own("jump", "mom_1 / vol_20"), own("jump_5", "jump.mean(5)")]);
    expect(mine.map(({ warmup, inputs }) => [warmup, inputs])).toEqual([
      [20, ["close"]],
      [24, ["close"]],
    ]);
    const names = resolveFeatures(["jump", "jump_5@1h", "mom_5", "levels"], mine).map(({ name }) => name);
    expect(names.slice(0, 4)).toEqual(["jump", "jump_5@1h", "mom_5", "close"]);
  });

  it.each([
    [[own("mom_5", "close.change(3)")], /feature "mom_5" already/],
    [[own("a", "close.change(3)"), own("a", "close.change(4)")], /feature "a" already/],
    [[own("a", "close + volume")], /dimensionally wrong/],
    [[own("A b", "close")], /lower case letters/],
    [[own("a", "rank_mom_5 - 1")], /there is no input or feature "rank_mom_5"/],
  ])("are refused when they cannot be", (texts, message) => {
    expect(() => defineOwnFeatures(texts)).toThrow(message);
  });
});
