// Runs a graph once on given values: for checks and small computations, not for training, which keeps its session.
import type { Graph } from "./graph.js";
import { toOnnx } from "./onnx-file.js";
import { openSession, toRuntime } from "./runtime.js";

/** Values of the graph's outputs by name. `feeds` holds one array per input of the graph. */
export async function runGraph(
  graph: Graph,
  feeds: Readonly<Record<string, Float32Array>>,
): Promise<Readonly<Record<string, Float32Array>>> {
  const session = await openSession(toOnnx(graph), { threads: 1 });
  const tensors = await Promise.all(graph.inputs.map((tensor) => toRuntime(tensor, feeds[tensor.name] as Float32Array)));
  const results = await session.run(Object.fromEntries(graph.inputs.map(({ name }, i) => [name, tensors[i] as (typeof tensors)[number]])));
  await session.release();
  return Object.fromEntries(graph.outputs.map(({ name }) => [name, results[name]?.data as Float32Array]));
}
