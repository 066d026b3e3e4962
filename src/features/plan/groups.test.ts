// Grouping by bar against the plain definition.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Groups } from "./groups.js";

describe("groups of instruments", () => {
  it("hold every instrument once, with its own bar, in the order given", () => {
    const bars = fc.array(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -1, max: 2 ** 30 })), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(fc.array(bars, { minLength: 1, maxLength: 4 }), (rounds) => {
        const most = Math.max(...rounds.map((round) => round.length));
        const groups = new Groups(most);
        // One after the other with the same object: nothing is left over from the round before.
        for (const round of rounds) {
          const bar = new Int32Array(most).fill(-7);
          bar.set(round);
          round.forEach((_, i) => (groups.rows[i] = i));
          const count = groups.split(round.length, bar);
          const wanted = new Map<number, number[]>();
          round.forEach((t, i) => wanted.set(t, [...(wanted.get(t) ?? []), i]));
          const found = new Map<number, number[]>();
          for (let group = 0, from = 0; group < count; group++) {
            const end = groups.ends[group] as number;
            found.set(groups.bars[group] as number, [...groups.rows.subarray(from, end)]);
            from = end;
          }
          expect(count).toBe(wanted.size);
          expect(found).toEqual(wanted);
        }
      }),
    );
  });

  it("are none when there are no instruments", () => {
    expect(new Groups(3).split(0, new Int32Array(3))).toBe(0);
  });
});
