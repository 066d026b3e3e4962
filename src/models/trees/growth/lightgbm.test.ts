import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { plainGrowth } from "#test/fixtures/plain-growth.js";
import { createGrower } from "./grower.js";
import { defaultCategories, type GrowthSettings } from "./growth.js";

interface Grown {
  readonly name: string;
  readonly x: readonly (number | null)[];
  readonly gradient: readonly number[];
  readonly hessian: readonly number[];
  /** What the tree adds to each row. */
  readonly value: readonly number[];
  readonly gains: readonly number[];
}

const cases = JSON.parse(
  readFileSync(new URL("../../../../test/reference/trees-growth/first-tree.json", import.meta.url), "utf8"),
) as readonly Grown[];

const settings: GrowthSettings = { ...plainGrowth, maxLeaves: 12, minDataInLeaf: 10 };

/** As in first-tree.py. */
const own: Readonly<Record<string, Partial<GrowthSettings>>> = {
  "penalties": { lambdaL1: 3, lambdaL2: 5, minGain: 3 },
  "depth": { maxDepth: 3, minDataInLeaf: 20 },
  "hessian": { minHessian: 40, minDataInLeaf: 1 },
  "monotone": { monotone: Int8Array.of(1, -1, 0, 0) },
  "categories": { categories: { ...defaultCategories, l2: 0, smooth: 4, minDataPerGroup: 12 } },
  "one-hot": { categories: { ...defaultCategories, maxOneHot: 40, l2: 0 } },
};

describe("the first tree of whole gradients is LightGBM's", () => {
  it.each(cases.map((grown) => [grown.name, grown] as const))("%s", async (name, grown) => {
    const rows = grown.gradient.length;
    const x = Float32Array.from(grown.x, (value) => value ?? Number.NaN);
    const categorical = name === "categories" || name === "one-hot" ? [3] : [];
    const grower = await createGrower(
      { x, rows, trainRows: rows, features: 4, categorical, weight: null, outputs: 1 },
      { ...settings, ...own[name] },
    );
    const hessian = name === "hessian" ? Float32Array.from(grown.hessian) : null;
    const tree = grower.grow({ gradient: Float32Array.from(grown.gradient), hessian, rows: null, columns: null, seed: 1 });
    const leafOf = grower.assign();
    grown.value.forEach((value, row) => expect(tree.value[leafOf[row] as number]).toBeCloseTo(value, 5));
    const gains = [...tree.gain].filter((_, node) => tree.feature[node] !== -1).sort((a, b) => a - b);
    expect(gains.length).toBe(grown.gains.length);
    grown.gains.forEach((gain, i) => expect((gains[i] as number) / gain).toBeCloseTo(1, 4));
    await grower.release();
  });
});
