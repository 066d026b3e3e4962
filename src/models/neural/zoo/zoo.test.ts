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
