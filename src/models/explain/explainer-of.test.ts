// Every kind of model, explained the way that is chosen for it: base and contributions add up to what the model predicts.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { Micros } from "#domain/time.js";
import { importLightGbm } from "#models/lightgbm/import.js";
import { modelFamily } from "#models/registry/families.js";
import { saveNet } from "#models/neural/artifact.js";
import { samplesOf } from "#models/samples/windows.js";
import type { FittedModel } from "#ports/model.js";
import { sampleTrainingSet } from "#test/contracts/model.js";
import { randomNet } from "#test/fixtures/random-net.js";
import type { Rows } from "./explainer.js";
import { accuracyOf, type ExplainOptions, explainerOf } from "./explainer-of.js";
import { rowPredictor } from "./row-predictor.js";
import { weightedSum } from "./weighted-sum.js";

const at = 0 as Micros;
const context = { rng: createRng("fit"), onProgress: () => undefined };

function windowsOf(seed: string, rows: number, steps: number): Rows {
  const set = sampleTrainingSet(seed, 400, steps);
  const x = new Float32Array(rows * steps * set.features.length);
  samplesOf(set).gather(
    Int32Array.from({ length: rows }, (_, i) => i),
    steps,
    x,
  );
  return { x, rows };
}

const options = (background: Rows, changes: Partial<ExplainOptions> = {}): ExplainOptions => ({
  method: "auto",
  background,
  asOf: at,
  evaluations: 20_000,
  rng: createRng("explain"),
  ...changes,
});

const fitted = (family: string, settings: object = {}, steps = 1): Promise<FittedModel> => {
  const { parseConfig, fit } = modelFamily(family);
  return fit(parseConfig(settings), sampleTrainingSet("data", 400, steps), context);
};
const SUM = "sum of its members' explanations";
const members = [{ family: "ridge" }, { family: "boosting", rounds: 20, leaves: 8 }];
const lightGbm = (name: string, settings: object): FittedModel =>
  modelFamily("lightgbm").load(importLightGbm(readFileSync(`test/reference/lightgbm/${name}.txt`), settings));
const net = (): FittedModel =>
  modelFamily("neural").load(
    saveNet(randomNet({ steps: 3, blocks: [{ kind: "gru", units: 4 }, { kind: "last" }], heads: { return: {} } })),
  );

/** A black box that shows nothing of itself. */
function hidden(model: FittedModel): FittedModel {
  const { features, steps, predict, save } = model;
  return { family: "other", features, steps, predict: (frame) => predict(frame), save };
}

const models: readonly (readonly [string, string, () => FittedModel | Promise<FittedModel>])[] = [
  ["ridge", "linear SHAP", () => fitted("ridge")],
  ["logistic", "linear SHAP", () => fitted("logistic")],
  ["a wrapped ridge", "linear SHAP", async () => ({ ...hidden(await fitted("ridge")), member: await fitted("ridge") })],
  ["boosting", "TreeSHAP", () => fitted("boosting", { rounds: 20, leaves: 8 })],
  ["boosting that looks back", "TreeSHAP", () => fitted("boosting", { rounds: 20, leaves: 8, steps: 2 }, 2)],
  ["boosted directions", "TreeSHAP", () => fitted("boosting", { rounds: 20, leaves: 8, objective: "binary" })],
  ["a forest", "TreeSHAP", () => fitted("forest", { trees: 20, leaves: 8 })],
  ["an ensemble by performance", SUM, () => fitted("ensemble", { members, combine: "performance", folds: 2 })],
  ["an ensemble by stacking", SUM, () => fitted("ensemble", { members, combine: "stacking", folds: 2 })],
  ["a dynamic ensemble", SUM, () => fitted("ensemble", { members, combine: "dynamic", folds: 2 })],
  ["a net that looks back", "integrated gradients", net],
  ["a hidden net that looks back", "KernelSHAP", () => hidden(net())],
];

describe.each(models)("%s is explained by %s", (_, method, make) => {
  it("and adds up to its prediction within the error, rows of which nothing is known aside", async () => {
    const model = await make();
    const rows = windowsOf("rows", 12, model.steps);
    const width = rows.x.length / rows.rows;
    rows.x.fill(Number.NaN, 7 * width, 8 * width);
    const explainer = await explainerOf(model, options(windowsOf("background", 30, model.steps)));
    expect(explainer.method).toBe(method);
    const { prediction, contributions, error } = await explainer.attribute(rows);
    const truth = await rowPredictor(model, at)(rows);
    const k = model.features.length;
    for (let row = 0; row < rows.rows; row++) {
      const sum = contributions.subarray(row * k, (row + 1) * k).reduce((total, one) => total + one, explainer.base);
      if (Number.isNaN(truth[row])) {
        expect([prediction[row], sum]).toEqual([Number.NaN, Number.NaN]);
        continue;
      }
      expect(Math.abs((prediction[row] as number) - (truth[row] as number))).toBeLessThan(1e-7);
      expect(Math.abs(sum - (truth[row] as number))).toBeLessThan(1e-7 + (error[row] as number));
    }
    expect(truth[7]).toBeNaN();
  });
});

describe("trees of LightGBM", () => {
  const reference = JSON.parse(readFileSync("test/reference/lightgbm/expected.json", "utf8")) as { rows: (number | null)[][] };
  const x = Float32Array.from(reference.rows.flat(), (value) => value ?? Number.NaN);
  const rows = { x, rows: reference.rows.length };
  it.each([
    ["regression", {}],
    ["binary", { probability: true }],
    ["multiclass", { part: 1 }],
  ] as const)("of the objective %s add up to the prediction", async (name, settings) => {
    const model = lightGbm(name, settings);
    const explainer = await explainerOf(model, options(rows));
    expect([explainer.method, accuracyOf(explainer)]).toEqual(["TreeSHAP", "exact"]);
    const { contributions } = await explainer.attribute(rows);
    const truth = await rowPredictor(model, at)(rows);
    const known = truth.filter((value) => !Number.isNaN(value));
    if (name === "regression") expect(explainer.base).toBeCloseTo(known.reduce((sum, value) => sum + value, 0) / known.length, 9);
    const k = model.features.length;
    truth.forEach((value, row) => {
      const sum = contributions.subarray(row * k, (row + 1) * k).reduce((total, one) => total + one, explainer.base);
      if (Number.isNaN(value)) expect(sum).toBeNaN();
      else expect(Math.abs(sum - value)).toBeLessThan(1e-9);
    });
  });
});

describe("ways that agree", () => {
  it("KernelSHAP of hidden trees is their TreeSHAP, feature by feature", async () => {
    const { rows } = JSON.parse(readFileSync("test/reference/lightgbm/expected.json", "utf8")) as { rows: (number | null)[][] };
    const known = rows.filter((row) => row.every((value) => value !== null));
    const x = Float32Array.from(known.flat(), (value) => value ?? Number.NaN);
    const all = { x, rows: known.length };
    const model = lightGbm("regression", {});
    const exact = await (await explainerOf(model, options(all))).attribute(all);
    const kernel = await (await explainerOf(hidden(model), options(all))).attribute(all);
    expect(known.length).toBeGreaterThan(3);
    kernel.contributions.forEach((value, i) => expect(Math.abs(value - (exact.contributions[i] as number))).toBeLessThan(1e-10));
  });

  it("KernelSHAP of a hidden ridge is its linear SHAP, feature by feature", async () => {
    const model = await fitted("ridge");
    const background = windowsOf("background", 7, 1);
    background.x.forEach((value, i) => (background.x[i] = Number.isNaN(value) ? 0 : value));
    const rows = windowsOf("rows", 6, 1);
    const exact = await (await explainerOf(model, options(background))).attribute(rows);
    const kernel = await explainerOf(hidden(model), options(background));
    expect(kernel.exact).toBe(true);
    const { contributions } = await kernel.attribute(rows);
    contributions.forEach((value, i) => expect(Math.abs(value - (exact.contributions[i] as number))).toBeLessThan(1e-10));
  });

  it("a weighted sum of two models is explained by the sum of their explanations", async () => {
    const [a, b] = await Promise.all([fitted("ridge", { alpha: 1 }), fitted("ridge", { alpha: 1000 })]);
    const background = windowsOf("background", 20, 1);
    const explainers = await Promise.all([a, b].map((model) => explainerOf(model, options(background))));
    const sum = weightedSum(explainers, [0.25, 0.75]);
    const rows = windowsOf("rows", 5, 1);
    const { prediction, contributions } = await sum.attribute(rows);
    const [pa, pb] = await Promise.all([a, b].map((model) => rowPredictor(model, at)(rows)));
    prediction.forEach((value, row) => {
      expect(value).toBeCloseTo(0.25 * (pa?.[row] as number) + 0.75 * (pb?.[row] as number), 12);
      const own = contributions.subarray(row * 4, (row + 1) * 4).reduce((total, one) => total + one, sum.base);
      expect(own).toBeCloseTo(value, 12);
    });
  });
});

describe("what cannot be explained", () => {
  it("has nothing to be compared with", async () => {
    const model = await fitted("ridge");
    const nothing = { x: new Float32Array(8).fill(Number.NaN), rows: 2 };
    await expect(explainerOf(model, options(nothing))).rejects.toThrow(/nothing to compare with/);
  });

  it("a constant model gives every feature nothing", async () => {
    const { features } = await fitted("ridge");
    const constant: FittedModel = {
      family: "constant",
      features,
      steps: 1,
      predict: (frame) => new Float64Array(frame.instruments).fill(0.01),
      save: () => new Uint8Array(),
    };
    const explainer = await explainerOf(constant, options(windowsOf("background", 9, 1)));
    const { contributions, error } = await explainer.attribute(windowsOf("rows", 3, 1));
    expect(explainer.base).toBeCloseTo(0.01, 15);
    expect(Math.max(...contributions.map(Math.abs), ...error)).toBeLessThan(1e-15);
  });
});
