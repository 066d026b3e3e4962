// References: test/reference/metrics/metrics.json (SciPy, statsmodels, pandas; script beside it).
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calibration } from "./calibration.js";
import { cosineVariance, neweyWestLags, neweyWestVariance } from "./long-run-variance.js";
import {
  accountMetrics,
  annualReturn,
  annualVolatility,
  maxDrawdown,
  monthlyTable,
  sessionsPerYear,
  sharpe,
  totalReturn,
} from "./performance.js";
import { meanIc } from "./mean-ic.js";
import { ranks, spearman } from "#base/correlation.js";
import { quantileAbove, upperTail } from "#base/student-t.js";

const reference = JSON.parse(readFileSync(new URL("../../../test/reference/metrics/metrics.json", import.meta.url), "utf8"));
const near = (value: number | null | undefined, expected: number, relative = 1e-10): void =>
  expect(Math.abs((value as number) - expected)).toBeLessThanOrEqual(relative * Math.max(Math.abs(expected), 1e-12));

describe("Student's t", () => {
  it("has SciPy's upper tails and quantiles, far out too", () => {
    for (const { nu, t, upperTail: tails, p, quantileAbove: quantiles } of reference.studentT) {
      t.forEach((value: number, i: number) => near(upperTail(value, nu), tails[i], 1e-11));
      p.forEach((value: number, i: number) => near(quantileAbove(value, nu), quantiles[i], 1e-9));
    }
  });
  it("is symmetric", () => {
    fc.assert(
      fc.property(fc.double({ min: -30, max: 30, noNaN: true }), fc.integer({ min: 1, max: 300 }), (t, nu) => {
        expect(upperTail(t, nu) + upperTail(-t, nu)).toBeCloseTo(1, 12);
      }),
    );
  });
});

describe("long-run variance", () => {
  const series: number[] = reference.series;
  it("gives statsmodels' Newey-West t for several lags", () => {
    const centre = series.reduce((a, b) => a + b, 0) / series.length;
    for (const { lags, tStat } of reference.neweyWest) near(centre / Math.sqrt(neweyWestVariance(series, lags) / series.length), tStat);
  });
  it("gives the cosine estimate of SciPy's DCT", () => {
    const { variance, degrees } = cosineVariance(series);
    expect(degrees).toBe(reference.cosine.degrees);
    near(variance, reference.cosine.variance);
  });
  it("never uses fewer lags than labels overlap", () => {
    expect(neweyWestLags(100)).toBe(4);
    expect(neweyWestLags(100, 20)).toBe(20);
    expect(neweyWestLags(2000)).toBe(7);
  });
});

describe("performance", () => {
  const { dates, strategy, cash, ...expected } = reference.performance;
  const perYear = sessionsPerYear(dates);
  it("agrees with NumPy and pandas on return, volatility, Sharpe and drawdown", () => {
    near(perYear, expected.sessionsPerYear);
    near(annualReturn(strategy, perYear), expected.annualReturn);
    near(annualVolatility(strategy, perYear), expected.annualVolatility);
    near(sharpe(strategy, cash, perYear), expected.sharpe);
    near(maxDrawdown(strategy), expected.maxDrawdown);
  });
  it("agrees with pandas on the monthly table, and each year compounds its months", () => {
    const table = monthlyTable(dates, strategy);
    for (const [year, month, value] of expected.monthly) near(table.find((row) => row.year === year)?.months[month - 1], value);
    expect(table[0]?.months[0]).toBeNull();
    near(table.reduce((wealth, row) => wealth * (1 + row.total), 1) - 1, totalReturn(strategy));
  });
  it("annualises turnover and cost by their mean", () => {
    const account = { equity: [1, 1], netReturn: [0, 0], turnover: [0.5, 0.1], cost: [0.001, 0.003] };
    const metrics = accountMetrics(account, [0, 0], 252);
    expect(metrics.annualTurnover).toBeCloseTo(75.6, 10);
    expect(metrics.annualCost).toBeCloseTo(0.504, 10);
    expect(metrics.sharpe).toBeNull();
  });
  it("counts a fall from the starting capital as drawdown", () => {
    expect(maxDrawdown([-0.1, 0.05])).toBeCloseTo(-0.1, 12);
    expect(maxDrawdown([0.1, 0.1])).toBe(0);
    expect(maxDrawdown([])).toBe(0);
  });
  it("loses everything at most", () => {
    expect(annualReturn([-1, 0.5], 252)).toBe(-1);
  });
});

describe("rank correlation", () => {
  const a = Float64Array.from(reference.spearman.a as number[]);
  const b = Float64Array.from(reference.spearman.b as number[]);
  it("averages ties as SciPy does", () => {
    expect([...ranks(a)]).toEqual(reference.spearman.ranks);
    near(spearman(a, b), reference.spearman.rho);
  });
  it("leaves out pairs with a NaN", () => {
    const holed = Float64Array.from([...a, Number.NaN, 5]);
    const other = Float64Array.from([...b, 1, Number.NaN]);
    near(spearman(holed, other), reference.spearman.rho);
  });
  it("has no opinion on a constant or on two pairs", () => {
    expect(spearman(Float64Array.of(1, 1, 1), Float64Array.of(1, 2, 3))).toBeNull();
    expect(spearman(Float64Array.of(1, 2), Float64Array.of(1, 2))).toBeNull();
  });
  it("gives no t statistic where there is nothing to tell", () => {
    expect(meanIc([], 0)).toEqual({ mean: null, tStat: null });
    expect(meanIc([0.1, 0.2], 0).tStat).toBeNull();
    expect(meanIc(Array<number>(20).fill(0.5), 0)).toEqual({ mean: 0.5, tStat: null });
  });
});

describe("calibration", () => {
  it("cuts into the same tenths as pandas", () => {
    const bins = calibration(
      Float64Array.from(reference.calibration.p as number[]),
      Float64Array.from(reference.calibration.r as number[]),
    );
    expect(bins).toHaveLength(10);
    bins.forEach((bin, i) => {
      const [p, r, n] = reference.calibration.bins[i];
      near(bin.predicted, p);
      near(bin.realised, r, 1e-9);
      expect(bin.rows).toBe(n);
    });
  });
  it("counts every complete pair once, whatever the ties", () => {
    const value = fc.oneof(fc.constant(Number.NaN), fc.integer({ min: -3, max: 3 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value)), (pairs) => {
        const bins = calibration(
          Float64Array.from(pairs, (pair) => pair[0]),
          Float64Array.from(pairs, (pair) => pair[1]),
        );
        expect(bins.reduce((sum, bin) => sum + bin.rows, 0)).toBe(pairs.filter(([p, r]) => !Number.isNaN(p) && !Number.isNaN(r)).length);
      }),
    );
  });
});
