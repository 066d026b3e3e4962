// Statistics that take a short cut (bits, order, joined parts) against the definition spelled out, on few values with many ties.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { historyWords } from "./history-words.js";
import { laggedSums } from "./lagged.js";
import { statistics } from "./table.js";

const ties = (n: number) => fc.array(fc.integer({ min: -3, max: 3 }), { minLength: n, maxLength: n }).map((x) => Float64Array.from(x));
const none = new Float64Array(0);

/** Shortest words that do not occur in what stands before their last value, one after the other. */
function plainWords(bits: string): number {
  let count = 0;
  for (let start = 0; start < bits.length; count++) {
    let end = start + 1;
    const seen = (): boolean => start > 0 && bits.slice(0, end - 1).includes(bits.slice(start, end));
    while (end <= bits.length && seen()) end++;
    start = end;
  }
  return count;
}

describe("short cuts", () => {
  it("Lempel and Ziv's words are those of a search through what was seen", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1), { minLength: 8, maxLength: 100 }), (bits) => {
        expect(historyWords(Float64Array.from(bits), 0, bits.length, 0.5)).toBe(plainWords(bits.join("")));
      }),
    );
  });

  it("Kendall's tau counts every pair", () => {
    fc.assert(
      fc.property(ties(45), ties(45), (x, y) => {
        let score = 0;
        let untiedX = 0;
        let untiedY = 0;
        for (let j = 0; j < 45; j++) {
          for (let k = 0; k < j; k++) {
            const a = Math.sign((x[j] as number) - (x[k] as number));
            const b = Math.sign((y[j] as number) - (y[k] as number));
            score += a * b;
            untiedX += a * a;
            untiedY += b * b;
          }
        }
        expect(statistics.kendall.value(x, y, 0, 45, [])).toBeCloseTo(score / Math.sqrt(untiedX * untiedY), 12);
      }),
    );
  });

  it("sample entropy tries every pair of templates", () => {
    fc.assert(
      fc.property(ties(40), fc.constantFrom(1, 2, 3), (x, m) => {
        const mean = x.reduce((sum, v) => sum + v, 0) / 40;
        const r = 0.7 * Math.sqrt(x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 40);
        const near = (j: number, k: number, size: number) =>
          [...Array(size).keys()].every((i) => Math.abs((x[j + i] as number) - (x[k + i] as number)) <= r);
        let short = 0;
        let long = 0;
        for (let j = 0; j < 40 - m; j++) {
          for (let k = 0; k < j; k++) {
            short += Number(near(j, k, m));
            long += Number(near(j, k, m + 1));
          }
        }
        fc.pre(long > 0 && r > 0);
        expect(statistics.sampleEntropy.value(x, none, 0, 40, [m, 0.7])).toBeCloseTo(Math.log(short / long), 12);
      }),
    );
  });

  it("sums of lagged products are the same one by one", () => {
    fc.assert(
      fc.property(ties(30), fc.integer({ min: 1, max: 12 }), (x, lags) => {
        const out = new Float64Array(lags);
        laggedSums(x, 0, 30, lags, out, 0);
        const plain = Array.from({ length: lags }, (_, l) => x.reduce((sum, v, k) => sum + (k > l ? v * (x[k - l - 1] as number) : 0), 0));
        expect([...out].map((v) => v + 0)).toEqual(plain.map((v) => v + 0));
      }),
    );
  });
});
