// Every registered feature against its contract, and the registry's own manners.
import { describe, expect, it } from "vitest";
import { featureContract } from "#test/contracts/features.js";
import { featureByName, featureSet, featureSets, features } from "./registry.js";

featureContract("all registered features", [...features.values()]);

describe("the registry", () => {
  it("serves forty classic features as ranks", () => {
    const set = featureSet("classic-40");
    expect(set).toHaveLength(40);
    expect(new Set(set.map(({ name }) => name)).size).toBe(40);
    expect(set.every(({ range }) => range[0] === -0.5 && range[1] === 0.5)).toBe(true);
  });

  it("has every feature of every set under its name", () => {
    for (const set of featureSets) for (const definition of featureSet(set)) expect(featureByName(definition.name)).toBe(definition);
  });

  it("names near matches for an unknown feature or set", () => {
    expect(() => featureByName("rank_mom_21")).toThrow(/no feature "rank_mom_21"; did you mean .*rank_mom_20/);
    expect(() => featureByName("rsi")).toThrow(/did you mean rsi_/);
    expect(() => featureByName("RSI_14")).toThrow(/no feature "RSI_14"; did you mean rsi_14/);
    expect(() => featureSet("classic")).toThrow(/no feature set "classic"; did you mean classic-40/);
    expect(() => featureByName("qqqqqqqqqqqq")).toThrow(/for example/);
  });
});
