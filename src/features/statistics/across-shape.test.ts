// Turbulence, absorption and eigenvalues where the answer is known.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acrossShapes } from "./across-shape.js";
import { symmetricEigenvalues } from "#base/symmetric-eigen.js";

/** Values of two sectors over many moments, one instrument each. */
function feed(name: "turbulence" | "absorption", moments: readonly (readonly [number, number])[], params: readonly number[]): number[] {
  const cells = new Float64Array(acrossShapes[name].cells());
  return moments.map((v) => acrossShapes[name].value(Float64Array.from(v), Int32Array.of(0, 1), 2, cells, params));
}

describe("turbulence and absorption", () => {
  it("are unknown until enough moments have passed, and turbulence looks at the past only", () => {
    const calm = Array.from({ length: 10 }, (_, t): [number, number] => [t % 2 === 0 ? 1 : -1, t % 4 < 2 ? 1 : -1]);
    const values = feed("turbulence", [...calm, [3, 0]], [0.97, 8]);
    expect(values.slice(0, 8).every(Number.isNaN)).toBe(true);
    expect(values[8]).not.toBeNaN();
    // A shock changes its own value, not the earlier ones.
    expect(feed("turbulence", [...calm, [30, 0]], [0.97, 8]).slice(0, 10)).toEqual(values.slice(0, 10));
    expect(feed("turbulence", [...calm, [30, 0]], [0.97, 8])[10]).toBeGreaterThan(50 * (values[10] as number));
  });

  it("one thing that moves all sectors absorbs all, two equal and unrelated ones half", () => {
    const together = Array.from({ length: 12 }, (_, t): [number, number] => [t % 3, 2 * (t % 3)]);
    expect(feed("absorption", together, [0.97, 4]).at(-1)).toBeCloseTo(1, 12);
    const apart = Array.from({ length: 16 }, (_, t): [number, number] => [t % 2 === 0 ? 1 : -1, t % 4 < 2 ? 1 : -1]);
    // The plain average holds for the first 1 / 0.03 moments.
    expect(feed("absorption", apart, [0.97, 4]).at(-1)).toBeCloseTo(0.5, 12);
  });
});

describe("eigenvalues of a symmetric matrix", () => {
  it("sum to the trace, their squares to the sum of squares, largest first", () => {
    const entries = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 36, maxLength: 36 });
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 6 }), (v, n) => {
        const a = Float64Array.from(
          { length: n * n },
          (_, k) => v[6 * Math.min(Math.floor(k / n), k % n) + Math.max(Math.floor(k / n), k % n)] as number,
        );
        const trace = Array.from({ length: n }, (_, i) => a[i * n + i] as number).reduce((x, y) => x + y);
        const squares = a.reduce((sum, x) => sum + x * x, 0);
        const out = new Float64Array(n);
        symmetricEigenvalues(a, n, out);
        expect(out.reduce((x, y) => x + y)).toBeCloseTo(trace, 9);
        expect(out.reduce((x, y) => x + y * y, 0)).toBeCloseTo(squares, 8);
        expect([...out]).toEqual([...out].sort((x, y) => y - x));
      }),
    );
  });
});
