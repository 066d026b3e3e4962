// Reference: test/reference/metrics/metrics.json (statsmodels OLS, SciPy DCT and Student t). False alarms: simulated here with fixed seeds.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { dateOfDayNumber } from "#domain/time.js";
import type { Verdict } from "#domain/run-result.js";
import { adjustForTrials, sidakLevel } from "./adjust-for-trials.js";
import { judge } from "./judge.js";

const reference = JSON.parse(readFileSync(new URL("../../../test/reference/metrics/metrics.json", import.meta.url), "utf8"));
const daily = (n: number): string[] => Array.from({ length: n }, (_, i) => dateOfDayNumber(14_000 + Math.floor((i * 365.25) / 252)));

/** Strategy and baseline of `n` sessions: alpha as an annual Sharpe of the residual, and a beta. */
function record(seed: string, n: number, residualSharpe: number, beta: number, marketExposure: 0 | 1 = 1): Verdict {
  const rng = createRng(seed);
  const market = Array.from({ length: n }, () => 0.0004 + 0.01 * rng.normal());
  const strategy = market.map((m) => beta * m + 0.004 * (rng.normal() + residualSharpe / Math.sqrt(252)));
  return judge({
    dates: daily(n),
    strategyReturns: strategy,
    baselineReturns: market,
    cashReturns: Array<number>(n).fill(0),
    marketExposure,
    level: 0.01,
  });
}

describe("judge", () => {
  it("gives the figures of statsmodels and SciPy", () => {
    const { dates, strategy, baseline, cash } = reference.performance;
    const verdict = judge({
      dates,
      strategyReturns: strategy,
      baselineReturns: baseline,
      cashReturns: cash,
      marketExposure: 1,
      level: 0.01,
    });
    for (const key of [
      "alpha",
      "beta",
      "alphaPValue",
      "pValue",
      "activeReturn",
      "activeReturnLow",
      "activeReturnHigh",
      "activeSharpe",
    ] as const) {
      const expected = reference.verdict[key] as number;
      expect(Math.abs((verdict[key] as number) - expected), key).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
    }
  });
  it("raises false alarms at about its level or less when nothing is there", () => {
    const alarms = Array.from({ length: 1500 }, (_, i) => record(`null-${i}`, 756, 0, 1)).filter((v) => v.decision === "edge").length;
    expect(alarms).toBeLessThanOrEqual(26); // 1.73 %: two and a half standard errors above 1 %
  });
  it("does not take leverage for skill: beta 1.5 and no alpha", () => {
    const verdicts = Array.from({ length: 400 }, (_, i) => record(`beta-${i}`, 2016, 0, 1.5));
    expect(verdicts.filter((v) => v.decision === "edge").length).toBeLessThanOrEqual(10);
    expect(verdicts.filter((v) => v.pValue <= 0.01).length).toBeGreaterThan(20); // the mean alone would have been fooled
  });
  it("does not take alpha alone for an edge when the strategy earned less than its baseline", () => {
    const verdicts = Array.from({ length: 100 }, (_, i) => record(`low-${i}`, 2016, 0.8, 0.2));
    expect(verdicts.filter((v) => v.alphaPValue <= 0.01).length).toBeGreaterThan(10);
    expect(verdicts.filter((v) => v.decision === "edge").length).toBeLessThanOrEqual(1);
  });
  it("finds an information ratio of 2 in seven years nearly always", () => {
    const found = Array.from({ length: 200 }, (_, i) => record(`edge-${i}`, 1764, 2, 1)).filter((v) => v.decision === "edge").length;
    expect(found).toBeGreaterThanOrEqual(196);
  });
  it("judges a neutral portfolio against cash", () => {
    const verdict = record("neutral", 1764, 2.5, 0, 0);
    expect(verdict.decision).toBe("edge");
    expect(verdict.because).toContain("more than cash");
    expect(verdict.beta).toBeCloseTo(0, 1);
  });
  it("judges nothing shorter than a year", () => {
    for (const n of [0, 1, 2, 251]) {
      const verdict = record("short", n, 12, 1);
      expect(verdict.decision).toBe("not enough evidence");
      expect(verdict.because).toContain(`Only ${n} sessions`);
      expect(Object.values(verdict).every((value) => typeof value !== "number" || Number.isFinite(value))).toBe(true);
    }
  });
  it("says no edge when the strategy is its baseline", () => {
    const returns = Array.from({ length: 600 }, (_, i) => 0.01 * Math.sin(i));
    const verdict = judge({
      dates: daily(600),
      strategyReturns: returns,
      baselineReturns: returns,
      cashReturns: returns.map(() => 0),
      marketExposure: 1,
      level: 0.01,
    });
    expect(verdict).toMatchObject({ decision: "no edge", pValue: 1, activeSharpe: null, activeReturn: 0 });
  });
  it("says no edge for a loser, and for one that surely is not worth having", () => {
    expect(record("loser", 1500, -1, 1).decision).toBe("no edge");
    const small = Array.from({ length: 40 }, (_, i) => record(`small-${i}`, 252 * 40, 0.05, 1)).filter(
      (v) => v.activeReturn > 0 && v.decision === "no edge",
    );
    expect(small.length).toBeGreaterThan(5);
    expect(small[0]?.because).toContain("below the 0.5 worth having");
  });
  it("refuses a series with a hole", () => {
    expect(() =>
      judge({
        dates: ["2020-01-02"],
        strategyReturns: [Number.NaN],
        baselineReturns: [0],
        cashReturns: [0],
        marketExposure: 1,
        level: 0.01,
      }),
    ).toThrow(/not a number/);
  });
});

describe("adjustForTrials", () => {
  const edge: Verdict = { ...record("edge-0", 1764, 2, 1), decision: "edge", pValue: 0.0004, alphaPValue: 0.0002 };
  it("keeps the family-wise level", () => {
    expect(1 - (1 - sidakLevel(0.01, 50)) ** 50).toBeCloseTo(0.01, 12);
  });
  it("leaves a single trial alone and says so when many are passed", () => {
    expect(adjustForTrials(edge, 1)).toEqual(edge);
    const passed = adjustForTrials(edge, 20);
    expect(passed.decision).toBe("edge");
    expect(passed.because).toContain("20 different experiments");
  });
  it("takes an edge back that does not survive the number of trials", () => {
    const taken = adjustForTrials(edge, 30);
    expect(taken.decision).toBe("not enough evidence");
    expect(taken.because).toContain("30 different experiments");
    expect(taken.pValue).toBe(edge.pValue);
  });
  it("lets like experiments share what they are worth, and says both numbers", () => {
    const shared = adjustForTrials(edge, 30, 3.4);
    expect(shared.decision).toBe("edge");
    expect(shared.because).toContain(
      "30 different experiments were tried on this data, worth 3.4 independent ones, so each may use a level of 0.30%",
    );
    expect(adjustForTrials(edge, 30, 1).because).toContain("worth 1 independent one,");
    expect(adjustForTrials(edge, 30, 29.97).because).not.toContain("worth");
    // An effective number can only be a reduction.
    expect(adjustForTrials(edge, 20, 1e9)).toEqual(adjustForTrials(edge, 20));
  });
  it("never upgrades", () => {
    const none: Verdict = { ...edge, decision: "no edge" };
    expect(adjustForTrials(none, 100)).toEqual(none);
  });
});
