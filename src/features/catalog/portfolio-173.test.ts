// The set portfolio-173 holds what it says.
import { describe, expect, it } from "vitest";
import { featureSet, features } from "#features/registry.js";
import { portfolio173 } from "./portfolio-173.js";

describe("the set portfolio-173", () => {
  it("has 173 registered features, each once", () => {
    expect(portfolio173.filter((name) => !features.has(name))).toEqual([]);
    expect(new Set(portfolio173).size).toBe(173);
    expect(featureSet("portfolio-173").map(({ name }) => name)).toEqual(portfolio173);
  });

  it("needs bars, reference instruments and the calendar only, and no level", () => {
    const known = /^(open|high|low|close|volume|peer:.+|calendar\..+)$/;
    const others = featureSet("portfolio-173").filter(({ inputs, level }) => level || inputs.some((input) => !known.test(input)));
    expect(others.map(({ name }) => name)).toEqual([]);
  });

  it("has its first values after at most a year and a quarter of daily bars", () => {
    expect(Math.max(...featureSet("portfolio-173").map(({ warmup }) => warmup))).toBeLessThanOrEqual(315);
  });
});
