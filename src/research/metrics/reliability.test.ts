import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evenEdges, type Reliability, reliability, tenthEdges } from "./reliability.js";

interface Case {
  readonly name: string;
  readonly p: readonly number[];
  readonly rise: readonly number[];
  readonly brier: number;
  readonly parts: Readonly<Record<"ece" | "reliability" | "resolution" | "uncertainty" | "within", number>>;
}

const cases = JSON.parse(
  readFileSync(fileURLToPath(new URL("../../../test/reference/confidence/calibration.json", import.meta.url)), "utf8"),
) as readonly Case[];

describe("reliability", () => {
  it.each(cases)("of the probabilities called $name is that of the reference", ({ p, rise, brier, parts }) => {
    const found = reliability(Float64Array.from(p), Uint8Array.from(rise), evenEdges(10)) as Reliability;
    const { ece, ...rest } = parts;
    expect(found.brier).toBeCloseTo(brier, 12);
    expect(found.calibrationError).toBeCloseTo(ece, 12);
    for (const [name, value] of Object.entries(rest)) expect(found[name as keyof typeof rest], name).toBeCloseTo(value, 12);
  });

  it("adds up to the Brier score, whatever the bins", () => {
    const pairs = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1)), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(pairs, (sample) => {
        const p = Float64Array.from(sample, ([value]) => value);
        const came = Uint8Array.from(sample, ([, value]) => value);
        for (const edges of [evenEdges(10), tenthEdges(p), []]) {
          const found = reliability(p, came, edges) as Reliability;
          expect(found.reliability - found.resolution + found.uncertainty + found.within).toBeCloseTo(found.brier, 10);
          expect(found.bins.reduce((sum, { rows }) => sum + rows, 0)).toBe(sample.length);
        }
      }),
    );
  });

  it("puts equal probabilities into one bin, and says nothing of nothing", () => {
    const found = reliability(new Float64Array(50).fill(0.5), new Uint8Array(50).fill(1), tenthEdges(new Float64Array(50).fill(0.5)));
    expect(found?.bins).toEqual([{ predicted: 0.5, observed: 1, rows: 50 }]);
    expect(reliability(new Float64Array(0), new Uint8Array(0), evenEdges(10))).toBeNull();
  });
});
