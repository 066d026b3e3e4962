// References: test/reference/linear/linear.json (scikit-learn; script beside it).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { Micros } from "#domain/time.js";
import type { FitContext, ModelFamily, TrainingSet } from "#ports/model.js";
import { modelContract } from "#test/contracts/model.js";
import { elasticNet, factor, huber, lasso, linearFamilies, logistic, ridge } from "./family.js";
import type { LinearModel } from "./predict.js";

const context: FitContext = { rng: createRng("linear"), onProgress: () => undefined };

const contracts = [
  { family: ridge, config: { alpha: 2 }, badConfig: { alpha: -1, lambda: 3 }, badNames: ["alpha", "lambda"] },
  { family: lasso, config: { alpha: 0.001 }, badConfig: { alpha: "much", positive: 1 }, badNames: ["alpha", "positive"] },
  { family: elasticNet, config: { alpha: 0.001 }, badConfig: { alpha: 0, l1Ratio: 0 }, badNames: ["alpha", "l1Ratio"] },
  { family: huber, config: {}, badConfig: { epsilon: 0.5, alpha: "auto" }, badNames: ["epsilon", "alpha"] },
  { family: logistic, config: { c: 0.5 }, badConfig: { c: "much", penalty: "l1" }, badNames: ["c:", "penalty"] },
  {
    family: factor,
    config: { weights: { a: 1, b: -2, c: 3, d: -4 }, ic: 0.9 },
    badConfig: { weights: { a: 0 }, ic: 0 },
    badNames: ["weights.a", "ic"],
  },
];
for (const contract of contracts) modelContract({ ...contract, family: contract.family as ModelFamily<unknown>, rowOrderTolerance: 1e-8 });
for (const family of [ridge, lasso, elasticNet]) {
  modelContract({
    family: family as ModelFamily<unknown>,
    config: { alpha: "auto" },
    badConfig: { alpha: "automatic", beta: 1 },
    badNames: ["alpha", "beta"],
    rowOrderTolerance: "its latest samples choose the penalty",
  });
}

describe("factor", () => {
  const rows = 200;
  const features = ["momentum", "size"];
  const samples = (weight: Float64Array | null): TrainingSet => {
    const rng = createRng("factor");
    const x = Float32Array.from({ length: rows * 2 }, (_, at) => (at % 37 === 5 ? Number.NaN : rng.normal() * (at % 2 === 0 ? 3 : 0.1)));
    const y = Float64Array.from({ length: rows }, () => 0.001 + 0.02 * rng.normal());
    const asOf = Float64Array.from({ length: rows }, (_, i) => i);
    return { features, rows, x, y, asOf, labelEndAt: asOf, weight, past: null };
  };
  const fit = async (settings: object, train: TrainingSet): Promise<LinearModel> =>
    (await factor.fit(factor.parseConfig(settings), train, context)) as LinearModel;

  it.each([null, Float64Array.from({ length: rows }, (_, i) => 1 + (i % 3))])(
    "expects the mean label, and ic x its deviation for each deviation of the score",
    async (weight) => {
      const train = samples(weight);
      const model = await fit({ weights: { momentum: 2, size: -1 }, ic: 0.05 }, train);
      const frame = {
        asOf: 0 as Micros,
        instruments: rows,
        features,
        values: Float64Array.from(train.x),
        member: new Uint8Array(rows).fill(1),
      };
      const out = await model.predict({ ...frame, fresh: frame.member, history: null });
      const w = (i: number): number => weight?.[i] ?? 1;
      const over = (value: (i: number) => number): number => {
        let [sum, mass] = [0, 0];
        for (let i = 0; i < rows; i++) [sum, mass] = [sum + w(i) * value(i), mass + w(i)];
        return sum / mass;
      };
      const deviation = (value: (i: number) => number): number => Math.sqrt(over((i) => (value(i) - over(value)) ** 2));
      const label = (i: number): number => train.y[i] as number;
      expect(deviation((i) => out[i] as number) / deviation(label)).toBeCloseTo(0.05, 6);
    },
  );
  it("keeps the order of its feature, whatever the labels were", async () => {
    const model = await fit({ weights: { momentum: -1 } }, samples(null));
    const values = Float64Array.of(1, 9, 2, 9, -4, 9, 0, 9);
    const member = new Uint8Array(4).fill(1);
    const out = await model.predict({ asOf: 0 as Micros, instruments: 4, features, values, member, fresh: member, history: null });
    expect([...out.keys()].sort((a, b) => (out[b] as number) - (out[a] as number))).toEqual([2, 3, 0, 1]);
  });
  it.each<[string, object, RegExp]>([
    ["a feature that is not there", { weights: { mom: 1 } }, /a weight for mom, and the experiment's features are momentum, size/],
    ["no feature", { weights: {} }, /must name at least one feature/],
  ])("refuses %s", async (_, settings, message) => {
    await expect((async () => fit(settings, samples(null)))()).rejects.toThrow(message);
  });
  it("refuses a score that does not vary", async () => {
    const train = samples(null);
    await expect(fit({ weights: { size: 1 } }, { ...train, x: train.x.map((value, at) => (at % 2 === 1 ? 4 : value)) })).rejects.toThrow(
      /the same score in all 200/,
    );
  });
});

interface Reference {
  readonly rows: number;
  readonly k: number;
  readonly x: readonly (number | null)[];
  readonly y: readonly number[];
  /** Labels some of which are thirty times as large. */
  readonly wild: readonly number[];
  readonly weight: readonly number[] | null;
}
interface Solution extends Readonly<Record<string, unknown>> {
  readonly intercept: number;
  readonly weights: readonly number[];
  readonly predictions: readonly number[];
}

const references: readonly (Reference & Readonly<Record<string, readonly Solution[]>>)[] = JSON.parse(
  readFileSync(new URL("../../../test/reference/linear/linear.json", import.meta.url), "utf8"),
);

describe.each(references.map((reference) => ({ name: `${reference.rows} x ${reference.k}`, reference })))(
  "scikit-learn on $name",
  ({ reference }) => {
    const { rows, k } = reference;
    const x = Float32Array.from(reference.x, (value) => value ?? Number.NaN);
    const features = Array.from({ length: k }, (_, j) => `f${j}`);
    const train = (name: string): TrainingSet => ({
      features,
      rows,
      x,
      y: Float64Array.from(name === "huber" ? reference.wild : reference.y),
      asOf: new Float64Array(rows),
      labelEndAt: new Float64Array(rows),
      weight: reference.weight === null ? null : Float64Array.from(reference.weight),
      past: null,
    });
    const frame: FeatureFrame = {
      asOf: 0 as Micros,
      instruments: 20,
      features,
      values: Float64Array.from(x.subarray(0, 20 * k)),
      member: new Uint8Array(20).fill(1),
      fresh: new Uint8Array(20).fill(1),
      history: null,
    };

    // Of exact solvers to 1e-8; where scikit-learn itself stops earlier, as near as it comes.
    it.each(linearFamilies.filter(({ name }) => name !== "factor").map((family) => ({ family, name: family.name })))(
      "gives the same $name coefficients and predictions",
      async ({ family, name }) => {
        for (const { intercept, weights, predictions, ...settings } of reference[name] as readonly Solution[]) {
          const model = (await family.fit(family.parseConfig(settings), train(name), context)) as LinearModel;
          const exact = (name === "ridge" && settings["positive"] !== true) || settings["l1Ratio"] === 0;
          const size = (exact ? 1e-8 : 1e-6) * Math.max(...weights.map(Math.abs), Math.abs(intercept));
          const here = model.parameters;
          const off = weights.map((weight, j) => Math.abs((here.weights[j] as number) - weight));
          expect(Math.max(...off), JSON.stringify(settings)).toBeLessThan(size);
          expect(Math.abs(here.intercept - intercept)).toBeLessThan(size);
          weights.forEach((weight, j) => expect(here.weights[j] === 0).toBe(weight === 0));
          const out = await model.predict(frame);
          predictions.forEach((value, i) => expect(Math.abs((out[i] as number) - value)).toBeLessThan(3 * size));
        }
      },
    );
  },
);
