// References: test/reference/linear/linear.json (scikit-learn; script beside it).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { Micros } from "#domain/time.js";
import type { FitContext, ModelFamily, TrainingSet } from "#ports/model.js";
import { modelContract, sampleFrame, sampleTrainingSet } from "#test/contracts/model.js";
import { logistic, ridge } from "./family.js";
import { linearWeights } from "./predict.js";
import type { LinearModel } from "./predict.js";

const context: FitContext = { rng: createRng("linear"), onProgress: () => undefined };

modelContract({
  family: ridge as ModelFamily<unknown>,
  config: { alpha: 2 },
  badConfig: { alpha: -1, lambda: 3 },
  badNames: ["alpha", "lambda"],
  rowOrderTolerance: 1e-10,
});
modelContract({
  family: logistic as ModelFamily<unknown>,
  config: { c: 0.5 },
  badConfig: { c: "much", penalty: "l1" },
  badNames: ["c:", "penalty"],
  rowOrderTolerance: 1e-9,
});

interface Reference {
  readonly rows: number;
  readonly k: number;
  readonly x: readonly (number | null)[];
  readonly y: readonly number[];
  readonly weight: readonly number[] | null;
  readonly ridge: readonly Solution[];
  readonly logistic: readonly Solution[];
}
interface Solution {
  readonly alpha?: number;
  readonly c?: number;
  readonly intercept: number;
  readonly weights: readonly number[];
  readonly predictions: readonly number[];
}

const references: readonly Reference[] = JSON.parse(
  readFileSync(new URL("../../../test/reference/linear/linear.json", import.meta.url), "utf8"),
);

describe.each(references.map((reference) => ({ name: `${reference.rows} x ${reference.k}`, reference })))(
  "scikit-learn on $name",
  ({ reference }) => {
    const { rows, k } = reference;
    const x = Float32Array.from(reference.x, (value) => value ?? Number.NaN);
    const features = Array.from({ length: k }, (_, j) => `f${j}`);
    const train: TrainingSet = {
      features,
      rows,
      x,
      y: Float64Array.from(reference.y),
      asOf: new Float64Array(rows),
      labelEndAt: new Float64Array(rows),
      weight: reference.weight === null ? null : Float64Array.from(reference.weight),
      past: null,
    };
    const frame: FeatureFrame = {
      asOf: 0 as Micros,
      instruments: 20,
      features,
      values: Float64Array.from(x.subarray(0, 20 * k)),
      member: new Uint8Array(20).fill(1),
      fresh: new Uint8Array(20).fill(1),
      history: null,
    };

    it.each(["ridge", "logistic"] as const)("gives the same %s coefficients and predictions to 1e-8", async (name) => {
      for (const solution of reference[name]) {
        const model =
          name === "ridge"
            ? await ridge.fit({ alpha: solution.alpha as number }, train, context)
            : await logistic.fit({ c: solution.c as number }, train, context);
        const { weights, intercept } = (model as LinearModel).parameters;
        const size = Math.max(...solution.weights.map(Math.abs));
        solution.weights.forEach((weight, j) => expect(Math.abs((weights[j] as number) - weight)).toBeLessThan(1e-8 * size));
        expect(Math.abs(intercept - solution.intercept)).toBeLessThan(1e-8 * Math.max(size, Math.abs(solution.intercept)));
        const out = await model.predict(frame);
        solution.predictions.forEach((value, i) => expect(Math.abs((out[i] as number) - value)).toBeLessThan(1e-8 * size));
      }
    });
  },
);

describe("linear models at the edges", () => {
  const fit = (x: readonly number[], y: readonly number[], k: number, alpha = 1): Promise<LinearModel> =>
    ridge.fit(
      { alpha },
      {
        features: Array.from({ length: k }, (_, j) => `f${j}`),
        rows: y.length,
        x: Float32Array.from(x),
        y: Float64Array.from(y),
        asOf: new Float64Array(y.length),
        labelEndAt: new Float64Array(y.length),
        weight: null,
        past: null,
      },
      context,
    ) as Promise<LinearModel>;

  it("gives a constant and an unknown feature no weight", async () => {
    const nan = Number.NaN;
    const model = await fit([1, 5, nan, 2, 5, nan, 3, 5, nan, 4, 5, nan], [1, 2, 3, 4], 3);
    expect(model.parameters.weights[1]).toBe(0);
    expect(model.parameters.weights[2]).toBe(0);
    expect(model.parameters.weights[0]).toBeGreaterThan(0);
  });
  it("predicts a constant label as it is", async () => {
    const model = await fit([1, 2, 3, 4], [0.5, 0.5, 0.5, 0.5], 1);
    expect(model.parameters.intercept).toBe(0.5);
    expect(model.parameters.weights[0]).toBe(0);
  });
  it("shares the weight between copies of a feature", async () => {
    const model = await fit([1, 1, 2, 2, 3, 3, 5, 5], [1, 2, 3, 5], 2, 0.01);
    expect(model.parameters.weights[0]).toBeCloseTo(model.parameters.weights[1] as number, 8);
  });
  it("says what to do when a tiny alpha cannot separate copies", async () => {
    await expect(fit([1, 1, 2, 2, 3, 3, 5, 5], [1, 2, 3, 5], 2, 1e-300)).rejects.toThrow(/larger alpha/);
  });
  it("says so when there is nothing to train on", async () => {
    await expect(fit([Number.NaN, Number.NaN], [1, 2], 1)).rejects.toThrow(/needs at least 2/);
    await expect(fit([], [], 1)).rejects.toThrow(/needs at least 2/);
  });
  it("says so when logistic sees labels of one sign", async () => {
    const train = sampleTrainingSet("one-sided");
    await expect(logistic.fit({ c: 1 }, { ...train, y: train.y.map((value) => Math.abs(value) + 0.1) }, context)).rejects.toThrow(
      /one sign/,
    );
  });
  it("takes an infinite value for not known", async () => {
    const a = await fit([1, 2, Infinity, 4], [1, 2, 3, 4], 1);
    const b = await fit([1, 2, Number.NaN, 4], [1, 2, 3, 4], 1);
    expect(a.save()).toEqual(b.save());
  });
  it("keeps a logistic prediction within the mean absolute label", async () => {
    const train = sampleTrainingSet("data");
    const model = await logistic.fit({ c: 100 }, train, context);
    const frame = sampleFrame();
    frame.values.fill(1e6);
    const limit = train.y.reduce((sum, value) => sum + Math.abs(value), 0) / train.rows;
    for (const value of model.predict(frame) as Float64Array)
      if (!Number.isNaN(value)) expect(Math.abs(value)).toBeLessThanOrEqual(limit * 1.01);
  });
  it("lists its weights by size", async () => {
    const listed = linearWeights(await ridge.fit({ alpha: 1 }, sampleTrainingSet("data"), context));
    expect(listed.map((entry) => entry.feature).sort()).toEqual(["a", "b", "c", "d"]);
    expect(listed.every((entry, i) => i === 0 || Math.abs(entry.weight) <= Math.abs((listed[i - 1] as { weight: number }).weight))).toBe(
      true,
    );
  });
  it("weights rows as if they were repeated", async () => {
    const train = sampleTrainingSet("data", 50);
    const k = train.features.length;
    const twice: TrainingSet = {
      ...train,
      rows: 100,
      x: Float32Array.from({ length: 100 * k }, (_, at) => train.x[Math.floor(at / k / 2) * k + (at % k)] as number),
      y: Float64Array.from({ length: 100 }, (_, i) => train.y[i >> 1] as number),
      asOf: new Float64Array(100),
      labelEndAt: new Float64Array(100),
    };
    const a = (await ridge.fit({ alpha: 1 }, { ...train, weight: new Float64Array(50).fill(2) }, context)) as LinearModel;
    const b = (await ridge.fit({ alpha: 1 }, twice, context)) as LinearModel;
    a.parameters.weights.forEach((weight, j) => expect(weight).toBeCloseTo(b.parameters.weights[j] as number, 12));
  });
});
