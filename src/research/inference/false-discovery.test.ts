// References: test/reference/inference/inference.json (statsmodels), and the worked example of Benjamini & Hochberg (1995), section 4.1.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { benjaminiHochberg, benjaminiYekutieli } from "./false-discovery.js";

const reference = JSON.parse(readFileSync(new URL("../../../test/reference/inference/inference.json", import.meta.url), "utf8"));

describe("False discoveries", () => {
  it("have statsmodels' adjusted p-values", () => {
    for (const { p, bh, by } of reference.families) {
      benjaminiHochberg(p).forEach((value, i) => expect(value).toBeCloseTo(bh[i], 12));
      benjaminiYekutieli(p).forEach((value, i) => expect(value).toBeCloseTo(by[i], 12));
    }
  });
  it("are four at 5 % in the paper's example of fifteen", () => {
    const p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1];
    expect(benjaminiHochberg(p).filter((value) => value <= 0.05).length).toBe(4);
  });
  it("never makes a p-value smaller, keep the order, and are stricter under any dependence", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), (p) => {
        const [bh, by] = [benjaminiHochberg(p), benjaminiYekutieli(p)];
        for (const [i, value] of p.entries()) {
          expect(bh[i]).toBeGreaterThanOrEqual(value * (1 - 1e-15));
          expect(by[i]).toBeGreaterThanOrEqual(bh[i] as number);
          for (const [j, other] of p.entries()) if (value < other) expect(bh[i]).toBeLessThanOrEqual(bh[j] as number);
        }
      }),
    );
  });
  it("refuse what is no chance", () => {
    expect(() => benjaminiHochberg([0.5, 1.5])).toThrow("Test 1 has the p-value 1.5");
    expect(() => benjaminiYekutieli([Number.NaN])).toThrow("Test 0");
  });
});
