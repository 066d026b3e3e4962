import { describe, expect, it } from "vitest";
import { meanAndError } from "#test/reference/market/predictability.js";
import { weekdays } from "#test/reference/market/weekdays.js";
import { strengthFor } from "./calibration.js";
import { EDGE_CLIP, EDGE_WINDOW } from "./edge.js";
import { simulateMarket } from "./simulate-market.js";

const settings = { seed: "truth", names: 40, sectors: 5, sessions: weekdays(400), oracleSharpe: 2 };
const market = simulateMarket(settings);

describe("truth", () => {
  it("plants a signal that is demeaned over names, so that equal weight has no edge", () => {
    for (let t = EDGE_WINDOW; t < 400; t += 7) {
      const signal = market.truth.signal(t);
      expect(Math.abs(signal.reduce((a, b) => a + b, 0))).toBeLessThan(1e-12);
      expect(signal.some((value) => value !== 0)).toBe(true);
    }
  });

  it("is minus the standardized, cut return of the last 20 sessions in units of a session's dispersion", () => {
    const t = 100;
    const names = market.truth.totalReturnIndex
      .map((_, ix) => ix)
      .filter(
        (ix) =>
          !Number.isNaN(market.truth.totalReturnIndex[ix]?.[t - 20] as number) &&
          !Number.isNaN(market.truth.totalReturnIndex[ix]?.[t] as number),
      );
    const past = names.map(
      (ix) => (market.truth.totalReturnIndex[ix]?.[t] as number) / (market.truth.totalReturnIndex[ix]?.[t - 20] as number) - 1,
    );
    const mean = past.reduce((a, b) => a + b) / past.length;
    const spread = Math.sqrt(past.reduce((sum, r) => sum + (r - mean) ** 2, 0) / past.length);
    const cut = past.map((r) => -Math.min(EDGE_CLIP, Math.max(-EDGE_CLIP, (r - mean) / spread)));
    const center = cut.reduce((a, b) => a + b) / cut.length;
    const signal = market.truth.signal(t);
    names.forEach((ix, n) => {
      expect(signal[ix]).toBeCloseTo((((cut[n] as number) - center) * spread) / Math.sqrt(20), 12);
    });
  });

  it("knows nothing of the future", () => {
    const shorter = simulateMarket({ ...settings, sessions: settings.sessions.slice(0, 250) });
    expect([...shorter.truth.expectedReturn(249, 5)]).toEqual(
      [...market.truth.expectedReturn(249, 5)].slice(0, shorter.instruments.length),
    );
  });

  it("is exactly strength x signal for one session and NaN for the index", () => {
    const { strength } = market.truth.record;
    expect(strength).toBe(strengthFor(2, 40));
    const expected = market.truth.expectedReturn(200, 1);
    const signal = market.truth.signal(200);
    expect(expected[0]).toBeNaN();
    expected.forEach((value, ix) => {
      if (!Number.isNaN(value)) expect(value).toBeCloseTo(strength * (signal[ix] as number), 15);
    });
  });

  it("expects nothing where nothing is planted", () => {
    const nothing = simulateMarket({ ...settings, oracleSharpe: 0 });
    expect(nothing.truth.record.strength).toBe(0);
    expect([...nothing.truth.expectedReturn(200, 5)].every((value) => Number.isNaN(value) || value === 0)).toBe(true);
    expect(nothing.truth.record.statement).toContain("Nothing is planted");
  });

  it("survives being written as JSON", () => {
    expect(JSON.parse(JSON.stringify(market.truth.record))).toEqual(market.truth.record);
  });

  it.each([1, 5, 20])("expects over %i sessions what then happens on average", (horizon) => {
    // Slope of realized on expected excess returns, per seed; an unbiased truth gives 1.
    const slopes: number[] = [];
    for (let seed = 0; seed < 16; seed++) {
      const { truth } = simulateMarket({ ...settings, seed: `slope/${seed}`, sessions: weekdays(500) }, 0.2);
      let xy = 0;
      let xx = 0;
      for (let t = EDGE_WINDOW; t + horizon < 500; t += horizon) {
        const expected = truth.expectedReturn(t, horizon);
        const real = truth.totalReturnIndex.map((index) => (index[t + horizon] as number) / (index[t] as number) - 1);
        const names = real.map((_, ix) => ix).filter((ix) => !Number.isNaN(real[ix]) && !Number.isNaN(expected[ix]));
        const mean = names.reduce((sum, ix) => sum + (real[ix] as number), 0) / names.length;
        for (const ix of names) {
          xy += (expected[ix] as number) * ((real[ix] as number) - mean);
          xx += (expected[ix] as number) ** 2;
        }
      }
      slopes.push(xy / xx);
    }
    const { mean, error } = meanAndError(slopes);
    expect(error).toBeLessThan(0.08);
    // Beyond one session the truth is an approximation (see expectedReturn): 10 % is allowed for it.
    expect(Math.abs(mean - 1)).toBeLessThan(3 * error + (horizon === 1 ? 0 : 0.1));
  });
});

describe("strengthFor", () => {
  it("is zero for zero, grows with the target and shrinks with the number of names", () => {
    for (const names of [5, 20, 33, 60, 90, 500, 2000]) {
      expect(strengthFor(0, names)).toBe(0);
      expect(strengthFor(2, names)).toBeGreaterThan(strengthFor(1, names));
    }
    expect(strengthFor(2, 90)).toBeLessThan(strengthFor(2, 60));
    expect(strengthFor(2, 90)).toBeGreaterThan(strengthFor(2, 120));
  });
});
