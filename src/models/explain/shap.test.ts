// References: test/reference/explain/shap.json (the shap package and brute force over all coalitions; script beside it).
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { LinearParameters } from "#models/linear/artifact.js";
import { chooseCoalitions, fewestCoalitions } from "./coalitions.js";
import type { Attributions, Explainer, Rows } from "./explainer.js";
import { kernelShap } from "./kernel-shap.js";
import { lime, localSlopes } from "./lime.js";
import { linearShap } from "./linear-shap.js";
import type { RowPredictor } from "./row-predictor.js";

type Matrix = readonly (readonly number[])[];
interface Formula {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly pairs: readonly (readonly [number, number])[];
  readonly c: number;
  readonly d: readonly number[];
}
interface Case {
  readonly k: number;
  readonly formula: Formula;
  readonly background: Matrix;
  readonly rows: Matrix;
  readonly base: number;
  readonly exact: Matrix;
}
interface Reference {
  readonly linear: { weights: number[]; intercept: number; background: Matrix; rows: Matrix; base: number; values: Matrix };
  readonly kernel: readonly Case[];
  readonly wide: Case & { readonly peerCoalitions: number; readonly peerError: number };
  readonly lime: { readonly k: number; readonly z: Matrix; readonly y: readonly number[]; readonly slopes: readonly number[] };
}

const reference = JSON.parse(readFileSync(new URL("../../../test/reference/explain/shap.json", import.meta.url), "utf8")) as Reference;
const rowsOf = (matrix: Matrix): Rows => ({ x: Float32Array.from(matrix.flat()), rows: matrix.length });

function predictorOf({ a, b, pairs, c, d }: Formula): RowPredictor {
  const k = a.length;
  return ({ x, rows }) =>
    Promise.resolve(
      Float64Array.from({ length: rows }, (_, row) => {
        const at = (j: number): number => x[row * k + j] as number;
        let bent = 0;
        let sum = 0;
        for (let j = 0; j < k; j++) {
          sum += (a[j] as number) * at(j);
          bent += (d[j] as number) * at(j);
        }
        pairs.forEach(([i, j], p) => (sum += (b[p] as number) * at(i) * at(j)));
        return sum + c * Math.tanh(bent);
      }),
    );
}

const worst = (ours: Float64Array, theirs: Matrix): number =>
  theirs.flat().reduce((most, value, i) => Math.max(most, Math.abs(value - (ours[i] as number))), 0);

/** The largest |base + sum - prediction|. */
const gap = ({ base }: Explainer, { prediction, contributions }: Attributions): number => {
  const k = contributions.length / prediction.length;
  return prediction.reduce((most, value, row) => {
    const sum = contributions.subarray(row * k, (row + 1) * k).reduce((total, one) => total + one, base);
    return Math.max(most, Math.abs(value - sum));
  }, 0);
};

describe("linear SHAP", () => {
  const { weights, intercept, background, rows, base, values } = reference.linear;
  const k = weights.length;
  const model: LinearParameters = {
    family: "ridge",
    features: weights.map((_, j) => `f${j}`),
    mean: new Float64Array(k),
    inverseDeviation: new Float64Array(k).fill(1),
    weights: Float64Array.from(weights),
    intercept,
    scale: 0,
    penalty: 1,
  };

  it("is that of shap's LinearExplainer", async () => {
    const explainer = linearShap(model, rowsOf(background));
    expect(explainer.base).toBeCloseTo(base, 12);
    const given = await explainer.attribute(rowsOf(rows));
    expect(worst(given.contributions, values)).toBeLessThan(1e-6); // shap computes the linear model's means in its own order
    expect(gap(explainer, given)).toBeLessThan(1e-12);
  });

  it("adds up to the prediction of a direction, too, and ranks features as in log odds", async () => {
    const direction = { ...model, family: "logistic", scale: 0.02 } as const;
    const explainer = linearShap(direction, rowsOf(background));
    const given = await explainer.attribute(rowsOf(rows));
    expect(gap(explainer, given)).toBeLessThan(1e-15);
    const plain = await linearShap(model, rowsOf(background)).attribute(rowsOf(rows));
    const order = (values: Float64Array): number[] => [...values.keys()].sort((i, j) => (values[i] as number) - (values[j] as number));
    for (let row = 0; row < rows.length; row++)
      expect(order(given.contributions.subarray(row * k, (row + 1) * k))).toEqual(
        order(plain.contributions.subarray(row * k, (row + 1) * k)),
      );
  });

  it("counts what is not known as the training mean, and has no answer for a row of which nothing is known", async () => {
    const nan = Number.NaN;
    const explainer = linearShap(model, rowsOf([new Array<number>(k).fill(0)]));
    const given = await explainer.attribute(rowsOf([[nan, 1, Infinity, 0, 0, 0, 0], new Array<number>(k).fill(nan)]));
    expect(given.contributions[0]).toBeCloseTo(0, 15);
    expect(given.contributions[2]).toBeCloseTo(0, 15);
    expect(given.contributions[1]).toBe(weights[1]);
    expect(given.prediction[1]).toBeNaN();
    expect([...given.contributions.subarray(k)].every(Number.isNaN)).toBe(true);
  });
});

describe("KernelSHAP", () => {
  it.each(reference.kernel.map((one) => [one.k, one] as const))("with all coalitions of %i features is exact", async (k, one) => {
    const options = { features: k, evaluations: 2 ** k * one.background.length, rng: createRng("kernel") };
    const explainer = await kernelShap(predictorOf(one.formula), rowsOf(one.background), options);
    const given = await explainer.attribute(rowsOf(one.rows));
    expect(explainer.exact).toBe(true);
    expect(explainer.base).toBeCloseTo(one.base, 9);
    expect(worst(given.contributions, one.exact)).toBeLessThan(1e-9);
    expect([...given.error]).toEqual(one.rows.map(() => 0));
  });

  it("of 30 features is as near to the truth as shap's KernelExplainer with as many coalitions, and says how near", async () => {
    const { wide } = reference;
    const background = rowsOf(wide.background);
    const predict = predictorOf(wide.formula);
    const errors: number[] = [];
    let within = 0;
    for (let seed = 0; seed < 5; seed++) {
      const options = { features: wide.k, evaluations: wide.peerCoalitions * background.rows, rng: createRng(`seed-${seed}`) };
      const explainer = await kernelShap(predict, background, options);
      const given = await explainer.attribute(rowsOf(wide.rows));
      expect(explainer.exact).toBe(false);
      expect(gap(explainer, given)).toBeLessThan(1e-9);
      errors.push(worst(given.contributions, wide.exact));
      wide.exact.flat().forEach((truth, i) => {
        const off = Math.abs(truth - (given.contributions[i] as number));
        if (off <= 3 * (given.error[Math.floor(i / wide.k)] as number)) within++;
      });
    }
    expect(errors.reduce((sum, error) => sum + error, 0) / 5).toBeLessThan(1.25 * wide.peerError);
    expect(within / (5 * wide.exact.flat().length)).toBeGreaterThan(0.98);
  });

  it("gives a row the same explanation wherever it stands", async () => {
    const { wide } = reference;
    const options = { features: wide.k, evaluations: 2000, rng: createRng("kernel") };
    const explainer = await kernelShap(predictorOf(wide.formula), rowsOf(wide.background), options);
    const { contributions } = await explainer.attribute(rowsOf(wide.rows));
    const last = await explainer.attribute(rowsOf([wide.rows[2] as number[]]));
    expect(last.contributions).toEqual(contributions.slice(2 * wide.k));
  });

  it("gives features that do not differ nothing, and one that differs alone everything", async () => {
    const predict = predictorOf({ a: [1, 2, 3], b: [], pairs: [], c: 0, d: [0, 0, 0] });
    const options = { features: 3, evaluations: 100, rng: createRng("kernel") };
    const explainer = await kernelShap(predict, rowsOf([[1, Number.NaN, 1]]), options);
    const given = await kernelShap(predict, rowsOf([[1, 1, 1]]), options).then((one) =>
      one.attribute(
        rowsOf([
          [1, 1, 5],
          [1, 1, 1],
        ]),
      ),
    );
    expect([...given.contributions]).toEqual([0, 0, 12, 0, 0, 0]);
    // The base of a background without a prediction is not known, and neither is what is above it.
    expect(explainer.base).toBeNaN();
  });

  it("explains two thousand features within its budget", async () => {
    const k = 2000;
    const rng = createRng("wide");
    const a = Array.from({ length: k }, () => rng.normal());
    let asked = 0;
    const predict: RowPredictor = ({ x, rows }) => {
      asked += rows;
      return Promise.resolve(
        Float64Array.from({ length: rows }, (_, row) => a.reduce((sum, weight, j) => sum + weight * (x[row * k + j] as number), 0)),
      );
    };
    const background: Rows = { x: new Float32Array(k), rows: 1 };
    const explainer = await kernelShap(predict, background, { features: k, evaluations: 4100, rng });
    const given = await explainer.attribute({ x: Float32Array.from({ length: k }, () => rng.normal()), rows: 1 });
    expect(gap(explainer, given)).toBeLessThan(1e-8);
    expect(asked).toBeLessThanOrEqual(explainer.workPerRow + 2);
    expect(explainer.workPerRow).toBe(4100);
  });
});

describe("coalitions", () => {
  it("weigh 1 in all, come with their complements, and are never empty or whole", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 4, max: 500 }), (m, most) => {
        const { members, count, weight } = chooseCoalitions(m, most, createRng(`${m}`));
        expect(weight.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 9);
        expect(count).toBeLessThanOrEqual(Math.max(most, fewestCoalitions(m)));
        const sizes = Array.from({ length: count }, (_, c) => members.subarray(c * m, (c + 1) * m).reduce((sum, one) => sum + one, 0));
        expect(Math.min(...sizes)).toBeGreaterThan(0);
        expect(Math.max(...sizes)).toBeLessThan(m);
        const mean = sizes.reduce((sum, size, c) => sum + size * (weight[c] as number), 0);
        expect(mean).toBeCloseTo(m / 2, 9); // as each weighs what its complement weighs
      }),
    );
  });
});

describe("LIME", () => {
  it("fits scikit-learn's ridge in the neighborhood", () => {
    const { k, z, y, slopes } = reference.lime;
    const ours = localSlopes(Float64Array.from(z.flat(), Math.fround), Float64Array.from(y), k);
    slopes.forEach((slope, j) => expect(ours[j]).toBeCloseTo(slope, 9));
  });

  it("finds the slopes of a linear model, and what its sum misses is its error", async () => {
    const a = [0.01, -0.02, 0];
    const predict = predictorOf({ a, b: [], pairs: [], c: 0, d: [0, 0, 0] });
    const background = rowsOf([
      [0, 0, 0],
      [2, 4, 6],
    ]);
    const explainer = await lime(predict, background, { features: 3, samples: 2000, rng: createRng("lime") });
    const given = await explainer.attribute(
      rowsOf([
        [3, Number.NaN, 5],
        [Number.NaN, Number.NaN, Number.NaN],
      ]),
    );
    expect(given.contributions[0]).toBeCloseTo(0.01 * (3 - 1), 3);
    expect(given.contributions[1]).toBeCloseTo(0, 9); // not known counts as the mean
    expect(given.contributions[2]).toBeCloseTo(0, 3);
    expect(given.prediction[1]).toBeNaN();
  });

  it("is refused for models that look back", async () => {
    const predict: RowPredictor = ({ rows }) => Promise.resolve(new Float64Array(rows));
    const background = { x: new Float32Array(12), rows: 2 };
    await expect(lime(predict, background, { features: 3, samples: 10, rng: createRng("lime") })).rejects.toThrow(/looks back/);
  });
});
