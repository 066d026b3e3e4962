// Statistics of stored features against the plain definitions, however the rows were cut into parts.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { poolStatistics, RunningStatistics } from "./statistics.js";

describe("statistics of stored features", () => {
  it("are those of all known values, pooled over any parts", () => {
    const value = fc.oneof(fc.double({ min: -1e3, max: 1e3, noNaN: true }), fc.constant(Number.NaN));
    fc.assert(
      fc.property(fc.array(fc.array(value, { maxLength: 30 }), { minLength: 1, maxLength: 4 }), (parts) => {
        const pooled = poolStatistics(
          parts.map((rows) => {
            const running = new RunningStatistics([[-500, 500]]);
            for (const v of rows) running.add(Float64Array.of(v), 0);
            return { rows: rows.length, cells: running.cells };
          }),
          1,
        )[0];
        const all = parts.flat();
        const known = all.filter((v) => !Number.isNaN(v));
        const mean = known.reduce((sum, v) => sum + v, 0) / known.length;
        const deviation = Math.sqrt(known.reduce((sum, v) => sum + (v - mean) ** 2, 0) / known.length);
        expect(pooled).toMatchObject({ rows: all.length, known: known.length, outside: known.filter((v) => Math.abs(v) > 500).length });
        if (known.length === 0) {
          expect(pooled).toMatchObject({ mean: null, deviation: null, least: null, most: null });
          return;
        }
        expect(Math.abs((pooled?.mean ?? Number.NaN) - mean)).toBeLessThan(1e-9);
        expect(Math.abs((pooled?.deviation ?? Number.NaN) - deviation)).toBeLessThan(1e-9 * (1 + deviation) + 1e-7);
        expect(pooled).toMatchObject({ least: Math.min(...known), most: Math.max(...known) });
      }),
    );
  });

  it("go on with the same bits from the cells of an earlier run", () => {
    const values = Array.from({ length: 50 }, (_, i) => Math.sin(i) * 10);
    const whole = new RunningStatistics([[null, null]]);
    for (const v of values) whole.add(Float64Array.of(v), 0);
    const first = new RunningStatistics([[null, null]]);
    for (const v of values.slice(0, 20)) first.add(Float64Array.of(v), 0);
    const second = new RunningStatistics([[null, null]], first.cells);
    for (const v of values.slice(20)) second.add(Float64Array.of(v), 0);
    expect(second.cells).toEqual(whole.cells);
  });
});
