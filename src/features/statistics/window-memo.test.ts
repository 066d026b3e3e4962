// The memory of windows against what it stands for: the same function without a memory.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { filledAnew, rememberWindow } from "./window-memo.js";
import { endOfTies, firstSorted, ranksOfFirst, sortedWindow } from "./window-sort.js";

/** Few values, so that windows repeat, overlap and tie. */
const values = fc.array(fc.constantFrom(-2, -1, 0, 1, 2), { minLength: 40, maxLength: 60 }).map((x) => Float64Array.from(x));
/** What is asked: windows of the filled array that end at 40 (as the plan's do), or any of another array; sometimes it is filled anew. */
const calls = fc.array(
  fc.record({ act: fc.constantFrom("filled", "other", "fill"), from: fc.nat(20), n: fc.constantFrom(1, 5, 12, 13, 20) }),
  {
    maxLength: 30,
  },
);

describe("a function that remembers its windows", () => {
  it("gives what it would give without a memory, whatever was asked before", () => {
    fc.assert(
      fc.property(values, values, calls, (one, other, asked) => {
        const places = rememberWindow((x, from, n, out) => {
          for (let k = 0; k < n; k++) out[from + k] = 10 * (x[from + k] as number) + k;
        });
        filledAnew(one, null);
        for (const { act, from, n } of asked) {
          if (act === "fill") {
            for (let k = 0; k < one.length; k++) one[k] = -(one[k] as number) + 1;
            filledAnew(one, null);
          }
          const [x, start] = act === "other" ? [other, from] : [one, 40 - n];
          const plain = [...x.subarray(start, start + n)];
          expect([...places(x, start, n).subarray(start, start + n)]).toEqual(plain.map((v, k) => 10 * v + k));
          expect([...sortedWindow(x, start, n).subarray(start, start + n)]).toEqual(plain.toSorted((a, b) => a - b).map((v) => v + 0));
          const order = [...firstSorted.find(x, start, n).places.subarray(start, start + n)];
          expect(order).toEqual(plain.map((_, k) => k).toSorted((a, b) => (plain[a] as number) - (plain[b] as number) || a - b));
        }
      }),
    );
  });

  it("ranks ties at their average", () => {
    fc.assert(
      fc.property(values, fc.nat(20), fc.integer({ min: 1, max: 20 }), (x, from, n) => {
        const plain = [...x.subarray(from, from + n)];
        const s = sortedWindow(x, from, n);
        const ranks = plain.map((v) => {
          const below = plain.filter((u) => u < v).length;
          const upTo = plain.filter((u) => u <= v).length;
          expect(endOfTies(s, from, n, below)).toBe(upTo);
          return (below + 1 + upTo) / 2;
        });
        expect([...ranksOfFirst(x, from, n).subarray(from, from + n)]).toEqual(ranks);
      }),
    );
  });
});
