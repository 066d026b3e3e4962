// References: test/reference/inference/inference.json (arch; NumPy after Politis & Romano 1994).
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { blockLengths } from "./block-length.js";
import { eachDrawMeans, runningSums } from "./draw-means.js";
import { circularMeanVariance, stationaryMeanVariance } from "./mean-variance.js";
import { circularResampling, fillIndices, givenResampling, type Resampling, stationaryResampling } from "./resampling.js";

const reference = JSON.parse(readFileSync(new URL("../../../../test/reference/inference/inference.json", import.meta.url), "utf8"));
const near = (value: number, expected: number, relative = 1e-11): void =>
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(relative * Math.max(Math.abs(expected), 1e-12));

function indicesOf(resampling: Resampling): Int32Array[] {
  return Array.from({ length: resampling.draws }, (_, draw) => {
    const indices = new Int32Array(resampling.days).fill(-1);
    fillIndices(resampling, draw, indices);
    return indices;
  });
}

describe("A resampling", () => {
  it("draws whole series of days that exist, whatever the length of blocks", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 80 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.string(), (days, part, seed) => {
        const length = 1 + part * (days - 1);
        for (const make of [stationaryResampling, circularResampling])
          for (const indices of indicesOf(make(days, 3, length, createRng(seed))))
            expect(indices.every((at) => at >= 0 && at < days)).toBe(true);
      }),
    );
  });
  it("starts a block of the stationary kind on one day in as many as the blocks are long, and of the circular kind on every such day", () => {
    const breaks = (resampling: Resampling): number => {
      let count = 0;
      for (const indices of indicesOf(resampling))
        for (let i = 1; i < indices.length; i++) if (indices[i] !== ((indices[i - 1] as number) + 1) % indices.length) count++;
      return count / resampling.draws;
    };
    // 499 chances of 1/10 in each of 400 draws, less the one in 500 that goes on by luck: 49.8 with a standard error of 0.33.
    expect(Math.abs(breaks(stationaryResampling(500, 400, 10, createRng("s"))) - 49.8)).toBeLessThan(1.2);
    expect(breaks(circularResampling(500, 400, 10, createRng("c")))).toBeCloseTo(49 * (1 - 1 / 500), 0);
  });
  it("takes every day equally often", () => {
    const counts = new Float64Array(40);
    for (const indices of indicesOf(stationaryResampling(40, 5000, 6, createRng("even"))))
      for (const at of indices) counts[at] = (counts[at] as number) + 1;
    // 5,000 expected of each; a standard error is about 5000^.5 times the root of the mean block (under 12): 245.
    for (const count of counts) expect(Math.abs(count - 5000)).toBeLessThan(5 * 245);
  });
  it("gives the same draw alone as among others, and other draws to the next asker of the same stream", () => {
    const rng = createRng("twice");
    const first = stationaryResampling(50, 8, 4, rng);
    const alone = new Int32Array(50);
    fillIndices(first, 7, alone);
    expect(alone).toEqual(indicesOf(first)[7]);
    expect(indicesOf(stationaryResampling(50, 8, 4, rng))[7]).not.toEqual(alone);
    expect(indicesOf(stationaryResampling(50, 8, 4, createRng("twice")))[7]).toEqual(alone);
  });
  it("hands out given positions as they are, and refuses those that are none", () => {
    const rows = [Int32Array.of(3, 4, 0, 1, 1), Int32Array.of(0, 1, 2, 3, 4)];
    expect(indicesOf(givenResampling(rows, 2))).toEqual(rows);
    expect(() => givenResampling([[0, 1, 3]], 1)).toThrow("Draw 0 names position 3");
    expect(() => givenResampling([[0, 1], [1]], 1)).toThrow("Draw 1 has 1 positions");
    expect(() => stationaryResampling(10, 5, 0.5, createRng("x"))).toThrow("A block length of 0.5 does not fit 10 days");
    expect(() => stationaryResampling(10, 0, 1, createRng("x"))).toThrow("0 draws are no resampling");
  });
});

describe("The length of blocks", () => {
  it("is arch's, but never below a day", () => {
    for (const { series, stationary, circular } of reference.blocks) {
      const lengths = blockLengths(series);
      near(lengths.stationary, Math.max(1, stationary), 1e-9);
      near(lengths.circular, Math.max(1, circular), 1e-9);
    }
  });
  it("is one day where nothing moves, and is refused for a handful of values", () => {
    expect(blockLengths(new Float64Array(50).fill(0.25))).toEqual({ stationary: 1, circular: 1 });
    expect(() => blockLengths([1, 2, 3])).toThrow("cannot be chosen from 3 values");
  });
});

describe("The variance of a bootstrapped mean", () => {
  const { strategies, benchmark, block, omega, circularOmega } = reference.search;
  const centered: Float64Array[] = strategies.map((series: number[]) => {
    const excess = Float64Array.from(series, (value, t) => value - benchmark[t]);
    const mean = excess.reduce((a, b) => a + b, 0) / excess.length;
    return excess.map((value) => value - mean);
  });
  it("is the sum over all lags of Politis and Romano", () => {
    for (const [k, series] of centered.entries()) {
      near(Math.sqrt(stationaryMeanVariance(series, block)), omega[k]);
      near(Math.sqrt(circularMeanVariance(series, block)), circularOmega[k]);
    }
  });
  it("is the variance of means that are drawn", () => {
    const draws = 4000;
    for (const [make, variance] of [
      [stationaryResampling, stationaryMeanVariance],
      [circularResampling, circularMeanVariance],
    ] as const) {
      let squares = 0;
      eachDrawMeans(runningSums(centered), make(90, draws, 5, createRng("variance")), 0, draws, (_, means) => {
        squares += (means[1] as number) ** 2;
      });
      // A variance from 4,000 draws has a standard error of 2.2 %.
      near((90 * squares) / draws, variance(centered[1] as Float64Array, 5), 0.09);
    }
  });
});

describe("Means over draws", () => {
  it("are means over the positions drawn, for any number of series and draws and from any draw on", () => {
    const rng = createRng("means");
    for (const [days, count, draws, block] of [
      [30, 1, 3, 1],
      [57, 64, 70, 2.5],
      [41, 130, 129, 7],
    ] as const) {
      const series = Array.from({ length: count }, () => {
        const values = Float64Array.from({ length: days }, () => rng.normal());
        const mean = values.reduce((a, b) => a + b, 0) / days;
        return values.map((value) => value - mean);
      });
      const resampling = stationaryResampling(days, draws, block, rng);
      const rows = indicesOf(resampling);
      let next = 1;
      eachDrawMeans(runningSums(series), resampling, 1, draws, (draw, means) => {
        expect(draw).toBe(next++);
        expect(means.length).toBe(count);
        for (const [k, values] of series.entries()) {
          let sum = 0;
          for (const at of rows[draw] as Int32Array) sum += values[at] as number;
          expect(Math.abs((means[k] as number) - sum / days)).toBeLessThan(1e-14);
        }
      });
      expect(next).toBe(draws);
    }
  });
});
