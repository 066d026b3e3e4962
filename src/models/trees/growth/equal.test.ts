import fc from "fast-check";
import { expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { createGrower } from "./grower.js";
import { defaultCategories, type GrowthData, type GrowthSettings, type GrowRequest, type GrownTree } from "./growth.js";
import { PlainGrower } from "#test/reference/plain-grower.js";

const base: GrowthSettings = {
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
it("equals", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        seed: fc.integer(),
        rows: fc.integer({ min: 1, max: 400 }),
        features: fc.integer({ min: 1, max: 19 }),
        values: fc.integer({ min: 1, max: 600 }),
        missing: fc.constantFrom(0, 0.1, 0.9),
        leaves: fc.integer({ min: 2, max: 40 }),
        depth: fc.constantFrom(null, 1, 3),
        minData: fc.constantFrom(0, 1, 5, 20),
        minHessian: fc.constantFrom(0, 3),
        l1: fc.constantFrom(0, 0, 5),
        l2: fc.constantFrom(0, 1),
        minGain: fc.constantFrom(0, 10),
        hessian: fc.boolean(),
        bag: fc.boolean(),
        columns: fc.boolean(),
        categorical: fc.boolean(),
        monotone: fc.boolean(),
        maxBins: fc.constantFrom(2, 16, 255),
        weight: fc.boolean(),
      }),
      async (c) => {
        const rng = createRng(String(c.seed));
        const trainRows = Math.max(1, c.rows - rng.int(c.rows));
        const x = Float32Array.from({ length: c.rows * c.features }, () =>
          rng.next() < c.missing ? Number.NaN : rng.int(c.values) - (c.categorical ? 1 : c.values / 2),
        );
        const data: GrowthData = {
          x,
          rows: c.rows,
          trainRows,
          features: c.features,
          categorical: c.categorical ? [0, Math.min(3, c.features - 1)] : [],
          weight: c.weight ? Float64Array.from({ length: trainRows }, () => 1 + rng.next()) : null,
          outputs: 1,
        };
        const settings: GrowthSettings = {
          ...base,
          maxBins: c.maxBins,
          maxLeaves: c.leaves,
          maxDepth: c.depth,
          minDataInLeaf: c.minData,
          minHessian: c.minHessian,
          minGain: c.minGain,
          lambdaL1: c.l1,
          lambdaL2: c.l2,
          monotone: c.monotone ? Int8Array.from({ length: c.features }, () => rng.int(3) - 1) : null,
          categories: { ...defaultCategories, smooth: 1, minDataPerGroup: 3 },
        };
        const request: GrowRequest = {
          gradient: Float32Array.from({ length: trainRows }, () => rng.int(101) - 50),
          hessian: c.hessian ? Float32Array.from({ length: trainRows }, () => rng.int(9)) : null,
          rows: c.bag ? Int32Array.from({ length: trainRows }, (_, i) => i).filter(() => rng.next() < 0.6) : null,
          columns: c.columns ? Int32Array.from({ length: c.features }, (_, i) => i).filter((i) => i === 0 || rng.next() < 0.5) : null,
          seed: 7,
        };
        if (request.rows !== null && request.rows.length === 0) return;
        const plain = new PlainGrower(data, settings);
        const expected = plain.grow(request);
        const grower = await createGrower(data, settings);
        const tree = grower.grow(request);
        const pick = (t: GrownTree) => ({
          feature: [...t.feature],
          threshold: [...t.threshold],
          flags: [...t.flags],
          left: [...t.left],
          right: [...t.right],
          sets: Array.from(t.categoryFrom, (from, n) => Array.from(t.categories.slice(from, from + (t.categoryWords[n] as number)))),
        });
        expect(pick(tree)).toEqual(pick(expected));
        for (const key of ["value", "cover", "gain"] as const)
          tree[key].forEach((v, i) => expect(v).toBeCloseTo(expected[key][i] as number, 6));
        if (tree.bounds !== null)
          tree.bounds.forEach((v, i) => {
            const e = expected.bounds?.[i] as number;
            if (Number.isFinite(e)) expect(v).toBeCloseTo(e, 9);
            else expect(v).toBe(e);
          });
        expect([...grower.assign()]).toEqual([...plain.assign(expected)]);
        for (let n = 0; n < tree.nodes; n++) if (tree.feature[n] === -1) expect([...grower.leafRows(n)]).toEqual([...plain.leafRows(n)]);
        grower.addTo(tree, 0);
        plain.addTo(expected, 0);
        grower.scores[0]?.forEach((v, i) => expect(v).toBeCloseTo(plain.scores[0]?.[i] as number, 6));
        await grower.release();
      },
    ),
    { numRuns: 100 },
  );
});
