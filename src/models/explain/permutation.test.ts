import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { type Part, permutationImportance } from "./permutation.js";

const rng = createRng("permutation");
const k = 3;

/** Label is twice the first feature less the second; the third is noise. Windows of two steps, of which the last counts. */
function part(rows: number): Part & { readonly y: Float64Array } {
  const x = Float32Array.from({ length: rows * 2 * k }, () => rng.normal());
  const value = (values: Float32Array, row: number): number =>
    2 * (values[row * 2 * k + k] as number) - (values[row * 2 * k + k + 1] as number);
  return {
    x,
    rows,
    y: Float64Array.from({ length: rows }, (_, row) => value(x, row)),
    predict: ({ x: values, rows: n }) => Promise.resolve(Float64Array.from({ length: n }, (_, row) => value(values, row))),
  };
}

const parts = [part(300), part(200), part(0)];
const score = (predictions: readonly Float64Array[]): number => {
  let squares = 0;
  for (const [p, values] of predictions.entries())
    for (const [row, value] of values.entries()) squares += (value - (parts[p]?.y[row] as number)) ** 2;
  return -squares / 500;
};
const run = (groups: readonly (readonly number[])[], repeats = 5) =>
  permutationImportance({ parts, features: k, groups, repeats, rng: createRng("deal"), score, onProgress: () => undefined });

describe("permutation importance", () => {
  it("is what each feature's variance costs, twice, and nothing for a feature that is not read", async () => {
    const { score: best, drops } = await run([[0], [1], [2], [0, 1]]);
    expect(best).toBeCloseTo(0, 12);
    const [first, second, third, both] = drops as [(typeof drops)[0], (typeof drops)[0], (typeof drops)[0], (typeof drops)[0]];
    expect(first.mean / second.mean).toBeGreaterThan(3);
    expect(first.mean).toBeGreaterThan(6);
    expect(first.mean).toBeLessThan(10);
    expect(first.deviation).toBeGreaterThan(0);
    expect(third).toEqual({ mean: 0, deviation: 0 });
    expect(both.mean).toBeGreaterThan(first.mean);
  });

  it("leaves the rows as they were and is the same again", async () => {
    const before = parts.map(({ x }) => x.slice());
    expect(await run([[0]])).toEqual(await run([[0]]));
    expect(parts.map(({ x }) => x)).toEqual(before);
    expect((await run([[1]], 1)).drops[0]?.deviation).toBe(0);
  });

  it("stops when it is told to", async () => {
    const signal = AbortSignal.abort();
    const options = { parts, features: k, groups: [[0]], repeats: 1, rng, score, onProgress: () => undefined, signal };
    await expect(permutationImportance(options)).rejects.toThrow(/abort/i);
  });
});
