import { describe, expect, it } from "vitest";
import { normalDistribution, normalQuantile } from "./normal-quantile.js";

describe("the normal law", () => {
  it("has the quantiles of the tables", () => {
    // Abramowitz & Stegun, table 26.5, and scipy.stats.norm.ppf
    const table = { 0.5: 0, 0.9: 1.2815515655446004, 0.95: 1.6448536269514722, 0.975: 1.959963984540054, 0.999: 3.090232306167813 };
    for (const [p, x] of Object.entries(table)) {
      expect(normalQuantile(Number(p))).toBeCloseTo(x, 11);
      expect(normalQuantile(1 - Number(p))).toBeCloseTo(-x, 10);
      expect(normalDistribution(x)).toBeCloseTo(Number(p), 14);
    }
  });
});
