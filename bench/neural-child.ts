// Our side of one net of `npm run bench -- neural`, in a process of its own: answers the same requests as bench/peers/neural_torch.py,
// one JSON line in, one JSON line out. All of it is the product's own road: settings, graphs, learner, optimizer, kept file.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { createRng } from "#base/rng.js";
import { netSpecs, trainingGraph } from "#models/neural/graphs.js";
import { parseNeuralConfig } from "#models/neural/config.js";
import { saveNet } from "#models/neural/artifact.js";
import { toNeuralModel } from "#models/neural/predict.js";
import { openStream } from "#models/neural/streaming/stream.js";
import { openLearner, trainingMemory } from "#models/neural/training/learner.js";
import { createOptimizer } from "#models/tensor/optimizer.js";
import { drawParameters, parameterCount } from "#models/tensor/parameters.js";
import { GraphRunner } from "#models/tensor/runner.js";
import { netCaseOf } from "./neural-cases.js";

interface Request {
  readonly do: "memory" | "train" | "latency" | "throughput" | "stream";
  /** Length of a round, 1 when left out. */
  readonly seconds?: number;
}

const [name, threadsText = "2"] = process.argv.slice(2);
const threads = Number(threadsText);
const net = netCaseOf(name);
const shape = { features: net.features, steps: net.steps };
const config = parseNeuralConfig({
  steps: net.steps,
  blocks: net.blocks,
  training: { batch: net.batch, optimizer: { kind: "adam" }, weightDecay: 0, clipNorm: null, schedule: "constant", threads },
});
const specs = netSpecs(config, shape);
const rng = createRng("bench");
const memory = trainingMemory(specs);
const values = { parameters: memory.take(parameterCount(specs.parameters)), buffers: drawParameters(specs.buffers, rng) };
values.parameters.set(drawParameters(specs.parameters, rng));
const normalization = {
  mean: new Float32Array(net.features),
  inverseDeviation: new Float32Array(net.features).fill(1),
  clip: 10,
  label: { mean: 0, scale: 1 },
};
const draw = (length: number): Float32Array => Float32Array.from({ length }, () => rng.normal());

/** Sorted milliseconds of each call, at least `least` of them. */
async function timed(call: () => Promise<unknown>, seconds: number, least: number): Promise<readonly number[]> {
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  while (times.length < least || performance.now() < end) {
    const startedAt = performance.now();
    await call();
    times.push(performance.now() - startedAt);
  }
  return times.sort((a, b) => a - b);
}

const quantile = (times: readonly number[], q: number): number => times[Math.min(times.length - 1, Math.floor(q * times.length))] as number;

/** Zero gradients, forward, loss, backward, Adam. */
async function trainingStep(): Promise<() => Promise<void>> {
  const rows = net.batch;
  const batch = {
    x: draw(rows * net.steps * net.features),
    y: draw(rows),
    weight: new Float32Array(rows).fill(1),
    moment: new Float32Array(rows),
  };
  const learning = (size: number) => trainingGraph(config, specs, shape, size, normalization.label);
  const learner = await openLearner({ learning, specs, vectors: values, memory, batch, threads, divisible: true });
  const optimizer = createOptimizer(config.training.optimizer, 0, specs.parameters, memory);
  let step = 0;
  return async () => {
    await learner.run(rng.fork(`${step}`));
    optimizer.update(values.parameters, learner.outcome.gradient, 1e-3, ++step);
  };
}

function predictor(rows: number): () => Promise<unknown> {
  const runner = new GraphRunner(artifact(), "features");
  const x = draw(rows * net.steps * net.features);
  return () => runner.run(x, rows, [net.steps, net.features], ["return"]);
}

async function streamStep(): Promise<() => Promise<unknown>> {
  const stream = await openStream(toNeuralModel(artifact()));
  const x = draw(net.features);
  return () => stream.push(x);
}

const artifact = (): Uint8Array =>
  saveNet({
    config,
    features: Array.from({ length: net.features }, (_, i) => `f${i}`),
    values,
    normalization,
    history: [],
    labelMagnitude: 1,
  });

const made = new Map<string, () => Promise<unknown>>();

async function callOf(kind: Request["do"]): Promise<() => Promise<unknown>> {
  let call = made.get(kind);
  if (call === undefined) {
    call = kind === "train" ? await trainingStep() : kind === "stream" ? await streamStep() : predictor(kind === "latency" ? 1 : 512);
    for (let i = 0; i < 3; i++) await call();
    made.set(kind, call);
  }
  await call();
  return call;
}

async function answer({ do: kind, seconds = 1 }: Request): Promise<Readonly<Record<string, number>>> {
  if (kind === "memory") {
    const step = await trainingStep();
    for (let i = 0; i < 10; i++) await step();
    return { mb: Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024 };
  }
  const times = await timed(await callOf(kind), seconds, kind === "latency" || kind === "stream" ? 200 : 3);
  if (kind === "train") return { ms: quantile(times, 0.5) };
  if (kind === "throughput") return { per_s: (512 / quantile(times, 0.5)) * 1000 };
  return { p50_us: quantile(times, 0.5) * 1000, p99_us: quantile(times, 0.99) * 1000 };
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line) as Request))}\n`);
}
