// Stress against hand arithmetic, and factor shocks against a regression solved another way.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { factorBetas, shockLoss } from "./factor-stress.js";
import { stretchLoss, worstStretch } from "./historical-stress.js";
import { standIn } from "./stand-in.js";

const series = [Float64Array.of(0.1, -0.2, -0.1, 0.3), Float64Array.of(0, 0.5, -0.5, 0)];
const weights = Float64Array.of(0.6, -0.2);

function drawn(seed: string, count: number, rows: number): Float64Array[] {
  const rng = createRng(seed);
  return Array.from({ length: count }, () => Float64Array.from({ length: rows }, () => 0.01 * rng.normal()));
}

describe("historical stress", () => {
  it("is what was bought at the begin and held would have lost", () => {
    const { loss, positions } = stretchLoss(series, weights, 1, 2);
    expect(positions[0]).toBeCloseTo(0.6 * (1 - 0.8 * 0.9), 15);
    expect(positions[1]).toBeCloseTo(-0.2 * (1 - 1.5 * 0.5), 15);
    expect(loss).toBeCloseTo(0.168 - 0.05, 15);
  });

  it("finds the stretch that no other of its length is worse than, and none where the data are shorter", () => {
    const past = drawn("stretches", 3, 60);
    const held = Float64Array.of(0.5, -0.3, 0.4);
    for (const length of [1, 7, 60]) {
      const worst = worstStretch(past, held, length);
      for (let first = 0; first + length <= 60; first++)
        expect(worst?.loss).toBeGreaterThanOrEqual(stretchLoss(past, held, first, first + length - 1).loss);
      expect((worst?.last ?? 0) - (worst?.first ?? 0) + 1).toBe(length);
    }
    expect(worstStretch(past, held, 61)).toBeNull();
    expect(() => stretchLoss(past, held, 3, 60)).toThrow(/within the 60 sessions/);
  });
});

describe("factor stress", () => {
  it("finds the slopes that made the returns, factors of any size and mix", () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 }), (seed, slopes) => {
        const [a, b, c] = drawn(`slopes ${seed}`, 3, 120) as [Float64Array, Float64Array, Float64Array];
        const factors = [a, b.map((r, t) => 50 * (r + 0.9 * (a[t] as number))), c.map((r) => r / 1000)];
        const asset = a.map((_, t) => 0.003 + factors.reduce((sum, f, j) => sum + (slopes[j] as number) * (f[t] as number), 0));
        const [found] = factorBetas([asset], factors) ?? [];
        slopes.forEach((slope, j) => expect(Math.abs((found?.[j] ?? Number.NaN) - slope)).toBeLessThan(j === 2 ? 1e-6 : 1e-9));
      }),
      { numRuns: 25 },
    );
  });

  it("says nothing where two factors are one, one stands still, or there are too few sessions", () => {
    const [a, b] = drawn("same", 2, 50) as [Float64Array, Float64Array];
    expect(factorBetas([b], [a, a.map((r) => 3 * r + 0.1)])).toBeNull();
    expect(factorBetas([b], [a.map(() => 0.01)])).toBeNull();
    expect(factorBetas([b.slice(0, 3)], [a.slice(0, 3), b.slice(0, 3)])).toBeNull();
  });

  it("adds up over positions, gives the shocked factor its own shock, and takes no more than all", () => {
    const [market, own] = drawn("shock", 2, 300) as [Float64Array, Float64Array];
    const wild = market.map((r, t) => 8 * r + 0.001 * (own[t] as number));
    const betas = factorBetas([market, wild], [market]) ?? [];
    const { loss, positions } = shockLoss(betas, Float64Array.of(-0.2), Float64Array.of(0.5, 0.4));
    expect(positions[0]).toBeCloseTo(0.1, 12);
    expect(positions[1]).toBe(0.4);
    expect(loss).toBeCloseTo(0.5, 12);
  });
});

describe("a stand-in", () => {
  it("is beta times the market before the first price, and leaves what is known alone", () => {
    const [market] = drawn("stand-in", 1, 100) as [Float64Array];
    const own = market.map((r, t) => (t < 40 ? Number.NaN : 1.5 * r + 0.001));
    const { returns, stoodIn } = standIn(own, market);
    expect(stoodIn).toBe(40);
    returns.forEach((r, t) => expect(r).toBeCloseTo(t < 40 ? 1.5 * (market[t] as number) : (own[t] as number), 12));
  });

  it("takes a beta of 1 from too few sessions, and no move where the market is not known", () => {
    const market = Float64Array.of(0.02, Number.NaN, 0.01);
    expect([...standIn(Float64Array.of(Number.NaN, Number.NaN, -0.3), market).returns]).toEqual([0.02, 0, -0.3]);
  });
});
