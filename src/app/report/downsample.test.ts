// What downsampling must never lose or invent.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { downsample } from "./downsample.js";

const value = fc.oneof(
  { weight: 9, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
);

describe("downsampling", () => {
  it("keeps the lowest, the highest, the first and the last value", () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 400 }), fc.integer({ min: 1, max: 50 }), (values, buckets) => {
        const points = downsample(values, buckets).flat();
        const finite = values.filter(Number.isFinite);
        if (finite.length === 0) {
          expect(points).toEqual([]);
          return;
        }
        const kept = points.map((point) => point.value);
        expect(Math.min(...kept)).toBe(Math.min(...finite));
        expect(Math.max(...kept)).toBe(Math.max(...finite));
        expect(kept[0]).toBe(finite[0]);
        expect(kept[kept.length - 1]).toBe(finite[finite.length - 1]);
      }),
    );
  });

  it("invents nothing, keeps the order and breaks at gaps", () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 400 }), fc.integer({ min: 1, max: 50 }), (values, buckets) => {
        let last = -1;
        for (const run of downsample(values, buckets)) {
          const first = run[0]?.index ?? 0;
          const end = run[run.length - 1]?.index ?? 0;
          expect(values.slice(first, end + 1).every(Number.isFinite)).toBe(true);
          for (const point of run) {
            expect(point.index).toBeGreaterThan(last);
            expect(values[point.index]).toBe(point.value);
            last = point.index;
          }
        }
      }),
    );
  });

  it("needs at most four points per bucket", () => {
    const values = Array.from({ length: 100_000 }, (_, i) => Math.sin(i) * i);
    expect(downsample(values, 300).flat().length).toBeLessThanOrEqual(1200);
  });

  it("keeps everything when there is room", () => {
    expect(downsample([3, 1, 2], 10).flat()).toEqual([3, 1, 2].map((v, index) => ({ index, value: v })));
  });
});
