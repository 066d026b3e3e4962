// The session of the training graph. Parameters are fed, and gradients fetched, as views of flat vectors: nothing is copied on the way in
// or out, and the optimizer works on whole vectors. (Measured beside one flat vector that the graph splits: equal for an LSTM of 25,000
// parameters, 1.3x faster for 9.5 million.)
import type { DropoutMask, Graph } from "#models/tensor/graph.js";
import { toOnnx } from "#models/tensor/onnx-file.js";
import { type ParameterSpec, parameterCount } from "#models/tensor/parameters.js";
import { openSession, toRuntime } from "#models/tensor/runtime.js";
import { sizeOf } from "#models/tensor/tensor.js";
import type { Rng } from "#base/rng.js";
import { fillMask } from "./masks.js";
import { withinMemory } from "#models/tensor/memory.js";

export interface Specs {
  readonly parameters: readonly ParameterSpec[];
  readonly buffers: readonly ParameterSpec[];
}

export interface Vectors {
  readonly parameters: Float32Array;
  readonly buffers: Float32Array;
}

/** What a batch feeds besides parameters. */
export interface BatchInput {
  /** `[batch][step][feature]`, standardized. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly weight: Float32Array;
  /** Number of the decision moment, from 0 within the batch, where samples of one moment stand together. */
  readonly moment: Float32Array;
}

export interface LearningGraph {
  readonly graph: Graph;
  readonly masks: readonly DropoutMask[];
  /** Names of the buffers that have a `statistic.NAME`. */
  readonly statistics: readonly string[];
}

/** `[gradient][loss][statistics]`: one vector, so that processes exchange it in one go. */
export class Outcome {
  readonly all: Float32Array;
  readonly gradient: Float32Array;
  /** As long as the buffers; meaningful where a buffer has a statistic. */
  readonly statistics: Float32Array;

  constructor(specs: Specs) {
    const parameters = parameterCount(specs.parameters);
    this.all = new Float32Array(parameters + 1 + parameterCount(specs.buffers));
    this.gradient = this.all.subarray(0, parameters);
    this.statistics = this.all.subarray(parameters + 1);
  }

  get loss(): number {
    return this.all[this.gradient.length] as number;
  }
}

export interface Learner {
  readonly outcome: Outcome;
  /** Writes loss, gradients and statistics of the batch at the present parameters into `outcome`. */
  run(rng: Rng): Promise<void>;
  release(): Promise<void>;
}

export async function openLearner(
  { graph, masks, statistics }: LearningGraph,
  specs: Specs,
  vectors: Vectors,
  batch: BatchInput,
  threads: number,
): Promise<Learner> {
  const session = await withinMemory("the training graph", () => openSession(toOnnx(graph), { threads }));
  const outcome = new Outcome(specs);
  const drawn = masks.map(({ tensor, rate }) => ({ tensor, rate, values: new Float32Array(sizeOf(tensor.shape)) }));
  const feeds = await toFeeds(graph, specs, vectors, batch);
  for (const { tensor, values } of drawn) feeds[tensor.name] = await toRuntime(tensor, values);
  const fetches: Feeds = {
    loss: await toRuntime({ shape: [] }, outcome.all.subarray(outcome.gradient.length, outcome.gradient.length + 1)),
  };
  for (const spec of specs.parameters) fetches[`gradient.${spec.name}`] = await viewOf(spec, outcome.gradient);
  for (const spec of specs.buffers)
    if (statistics.includes(spec.name)) fetches[`statistic.${spec.name}`] = await viewOf(spec, outcome.statistics);
  return {
    outcome,
    async run(rng) {
      drawn.forEach(({ values, rate }, i) => fillMask(values, rate, rng.fork(`${i}`)));
      await withinMemory("a training step", () => session.run(feeds, fetches));
    },
    release: () => session.release(),
  };
}

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

/** One tensor per input of the graph, except for masks. */
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
