// The count of features by hand, and what was measured against the registry.
import { describe, expect, it } from "vitest";
import { defineFeatures, type FeatureRow } from "#features/language/definition.js";
import { close, volume } from "#features/language/inputs.js";
import { features } from "#features/registry.js";
import { countGroups, totalOf } from "./counts.js";
import { distinctFeatures, redundantFeatures } from "./redundant.js";

const row = (name: string, expr: FeatureRow[1]): FeatureRow => [name, expr, "ratio", [null, null], "by hand"];

describe("the count of features", () => {
  const momentum = [1, 2, 3, 4, 5, 6].map((n) => row(`mom_${n}`, close.change(n)));
  const definitions = [
    ...defineFeatures("momentum", 1, momentum),
    ...defineFeatures("volume", 1, [row("more", volume.change(1)), row("much", volume.change(2)), row("new", volume.div(volume.mean(5)))]),
  ];

  it("takes four settings of a formula at most, of them the measured ones that say something of their own", () => {
    const measured = { distinct: new Set(["mom_1", "mom_3", "mom_4", "mom_5", "more"]), redundant: new Set(["mom_2", "much"]) };
    const groups = countGroups(definitions, measured);
    expect(groups).toEqual([
      { group: "momentum", raw: 6, formulas: 4, unmeasured: 0, effective: 3 },
      { group: "volume", raw: 3, formulas: 3, unmeasured: 1, effective: 1 },
    ]);
    expect(totalOf(groups)).toEqual({ group: "all", raw: 9, formulas: 7, unmeasured: 1, effective: 4 });
  });
});

describe("what was measured on real data", () => {
  const order = new Map([...features.keys()].map((name, place) => [name, place]));

  it("names features of the registry", () => {
    const named = [...distinctFeatures, ...Object.entries(redundantFeatures).flat()];
    expect(named.filter((name) => !order.has(name))).toEqual([]);
  });

  it("calls redundant only what comes after the feature that counts, and that one counts", () => {
    const wrong = Object.entries(redundantFeatures).filter(
      ([name, like]) =>
        distinctFeatures.has(name) || !distinctFeatures.has(like) || (order.get(like) as number) >= (order.get(name) as number),
    );
    expect(wrong).toEqual([]);
  });
});
