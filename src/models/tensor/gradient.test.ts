// Every operation's derivative against central differences of its value, on random inputs; and that none is forgotten.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { type Operation, operations } from "#test/fixtures/operations.js";
import { gradient } from "./gradient.js";
import { Graph } from "./graph.js";
import { toOnnx } from "./onnx-file.js";
import { mul } from "./ops/arithmetic.js";
import { constantOf, square } from "./ops/elementwise.js";
import { sum } from "./ops/reduce.js";
import { runGraph } from "./run-graph.js";
import { openSession, toRuntime } from "./runtime.js";
import { type Shape, sizeOf } from "./tensor.js";

/** Central differences of sum(weights * y), y fetched and added up in double precision so that the differences keep their digits. */
async function checkDerivative({ name, shapes, build, range = [-2, 2] }: Operation): Promise<void> {
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
  g.output("y", y);

  const draw = (shape: Shape, value: () => number): Float32Array => Float32Array.from({ length: sizeOf(shape) }, value);
  const feeds: Record<string, Float32Array> = { weights: draw(y.shape, () => rng.normal()) };
  shapes.forEach((shape, i) => (feeds[`x${i}`] = draw(shape, () => range[0] + (range[1] - range[0]) * rng.next())));
  for (const { tensor, rate } of g.masks) feeds[tensor.name] = draw(tensor.shape, () => (rng.next() < rate ? 0 : 1 / (1 - rate)));

  const session = await openSession(toOnnx(g), { threads: 1 });
  const run = async (values: Readonly<Record<string, Float32Array>>) => {
    const tensors = g.inputs.map(async (tensor) => [tensor.name, await toRuntime(tensor, values[tensor.name] as Float32Array)] as const);
    return session.run(Object.fromEntries(await Promise.all(tensors)));
  };
  const lossAt = async (values: Readonly<Record<string, Float32Array>>): Promise<number> => {
    const value = (await run(values))["y"]?.data as Float32Array;
    return value.reduce((total, v, j) => total + v * (feeds["weights"]?.[j] as number), 0);
  };
  const at = await run(feeds);
  const step = 2 ** -7;
  for (const [i, shape] of shapes.entries()) {
    const stated = at[`d${i}`]?.data as Float32Array;
    expect(stated).toHaveLength(sizeOf(shape));
    for (let j = 0; j < Math.min(sizeOf(shape), 12); j++) {
      const moved = async (by: number): Promise<number> => {
        const x = Float32Array.from(feeds[`x${i}`] as Float32Array);
        x[j] = (x[j] as number) + by;
        return lossAt({ ...feeds, [`x${i}`]: x });
      };
      const difference = ((await moved(step)) - (await moved(-step))) / (2 * step);
      const error = Math.abs(difference - (stated[j] as number));
      expect(error, `d${i}[${j}]: ${difference} by differences, ${stated[j]} stated`).toBeLessThan(3e-3 * (1 + Math.abs(difference)));
    }
  }
  await session.release();
}

describe("derivatives equal central differences", () => {
  it.each(operations.map((operation) => [operation.name, operation] as const))("%s", (_, operation) => checkDerivative(operation));
});

it("every operation has a case", () => {
  const parts = ["scan", "stepBefore", "gemm", "reduceTo"];
  const constants = ["greater", "equal", "indicator", "oneHot", "positionalEncoding", "constantOf"];
  const without = new Set([...parts, ...constants]);
  const covered = new Set(operations.flatMap(({ name }) => name.split(/[ ,]+/)));
  const folder = new URL("./ops/", import.meta.url);
  const sources = readdirSync(folder).flatMap((file) => (file.endsWith(".test.ts") ? [] : [readFileSync(new URL(file, folder), "utf8")]));
  const functions = sources.flatMap((source) => [...source.matchAll(/^export function (\w+)/gm)].map(([, name]) => name as string));
  expect(functions.length).toBeGreaterThan(50);
  expect(functions.filter((name) => !covered.has(name) && !without.has(name))).toEqual([]);
});

it("no gradient flows through a constant", async () => {
  const g = new Graph("training");
  const x = g.input("x", [2]);
  gradient(g, sum(g, mul(g, x, constantOf(g, x)), [0]), [x]).forEach((tensor) => g.output("d", tensor));
  const out = await runGraph(g, { x: Float32Array.of(1, -3) });
  expect([...(out["d"] as Float32Array)]).toEqual([1, -3]);
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
