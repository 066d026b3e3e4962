// The walker against the plainest reading of the columns: one node after the other.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomEnsemble, randomRows } from "#test/trees/random-ensemble.js";
import { goesLeft, TreePredictor } from "./predictor.js";
import { SplitFlag, type TreeEnsemble } from "./tree-ensemble.js";

function simply(ensemble: TreeEnsemble, row: ArrayLike<number>): Float64Array {
  const out = Float64Array.from(ensemble.base);
  ensemble.root.forEach((root, tree) => {
    let node = root;
    while ((ensemble.feature[node] as number) >= 0) {
      const left = goesLeft(ensemble, node, row[ensemble.feature[node] as number] as number);
      node = (left ? ensemble.left[node] : ensemble.right[node]) as number;
    }
    const k = ensemble.output[tree] as number;
    out[k] = (out[k] as number) + (ensemble.value[node] as number);
  });
  return out;
}

/** One split: value 1 on the left, 2 on the right. */
function stump(flags: number, threshold: number, categories: readonly number[] = []): TreeEnsemble {
  return {
    features: ["a"],
    outputs: 1,
    base: Float64Array.of(0),
    root: Int32Array.of(0),
    output: Int32Array.of(0),
    feature: Int32Array.of(0, -1, -1),
    threshold: Float64Array.of(threshold, 0, 0),
    flags: Uint8Array.of(flags, 0, 0),
    left: Int32Array.of(1, -1, -1),
    right: Int32Array.of(2, -1, -1),
    value: Float64Array.of(1.5, 1, 2),
    cover: Float64Array.of(2, 1, 1),
    gain: Float64Array.of(1, 0, 0),
    categoryFrom: Int32Array.of(categories.length > 0 ? 0 : -1, -1, -1),
    categoryWords: Int32Array.of(categories.length, 0, 0),
    categories: Uint32Array.from(categories),
  };
}

describe("a walk", () => {
  it("gives the same bits as the plainest reading, row by row and many at once, from f32 and f64", () => {
    const shape = fc.record({
      seed: fc.string(),
      trees: fc.integer({ min: 0, max: 11 }),
      features: fc.integer({ min: 1, max: 7 }),
      leaves: fc.integer({ min: 1, max: 40 }),
      outputs: fc.integer({ min: 1, max: 3 }),
      plain: fc.boolean(),
    });
    fc.assert(
      fc.property(shape, fc.integer({ min: 0, max: 140 }), (shape, rows) => {
        const ensemble = randomEnsemble(shape);
        const x = randomRows(shape.seed, rows, shape.features);
        const predictor = new TreePredictor(ensemble);
        const wanted = Array.from({ length: rows }, (_, row) => [
          ...simply(ensemble, x.subarray(row * shape.features, (row + 1) * shape.features)),
        ]).flat();
        for (const kind of [x, Float64Array.from(x)]) {
          const all = new Float64Array(rows * shape.outputs);
          predictor.rows(kind, rows, all);
          const single = new Float64Array(rows * shape.outputs);
          for (let row = 0; row < rows; row++) predictor.row(kind, row * shape.features, single, row * shape.outputs);
          expect([...all]).toEqual(wanted);
          expect([...single]).toEqual(wanted);
        }
      }),
    );
  });

  it.each<[string, TreeEnsemble, [number, number][]]>([
    [
      "compares up to and including the threshold",
      stump(0, 0.5),
      [
        [0.5, 1],
        [0.500001, 2],
        [-1, 1],
      ],
    ],
    [
      "sends what is missing right",
      stump(0, 0.5),
      [
        [Number.NaN, 2],
        [Infinity, 2],
        [-Infinity, 2],
      ],
    ],
    [
      "sends what is missing left",
      stump(SplitFlag.missingLeft, 0.5),
      [
        [Number.NaN, 1],
        [Infinity, 1],
        [9, 2],
      ],
    ],
    [
      "splits what is missing from what is not",
      stump(0, Infinity),
      [
        [Number.NaN, 2],
        [1e300, 1],
        [-1e300, 1],
      ],
    ],
    [
      "takes zero as missing",
      stump(SplitFlag.zeroMissing, 0.5),
      [
        [0, 2],
        [1e-36, 2],
        [1e-30, 1],
        [Number.NaN, 2],
      ],
    ],
    [
      "takes NaN as zero",
      stump(SplitFlag.nanIsZero, -0.5),
      [
        [Number.NaN, 2],
        [0, 2],
        [-1, 1],
      ],
    ],
    [
      "looks categories up",
      stump(SplitFlag.categorical, 0, [0b101, 1]),
      [
        [0, 1],
        [1, 2],
        [2.9, 1],
        [32, 1],
        [33, 2],
        [64, 2],
        [1e12, 2],
      ],
    ],
    [
      "has missing categories",
      stump(SplitFlag.categorical, 0, [1]),
      [
        [Number.NaN, 2],
        [-1, 2],
        [-0.5, 1],
      ],
    ],
    [
      "has missing categories left",
      stump(SplitFlag.categorical | SplitFlag.missingLeft, 0, [2]),
      [
        [Number.NaN, 1],
        [-1, 1],
        [0, 2],
      ],
    ],
  ])("%s", (_, ensemble, cases) => {
    const predictor = new TreePredictor(ensemble);
    for (const [value, wanted] of cases) {
      const out = new Float64Array(1);
      predictor.row(Float64Array.of(value), 0, out);
      expect([value, out[0]]).toEqual([value, wanted]);
    }
  });
});
