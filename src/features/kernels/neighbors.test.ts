import { describe, expect, it } from "vitest";
import { shareOf } from "./neighbors.js";

describe("a share as one step", () => {
  it("is what where(whole > 0, part / whole, 0) is, bit for bit", () => {
    const values = [0, -0, 1, -3, 7.1, 1e308, 5e-324, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const part of values) {
      for (const whole of values) {
        const above = whole > 0 ? 1 : whole <= 0 ? 0 : Number.NaN;
        const ratio = whole === 0 ? Number.NaN : part / whole;
        const expected = above > 0 ? ratio : above <= 0 ? 0 : Number.NaN;
        expect([part, whole, shareOf(part, whole)]).toEqual([part, whole, expected]);
      }
    }
  });
});
