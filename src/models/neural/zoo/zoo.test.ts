// Laws that hold for every net of the zoo, whatever it has learned.
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { draw, evaluate, infer, learn, type Net, normals } from "#test/fixtures/neural-net.js";
import { relativeError } from "#test/fixtures/neural-reference.js";
import { zoo } from "./zoo.js";

/** Small forms of all nets. */
const small: Readonly<Record<string, { readonly options?: object; readonly steps: number; readonly features?: number }>> = {
  "lstm-batch-norm": { options: { units: 5 }, steps: 6 },
  "lstm-attention": { options: { units: 5 }, steps: 6 },
  "lstm-residual": { options: { units: 5, layers: 3 }, steps: 6 },
  "gru-layer-norm": { options: { units: 5 }, steps: 6 },
  "gru-attention": { options: { units: 6, heads: 2 }, steps: 6 },
  "gru-fusion": { options: { units: 5 }, steps: 6 },
  "transformer": { options: { units: 8, heads: 2 }, steps: 6 },
  "transformer-volatility": { options: { units: 8, heads: 2, feature: 1, halfLife: 3 }, steps: 6 },
  "transformer-multi-scale": { options: { units: 8, heads: 2, scales: [1, 3] }, steps: 7 },
  "cnn": { options: { channels: 5 }, steps: 6 },
  "tcn": { options: { channels: 5, dilations: [1, 2] }, steps: 8 },
  "deep-lob": { options: { channels: 3, units: 5 }, steps: 6, features: 12 },
  "multi-scale": { options: { channels: 5, scales: [1, 2, 4] }, steps: 9 },
  "mlp-attention": { options: { units: 5, attention: 3 }, steps: 2 },
  "dlinear": { options: { kernel: 3 }, steps: 6 },
  "nlinear": { steps: 6 },
};

const drawSmall = (name: string, heads: object = { return: {}, direction: {} }): Net => {
  const { features = 3, ...rest } = small[name] as { steps: number; features?: number };
  return draw({ net: name, ...rest, heads }, features, createRng(name));
};

it("every net is tried", () => {
  expect(Object.keys(small)).toEqual(Object.keys(zoo));
});

describe.each(Object.keys(small))("%s", (name) => {
  const rows = 5;
  const net = drawSmall(name);
  const size = net.shape.steps * net.shape.features;
  const rng = createRng(`data of ${name}`);
  const batch = { x: normals(rng, rows * size), y: normals(rng, rows) };

  it("predicts the same by the file that is kept as by the graph that evaluates", async () => {
    const [kept, evaluated] = await Promise.all([infer(net, batch.x), evaluate(net, batch)]);
    for (const head of ["return", "direction"])
      expect(relativeError(kept[head] as Float32Array, evaluated[head] as Float32Array)).toBeLessThan(1e-5);
  });

  it("gives a sample the same prediction whatever lies beside it", async () => {
    const [all, alone] = await Promise.all([infer(net, batch.x), infer(net, batch.x.slice(size, 2 * size))]);
    expect(alone["return"]?.[0]).toBeCloseTo(all["return"]?.[1] as number, 5);
  });

  it("costs while training what it costs while evaluating, and every parameter has a finite gradient", async () => {
    const [trained, evaluated] = await Promise.all([learn(net, batch), evaluate(net, batch)]);
    for (const { name: parameter, size: count } of net.specs.parameters) {
      const gradient = trained[`gradient.${parameter}`] as Float32Array;
      expect(gradient).toHaveLength(count);
      expect(gradient.every(Number.isFinite), parameter).toBe(true);
    }
    // Batch norm sees the batch while training.
    if (net.specs.buffers.length === 0) expect(trained["loss"]?.[0]).toBeCloseTo(evaluated["loss"]?.[0] as number, 5);
    for (const { name: buffer, size: count } of net.specs.buffers) expect(trained[`statistic.${buffer}`]).toHaveLength(count);
  });
});

describe("no step sees a later one", () => {
  const rng = createRng("causal");
  const causal = [
    { kind: "lstm", units: 4 },
    { kind: "gru", units: 4, layers: 2, norm: "layer" },
    { kind: "conv", channels: 4, dilations: [1, 2], residual: true },
    { kind: "encoder", heads: 1, feedForward: 6, layers: 2, causal: true },
    { kind: "position", encoding: "volatility", halfLife: 2 },
    { kind: "volatility-gate", feature: 1 },
    { kind: "book", channels: 2 },
    { kind: "feature-attention" },
  ];

  it.each(causal.map((block) => [block.kind, block] as const))("%s", async (_, block) => {
    const [steps, features, changed] = [6, 4, 4];
    // All steps lie side by side behind the block: the head of the net sees which of them moved.
    const x = normals(rng, steps * features);
    const later = x.map((value, i) => (i >= changed * features ? value + (i % 3) : value));
    const net = draw(
      { blocks: [block, { kind: "conv", channels: 1, kernel: 1, activation: "none" }], steps },
      features,
      rng.fork(block.kind),
    );
    const width = net.specs.parameters.find(({ name }) => name === "head.return.weight")?.size as number;
    const weight = net.specs.parameters.find(({ name }) => name === "head.return.weight")?.offset as number;
    const seen = async (until: number, input: Float32Array): Promise<number> => {
      const parameters = net.values.parameters.map((value, i) => (i >= weight + until && i < weight + width ? 0 : value));
      return (await infer({ ...net, values: { ...net.values, parameters } }, input))["return"]?.[0] as number;
    };
    expect(await seen(changed, later)).toBe(await seen(changed, x));
    expect(await seen(steps, later)).not.toBe(await seen(steps, x));
  });
});

it("weights of attention can be read and add up to 1", async () => {
  const rng = createRng("readouts");
  const shown = await infer(drawSmall("gru-attention"), normals(rng, 2 * 6 * 3), true);
  const weights = shown["readout.3-attention"] as Float32Array;
  expect(weights).toHaveLength(2 * 2 * 6);
  expect(weights.slice(0, 6).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
  const encoder = await infer(drawSmall("transformer"), normals(rng, 6 * 3), true);
  expect(encoder["readout.2-encoder.layer1.attention"]).toHaveLength(2 * 6 * 6);
});

it("a net that does not fit its features says at which block", () => {
  expect(() => draw({ net: "deep-lob" }, 10)).toThrow(
    "block 0-book: it reads ask price, ask size, bid price and bid size of each level, but 10 features",
  );
  expect(() => draw({ net: "transformer", options: { units: 6 } }, 3)).toThrow("block 2-encoder: its 4 heads do not divide a width of 6");
});
