// The memory of windows against what it stands for: the same function without a memory.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countBelow, countUpTo, ranksOfFirst, rememberWindow, sortedWindow } from "./window-memo.js";

/** Few values, so that windows repeat, overlap and tie. */
const values = fc.array(fc.constantFrom(-2, -1, 0, 1, 2), { minLength: 40, maxLength: 60 }).map((x) => Float64Array.from(x));
const calls = fc.array(fc.record({ which: fc.nat(1), from: fc.nat(20), n: fc.constantFrom(1, 5, 12, 13, 20) }), { maxLength: 30 });

describe("a function that remembers its windows", () => {
  it("gives what it would give without a memory, whatever was asked before", () => {
    fc.assert(
      fc.property(values, values, calls, (one, other, asked) => {
        const places = rememberWindow((x, from, n, out) => {
          for (let k = 0; k < n; k++) out[from + k] = 10 * (x[from + k] as number) + k;
        });
        for (const { which, from, n } of asked) {
          const x = which === 0 ? one : other;
          const plain = [...x.subarray(from, from + n)];
          expect([...places(x, from, n).subarray(from, from + n)]).toEqual(plain.map((v, k) => 10 * v + k));
          expect([...sortedWindow(x, from, n).subarray(from, from + n)]).toEqual(plain.toSorted((a, b) => a - b));
        }
      }),
    );
  });

  it("ranks ties at their average, and counts what lies below and up to a value", () => {
    fc.assert(
      fc.property(values, fc.nat(20), fc.integer({ min: 1, max: 20 }), (x, from, n) => {
        const plain = [...x.subarray(from, from + n)];
        const s = sortedWindow(x, from, n);
        const ranks = plain.map((v) => {
          const below = plain.filter((u) => u < v).length;
          const upTo = plain.filter((u) => u <= v).length;
          expect(countBelow(s, from, n, v)).toBe(below);
          expect(countUpTo(s, from, n, v, below)).toBe(upTo);
          return (below + 1 + upTo) / 2;
        });
        expect([...ranksOfFirst(x, from, n).subarray(from, from + n)]).toEqual(ranks);
      }),
    );
  });
});
