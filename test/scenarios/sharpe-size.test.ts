// A seeded sample of how often 5 % tests of a Sharpe ratio reject what is true (the whole in `npm run nightly`).
import { describe, expect, it } from "vitest";
import { deflatedSizesOf, sizesOf } from "#test/fixtures/sharpe-size.js";
import { nightlyOr } from "#test/needs.js";

const repetitions = nightlyOr(10_000, 500);
/** Three standard errors of a rate of 5 %, beyond what is allowed. */
const chance = 3 * Math.sqrt((0.05 * 0.95) / repetitions);

describe("tests of a Sharpe ratio on fat-tailed, clustered, autocorrelated returns of 2,500 sessions", () => {
  it("reject that a worthless ratio is above zero in at most 6 % of records with the robust error", { timeout: 3_600_000 }, () => {
    for (const ar of [0, 0.2])
      expect(sizesOf({ sessions: 2500, ar, sharpe: 0 }, repetitions, "test").robust).toBeLessThan(0.06 + nightlyOr(0.001, chance));
  });
  it("reject more than that by the plain formula once returns follow one another", { timeout: 3_600_000 }, () => {
    expect(sizesOf({ sessions: 2500, ar: 0.2, sharpe: 0 }, repetitions, "test").plain).toBeGreaterThan(0.06);
  });
  it("deflate the best of ten worthless strategies to 95 % in at most 6 % of searches", { timeout: 3_600_000 }, () => {
    const searches = nightlyOr(5000, 100);
    expect(deflatedSizesOf({ sessions: 1000, ar: 0, sharpe: 0 }, 10, searches, "test").robust).toBeLessThan(
      0.06 + 3 * Math.sqrt((0.05 * 0.95) / searches),
    );
  });
});
