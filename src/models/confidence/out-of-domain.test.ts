import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { fitDomain, outOfDomain } from "./out-of-domain.js";

const K = 6;

/** Two factors behind six features; a tenth of the cells unknown when `holes`. */
function rowsOf(seed: string, rows: number, holes: boolean): Float32Array {
  const rng = createRng(seed);
  const x = new Float32Array(rows * K);
  for (let row = 0; row < rows; row++) {
    const [a, b] = [rng.normal(), rng.normal()];
    for (let j = 0; j < K; j++) {
      const value = 100 * j + (j + 1) * (j % 2 === 0 ? a + 0.3 * rng.normal() : b + 0.3 * rng.normal());
      x[row * K + j] = holes && rng.next() < 0.1 ? Number.NaN : value;
    }
  }
  return x;
}

const scores = (train: Float32Array, x: Float32Array): Float64Array => {
  const domain = fitDomain(train, K);
  return Float64Array.from({ length: x.length / K }, (_, row) => outOfDomain(domain, x, row * K));
};

describe("out of domain", () => {
  it.each([false, true])("rows of the same kind are spread evenly over [0, 1] (holes: %s)", (holes) => {
    const found = scores(rowsOf("train", 5000, holes), rowsOf("fresh", 5000, holes)).sort();
    for (const share of [0.1, 0.5, 0.9, 0.99]) expect(Math.abs((found[Math.floor(share * 5000)] as number) - share)).toBeLessThan(0.03);
  });

  it("a row is strange by a far value, by a pair that never goes together, and by what is not known", () => {
    const domain = fitDomain(rowsOf("train", 5000, false), K);
    const usual = Float32Array.of(0, 100, 200, 300, 400, 500);
    const at = (change: (x: Float32Array) => void): number => {
      const x = usual.slice();
      change(x);
      return outOfDomain(domain, x, 0);
    };
    expect(at(() => undefined)).toBeLessThan(0.05);
    expect(at((x) => (x[3] = 330))).toBe(1);
    // Each alone is within two deviations; features 0 and 2 have one factor, and never part so far.
    expect(at((x) => ([x[0], x[2]] = [2, 194]))).toBeGreaterThan(0.999);
    expect(at((x) => x.fill(Number.NaN, 1, 5))).toBeGreaterThan(0.9);
    expect(at((x) => (x[0] = 1e30))).toBe(1);
    expect(at((x) => x.fill(Number.NaN))).toBeNaN();
  });

  it("takes constant, collinear and unknown columns, one row, and none", () => {
    const x = rowsOf("train", 300, false);
    for (let row = 0; row < 300; row++) {
      x[row * K] = 5;
      x[row * K + 1] = Number.NaN;
      x[row * K + 3] = x[row * K + 2] as number;
    }
    const domain = fitDomain(x, K);
    expect(outOfDomain(domain, x, 0)).toBeLessThan(1);
    const moved = x.slice(0, K);
    moved[0] = 6;
    expect(outOfDomain(domain, moved, 0)).toBe(1);
    expect(outOfDomain(fitDomain(x.slice(0, K), K), x, 0)).toBeGreaterThanOrEqual(0);
    expect(outOfDomain(fitDomain(new Float32Array(0), K), x, 0)).toBe(0);
  });
});
