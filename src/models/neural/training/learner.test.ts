// Threads that share a batch: together they compute what one session computes, the same on every run, and end when they are let go.
// Helper threads run the build.
import { expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { gradient } from "#models/tensor/gradient.js";
import { Graph } from "#models/tensor/graph.js";
import { mul } from "#models/tensor/ops/arithmetic.js";
import { dropout } from "#models/tensor/ops/dropout.js";
import { sum } from "#models/tensor/ops/reduce.js";
import { toOnnx } from "#models/tensor/onnx-file.js";
import type { ParameterSpec } from "#models/tensor/parameters.js";
import { draw, normals, PLAIN_LABEL } from "#test/fixtures/neural-net.js";
import { relativeError } from "#test/fixtures/neural-reference.js";
import { trainingGraph } from "../graphs.js";
import { openHelper } from "./helper.js";
import { type BatchInput, type LearnerOptions, openLearner, type Outcome, sharesOf, trainingMemory } from "./learner.js";
import type { PartPlan } from "./part.js";

const [ROWS, STEPS, FEATURES] = [29, 5, 3];
const rng = createRng("learner");
const batch = (weight: (row: number) => number): BatchInput => ({
  x: normals(createRng("x"), ROWS * STEPS * FEATURES),
  y: normals(createRng("y"), ROWS),
  weight: Float32Array.from({ length: ROWS }, (_, row) => weight(row)),
  moment: new Float32Array(ROWS),
});

/** What one run writes. */
async function outcomeOf(options: Omit<LearnerOptions, "memory">): Promise<Outcome> {
  const learner = await openLearner({ ...options, memory: trainingMemory(options.specs) });
  await learner.run(rng.fork("step"));
  await learner.release();
  return learner.outcome;
}

const nets: Readonly<Record<string, object>> = {
  lstm: { blocks: [{ kind: "lstm", units: 6, layers: 2 }] },
  transformer: { net: "transformer", options: { units: 8, heads: 2, dropout: 0 } },
};
const weights: Readonly<Record<string, (row: number) => number>> = {
  "unequal weights": (row) => 0.5 + (row % 4),
  "fillers behind the first share": (row) => (row < 10 ? 1 : 0),
  "fillers alone in the first share": (row) => (row < 15 ? 0 : 2),
};

it.each([
  ["lstm", "unequal weights"],
  ["lstm", "fillers alone in the first share"],
  ["transformer", "fillers behind the first share"],
])("%s: learns in shares what it learns whole, and the same on every run: %s", async (name, weight) => {
  const { config, shape, specs, values } = draw({ ...nets[name], steps: STEPS }, FEATURES, createRng(name));
  const options = {
    learning: (rows: number) => trainingGraph(config, specs, shape, rows, PLAIN_LABEL),
    specs,
    vectors: values,
    batch: batch(weights[weight] as (row: number) => number),
    divisible: true,
  };
  const whole = await outcomeOf({ ...options, threads: 1 });
  for (const threads of [2, 3]) {
    const [shares, again] = [await outcomeOf({ ...options, threads }), await outcomeOf({ ...options, threads })];
    expect(Math.abs(shares.loss / whole.loss - 1)).toBeLessThan(1e-5);
    expect(relativeError(shares.gradient, whole.gradient)).toBeLessThan(1e-5);
    if (weight === "unequal weights") expect(shares.all).not.toEqual(whole.all);
    expect(again.all).toEqual(shares.all);
  }
});

it("each share draws masks of its own, the same on every run", async () => {
  const width = 64;
  const spec = { name: "p", shape: [width], offset: 0, size: width } as unknown as ParameterSpec;
  // The gradient is the mask.
  const learning = () => {
    const graph = new Graph("training");
    const p = graph.input("p", [width]);
    const loss = sum(graph, dropout(graph, p, 0.5), [0]);
    graph.output("loss", loss);
    gradient(graph, loss, [p]).forEach((tensor) => graph.output("gradient.p", tensor));
    return { graph, masks: graph.masks, statistics: [] };
  };
  const vectors = { parameters: new Float32Array(width).fill(1), buffers: new Float32Array(0) };
  const maskOf = async (share: number): Promise<readonly number[]> => {
    const only = batch((row) => ((row < 10 ? 0 : row < 19 ? 1 : 2) === share ? 1 : 0));
    const specs = { parameters: [spec], buffers: [] };
    return [...(await outcomeOf({ learning, specs, vectors, batch: only, divisible: true, threads: 3 })).gradient];
  };
  const masks = [await maskOf(0), await maskOf(1), await maskOf(2)];
  expect(new Set(masks.map((mask) => mask.join())).size).toBe(3);
  for (const mask of masks) expect(new Set(mask)).toEqual(new Set([0, 2]));
  expect(await maskOf(2)).toEqual(masks[2]);
});

it("small batches and losses that look across a batch are not divided", () => {
  expect([sharesOf(256, 4, true), sharesOf(20, 4, true), sharesOf(7, 4, true), sharesOf(256, 4, false)]).toEqual([4, 2, 1, 1]);
});

const doubling = (): PartPlan => {
  const graph = new Graph("training");
  graph.output("loss", mul(graph, graph.input("x", [1]), graph.scalar(2)));
  return {
    model: toOnnx(graph),
    threads: 1,
    feeds: [{ name: "x", shape: [1], values: Float32Array.of(21) }],
    fetches: [{ name: "loss", shape: [1], values: new Float32Array(1) }],
    masks: [],
  };
};

it("a helper computes until it is released, and then its thread is gone", async () => {
  const helper = await openHelper(doubling());
  helper.begin(rng);
  expect([...(await helper.finish())]).toEqual([42]);
  await helper.release();
  helper.begin(rng);
  await expect(helper.finish()).rejects.toThrow("A thread that helped to train ended.");
});

it("a helper that fails says why, when it opens and at a step", async () => {
  await expect(openHelper({ ...doubling(), model: Uint8Array.of(1, 2, 3) })).rejects.toThrow(/model/i);
  const plan = doubling();
  const helper = await openHelper({ ...plan, feeds: [{ ...(plan.feeds[0] as (typeof plan.feeds)[0]), name: "z" }] });
  helper.begin(rng);
  await expect(helper.finish()).rejects.toThrow(/input 'x' is missing/);
  await helper.release();
});
