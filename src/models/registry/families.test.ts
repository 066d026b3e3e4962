// The table of families answers for every name it lists, and in words for any other.
import { expect, it } from "vitest";
import { familyNames, modelFamily } from "./families.js";

it("finds every family under its own name", () => {
  expect(familyNames).toContain("ridge");
  for (const name of familyNames) expect(modelFamily(name).name).toBe(name);
});

it("names the known families when asked for another", () => {
  expect(() => modelFamily("oracle")).toThrow(/no model family "oracle"; known are ridge, lasso, elastic-net, huber, logistic/);
});
