// Reference: SciPy 1.11, stats.binom.sf(count - 1, trials, p) and stats.binomtest(count, trials).proportion_ci(0.95, "exact").
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binomialTail, exactInterval } from "./binomial.js";

describe("binomialTail", () => {
  it("is that of SciPy", () => {
    expect(binomialTail(0, 20, 0.01)).toBe(1);
    expect(binomialTail(1, 20, 0.01)).toBeCloseTo(1 - 0.99 ** 20, 14);
    expect(binomialTail(2, 20, 0.01)).toBeCloseTo(1 - 0.99 ** 20 - 20 * 0.01 * 0.99 ** 19, 14);
    expect(binomialTail(20, 20, 0.01)).toBeCloseTo(1e-40, 50);
    expect(binomialTail(600, 1000, 0.5)).toBeCloseTo(1.3642320780374e-10, 18);
  });
  it("knows the ends", () => {
    expect(binomialTail(3, 10, 0)).toBe(0);
    expect(binomialTail(3, 10, 1)).toBe(1);
  });
});

describe("exactInterval", () => {
  it("is that of Clopper and Pearson", () => {
    const [low, high] = exactInterval(2, 20, 0.95);
    expect(low).toBeCloseTo(0.012348527170295, 9);
    expect(high).toBeCloseTo(0.316982714019082, 9);
    expect(exactInterval(0, 20, 0.95)[1]).toBeCloseTo(1 - 0.025 ** (1 / 20), 12);
    expect(exactInterval(20, 20, 0.95)[0]).toBeCloseTo(0.025 ** (1 / 20), 12);
  });
  it("holds the share that was seen, and misses a true chance on either side no more often than it says", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (trials, truth) => {
        let missed = 0;
        for (let count = 0; count <= trials; count++) {
          const [low, high] = exactInterval(count, trials, 0.95);
          expect(low).toBeLessThanOrEqual(count / trials);
          expect(high).toBeGreaterThanOrEqual(count / trials);
          if (truth < low || truth > high) missed += binomialTail(count, trials, truth) - binomialTail(count + 1, trials, truth);
        }
        expect(missed).toBeLessThanOrEqual(0.05 + 1e-9);
      }),
      { numRuns: 25 },
    );
  });
  it("says nothing where nothing was tried", () => {
    expect(exactInterval(0, 0, 0.95)).toEqual([0, 1]);
  });
});
