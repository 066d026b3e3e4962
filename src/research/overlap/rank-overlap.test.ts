// Which features count once: by hand, and as a law.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { countDistinct, type OverlapCount } from "./rank-overlap.js";

const noise = (seed: string, n = 400): Float64Array => {
  const rng = createRng(seed);
  return Float64Array.from({ length: n }, () => rng.normal());
};

const countOne = (names: readonly string[], columns: readonly Float64Array[]): OverlapCount =>
  countDistinct(names, [{ names, columns }], 0.98);

describe("the count of distinct features", () => {
  it("counts a feature once whatever monotone clothes it wears", () => {
    const a = noise("a");
    const b = noise("b");
    const columns = [a, a.map((v) => Math.exp(v)), a.map((v) => -(v ** 3)), b, a.map((v, k) => v + 0.05 * (b[k] as number))];
    const count = countOne(["a", "exp", "cube", "b", "near"], columns);
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
    expect(countOne(["rare", "flat"], [rare, new Float64Array(400)])).toEqual({
      distinct: [],
      redundant: [],
      unknown: ["rare", "flat"],
      measured: [0],
    });
  });

  it("calls a feature redundant that agrees in any table, and unknown that is known in none", () => {
    const [a, b, c] = [noise("a"), noise("b"), noise("c")];
    const tables = [
      { names: ["c", "a", "b"], columns: [c, a, b] },
      { names: ["b", "a"], columns: [a.map((v) => -v), a] },
    ];
    const { distinct, redundant, unknown, measured } = countDistinct(["a", "b", "c", "d"], tables, 0.98);
    expect(distinct).toEqual(["a", "c"]);
    expect(redundant).toEqual([{ feature: "b", like: "a", correlation: expect.closeTo(-1, 12) as number, table: 1 }]);
    expect(unknown).toEqual(["d"]);
    expect(measured).toEqual([3, 2]);
  });

  it("counts one that agrees only with a feature that does not count itself", () => {
    const a = noise("a");
    const b = noise("b");
    const tables = [
      { names: ["a", "b", "c"], columns: [a, a, b] },
      { names: ["b", "c"], columns: [a, a] },
    ];
    expect(countDistinct(["a", "b", "c"], tables, 0.98).distinct).toEqual(["a", "c"]);
  });

  it("compares only over rows where both are known, and only when they are many", () => {
    const a = noise("a", 150);
    const halves = a.map((v, k) => (k < 90 ? Number.NaN : v));
    const most = a.map((v, k) => (k < 49 ? Number.NaN : v));
    expect(countOne(["a", "most"], [a, most]).distinct).toEqual(["a"]);
    expect(countOne(["halves", "a"], [halves, a])).toMatchObject({ distinct: ["a"], unknown: ["halves"] });
    const late = noise("late", 300);
    const early = late.map((v, k) => (k < 180 ? v : Number.NaN));
    const mostlyLate = late.map((v, k) => (k < 100 ? Number.NaN : v));
    // 80 common rows: nothing is said of the pair.
    expect(countOne(["early", "mostlyLate"], [early, mostlyLate]).distinct).toEqual(["early", "mostlyLate"]);
  });

  it("is the same for any monotone change of any feature", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(3), (seed, which) => {
        const columns = [0, 1, 2, 3].map((k) => noise(`${seed}/${k % 2 === 0 ? 0 : k}`, 150));
        const names = ["p", "q", "r", "s"];
        const changed = columns.map((column, k) => (k === which ? column.map((v) => Math.atan(v) * 7) : column));
        expect(countOne(names, changed).distinct).toEqual(countOne(names, columns).distinct);
      }),
      { numRuns: 20 },
    );
  });
});
