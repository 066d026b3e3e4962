// Chart series against figures worked out by hand.
import { describe, expect, it } from "vitest";
import { byPeriod, difference, drawdown, growth, lowestIndex, meanOf, quotient, rollingMean, rollingSharpe } from "./series.js";

describe("series for the charts", () => {
  it("measures drawdown from the starting cash on", () => {
    expect(drawdown([90, 120, 60, 130], 100)).toEqual([-0.1, 0, -0.5, 0].map((v) => expect.closeTo(v, 12)));
  });

  it("takes null, which JSON leaves of NaN, for not known and never for zero", () => {
    const holed = JSON.parse("[110, null, 120]") as number[];
    expect(drawdown(holed, 100)).toEqual([0, Number.NaN, 0]);
    expect(growth(holed, 100)).toEqual([1.1, Number.NaN, 1.2]);
    expect(quotient(holed, [110, 1, 60])).toEqual([1, Number.NaN, 2]);
    expect(byPeriod(["2016-01-04", "2016-01-05"], JSON.parse("[0.1, null]") as number[], 7, "compound").values).toEqual([Number.NaN]);
  });

  it("gives no rolling figure before the window is full or across a gap", () => {
    expect(rollingMean([1, 2, 3, Number.NaN, 5, 6], 2)).toEqual([Number.NaN, 1.5, 2.5, Number.NaN, Number.NaN, 5.5]);
  });

  it("computes the rolling Sharpe ratio by hand: mean 0.02, deviation 0.01, root of 4", () => {
    expect(rollingSharpe([0.01, 0.02, 0.03], 3, 4)[2]).toBeCloseTo(4, 12);
    expect(rollingSharpe([0.01, 0.01, 0.01], 3, 4)[2]).toBeNaN();
  });

  it("compounds returns within months and years and skips months without a session", () => {
    const dates = ["2016-01-04", "2016-01-05", "2016-03-01", "2017-01-03"];
    expect(byPeriod(dates, [0.1, 0.1, -0.5, 0.2], 7, "compound")).toEqual({
      names: ["2016-01", "2016-03", "2017-01"],
      values: [0.21, -0.5, 0.2].map((v) => expect.closeTo(v, 12)),
    });
    expect(byPeriod(dates, [0.1, 0.1, -0.5, 0.2], 4, "compound").values).toEqual([1.21 * 0.5 - 1, 0.2].map((v) => expect.closeTo(v, 12)));
    expect(byPeriod(dates, [1, 2, 3, 4], 4, "sum").values).toEqual([6, 4]);
  });

  it("says not known instead of zero", () => {
    expect(meanOf([])).toBeNull();
    expect(meanOf([Number.NaN, 2, 4])).toBe(3);
    expect(lowestIndex([Number.NaN])).toBe(-1);
    expect(difference([1, 2], [1])).toEqual([0, Number.NaN]);
  });
});
