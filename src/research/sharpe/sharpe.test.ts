// References: test/reference/sharpe/sharpe.json (SciPy), and the worked numbers of both papers.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deflatedSharpe, expectedMaximumSharpe } from "./expected-maximum.js";
import { type SharpeMoments, sharpeMoments } from "./moments.js";
import { minimumTrackLength, probabilisticSharpe, sharpeError } from "./probabilistic.js";
import { robustInterval, robustProbabilisticSharpe, robustSharpe } from "./robust.js";

interface Reference {
  readonly cases: readonly (SharpeMoments & {
    readonly law: string;
    readonly returns: readonly number[];
    readonly psr0: number;
    readonly psr: number;
    readonly length: number | null;
    readonly dsr: number;
    readonly robust: { readonly error: number; readonly degrees: number };
    readonly robustPsr: number;
  })[];
  readonly maxima: readonly { readonly trials: number; readonly variance: number; readonly value: number }[];
}
const reference = JSON.parse(readFileSync(new URL("../../../test/reference/sharpe/sharpe.json", import.meta.url), "utf8")) as Reference;
const ofPaper = (sharpe: number, sessions: number, skewness = 0, kurtosis = 3): SharpeMoments => ({ sessions, sharpe, skewness, kurtosis });
const returns = fc.array(fc.double({ min: -0.1, max: 0.1, noNaN: true }), { minLength: 30, maxLength: 120 });

describe("figures of Sharpe ratios", () => {
  it("agree with SciPy on normal, fat-tailed, skewed and dependent returns", () => {
    for (const one of reference.cases) {
      const moments = sharpeMoments(one.returns) as SharpeMoments;
      for (const key of ["sessions", "sharpe", "skewness", "kurtosis"] as const) expect(moments[key], one.law).toBeCloseTo(one[key], 10);
      expect(probabilisticSharpe(moments, 0), one.law).toBeCloseTo(one.psr0, 12);
      expect(probabilisticSharpe(moments, 0.03), one.law).toBeCloseTo(one.psr, 12);
      expect(minimumTrackLength(moments, 0, 0.95) / (one.length ?? Number.POSITIVE_INFINITY) || 1, one.law).toBeCloseTo(1, 10);
      expect(deflatedSharpe(moments, 45, 0.4 / one.sessions), one.law).toBeCloseTo(one.dsr, 12);
      const robust = robustSharpe(one.returns);
      expect(robust?.degrees).toBe(one.robust.degrees);
      expect((robust?.error ?? 0) / one.robust.error, one.law).toBeCloseTo(1, 9);
      expect(robust === null ? 0 : robustProbabilisticSharpe(robust, 0.03), one.law).toBeCloseTo(one.robustPsr, 10);
    }
    for (const { trials, variance, value } of reference.maxima) expect(expectedMaximumSharpe(trials, variance) / value).toBeCloseTo(1, 9);
  });
  it("give the worked numbers of the paper of 2012: 98.2 % becomes 91.3 % with the moments of a hedge fund", () => {
    expect(probabilisticSharpe(ofPaper(0.458, 24), 0)).toBeCloseTo(0.982, 3);
    expect(probabilisticSharpe(ofPaper(0.458, 24, -2.448, 10.164), 0)).toBeCloseTo(0.913, 3);
  });
  it("give its track records, too: 2.73 years of days, 3.24 of months, 4.99 of months that are skewed", () => {
    const years = (perYear: number, skewness = 0, kurtosis = 3): number =>
      minimumTrackLength(ofPaper(2 / Math.sqrt(perYear), 1, skewness, kurtosis), 1 / Math.sqrt(perYear), 0.95) / perYear;
    expect(years(250)).toBeCloseTo(2.73, 2);
    expect(years(12)).toBeCloseTo(3.24, 2);
    expect(years(12, -0.72, 5.78)).toBeCloseTo(4.99, 2);
  });
  it("give the worked number of the paper of 2014: a Sharpe ratio of 2.5 over five years, the best of 100, is deflated to .9004", () => {
    const moments = ofPaper(2.5 / Math.sqrt(250), 1250, -3, 10);
    expect(expectedMaximumSharpe(100, 0.5 / 250)).toBeCloseTo(0.1132, 4);
    expect(deflatedSharpe(moments, 100, 0.5 / 250)).toBeCloseTo(0.9004, 4);
    expect(deflatedSharpe(moments, 46, 0.5 / 250)).toBeCloseTo(0.9505, 4);
  });
  it("are nothing where a series does not vary or is too short", () => {
    for (const one of [[], [0.01], [0.01, 0.01, 0.01]]) {
      expect(sharpeMoments(one)).toBeNull();
      expect(robustSharpe(one)).toBeNull();
    }
    expect(minimumTrackLength(ofPaper(0.1, 500), 0.1, 0.95)).toBe(Number.POSITIVE_INFINITY);
  });
  it("do not depend on the unit of returns, and a longer record that is needed is a record not yet long enough", () => {
    fc.assert(
      fc.property(returns, fc.double({ min: 0.01, max: 100, noNaN: true }), (series, unit) => {
        const [one, two] = [sharpeMoments(series), sharpeMoments(series.map((value) => value * unit))];
        fc.pre(one !== null && two !== null && one.kurtosis < 1e6);
        expect(probabilisticSharpe(two as SharpeMoments, 0.1)).toBeCloseTo(probabilisticSharpe(one as SharpeMoments, 0.1), 6);
        const { sessions } = one as SharpeMoments;
        const sure = probabilisticSharpe(one as SharpeMoments, 0) > 0.95;
        if (Math.abs(probabilisticSharpe(one as SharpeMoments, 0) - 0.95) > 1e-9)
          expect(minimumTrackLength(one as SharpeMoments, 0, 0.95) < sessions).toBe(sure);
      }),
    );
  });
  it("fall with the number of trials and with their spread, never below the plain probability for one trial", () => {
    fc.assert(
      fc.property(
        returns,
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 0.01, noNaN: true }),
        (series, trials, spread) => {
          const moments = sharpeMoments(series);
          fc.pre(moments !== null);
          const deflated = deflatedSharpe(moments as SharpeMoments, trials, spread);
          expect(deflated).toBeLessThanOrEqual(probabilisticSharpe(moments as SharpeMoments, 0) + 1e-12);
          expect(deflatedSharpe(moments as SharpeMoments, 2 * trials, spread)).toBeLessThanOrEqual(deflated + 1e-12);
          expect(deflatedSharpe(moments as SharpeMoments, trials, 2 * spread)).toBeLessThanOrEqual(deflated + 1e-12);
          expect(deflatedSharpe(moments as SharpeMoments, 1, spread)).toBe(probabilisticSharpe(moments as SharpeMoments, 0));
        },
      ),
    );
  });
  it("have a robust error that is near the iid one where returns are independent, and wider where they follow one another", () => {
    const [, , , dependent] = reference.cases;
    const [normal] = reference.cases;
    for (const [one, low, high] of [
      [normal, 0.6, 1.5],
      [dependent, 1.1, 1.5], // an autocorrelation of .2 widens by sqrt(1.2 / .8) = 1.22
    ] as const) {
      const wide = robustSharpe(one?.returns ?? []);
      const ratio = (wide?.error ?? 0) / sharpeError(sharpeMoments(one?.returns ?? []) as SharpeMoments);
      expect(ratio).toBeGreaterThan(low);
      expect(ratio).toBeLessThan(high);
      const { low: from, high: to } = robustInterval(wide as NonNullable<typeof wide>, 0.9);
      expect(to - from).toBeGreaterThan(3.2 * (wide?.error ?? 0));
    }
  });
});
