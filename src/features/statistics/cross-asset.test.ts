// Laws of the statistics of two series.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crossAssetStatistics } from "./cross-asset.js";

const small = fc.integer({ min: -20, max: 20 });
const pair = fc.array(fc.tuple(small, small), { minLength: 5, maxLength: 60 });
const columns = (rows: readonly (readonly [number, number])[]): readonly [Float64Array, Float64Array] => [
  Float64Array.from(rows, ([x]) => x),
  Float64Array.from(rows, ([, y]) => y),
];

describe("tail dependence", () => {
  it("is what a full sort says", () => {
    fc.assert(
      fc.property(pair, fc.double({ min: 0.05, max: 0.95, noNaN: true }), (rows, q) => {
        const [x, y] = columns(rows);
        const n = rows.length;
        const place = Math.max(0, Math.floor(q * n) - 1);
        const found = crossAssetStatistics.tailDependence.value(x, y, 0, n, [q]);
        if (new Set(x).size === 1 || new Set(y).size === 1) {
          expect(found).toBeNaN();
          return;
        }
        const [xBound, yBound] = [x.slice().sort()[place] as number, y.slice().sort()[place] as number];
        const tail = rows.filter(([, b]) => b <= yBound);
        expect(found).toBe(tail.filter(([a]) => a <= xBound).length / tail.length);
      }),
    );
  });

  it("of a series with itself is 1", () => {
    fc.assert(
      fc.property(pair, (rows) => {
        const [x] = columns(rows);
        if (new Set(x).size > 1) expect(crossAssetStatistics.tailDependence.value(x, x, 0, x.length, [0.2])).toBe(1);
      }),
    );
  });
});

describe("betas of one side", () => {
  it("of twice the other series are 2, and leave no residual to have a skew", () => {
    fc.assert(
      fc.property(pair, (rows) => {
        const [x] = columns(rows);
        const double = x.map((v) => 2 * v);
        const n = x.length;
        for (const name of ["downBeta", "upBeta"] as const) {
          const beta = crossAssetStatistics[name].value(double, x, 0, n);
          if (!Number.isNaN(beta)) expect(beta).toBeCloseTo(2, 10);
        }
        expect(crossAssetStatistics.residualSkew.value(double, x, 0, n)).toBeNaN();
        expect(crossAssetStatistics.coskewness.value(double, x, 0, n)).toBeNaN();
      }),
    );
  });

  it("look at their own side only", () => {
    const y = Float64Array.of(-3, -2, -1, 1, 2, 3);
    const x = Float64Array.of(-9, -6, -3, 1, 2, 3);
    expect(crossAssetStatistics.downBeta.value(x, y, 0, 6)).toBeCloseTo(3, 12);
    expect(crossAssetStatistics.upBeta.value(x, y, 0, 6)).toBeCloseTo(1, 12);
  });
});
