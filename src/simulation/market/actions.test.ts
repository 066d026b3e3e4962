import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { delistingReturn } from "./actions.js";

describe("delistingReturn", () => {
  it("has mean zero, so that delistings make no edge", () => {
    const rng = createRng("delisting");
    const draws = Array.from({ length: 200_000 }, () => delistingReturn(rng));
    const mean = draws.reduce((a, b) => a + b) / draws.length;
    const deviation = Math.sqrt(draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length);
    expect(Math.abs(mean)).toBeLessThan((3 * deviation) / Math.sqrt(draws.length));
    expect(Math.min(...draws.slice(0, 10_000))).toBe(-1);
    expect(Math.max(...draws.slice(0, 10_000))).toBeLessThanOrEqual(0.35);
  });
});
