// Which features count once: by hand, and as a law.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { countDistinct } from "./rank-overlap.js";

const noise = (seed: string, n = 400): Float64Array => {
  const rng = createRng(seed);
  return Float64Array.from({ length: n }, () => rng.normal());
};

describe("the count of distinct features", () => {
  it("counts a feature once whatever monotone clothes it wears", () => {
    const a = noise("a");
    const b = noise("b");
    const columns = [a, a.map((v) => Math.exp(v)), a.map((v) => -(v ** 3)), b, a.map((v, k) => v + 0.05 * (b[k] as number))];
    const count = countDistinct(["a", "exp", "cube", "b", "near"], columns, 0.98);
    expect(count.distinct).toEqual(["a", "b"]);
    expect(count.redundant.map(({ feature, like }) => [feature, like])).toEqual([
      ["exp", "a"],
      ["cube", "a"],
      ["near", "a"],
    ]);
    expect(count.redundant[1]?.correlation).toBeCloseTo(-1, 12);
  });

  it("says nothing of what is hardly known or never changes", () => {
    const rare = noise("rare").fill(Number.NaN, 50);
    expect(countDistinct(["rare", "flat"], [rare, new Float64Array(400)], 0.98)).toEqual({
      distinct: [],
      redundant: [],
      unknown: ["rare", "flat"],
    });
  });

  it("is the same for any monotone change of any feature", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(3), (seed, which) => {
        const columns = [0, 1, 2, 3].map((k) => noise(`${seed}/${k % 2 === 0 ? 0 : k}`, 150));
        const names = ["p", "q", "r", "s"];
        const changed = columns.map((column, k) => (k === which ? column.map((v) => Math.atan(v) * 7) : column));
        expect(countDistinct(names, changed, 0.98).distinct).toEqual(countDistinct(names, columns, 0.98).distinct);
      }),
      { numRuns: 20 },
    );
  });
});
