// A seeded sample of the verdict's rates (the whole in `npm run nightly`): the product must not see edges that are not there, nor miss strong ones.
import { describe, expect, it } from "vitest";
import { verdictTrial } from "#test/fixtures/verdict-rates.js";
import { nightlyOr } from "#test/needs.js";

const markets = nightlyOr(100, 4);

async function edges(oracle: 0 | 2): Promise<number> {
  let found = 0;
  for (let i = 0; i < markets; i++) if ((await verdictTrial(`rates-test/${i}`, oracle)).decision === "edge") found++;
  return found;
}

describe("the verdict on simulated markets", () => {
  it("finds nothing where nothing is planted, but for the declared 1 %", { timeout: 1_800_000 }, async () => {
    expect(await edges(0)).toBeLessThanOrEqual(nightlyOr(3, 1));
  });

  it("finds an edge whose oracle has a net Sharpe ratio of 2", { timeout: 1_800_000 }, async () => {
    expect(await edges(2)).toBeGreaterThanOrEqual(nightlyOr(95, 3));
  });
});
