// Operations over time: none that is causal sees the future, and recurrent ones may be walked step by step.
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { Graph, type Purpose } from "../graph.js";
import { runGraph } from "../run-graph.js";
import { type Shape, sizeOf, type Tensor } from "../tensor.js";
import { attention, positionalEncoding } from "./attention.js";
import { gru } from "./gru.js";
import { lstm } from "./lstm.js";
import { placeConvolution } from "./place-convolution.js";
import { reshape, transpose } from "./shape.js";
import { convolution, maxPool } from "./window.js";

const [BATCH, TIME, WIDTH] = [2, 6, 4];

function draw(label: string, shape: Shape): Float32Array {
  const rng = createRng(label);
  return Float32Array.from({ length: sizeOf(shape) }, () => rng.normal());
}

async function compute(
  purpose: Purpose,
  data: Readonly<Record<string, { readonly shape: Shape; readonly values: Float32Array }>>,
  build: (g: Graph, tensors: Readonly<Record<string, Tensor>>) => Readonly<Record<string, Tensor>>,
): Promise<Readonly<Record<string, Float32Array>>> {
  const g = new Graph(purpose);
  const tensors = Object.fromEntries(Object.entries(data).map(([name, { shape }]) => [name, g.input(name, shape)]));
  for (const [name, tensor] of Object.entries(build(g, tensors))) g.output(`out ${name}`, tensor);
  const out = await runGraph(g, Object.fromEntries(Object.entries(data).map(([name, { values }]) => [name, values])));
  return Object.fromEntries(Object.entries(out).map(([name, values]) => [name.slice(4), values]));
}

const weight = (g: Graph, label: string, shape: Shape): Tensor => g.constant(draw(label, shape), shape);

/** `[batch][time][width]` to the same. */
const causal: Readonly<Record<string, (g: Graph, x: Tensor) => Tensor>> = {
  attention: (g, x) => attention(g, [x, x, x], { heads: 2, causal: true }).y,
  convolution: (g, x) => convolution(g, x, weight(g, "w", [WIDTH, 3 * WIDTH]), null, { size: 3, dilation: 2, padding: "causal" }),
  "convolution at places": (g, x) => {
    const y = placeConvolution(
      g,
      reshape(g, transpose(g, x, [2, 0, 1]), [1, WIDTH, BATCH, TIME]),
      weight(g, "w", [WIDTH, 3 * WIDTH]),
      weight(g, "b", [WIDTH]),
    );
    return transpose(g, reshape(g, y, [WIDTH, BATCH, TIME]), [1, 2, 0]);
  },
  "maximum of windows": (g, x) => maxPool(g, x, { size: 3, padding: "causal" }),
  lstm: (g, x) => {
    const weights = { input: weight(g, "w", [16, WIDTH]), recurrent: weight(g, "r", [16, 4]), bias: weight(g, "b", [16]) };
    return transpose(g, lstm(g, transpose(g, x, [1, 0, 2]), weights).all, [1, 0, 2]);
  },
  gru: (g, x) => transpose(g, gru(g, transpose(g, x, [1, 0, 2]), gruWeights(g)).all, [1, 0, 2]),
};

function gruWeights(g: Graph) {
  return {
    input: weight(g, "w", [12, WIDTH]),
    recurrent: weight(g, "r", [12, 4]),
    bias: weight(g, "b", [12]),
    resetBias: weight(g, "c", [4]),
  };
}

describe.each(["training", "inference"] as const)("%s", (purpose) => {
  it.each(Object.entries(causal))("what %s says of a step does not move when later steps do", async (_, build) => {
    const shape = [BATCH, TIME, WIDTH];
    const values = draw("x", shape);
    const changed = Float32Array.from(values);
    const known = 3;
    for (let i = 0; i < changed.length; i++) if (Math.floor(i / WIDTH) % TIME >= known) changed[i] = 100 * (changed[i] as number) + 7;
    const run = async (x: Float32Array) =>
      (await compute(purpose, { x: { shape, values: x } }, (g, t) => ({ y: build(g, t["x"] as Tensor) })))["y"];
    const [before, after] = [(await run(values)) as Float32Array, (await run(changed)) as Float32Array];
    const early = (y: Float32Array): number[] => [...y].filter((_value, i) => Math.floor(i / WIDTH) % TIME < known);
    expect(early(after)).toEqual(early(before));
    expect([...after]).not.toEqual([...before]);
  });
});

it("a recurrent net fed step by step with its state says what it says of the whole sequence", async () => {
  const shape = [TIME, BATCH, WIDTH];
  const values = draw("x", shape);
  const build = (g: Graph, x: Tensor, states: readonly Tensor[] = []) => {
    const weights = { input: weight(g, "w", [16, WIDTH]), recurrent: weight(g, "r", [16, 4]), bias: weight(g, "b", [16]) };
    const [h, c, s] = states as [Tensor, Tensor, Tensor];
    const long = lstm(g, x, weights, states.length === 0 ? {} : { initial: { h, c } });
    const gated = gru(g, x, gruWeights(g), states.length === 0 ? {} : { initial: s });
    return { lstm: long.all, gru: gated.all, h: long.last, c: long.cell, s: gated.last };
  };
  const whole = await compute("inference", { x: { shape, values } }, (g, t) => build(g, t["x"] as Tensor));
  const state = [BATCH, 4];
  let [h, c, s] = [new Float32Array(8), new Float32Array(8), new Float32Array(8)];
  for (let step = 0; step < TIME; step++) {
    const now = await compute(
      "inference",
      {
        x: { shape: [1, BATCH, WIDTH], values: values.slice(step * BATCH * WIDTH, (step + 1) * BATCH * WIDTH) },
        h: { shape: state, values: h },
        c: { shape: state, values: c },
        s: { shape: state, values: s },
      },
      (g, t) => build(g, t["x"] as Tensor, [t["h"], t["c"], t["s"]] as Tensor[]),
    );
    [h, c, s] = [now["h"], now["c"], now["s"]] as [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>];
    for (const kind of ["lstm", "gru"])
      (now[kind] as Float32Array).forEach((value, i) => expect(value).toBeCloseTo(whole[kind]?.[step * BATCH * 4 + i] as number, 6));
  }
});

it("a query's weights add up to 1 and later keys get exactly none", async () => {
  const shape = [1, 4, 2];
  const { weights } = await compute("inference", { x: { shape, values: draw("x", shape) } }, (g, t) => {
    const x = t["x"] as Tensor;
    return { weights: attention(g, [x, x, x], { heads: 1, causal: true }).weights };
  });
  for (let query = 0; query < 4; query++) {
    const row = [...(weights as Float32Array).subarray(query * 4, query * 4 + 4)];
    expect(row.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 6);
    expect(row.slice(query + 1)).toEqual(Array<number>(3 - query).fill(0));
  }
});

it("positions are encoded by sines and cosines of growing wavelengths", () => {
  const g = new Graph("inference");
  positionalEncoding(g, 3, 4);
  const values = g.initializers[0]?.data as Float32Array;
  const expected = [0, 1, 2].flatMap((step) => [Math.sin(step), Math.cos(step), Math.sin(step / 100), Math.cos(step / 100)]);
  expected.forEach((value, i) => expect(values[i]).toBeCloseTo(value, 6));
});

it("a width that the heads do not divide is refused", () => {
  const g = new Graph("training");
  const x = g.input("x", [1, 2, 5]);
  expect(() => attention(g, [x, x, x], { heads: 2 })).toThrow("2 heads do not divide a width of 5");
});

it("a window longer than time is refused", () => {
  const g = new Graph("training");
  const x = g.input("x", [1, 2, 1]);
  expect(() => maxPool(g, x, { size: 3, padding: "valid" })).toThrow("does not fit into 2");
});
