// What an oracle earns with an edge, and what nobody earns without one. Seeds are fixed, so the limits are chances of the first run only.
import { describe, expect, it } from "vitest";
import { oracleSharpe, returnTable, runPortfolio } from "#test/reference/market/oracle-portfolio.js";
import { informationCoefficients, meanAndError, PREDICTORS } from "#test/reference/market/predictability.js";
import { weekdays } from "#test/reference/market/weekdays.js";
import { simulateMarket } from "./simulate-market.js";

describe("planted edge", () => {
  it.each([1, 2])("gives the oracle a net Sharpe ratio of %i over equal weight", (target) => {
    const sessions = weekdays(2016);
    const net = Array.from(
      { length: 16 },
      (_, s) => oracleSharpe(simulateMarket({ seed: `calibrated/${s}`, names: 60, sectors: 6, sessions, oracleSharpe: target })).net,
    );
    const { mean, error } = meanAndError(net);
    expect(error).toBeLessThan(0.15);
    expect(Math.abs(mean - target)).toBeLessThan(3 * error);
  });

  it("is found by the predictor that it was made of, and by no other more strongly", () => {
    const found = Array.from({ length: 6 }, (_, s) =>
      informationCoefficients(simulateMarket({ seed: `found/${s}`, names: 60, sectors: 6, sessions: weekdays(1000), oracleSharpe: 2 }), 5),
    );
    const means = PREDICTORS.map((_, p) => meanAndError(found.map((one) => one.rank[p] as number)).mean);
    expect(means[1]).toBeGreaterThan(0.03);
    expect(Math.max(...means)).toBe(means[1]);
  });
});

describe("no edge", () => {
  const SEEDS = 40;
  const sessions = weekdays(900);
  const markets = Array.from({ length: SEEDS }, (_, s) =>
    simulateMarket({ seed: `nothing/${s}`, names: 60, sectors: 6, sessions, oracleSharpe: 0 }),
  );

  // 8 predictors x 2 kinds: 3 standard errors keep the chance of a false alarm near 4 %.
  it.each([1, 5, 20])("leaves nothing for the past to tell about the next %i sessions, in means or in ranks", (horizon) => {
    const found = markets.map((market) => informationCoefficients(market, horizon));
    PREDICTORS.forEach((name, p) => {
      for (const kind of ["linear", "rank"] as const) {
        const { mean, error } = meanAndError(found.map((one) => one[kind][p] as number));
        // The market falls harder than it rises over several sessions, so that high beta has a higher median at the same mean.
        const allowed = name === "beta 60" && horizon > 1 ? 0.012 : 0;
        expect(Math.abs(mean), `${name}, ${kind}: ${mean} +- ${error}`).toBeLessThan(3 * error + allowed);
        expect(error, name).toBeLessThan(0.012);
      }
    });
  });

  it("pays no portfolio more than equal weight, be it of losers, winners, calm or wild names", () => {
    const rules: Record<string, (index: Float64Array, t: number) => number> = {
      losers: (index, t) => -(index[t] as number) / (index[t - 20] as number),
      winners: (index, t) => (index[t] as number) / (index[t - 250] as number),
      wild: (index, t) => variation(index, t),
      calm: (index, t) => -variation(index, t),
    };
    const tables = markets.map(returnTable);
    for (const [name, score] of Object.entries(rules)) {
      const excess = markets.map((market, s) => {
        const table = tables[s] as (typeof tables)[number];
        const scored = (t: number): number[] =>
          market.truth.totalReturnIndex
            .map((_, ix) => ix)
            .filter((ix) => !Number.isNaN(score(market.truth.totalReturnIndex[ix] as Float64Array, t)));
        const best = (t: number): number[] =>
          scored(t)
            .sort(
              (a, b) =>
                score(market.truth.totalReturnIndex[b] as Float64Array, t) - score(market.truth.totalReturnIndex[a] as Float64Array, t),
            )
            .slice(0, 12);
        const held = runPortfolio(table, 250, best, 0).returns;
        const equal = runPortfolio(table, 250, scored, 0).returns;
        return held.reduce((sum, r, t) => sum + r - (equal[t] as number), 0);
      });
      const { mean, error } = meanAndError(excess);
      expect(Math.abs(mean), `${name}: ${mean} +- ${error}`).toBeLessThan(3 * error);
    }
  });
});

/** Sum of squared returns of the last 60 sessions. */
function variation(index: Float64Array, t: number): number {
  let sum = 0;
  for (let s = t - 59; s <= t; s++) sum += ((index[s] as number) / (index[s - 1] as number) - 1) ** 2;
  return sum;
}
