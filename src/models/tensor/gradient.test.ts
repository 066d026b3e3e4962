// Every operation's derivative against central differences of its value, on random inputs.
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { gradient } from "./gradient.js";
import { Graph } from "./graph.js";
import { add, div, maximum, minimum, mul, neg, scale, shift, sub } from "./ops/arithmetic.js";
import {
  abs,
  clip,
  elu,
  exp,
  gelu,
  leakyRelu,
  log,
  logSoftmax,
  relu,
  sigmoid,
  softmax,
  softplus,
  sqrt,
  square,
  tanh,
} from "./ops/elementwise.js";
import { attention } from "./ops/attention.js";
import { gru } from "./ops/gru.js";
import { lstm } from "./ops/lstm.js";
import { linear, matmul } from "./ops/matrix.js";
import { batchNorm, layerNorm } from "./ops/normalize.js";
import { max, mean, sum } from "./ops/reduce.js";
import { concat, expand, pad, pick, reshape, slice, split, transpose } from "./ops/shape.js";
import { convolution, maxPool } from "./ops/window.js";
import { runGraph } from "./run-graph.js";
import { type Shape, sizeOf, type Tensor } from "./tensor.js";

type Build = (g: Graph, ...inputs: Tensor[]) => Tensor;

interface Operation {
  readonly name: string;
  readonly shapes: readonly Shape[];
  readonly build: Build;
  /** Inputs lie within [low, high]; [-2, 2] when left out. */
  readonly range?: readonly [number, number];
}

const operations: readonly Operation[] = [
  {
    name: "add, broadcast",
    shapes: [
      [3, 1, 4],
      [2, 4],
    ],
    build: add,
  },
  { name: "sub, broadcast", shapes: [[4], [3, 4]], build: sub },
  {
    name: "mul, broadcast",
    shapes: [
      [3, 4],
      [3, 1],
    ],
    build: mul,
  },
  { name: "div", shapes: [[3, 4], [4]], build: div, range: [0.5, 2] },
  { name: "maximum", shapes: [[3, 4], [4]], build: maximum },
  {
    name: "minimum",
    shapes: [
      [3, 4],
      [3, 4],
    ],
    build: minimum,
  },
  { name: "neg, scale, shift", shapes: [[5]], build: (g, x) => shift(g, scale(g, neg(g, x), 3), 2) },
  { name: "exp", shapes: [[5]], build: exp },
  { name: "log", shapes: [[5]], build: log, range: [0.5, 3] },
  { name: "sqrt", shapes: [[5]], build: sqrt, range: [0.5, 3] },
  { name: "square", shapes: [[5]], build: square },
  { name: "abs", shapes: [[6]], build: abs },
  { name: "sigmoid", shapes: [[6]], build: sigmoid },
  { name: "tanh", shapes: [[6]], build: tanh },
  { name: "relu", shapes: [[6]], build: relu },
  { name: "leakyRelu", shapes: [[6]], build: (g, x) => leakyRelu(g, x, 0.1) },
  { name: "elu", shapes: [[6]], build: elu },
  { name: "gelu", shapes: [[6]], build: gelu },
  { name: "softplus", shapes: [[6]], build: softplus },
  { name: "clip", shapes: [[8]], build: (g, x) => clip(g, x, -0.7, 0.9) },
  { name: "softmax", shapes: [[3, 4]], build: softmax },
  { name: "logSoftmax", shapes: [[3, 4]], build: logSoftmax },
  { name: "sum", shapes: [[2, 3, 4]], build: (g, x) => sum(g, x, [0, 2]) },
  { name: "mean, kept", shapes: [[2, 3, 4]], build: (g, x) => mean(g, x, [1], true) },
  { name: "max", shapes: [[3, 5]], build: (g, x) => max(g, x, 1) },
  { name: "reshape", shapes: [[2, 6]], build: (g, x) => reshape(g, x, [3, 4]) },
  { name: "transpose", shapes: [[2, 3, 4]], build: (g, x) => transpose(g, x, [2, 0, 1]) },
  {
    name: "concat",
    shapes: [
      [2, 3],
      [2, 1],
    ],
    build: (g, a, b) => concat(g, [a, b], 1),
  },
  { name: "split, one part unused", shapes: [[5, 2]], build: (g, x) => split(g, x, [2, 1, 2], 0)[2] as Tensor },
  { name: "slice", shapes: [[5, 2]], build: (g, x) => slice(g, x, 0, 1, 4) },
  { name: "pad", shapes: [[3, 2]], build: (g, x) => pad(g, x, 0, 2, 1) },
  { name: "pick", shapes: [[3, 2]], build: (g, x) => pick(g, x, 0, -1) },
  { name: "expand", shapes: [[3, 1]], build: (g, x) => expand(g, x, [3, 4]) },
  { name: "linear", shapes: [[2, 3, 4], [5, 4], [5]], build: (g, x, w, b) => linear(g, x, w, b) },
  { name: "linear over many rows", shapes: [[40, 2], [3, 2], [3]], build: (g, x, w, b) => linear(g, x, w, b) },
  {
    name: "matmul",
    shapes: [
      [2, 3, 4],
      [2, 4, 5],
    ],
    build: (g, a, b) => matmul(g, a, b, { alpha: 0.7 }),
  },
  {
    name: "matmul, second transposed",
    shapes: [
      [2, 3, 4],
      [2, 5, 4],
    ],
    build: (g, a, b) => matmul(g, a, b, { transposeB: true, alpha: 0.7 }),
  },
  { name: "layerNorm", shapes: [[2, 3, 6], [6], [6]], build: layerNorm },
  { name: "batchNorm", shapes: [[7, 3], [3], [3]], build: (g, x, gain, bias) => batchNorm(g, x, gain, bias).y },
  {
    name: "lstm",
    shapes: [[4, 3, 2], [20, 2], [20, 5], [20]],
    build: (g, x, input, recurrent, bias) => lstm(g, x, { input, recurrent, bias }).all,
  },
  {
    name: "lstm, reversed, last",
    shapes: [[4, 3, 2], [20, 2], [20, 5], [20]],
    build: (g, x, input, recurrent, bias) => lstm(g, x, { input, recurrent, bias }, { reverse: true }).last,
  },
  {
    name: "gru",
    shapes: [[4, 3, 2], [15, 2], [15, 5], [15], [5], [3, 5]],
    build: (g, x, input, recurrent, bias, resetBias, initial) => gru(g, x, { input, recurrent, bias, resetBias }, { initial }).all,
  },
  {
    name: "gru, reversed, last",
    shapes: [[4, 3, 2], [15, 2], [15, 5], [15], [5]],
    build: (g, x, input, recurrent, bias, resetBias) => gru(g, x, { input, recurrent, bias, resetBias }, { reverse: true }).last,
  },
  {
    name: "attention, causal",
    shapes: [
      [2, 5, 6],
      [2, 5, 6],
      [2, 5, 6],
    ],
    build: (g, q, k, v) => attention(g, [q, k, v], { heads: 2, causal: true }).y,
  },
  {
    name: "convolution, causal and dilated",
    shapes: [[2, 7, 3], [4, 9], [4]],
    build: (g, x, w, b) => convolution(g, x, w, b, { size: 3, dilation: 2, padding: "causal" }),
  },
  {
    name: "convolution, same, beside another axis",
    shapes: [
      [2, 5, 2, 3],
      [4, 12],
    ],
    build: (g, x, w) => convolution(g, x, w, null, { size: 4, padding: "same" }),
  },
  { name: "maxPool", shapes: [[2, 7, 2, 3]], build: (g, x) => maxPool(g, x, { size: 3, stride: 2, padding: "same" }) },
  { name: "one tensor used twice", shapes: [[3]], build: (g, x) => mul(g, x, add(g, x, exp(g, x))) },
];

describe("derivatives equal central differences", () => {
  it.each(operations.map((operation) => [operation.name, operation] as const))("%s", async (name, { shapes, build, range = [-2, 2] }) => {
    const rng = createRng(name);
    const g = new Graph("training");
    const inputs = shapes.map((shape, i) => g.input(`x${i}`, shape));
    const y = build(g, ...inputs);
    const weights = g.input("weights", y.shape);
    const loss = sum(
      g,
      mul(g, y, weights),
      y.shape.map((_, axis) => axis),
    );
    gradient(g, loss, inputs).forEach((tensor, i) => g.output(`d${i}`, tensor));
    g.output("loss", loss);
    g.output("y", y);

    const draw = (shape: Shape): Float32Array =>
      Float32Array.from({ length: sizeOf(shape) }, () => range[0] + (range[1] - range[0]) * rng.next());
    const feeds: Record<string, Float32Array> = { weights: Float32Array.from({ length: sizeOf(y.shape) }, () => rng.normal()) };
    shapes.forEach((shape, i) => (feeds[`x${i}`] = draw(shape)));
    const session = await (await import("./runtime.js")).openSession((await import("./onnx-file.js")).toOnnx(g), { threads: 1 });
    const { toRuntime } = await import("./runtime.js");
    const run = async (values: Readonly<Record<string, Float32Array>>) =>
      session.run(
        Object.fromEntries(
          await Promise.all(
            g.inputs.map(async (tensor) => [tensor.name, await toRuntime(tensor, values[tensor.name] as Float32Array)] as const),
          ),
        ),
      );
    const at = await run(feeds);
    const lossAt = async (values: Readonly<Record<string, Float32Array>>): Promise<number> => {
      // In double precision from the value, so that the differences keep their digits.
      const value = (await run(values))["y"]?.data as Float32Array;
      return value.reduce((total, v, j) => total + v * (feeds["weights"]?.[j] as number), 0);
    };
    for (const [i, shape] of shapes.entries()) {
      const stated = at[`d${i}`]?.data as Float32Array;
      expect(stated).toHaveLength(sizeOf(shape));
      for (let j = 0; j < Math.min(sizeOf(shape), 12); j++) {
        const step = 2 ** -7;
        const moved = async (sign: number): Promise<number> => {
          const x = Float32Array.from(feeds[`x${i}`] as Float32Array);
          x[j] = (x[j] as number) + sign * step;
          return lossAt({ ...feeds, [`x${i}`]: x });
        };
        const difference = ((await moved(1)) - (await moved(-1))) / (2 * step);
        expect(Math.abs(difference - (stated[j] as number)), `d${i}[${j}]: ${difference} by differences, ${stated[j]} stated`).toBeLessThan(
          3e-3 * (1 + Math.abs(difference)),
        );
      }
    }
    await session.release();
  });
});

it("a parameter that the loss does not see gets zeros", async () => {
  const g = new Graph("training");
  const x = g.input("x", [2]);
  const idle = g.input("idle", [3]);
  gradient(g, sum(g, square(g, x), [0]), [x, idle]).forEach((tensor, i) => g.output(`d${i}`, tensor));
  const out = await runGraph(g, { x: Float32Array.of(1, -3), idle: new Float32Array(3) });
  expect([...(out["d0"] as Float32Array)]).toEqual([2, -6]);
  expect([...(out["d1"] as Float32Array)]).toEqual([0, 0, 0]);
});
