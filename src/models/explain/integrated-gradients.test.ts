// References: test/reference/explain/gradients.json (the plain loop in PyTorch; script beside it), on the nets of the zoo's own reference.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { Micros } from "#domain/time.js";
import { saveNet } from "#models/neural/artifact.js";
import { neural } from "#models/neural/family.js";
import type { TrainedNet } from "#models/neural/trained-net.js";
import { parseNeuralConfig } from "#models/neural/config.js";
import { draw, normals, withValues } from "#test/fixtures/neural-net.js";
import { readReference, referenceCases, relativeError, unpack } from "#test/fixtures/neural-reference.js";
import { randomNet } from "#test/fixtures/random-net.js";
import { integratedGradients, openNet } from "./integrated-gradients.js";
import { rowPredictor } from "./row-predictor.js";

interface Case {
  readonly name: string;
  readonly base: number;
  readonly predictions: readonly number[];
  readonly values: readonly number[];
}
const cases = JSON.parse(
  readFileSync(new URL("../../../test/reference/explain/gradients.json", import.meta.url), "utf8"),
) as readonly Case[];
const { cases: extras } = readReference("zoo.json") as unknown as {
  cases: readonly { buffers: Record<string, Parameters<typeof unpack>[0]> }[];
};
const nets = referenceCases("zoo.json");

/** Inputs as they are: no scaling, no label. */
function netOf(name: string): { readonly net: TrainedNet; readonly x: Float32Array } {
  const at = nets.findIndex((one) => one.name === name);
  const { options, weights, constants } = nets[at] as (typeof nets)[number];
  const { features: width, ...settings } = options as { net: string; options: object; steps: number; features: number };
  const still = name === "tcn" || name === "cnn" ? {} : { dropout: 0 };
  const given = { ...settings, options: { ...settings.options, ...still }, heads: { return: {}, direction: {} } };
  const buffers = Object.fromEntries(Object.entries(extras[at]?.buffers ?? {}).map(([key, packed]) => [key, unpack(packed)]));
  const { values } = withValues(draw(given, width), weights, buffers);
  const normalization = {
    mean: new Float32Array(width),
    inverseDeviation: new Float32Array(width).fill(1),
    clip: 100,
    label: { mean: 0, scale: 1 },
  };
  const features = Array.from({ length: width }, (_, j) => `f${j}`);
  const config = parseNeuralConfig(given);
  return { net: { config, features, values, normalization, history: [], labelMagnitude: 1 }, x: constants["x"]?.data as Float32Array };
}

describe.each(cases.map((one) => [one.name, one] as const))("integrated gradients of %s", (name, one) => {
  it("are those of the loop in PyTorch, and add up", async () => {
    const { net, x } = netOf(name);
    const rows = { x, rows: one.predictions.length };
    const explainer = await integratedGradients(openNet(net), rows);
    expect(explainer.base).toBeCloseTo(one.base, 5);
    const cells = await explainer.overTime(rows);
    expect(relativeError(cells, one.values)).toBeLessThan(0.03); // where a maximum changes its place, 128 points leave that much
    const { prediction, contributions, error } = await explainer.attribute(rows);
    const k = net.features.length;
    const width = one.values.length / one.predictions.length;
    one.predictions.forEach((truth, row) => {
      expect(prediction[row]).toBeCloseTo(truth, 4);
      const sum = contributions.subarray(row * k, (row + 1) * k).reduce((total, value) => total + value, explainer.base);
      const missing = Math.abs(sum - (prediction[row] as number));
      expect(missing).toBeCloseTo(error[row] as number, 12);
      const size = one.values.slice(row * width, (row + 1) * width).reduce((total, value) => total + Math.abs(value), 0);
      expect(missing).toBeLessThanOrEqual(0.01 * size);
    });
  });
});

describe("integrated gradients", () => {
  const settings = {
    return: { steps: 3, blocks: [{ kind: "gru", units: 4 }, { kind: "last" }], heads: { return: {} } },
    direction: { steps: 1, blocks: [{ kind: "dense", units: 5, activation: "tanh" }], heads: { direction: {} } },
    quantiles: {
      steps: 2,
      blocks: [{ kind: "dense", units: 5, activation: "gelu" }, { kind: "mean" }],
      heads: { quantiles: { levels: [0.1, 0.5, 0.9] } },
    },
  };
  it.each(Object.entries(settings))("explain the score that a net with a %s head predicts, missing values included", async (_, given) => {
    const net = randomNet(given);
    const model = neural.load(saveNet(net));
    const k = net.features.length;
    const x = normals(createRng("rows"), 9 * model.steps * k);
    x[0] = Number.NaN;
    x.fill(Number.NaN, 2 * model.steps * k, 3 * model.steps * k);
    const rows = { x, rows: 9 };
    const explainer = await integratedGradients(openNet(net), rows);
    const { prediction, contributions, error } = await explainer.attribute(rows);
    const truth = await rowPredictor(model, 0 as Micros)(rows);
    for (let row = 0; row < 9; row++) {
      if (row === 2) {
        expect([prediction[row], truth[row], contributions[row * k]]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
        continue;
      }
      expect(Math.abs((prediction[row] as number) - (truth[row] as number))).toBeLessThan(1e-7);
      const own = contributions.subarray(row * k, (row + 1) * k);
      const sum = own.reduce((total, value) => total + value, explainer.base);
      expect(Math.abs(sum - (truth[row] as number))).toBeLessThan((error[row] as number) + 1e-7);
      expect(own[k - 1]).toBe(0); // constant in training: the net does not see it
    }
  });
});
