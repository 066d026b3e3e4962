import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { independentTrials } from "./independent-trials.js";

describe("the number of independent trials", () => {
  it("counts what is alike as one, and what is not as many", () => {
    const rng = createRng("series");
    const draw = (): Float64Array => Float64Array.from({ length: 500 }, () => rng.normal());
    const one = draw();
    expect(independentTrials([one, one, one, one])).toBeCloseTo(1, 9);
    expect(independentTrials(Array.from({ length: 6 }, draw))).toBeGreaterThan(5.6);
    const half = Array.from({ length: 6 }, () => draw().map((value, i) => value + (one[i] as number)));
    expect(independentTrials(half)).toBeGreaterThan(2.8);
    expect(independentTrials(half)).toBeLessThan(4.2);
    expect(independentTrials([one, one.slice(1)])).toBe(2);
  });
});
