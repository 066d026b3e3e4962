// Models written as ONNX say in ONNX Runtime what they say here.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { Micros } from "#domain/time.js";
import { importLightGbm } from "#models/lightgbm/import.js";
import { modelFamily } from "#models/registry/families.js";
import { Graph } from "#models/tensor/graph.js";
import { toOnnx } from "#models/tensor/onnx-file.js";
import { readOnnx } from "#models/tensor/onnx-reader.js";
import { openSession, toRuntime } from "#models/tensor/runtime.js";
import { BATCH } from "#models/tensor/tensor.js";
import { emitTrees } from "#models/trees/onnx-trees.js";
import { TreePredictor } from "#models/trees/predictor.js";
import type { FittedModel } from "#ports/model.js";
import { sampleFrame, sampleTrainingSet } from "#test/contracts/model.js";
import { randomEnsemble, randomRows } from "#test/trees/random-ensemble.js";
import { exportOnnx } from "./export.js";
import { importOnnx } from "./import.js";

async function run(file: Uint8Array, x: Float32Array, ...row: readonly number[]): Promise<Float32Array> {
  const session = await openSession(file, { threads: 1, device: "cpu" });
  try {
    const [output] = session.outputNames as [string];
    const rows = x.length / row.reduce((product, size) => product * size, 1);
    const result = await session.run({ features: await toRuntime({ shape: [rows, ...row] }, x) });
    return result[output]?.data as Float32Array;
  } finally {
    await session.release();
  }
}

describe("trees as an operator of ONNX", () => {
  it("send every f32 to the leaves that they reach here, at all kinds of splits", async () => {
    const shape = fc.record({
      seed: fc.string(),
      trees: fc.integer({ min: 1, max: 7 }),
      features: fc.integer({ min: 1, max: 6 }),
      leaves: fc.integer({ min: 1, max: 40 }),
      outputs: fc.integer({ min: 1, max: 3 }),
      chain: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(shape, async (shape) => {
        const { features, outputs } = shape;
        const rng = createRng(shape.seed);
        const plain = randomEnsemble(shape);
        // Thresholds of f64, beside which rows lie to both sides and upon them.
        const ensemble = { ...plain, threshold: plain.threshold.map((value) => value * (1 + 1e-9 * rng.int(3) - 1e-9)) };
        const x = randomRows(shape.seed, 60, features).map((value) => (Number.isFinite(value) ? value : Number.NaN));
        const near = Array.from(ensemble.threshold, Math.fround).filter(Number.isFinite);
        for (let at = 0; at < x.length; at += 3) x[at] = near[rng.int(near.length)] as number;
        const graph = new Graph("inference");
        graph.output("scores", emitTrees(graph, ensemble, graph.input("features", [BATCH, features])));
        const theirs = await run(toOnnx(graph), x, features);
        const ours = new Float64Array(60 * outputs);
        new TreePredictor(ensemble).rows(x, 60, ours);
        ours.forEach((value, i) => expect(Math.abs(value - (theirs[i] as number))).toBeLessThan(1e-5));
      }),
      { numRuns: 40 },
    );
  });
});

function frameOf(model: FittedModel, x: Float32Array): FeatureFrame {
  const instruments = x.length / model.features.length;
  return {
    asOf: 0 as Micros,
    instruments,
    features: model.features,
    values: Float64Array.from(x),
    member: new Uint8Array(instruments).fill(1),
    fresh: new Uint8Array(instruments).fill(1),
    history: null,
  };
}

async function expectSame(model: FittedModel, x: Float32Array, frame = frameOf(model, x)): Promise<void> {
  const file = exportOnnx(model);
  expect(JSON.parse(readOnnx(file).metadata.get("truewind.features") as string)).toEqual(model.features);
  const { steps, features } = model;
  const theirs = await run(file, x, ...(steps === 1 ? [] : [steps]), features.length);
  const ours = await model.predict(frame);
  const largest = ours.reduce((most, value) => (Math.abs(value) > most ? Math.abs(value) : most), 0);
  ours.forEach((value, i) => {
    if (Number.isNaN(value)) expect(theirs[i]).toBeNaN();
    else expect(Math.abs(value - (theirs[i] as number))).toBeLessThan(2e-6 * largest);
  });
  expect(exportOnnx(model)).toEqual(file);
  const back = modelFamily("onnx").load(await importOnnx(file, { features, steps }));
  (await back.predict(frame)).forEach((value, i) => expect(Math.fround(value)).toEqual(theirs[i]));
}

describe("a model written as ONNX", () => {
  it.each<[string, object]>([
    ["ridge", {}],
    ["lasso", {}],
    ["huber", {}],
    ["logistic", {}],
    ["boosting", { rounds: 20 }],
    ["boosting", { rounds: 20, objective: "binary" }],
    ["boosting", { rounds: 10, objective: { kind: "multiclass", classes: 3 } }],
    ["boosting", { rounds: 20, objective: "lambdarank" }],
    ["boosting", { rounds: 20, steps: 2 }],
    ["forest", { trees: 20 }],
    ["extra-trees", { trees: 20, objective: "binary" }],
  ])("%s with %o predicts the same, and comes in again", async (name, settings) => {
    const family = modelFamily(name);
    const config = family.parseConfig(settings);
    const steps = family.steps(config);
    const context = { rng: createRng("x"), onProgress: () => undefined };
    const model = await family.fit(config, sampleTrainingSet("export", 400, steps), context);
    const frame = sampleFrame(steps);
    // All are members here: a file does not know who is.
    const x = frame.history?.values ?? Float32Array.from(frame.values);
    await expectSame(model, x, { ...frame, member: frame.member.map(() => 1) });
  });

  it.each([
    ["boosting", "squared"],
    ["boosting", "binary"],
    ["boosting", "multiclass"],
    ["boosting", "lambdarank"],
    ["forest", "binary"],
    ["extra-trees", "squared"],
  ])("%s of the objective %s predicts the same, and comes in again", async (name, objective) => {
    const family = modelFamily(name);
    const size = name === "boosting" ? { rounds: 20 } : { trees: 20 };
    const settings = { objective, minDataInLeaf: 5, categorical: ["d"], ...size };
    const model = await family.fit(family.parseConfig(settings), sampleTrainingSet("export"), {
      rng: createRng("x"),
      onProgress: () => undefined,
    });
    await expectSame(model, randomRows(name, 60, 4));
  });

  const names = ["regression", "zero-as-missing", "categorical", "no-missing", "deep", "binary", "forest", "square-root", "poisson"];
  it.each(names)("%s of LightGBM predicts the same, and comes in again", async (name) => {
    const probability = name === "binary";
    const model = modelFamily("lightgbm").load(importLightGbm(readFileSync(`test/reference/lightgbm/${name}.txt`), { probability }));
    await expectSame(model, randomRows(name, 60, 6));
  });

  it.each([0, 1, 2])("class %d of several predicts the same", async (part) => {
    for (const name of ["multiclass", "one-against-all"]) {
      const model = modelFamily("lightgbm").load(importLightGbm(readFileSync(`test/reference/lightgbm/${name}.txt`), { part }));
      await expectSame(model, randomRows(name, 30, 6));
    }
  });

  it("that is ONNX already is given as it is, and one that has no such form is refused", async () => {
    const file = await importOnnx(readFileSync("test/reference/onnx/torch-mlp.onnx"), { features: ["a", "b", "c"] });
    expect(exportOnnx(modelFamily("onnx").load(file))).toEqual(file);
    const other = { family: "oracle", features: ["a"], steps: 1 } as unknown as FittedModel;
    expect(() => exportOnnx(other)).toThrow(/family oracle cannot be written as ONNX/);
  });
});
