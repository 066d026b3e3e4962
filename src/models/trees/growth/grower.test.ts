import { expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { createGrower } from "./grower.js";
import { defaultCategories, type GrowthSettings } from "./growth.js";

const settings: GrowthSettings = {
  maxLeaves: 8,
  maxDepth: null,
  maxBins: 255,
  minDataInLeaf: 5,
  minHessian: 0,
  minGain: 0,
  lambdaL1: 0,
  lambdaL2: 0,
  monotone: null,
  columnsByNode: 1,
  extra: false,
  categories: defaultCategories,
  threads: 1,
};

it("boosting a squared error lowers it, tree by tree, for rows in the training set and outside", async () => {
  const rng = createRng("grower");
  const rows = 500;
  const x = Float32Array.from({ length: rows * 3 }, () => (rng.next() < 0.1 ? Number.NaN : rng.normal()));
  const y = Float64Array.from({ length: rows }, (_, r) => ((x[3 * r] as number) > 0 ? 1 : -1) + ((x[3 * r + 1] as number) || 0));
  const grower = await createGrower({ x, rows, trainRows: 400, features: 3, categorical: [], weight: null, outputs: 1 }, settings);
  const scores = grower.scores[0] as Float64Array;
  const error = (from: number, to: number): number => {
    let sum = 0;
    for (let r = from; r < to; r++) sum += ((y[r] as number) - (scores[r] as number)) ** 2;
    return sum / (to - from);
  };
  const before = [error(0, 400), error(400, 500)];
  for (let t = 0; t < 20; t++) {
    for (let r = 0; r < 400; r++) grower.gradient[r] = (scores[r] as number) - (y[r] as number);
    const tree = grower.grow({ gradient: grower.gradient, hessian: null, rows: null, columns: null, seed: t });
    expect(tree.leaves).toBeGreaterThan(1);
    grower.addTo(tree, 0);
  }
  expect(error(0, 400)).toBeLessThan(0.1 * (before[0] as number));
  expect(error(400, 500)).toBeLessThan(0.2 * (before[1] as number));
  await grower.release();
});
