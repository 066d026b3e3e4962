// Loss and gradients of a batch. Parameters are fed, and gradients fetched, as views of flat vectors, so that the optimizer works on whole
// vectors. (Measured beside one flat vector that the graph splits: equal for an LSTM of 25,000 parameters, 1.3x faster for 9.5 million.)
// With several threads each computes a share of the batch on its own: many small operations, as a recurrent net has, gain next to nothing
// when each of them is cut in pieces, and everything when they run side by side.
import type { DropoutMask, Graph } from "#models/tensor/graph.js";
import { toOnnx } from "#models/tensor/onnx-file.js";
import { MOST_MOMENTS } from "#models/tensor/optimizer.js";
import { type ParameterSpec, parameterCount } from "#models/tensor/parameters.js";
import { deviceInUse } from "#models/tensor/runtime.js";
import { VectorMemory } from "#models/tensor/vector-memory.js";
import { SUM_BLOCK, weightedSum } from "#models/tensor/weighted-sum.js";
import type { Rng } from "#base/rng.js";
import { type Helper, openHelper } from "./helper.js";
import { openPart, type PartPlan, type Slot } from "./part.js";

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

export interface LearnerOptions {
  /** Graphs for a given number of samples. */
  readonly learning: (batch: number) => LearningGraph;
  readonly specs: Specs;
  readonly vectors: Vectors;
  /** Holds the outcome. */
  readonly memory: VectorMemory;
  readonly batch: BatchInput;
  readonly threads: number;
  /** False where the loss compares samples of a batch with each other: then one session takes the whole of it. */
  readonly divisible: boolean;
}

/** `[gradient][loss][statistics]`: one vector, so that processes exchange it in one go. */
export class Outcome {
  readonly all: Float32Array;
  readonly gradient: Float32Array;
  /** As long as the buffers; meaningful where a buffer has a statistic. */
  readonly statistics: Float32Array;

  constructor(specs: Specs, memory: VectorMemory) {
    const parameters = parameterCount(specs.parameters);
    this.all = memory.take(parameters + 1 + parameterCount(specs.buffers));
    this.gradient = this.all.subarray(0, parameters);
    this.statistics = this.all.subarray(parameters + 1);
  }

  get loss(): number {
    return this.all[this.gradient.length] as number;
  }
}

/** Memory for parameters, what an optimizer remembers of them, and the outcome of a step. */
export function trainingMemory(specs: Specs): VectorMemory {
  const parameters = parameterCount(specs.parameters);
  return new VectorMemory((2 + MOST_MOMENTS) * parameters + 1 + parameterCount(specs.buffers) + SUM_BLOCK);
}

export interface Learner {
  readonly outcome: Outcome;
  /** Names of the buffers that the outcome has a statistic of. */
  readonly statistics: readonly string[];
  /** Writes loss, gradients and statistics of the batch at the present parameters into `outcome`. */
  run(rng: Rng): Promise<void>;
  release(): Promise<void>;
}

/** A smaller share is not worth a thread. */
const LEAST_SHARE = 8;

/** How many threads take a share of the batch; batch norm, too, wants the batch whole. */
export function sharesOf(batch: number, threads: number, divisible: boolean): number {
  return divisible ? Math.max(1, Math.min(threads, Math.floor(batch / LEAST_SHARE))) : 1;
}

export async function openLearner(options: LearnerOptions): Promise<Learner> {
  const { learning, specs, batch, threads } = options;
  const rows = batch.y.length;
  const whole = learning(rows);
  // A device other than the CPU takes the batch whole: one queue feeds it, however many threads there are.
  const divisible = options.divisible && whole.statistics.length === 0 && deviceInUse() === "cpu";
  const shares = sharesOf(rows, threads, divisible);
  const bounds = Array.from({ length: shares + 1 }, (_, i) => Math.round((i * rows) / shares));
  const outcome = new Outcome(specs, options.memory);
  const addShare = weightedSum(options.memory);
  const plans = bounds.slice(1).map((to, i) => {
    const from = bounds[i] as number;
    const plan = planOf(shares === 1 ? whole : learning(to - from), options, { from, to }, outcome);
    return { plan: { ...plan, threads: shares === 1 ? threads : Math.max(1, Math.floor(threads / shares)) }, from, to };
  });
  const [first, ...rest] = plans as [(typeof plans)[number], ...typeof plans];
  const own = await openPart(first.plan);
  const helpers: Helper[] = [];
  const release = async (): Promise<void> => {
    await Promise.all([own.release(), ...helpers.map((helper) => helper.release())]);
  };
  try {
    for (const { plan } of rest) helpers.push(await openHelper(plan));
  } catch (error) {
    await release();
    throw error;
  }
  const weightOf = ({ from, to }: { readonly from: number; readonly to: number }): number => {
    let sum = 0;
    for (let row = from; row < to; row++) sum += batch.weight[row] as number;
    return sum;
  };
  return {
    outcome,
    statistics: whole.statistics,
    async run(rng) {
      helpers.forEach((helper, i) => helper.begin(rng.fork(`share ${i + 1}`)));
      await own.run(rng);
      if (helpers.length === 0) return;
      const weights = plans.map(weightOf);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      for (const [i, helper] of helpers.entries()) {
        const before = i === 0 ? (weights[0] as number) / total : 1;
        // A share of fillers alone has no mean, and counts for nothing.
        addShare(outcome.all, before, await helper.finish(), (weights[i + 1] as number) / total);
      }
    },
    release,
  };
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Views of the samples `from` to `to`, of all parameters, and of the outcome. */
function planOf({ graph, masks, statistics }: LearningGraph, { specs, vectors, batch }: LearnerOptions, range: Range, outcome: Outcome) {
  const rows = batch.y.length;
  const parameters = new Map(specs.parameters.map((spec) => [spec.name, spec]));
  const feeds: Slot[] = [];
  for (const { name, shape } of graph.inputs) {
    const parameter = parameters.get(name);
    if (parameter !== undefined) feeds.push({ name, shape, values: viewOf(parameter, vectors.parameters) });
    else if (Object.hasOwn(batch, name)) {
      const values = batch[name as keyof BatchInput];
      const width = values.length / rows;
      feeds.push({ name, shape, values: values.subarray(range.from * width, range.to * width) });
    }
  }
  const { length } = outcome.gradient;
  // In the order of the outcome.
  const fetches = specs.parameters.map(
    (spec): Slot => ({ name: `gradient.${spec.name}`, shape: spec.shape, values: viewOf(spec, outcome.gradient) }),
  );
  fetches.push({ name: "loss", shape: [], values: outcome.all.subarray(length, length + 1) });
  for (const spec of specs.buffers)
    if (statistics.includes(spec.name))
      fetches.push({ name: `statistic.${spec.name}`, shape: spec.shape, values: viewOf(spec, outcome.statistics) });
  const drawn = masks.map(({ tensor: { name, shape }, rate }) => ({ name, shape, rate }));
  return { model: toOnnx(graph), feeds, fetches, masks: drawn } satisfies Omit<PartPlan, "threads">;
}

function viewOf({ offset, size }: ParameterSpec, vector: Float32Array): Float32Array {
  return vector.subarray(offset, offset + size);
}
