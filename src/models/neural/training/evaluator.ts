// The session of the evaluation graph: loss and predictions of samples that are not learned from.
import type { Graph } from "#models/tensor/graph.js";
import { withinMemory } from "#models/tensor/memory.js";
import { toOnnx } from "#models/tensor/onnx-file.js";
import type { ParameterSpec } from "#models/tensor/parameters.js";
import { openSession, toRuntime } from "#models/tensor/runtime.js";
import type { BatchInput, Specs, Vectors } from "./learner.js";

export interface Evaluator {
  readonly loss: number;
  /** What the net says of the label of a sample of the batch, as one number. */
  score(sample: number): number;
  run(): Promise<void>;
  release(): Promise<void>;
}

/** How predictions are read as one number per sample. */
export interface Score {
  /** Output of the evaluation graph, `[batch]` or `[batch][width]`. */
  readonly output: string;
  readonly width: number;
  readonly of: (values: Float32Array, sample: number) => number;
}

export async function openEvaluator(
  graph: Graph,
  score: Score,
  specs: Specs,
  vectors: Vectors,
  batch: BatchInput,
  threads: number,
): Promise<Evaluator> {
  const session = await withinMemory("the validation graph", () => openSession(toOnnx(graph), { threads }));
  const feeds = await toFeeds(graph, specs, vectors, batch);
  const loss = new Float32Array(1);
  const rows = batch.y.length;
  const prediction = new Float32Array(rows * score.width);
  const shape = graph.outputs.find(({ name }) => name === score.output)?.shape ?? [rows];
  const fetches: Feeds = { loss: await toRuntime({ shape: [] }, loss), [score.output]: await toRuntime({ shape }, prediction) };
  return {
    get loss() {
      return loss[0] as number;
    },
    score: (sample) => score.of(prediction, sample),
    async run() {
      await withinMemory("a validation step", () => session.run(feeds, fetches));
    },
    release: () => session.release(),
  };
}

type Feeds = Record<string, Awaited<ReturnType<typeof toRuntime>>>;

/** One tensor per input of the graph. */
async function toFeeds(graph: Graph, specs: Specs, vectors: Vectors, batch: BatchInput): Promise<Feeds> {
  const feeds: Feeds = {};
  const parameters = new Map(specs.parameters.map((spec) => [spec.name, spec]));
  const buffers = new Map(specs.buffers.map((spec) => [spec.name, spec]));
  for (const tensor of graph.inputs) {
    const parameter = parameters.get(tensor.name);
    const buffer = buffers.get(tensor.name);
    if (parameter !== undefined) feeds[tensor.name] = await viewOf(parameter, vectors.parameters);
    else if (buffer !== undefined) feeds[tensor.name] = await viewOf(buffer, vectors.buffers);
    else if (Object.hasOwn(batch, tensor.name)) feeds[tensor.name] = await toRuntime(tensor, batch[tensor.name as keyof BatchInput]);
  }
  return feeds;
}

function viewOf({ shape, offset, size }: ParameterSpec, vector: Float32Array): Promise<Awaited<ReturnType<typeof toRuntime>>> {
  return toRuntime({ shape }, vector.subarray(offset, offset + size));
}
