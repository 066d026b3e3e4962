import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { plainGrowth } from "#test/fixtures/plain-growth.js";
import { PlainGrower } from "#test/reference/trees-growth/plain-grower.js";
import { createGrower } from "./grower.js";
import { defaultCategories, type GrowRequest, type GrownTree, type GrowthData, type GrowthSettings } from "./growth.js";

/** All that can vary. Derivatives are small whole numbers, which rounding leaves as they are. */
const cases = fc.record({
  seed: fc.integer(),
  rows: fc.integer({ min: 1, max: 400 }),
  features: fc.integer({ min: 1, max: 19 }),
  values: fc.integer({ min: 1, max: 600 }),
  missing: fc.constantFrom(0, 0.1, 0.9),
  maxLeaves: fc.integer({ min: 2, max: 40 }),
  maxDepth: fc.constantFrom(null, 1, 3),
  maxBins: fc.constantFrom(2, 16, 255),
  minDataInLeaf: fc.constantFrom(0, 1, 5, 20),
  minHessian: fc.constantFrom(0, 3),
  minGain: fc.constantFrom(0, 10),
  lambdaL1: fc.constantFrom(0, 0, 5),
  lambdaL2: fc.constantFrom(0, 1),
  columnsByNode: fc.constantFrom(1, 0.7, 0.2),
  monotone: fc.boolean(),
  extra: fc.boolean(),
  hessian: fc.boolean(),
  bag: fc.boolean(),
  columns: fc.boolean(),
  categorical: fc.boolean(),
  weight: fc.boolean(),
});

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

function build(c: Case): { readonly data: GrowthData; readonly settings: GrowthSettings; readonly request: GrowRequest } {
  const rng = createRng(String(c.seed));
  const trainRows = Math.max(1, c.rows - rng.int(c.rows));
  const shift = c.categorical ? 1 : c.values / 2;
  const some = (length: number, share: number): Int32Array =>
    Int32Array.from({ length }, (_, i) => i).filter((i) => i === 0 || rng.next() < share);
  return {
    data: {
      x: Float32Array.from({ length: c.rows * c.features }, () => (rng.next() < c.missing ? Number.NaN : rng.int(c.values) - shift)),
      rows: c.rows,
      trainRows,
      features: c.features,
      categorical: c.categorical ? [0, Math.min(3, c.features - 1)] : [],
      weight: c.weight ? Float64Array.from({ length: trainRows }, () => 1 + rng.next()) : null,
      outputs: 1,
    },
    settings: {
      ...plainGrowth,
      ...c,
      monotone: c.monotone ? Int8Array.from({ length: c.features }, () => rng.int(3) - 1) : null,
      categories: { ...defaultCategories, smooth: 1, minDataPerGroup: 3 },
    },
    request: {
      gradient: Float32Array.from({ length: trainRows }, () => rng.int(101) - 50),
      hessian: c.hessian ? Float32Array.from({ length: trainRows }, () => rng.int(9)) : null,
      rows: c.bag ? some(trainRows, 0.6) : null,
      columns: c.columns ? some(c.features, 0.5) : null,
      seed: rng.int(2 ** 32),
    },
  };
}

/** What a tree asks, comparable. */
function shapeOf(tree: GrownTree): object {
  const { feature, threshold, flags, left, right, categoryFrom, categoryWords, categories } = tree;
  const sets = Array.from(categoryFrom, (from, n) => Array.from(categories.slice(from, from + (categoryWords[n] as number))));
  return { sets, ...Object.fromEntries(Object.entries({ feature, threshold, flags, left, right }).map(([k, v]) => [k, [...v]])) };
}

function expectClose(actual: Float64Array, expected: Float64Array): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => {
    const other = expected[i] as number;
    if (Math.abs(value - other) > 1e-9 * Math.max(1, Math.abs(other))) expect(value).toBe(other);
  });
}

describe("a grown tree", () => {
  it("is the one that a plain grower grows, whose sums are doubles", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.constantFrom(0, 1 << 30), async (c, histogramRoom) => {
        const { data, settings, request } = build(c);
        const plain = new PlainGrower(data, settings);
        const expected = plain.grow(request);
        // Without room for histograms of waiting leaves, these are counted anew.
        const grower = await createGrower(data, settings, histogramRoom);
        const tree = grower.grow(request);
        expect(shapeOf(tree)).toEqual(shapeOf(expected));
        expectClose(tree.value, expected.value);
        expectClose(tree.cover, expected.cover);
        expectClose(tree.gain, expected.gain);
        expectClose(tree.bounds ?? new Float64Array(), expected.bounds ?? new Float64Array());
        expect([...grower.assign()]).toEqual([...plain.assign(expected)]);
        for (let node = 0; node < tree.nodes; node++)
          if (tree.feature[node] === -1) expect([...grower.leafRows(node)]).toEqual([...plain.leafRows(node)]);
        grower.addTo(tree, 0);
        plain.addTo(expected, 0);
        expectClose(grower.scores[0] as Float64Array, plain.scores[0] as Float64Array);
        await grower.release();
      }),
      { numRuns: 150 },
    );
  });

  it("keeps to monotone constraints", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (c) => {
        const { data, settings, request } = build({ ...c, categorical: false, monotone: true, features: 2, minDataInLeaf: 1 });
        const grower = await createGrower({ ...data, outputs: 1 }, { ...settings, monotone: Int8Array.of(1, 0) });
        const tree = grower.grow(request);
        const valueAt = (a: number, b: number): number => {
          let node = 0;
          while ((tree.feature[node] as number) >= 0)
            node = ((tree.feature[node] === 0 ? a : b) <= (tree.threshold[node] as number) ? tree.left[node] : tree.right[node]) as number;
          return tree.value[node] as number;
        };
        for (let b = -5; b <= 5; b++) for (let a = -5; a < 5; a++) expect(valueAt(a + 1, b)).toBeGreaterThanOrEqual(valueAt(a, b));
        await grower.release();
      }),
      { numRuns: 60 },
    );
  });

  it("has the same bytes for any number of threads", { timeout: 240_000 }, async () => {
    const grownWith = async (threads: number, seed: number, rows: number, columnsByNode: number): Promise<readonly string[]> => {
      const rng = createRng(`threads ${seed}`);
      const features = 11;
      const x = Float32Array.from({ length: rows * features }, () => (rng.next() < 0.05 ? Number.NaN : rng.normal()));
      const y = Float64Array.from(
        { length: rows },
        (_, r) => (x[r * features] as number) * (x[r * features + 3] as number) || rng.normal(),
      );
      const trainRows = rows - 1000;
      const data: GrowthData = { x, rows, trainRows, features, categorical: [], weight: null, outputs: 1 };
      const grower = await createGrower(data, { ...plainGrowth, maxLeaves: 31, columnsByNode, threads });
      const scores = grower.scores[0] as Float64Array;
      const trees: string[] = [];
      for (let t = 0; t < 3; t++) {
        for (let r = 0; r < trainRows; r++) {
          grower.gradient[r] = (scores[r] as number) - (y[r] as number);
          grower.hessian[r] = 1 / (1 + Math.abs(grower.gradient[r] as number));
        }
        const bag = t === 1 ? Int32Array.from({ length: trainRows }, (_, i) => i).filter((i) => i % 3 !== 0) : null;
        const tree = grower.grow({
          gradient: grower.gradient,
          hessian: t === 0 ? null : grower.hessian,
          rows: bag,
          columns: null,
          seed: t,
        });
        grower.addTo(tree, 0);
        trees.push(JSON.stringify([tree, [...scores.subarray(rows - 1000)]]));
      }
      await grower.release();
      return trees;
    };
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.integer({ min: 30_000, max: 80_000 }),
        fc.constantFrom(1, 0.3),
        fc.constantFrom(2, 3, 5),
        async (seed, rows, byNode, threads) => {
          expect(await grownWith(threads, seed, rows, byNode)).toEqual(await grownWith(1, seed, rows, byNode));
        },
      ),
      { numRuns: 4 },
    );
  });
});

describe("boosting", () => {
  it("lowers a squared error, tree by tree, for rows in the training set and outside", async () => {
    const rng = createRng("grower");
    const rows = 500;
    const x = Float32Array.from({ length: rows * 3 }, () => (rng.next() < 0.1 ? Number.NaN : rng.normal()));
    const y = Float64Array.from({ length: rows }, (_, r) => ((x[3 * r] as number) > 0 ? 1 : -1) + ((x[3 * r + 1] as number) || 0));
    const data: GrowthData = { x, rows, trainRows: 400, features: 3, categorical: [], weight: null, outputs: 1 };
    const grower = await createGrower(data, plainGrowth);
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
});

describe("odd rows", () => {
  const one = async (
    x: readonly number[],
    features: number,
    gradient: readonly number[],
    more: Partial<GrowthData> = {},
  ): Promise<GrownTree> => {
    const rows = x.length / features;
    const data: GrowthData = {
      x: Float32Array.from(x),
      rows,
      trainRows: rows,
      features,
      categorical: [],
      weight: null,
      outputs: 1,
      ...more,
    };
    const grower = await createGrower(data, { ...plainGrowth, minDataInLeaf: 1 });
    const tree = grower.grow({ gradient: Float32Array.from(gradient), hessian: null, rows: null, columns: null, seed: 1 });
    await grower.release();
    return tree;
  };

  it("one row is one leaf", async () => {
    const tree = await one([3, 4], 2, [2]);
    expect([tree.nodes, tree.value[0], tree.cover[0]]).toEqual([1, -2, 1]);
  });

  it("gradients of zero give a leaf of zero", async () => {
    const tree = await one([1, 2, 3, 4], 1, [0, 0, 0, 0]);
    expect([tree.nodes, Object.is(tree.value[0], 0)]).toEqual([1, true]);
  });

  it("a feature that is missing everywhere is not asked; infinite values are missing", async () => {
    const tree = await one([Number.NaN, 1, Infinity, 2, -Infinity, Number.NaN, Number.NaN, 4], 2, [1, 1, -5, -5]);
    expect(tree.feature[0]).toBe(1);
    expect(tree.value.length).toBeGreaterThan(1);
  });

  it("values of the whole range of float32 are told apart", async () => {
    const most = 3.4028234663852886e38;
    const tree = await one([-most, -1e-45, 0, 1e-45, most], 1, [-2, -2, -2, 9, 9]);
    expect(tree.threshold[0]).toBe(0);
  });

  it("100 000 categories are told apart as far as there are bins, the most frequent first", async () => {
    const x = Array.from({ length: 120_000 }, (_, i) => (i < 20_000 ? 7 : i - 20_000));
    const tree = await one(
      x,
      1,
      x.map((c) => (c === 7 ? -1 : 1)),
      { categorical: [0] },
    );
    expect(tree.categories[0]).toBe(1 << 7);
    expect(tree.value[tree.left[0] as number]).toBe(1);
  });

  it("tiny and huge gradients grow the same tree", async () => {
    const x = [1, 2, 3, 4, 5, 6, 7, 8];
    const g = [1, 2, 1, -3, -4, 2, 2, -1];
    const shapes = await Promise.all(
      [1e-30, 1, 1e30].map(async (scale) =>
        shapeOf(
          await one(
            x,
            1,
            g.map((v) => v * scale),
          ),
        ),
      ),
    );
    expect(shapes[0]).toEqual(shapes[1]);
    expect(shapes[2]).toEqual(shapes[1]);
  });

  it.each([Number.NaN, Infinity])("a gradient of %s is refused", async (bad) => {
    await expect(one([1, 2, 3], 1, [1, bad, 1])).rejects.toMatchObject({ code: "diverged" });
  });

  it("rows that do not fit into the shared memory are refused before anything is allocated", async () => {
    const data: GrowthData = { x: new Float32Array(), rows: 1e8, trainRows: 1e8, features: 50, categorical: [], weight: null, outputs: 1 };
    await expect(createGrower(data, plainGrowth)).rejects.toMatchObject({ code: "out-of-memory" });
  });
});
