// The order against the native sort, on values that take either way: evenly spread, and crowded with a few far out.
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { Sorter } from "./sorter.js";

const kinds: readonly (readonly [string, (normal: () => number, k: number) => number])[] = [
  ["normal", (normal) => normal()],
  ["normal with one far out", (normal, k) => (k === 7 ? 1e12 : normal())],
  ["log-normal over many magnitudes", (normal) => Math.exp(20 * normal())],
  ["all equal", () => 3.5],
  ["a few levels", (normal) => Math.round(normal())],
  ["next to one another in the last bits", (normal) => 60_000 + 1e-9 * normal()],
  ["so far apart that their distance is infinite", (normal, k) => (k % 2 === 0 ? 1.7e308 : -1.7e308) * Math.abs(Math.tanh(normal()))],
  ["some missing", (normal, k) => (k % 3 === 0 ? Number.NaN : k % 7 === 0 ? Number.POSITIVE_INFINITY : normal())],
  ["subnormal and zeros of both signs", (normal, k) => (k % 4 === 0 ? -0 : k % 4 === 1 ? 0 : 1e-310 * normal())],
];

describe("the sorter", () => {
  it.each(kinds)("orders %s values as the native sort does", (_, make) => {
    for (const n of [0, 1, 2, 50, 434, 3000]) {
      const rng = createRng(`sorter ${n}`);
      const sorter = new Sorter(n);
      // Twice: nothing may be left over.
      for (let round = 0; round < 2; round++) {
        const column = Float64Array.from({ length: n }, (__, k) => make(() => rng.normal(), k));
        const known = sorter.sort(column, n);
        const ordered = [...sorter.order.subarray(0, known)];
        const wanted = [...column].filter((v) => Number.isFinite(v)).sort((a, b) => a - b);
        expect(new Set(ordered).size).toBe(known);
        // Zeros of either sign are equal.
        expect(ordered.map((k) => (column[k] as number) + 0)).toEqual(wanted.map((v) => v + 0));
      }
    }
  });
});
