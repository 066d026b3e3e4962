// What holds for every graph, whatever is in it.
import { describe, expect, it } from "vitest";
import { type Operation, operations } from "#test/fixtures/operations.js";
import { gradient } from "./gradient.js";
import { Graph, type Node, type Purpose } from "./graph.js";
import { toOnnx } from "./onnx-file.js";
import { add } from "./ops/arithmetic.js";
import { reshape } from "./ops/shape.js";
import { runGraph } from "./run-graph.js";
import { openSession, toRuntime } from "./runtime.js";
import { BATCH, sizeOf } from "./tensor.js";

function buildGraph(purpose: Purpose, { shapes, build }: Operation): Graph {
  const g = new Graph(purpose);
  const inputs = shapes.map((shape, i) => g.input(`x${i}`, shape));
  const y = build(g, ...inputs);
  g.output("y", y);
  if (purpose === "training") gradient(g, y, inputs).forEach((tensor, i) => g.output(`d${i}`, tensor));
  return g;
}

/** Nodes of the graph and of the bodies of its loops. */
function allNodes({ nodes }: Graph): readonly Node[] {
  return nodes.flatMap((node) => [
    node,
    ...Object.values(node.attributes).flatMap((value) => (typeof value === "object" && "graph" in value ? allNodes(value.graph) : [])),
  ]);
}

const named = operations.map((operation) => [operation.name, operation] as const);

describe("for every operation", () => {
  it.each(named)("inference of %s needs standard operators alone", (_, operation) => {
    const foreign = allNodes(buildGraph("inference", operation)).filter(({ domain }) => domain !== "");
    expect(foreign).toEqual([]);
  });

  it.each(named)("names within %s are unique", (_, operation) => {
    for (const purpose of ["training", "inference"] as const) {
      const names = allNodes(buildGraph(purpose, operation)).flatMap(({ outputs }) => outputs);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it.each(named)("%s gives the same bytes twice", (_, operation) => {
    for (const purpose of ["training", "inference"] as const)
      expect(Buffer.compare(toOnnx(buildGraph(purpose, operation)), toOnnx(buildGraph(purpose, operation)))).toBe(0);
  });

  it.each(named)("%s computes the same while training and in inference", async (_, operation) => {
    // Masks are drawn by whoever trains.
    if (buildGraph("training", operation).masks.length > 0) return;
    const [low, high] = operation.range ?? [-2, 2];
    const feeds = Object.fromEntries(
      operation.shapes.map((shape, i) => {
        const size = sizeOf(shape);
        return [`x${i}`, Float32Array.from({ length: size }, (_value, j) => low + ((high - low) * (j * 7 + i + 0.5)) / (7 * size + i + 1))];
      }),
    );
    const [trained, inferred] = [
      await runGraph(buildGraph("training", operation), feeds),
      await runGraph(buildGraph("inference", operation), feeds),
    ];
    const expected = trained["y"] as Float32Array;
    expected.forEach((value, i) => expect(inferred["y"]?.[i]).toBeCloseTo(value, 5));
  });
});

it("an inference graph refuses operators of the runtime's own", () => {
  const g = new Graph("inference");
  const x = g.input("x", [1]);
  expect(() => g.emit("FusedMatMul", [x, x], [1], { domain: "com.microsoft" })).toThrow("no standard operator");
});

it("an inference graph runs at any size of batch", async () => {
  const g = new Graph("inference");
  const x = g.input("x", [BATCH, 2, 3]);
  g.output("y", reshape(g, add(g, x, g.scalar(1)), [BATCH * 2, 3]));
  const session = await openSession(toOnnx(g), { threads: 1 });
  for (const batch of [1, 5]) {
    const { y } = await session.run({ x: await toRuntime({ shape: [batch, 2, 3] }, new Float32Array(batch * 6)) });
    expect(y?.dims).toEqual([batch * 2, 3]);
  }
  await session.release();
});

it("a small constant is written once, however often it is used", () => {
  const g = new Graph("inference");
  const x = g.input("x", [1]);
  g.output("y", add(g, add(g, x, g.scalar(0.5)), g.scalar(0.5)));
  expect(g.initializers).toHaveLength(1);
});
