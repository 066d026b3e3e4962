// Statistics of order flow against cases worked out by hand.
import { describe, expect, it } from "vitest";
import { microstructureStatistics, normalShare } from "./microstructure.js";

const of = (
  fn: keyof typeof microstructureStatistics,
  x: readonly number[],
  y: readonly number[] = [],
  params: readonly number[] = [],
): number => microstructureStatistics[fn].value(Float64Array.from(x), Float64Array.from(y), 0, x.length, params);

describe("VPIN", () => {
  it("is the mean imbalance of equal volume buckets, which cut through bars", () => {
    // 12 units in three buckets of four. Oldest bar: 6 bought; then 2 and 2; then 2 sold.
    // Buckets: 4 bought; 2 bought and half of the second bar (1 and 1); the other half and 2 sold. |4| + |2| + |2| of 12.
    expect(of("vpin", [6, 2, 0], [0, 2, 2], [3])).toBeCloseTo(8 / 12, 14);
  });

  it("is 1 when one side takes all, 0 when every bar is balanced, and not known without volume", () => {
    expect(of("vpin", [5, 0.1, 7], [0, 0, 0], [10])).toBeCloseTo(1, 12);
    expect(of("vpin", [5, 0, 7], [5, 0, 7], [10])).toBe(0);
    expect(of("vpin", [0, 0], [0, 0], [10])).toBeNaN();
    expect(of("vpin", [5e-324, 0], [0, 0], [10])).toBeNaN();
  });
});

describe("runs of signs", () => {
  it("count back from the newest bar, with its sign", () => {
    expect(of("signRun", [1, -1, 1, 1, 1])).toBe(3);
    expect(of("signRun", [-1, -1])).toBe(-2);
    expect(of("signRun", [1, 1, 0])).toBe(0);
  });

  it("are longest between changes and pauses", () => {
    expect(of("longestSignRun", [1, 1, 0, 1, -1, -1, -1, 1])).toBe(3);
    expect(of("longestSignRun", [0, 0])).toBe(0);
  });
});

describe("bulk classification", () => {
  it("gives each bar the share of its standardised change", () => {
    // Changes of -1 and 1 have deviation 1; Phi(1) = 0.841344746.
    const tilt = 2 * 0.8413447460685429 - 1;
    expect(of("bulkImbalance", [-1, 1, -1, 1], [1, 2, 3, 4])).toBeCloseTo((2 * tilt) / 10, 7);
    expect(of("bulkVpin", [-1, 1, -1, 1], [1, 2, 3, 4])).toBeCloseTo(tilt, 7);
    expect(of("bulkVpin", [2, 2, 2], [1, 2, 3])).toBeNaN();
  });

  it("knows the normal distribution to 7.5e-8", () => {
    // Abramowitz and Stegun 1964, table 26.1.
    for (const [z, share] of [
      [0, 0.5],
      [1.96, 0.9750021049],
      [-3, 0.0013498981],
      [-50, 0],
    ] as const) {
      expect(Math.abs(normalShare(z) - share), `at ${z}`).toBeLessThan(7.6e-8);
    }
  });
});
