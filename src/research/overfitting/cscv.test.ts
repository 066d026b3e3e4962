// Reference: test/reference/overfitting/cscv.json (NumPy, split by split on the rows). Properties by simulation with fixed seeds.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { cscv } from "./cscv.js";

interface Case {
  readonly seed: number;
  readonly strategies: number;
  readonly sessions: number;
  readonly edge: number;
  readonly blocks: number;
  readonly statistic: "sharpe" | "mean";
  readonly combinations: number;
  readonly pbo: number;
  readonly meanLogit: number;
  readonly squareLogit: number;
  readonly slope: number;
  readonly intercept: number;
  readonly explained: number;
  readonly loss: number;
  readonly meanIn: number;
  readonly meanOut: number;
}
const reference = JSON.parse(readFileSync(new URL("../../../test/reference/overfitting/cscv.json", import.meta.url), "utf8")) as Case[];

/** As make.py draws them: splitmix64. */
function seriesOf({ seed, strategies, sessions, edge }: Case): Float64Array[] {
  const mask = (1n << 64n) - 1n;
  let state = BigInt(seed);
  const next = (): number => {
    state = (state + 0x9e3779b97f4a7c15n) & mask;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask;
    return Number((z ^ (z >> 31n)) >> 11n) / 2 ** 53;
  };
  return Array.from({ length: strategies }, (_, s) =>
    Float64Array.from({ length: sessions }, () => (next() - 0.5) * 0.04 + (s === 0 ? edge : 0)),
  );
}

function noise(seed: string, strategies: number, sessions: number): Float64Array[] {
  const rng = createRng(seed);
  return Array.from({ length: strategies }, () => Float64Array.from({ length: sessions }, () => 0.01 * rng.normal()));
}

const average = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

describe("cscv", () => {
  it("gives what NumPy gives split by split", () => {
    for (const one of reference) {
      const { combinations, pbo, logits, inSample, outOfSample, degradation, lossProbability } = cscv(seriesOf(one), one);
      const name = `seed ${one.seed}`;
      expect(combinations, name).toBe(one.combinations);
      expect(pbo, name).toBeCloseTo(one.pbo, 12);
      expect(average(logits), name).toBeCloseTo(one.meanLogit, 10);
      expect(average(logits.map((value) => value * value)), name).toBeCloseTo(one.squareLogit, 10);
      expect(average(inSample), name).toBeCloseTo(one.meanIn, 12);
      expect(average(outOfSample), name).toBeCloseTo(one.meanOut, 12);
      expect(degradation?.slope, name).toBeCloseTo(one.slope, 8);
      expect(degradation?.intercept, name).toBeCloseTo(one.intercept, 10);
      expect(degradation?.explained, name).toBeCloseTo(one.explained, 8);
      expect(lossProbability, name).toBeCloseTo(one.loss, 12);
    }
  });
  it("makes 12,870 combinations of 16 blocks", () => {
    expect(cscv(noise("count", 3, 64)).combinations).toBe(12_870);
  });
  it("finds about one half where nothing is there", () => {
    const found = Array.from({ length: 60 }, (_, i) => cscv(noise(`noise-${i}`, 20, 320), { blocks: 10 }).pbo);
    // Symmetric halves of one record trade against each other, so single records scatter widely around the middle.
    expect(average(found)).toBeGreaterThan(0.4);
    expect(average(found)).toBeLessThan(0.7);
  });
  it("finds nearly nothing where one strategy is truly better", () => {
    for (let i = 0; i < 10; i++) {
      const series = noise(`edge-${i}`, 20, 1000);
      series[3] = (series[3] as Float64Array).map((value) => value + 0.003);
      const { pbo, lossProbability } = cscv(series, { blocks: 10 });
      expect(pbo).toBeLessThan(0.05);
      expect(lossProbability).toBeLessThan(0.05);
    }
  });
  it("finds certain overfitting where every gain is paid back", () => {
    // Each strategy earns in one block and loses as much in all others together: chosen for what it cannot repeat.
    const series = Array.from({ length: 8 }, (_, s) =>
      Float64Array.from({ length: 160 }, (_v, t) => (Math.floor(t / 20) === s ? 0.07 : -0.01) + 0.0001 * Math.sin(t * (s + 1))),
    );
    const { pbo, degradation } = cscv(series, { blocks: 8, statistic: "mean" });
    expect(pbo).toBe(1);
    expect(degradation?.slope ?? 0).toBeLessThan(0);
  });
  it("depends on neither the order of strategies, nor the unit of returns, nor which half is called the first", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 16, max: 60 }), fc.integer(), (strategies, sessions, seed) => {
        const series = noise(`law-${seed}`, strategies, sessions);
        const plain = cscv(series, { blocks: 6 });
        const turned = cscv(
          [...series].reverse().map((one) => one.map((value) => 37 * value)),
          { blocks: 6 },
        );
        expect(turned.pbo).toBeCloseTo(plain.pbo, 12);
        expect(turned.lossProbability).toBe(plain.lossProbability);
        const mirrored = cscv(
          series.map((one) => Float64Array.from(one).reverse()),
          { blocks: 6 },
        );
        if (sessions % 6 === 0) expect(mirrored.pbo).toBeCloseTo(plain.pbo, 12);
      }),
      { numRuns: 40 },
    );
  });
  it("refuses what is no search, no even cut, and no record", () => {
    expect(() => cscv(noise("one", 1, 100))).toThrow(/no choice among 1 strategies/);
    expect(() => cscv(noise("odd", 2, 100), { blocks: 7 })).toThrow(/even number of blocks from 4 to 20, not 7/);
    expect(() => cscv(noise("short", 2, 31))).toThrow(/31 sessions are too few for 16 blocks/);
    const hole = noise("hole", 2, 100);
    (hole[1] as Float64Array)[5] = Number.NaN;
    expect(() => cscv(hole)).toThrow(/not a number/);
  });
  it("takes a strategy that never trades as one that earns nothing", () => {
    const series = [...noise("idle", 3, 100), new Float64Array(100)];
    const { logits } = cscv(series, { blocks: 4 });
    expect(logits.every((value) => Number.isFinite(value))).toBe(true);
  });
});
