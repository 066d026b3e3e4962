// The training loop: batch, gradients, one step of the optimizer; validation, early stopping and checkpoints around it. It knows graphs and
// vectors and nothing of blocks and heads. It gives way to the event loop at every step.
import { TruewindError } from "#base/errors.js";
import { moveAverage } from "#models/tensor/average.js";
import type { Graph } from "#models/tensor/graph.js";
import { clipByNorm, createOptimizer } from "#models/tensor/optimizer.js";
import { learningRateAt } from "#models/tensor/schedule.js";
import type { FitContext, SampleSource } from "#ports/model.js";
import { type Batches, momentBatches, sampleBatches } from "./batches.js";
import { diverged } from "./diverged.js";
import type { EpochRecord } from "./epoch-record.js";
import { type LearningGraph, openEvaluator, openLearner, type Score, type Specs, type Vectors } from "./learner.js";
import { createReader } from "./reader.js";
import type { Scales } from "./scales.js";
import type { TrainingConfig } from "./schema.js";
import { solo } from "./solo.js";
import { decodeState, encodeState, startProgress } from "./state.js";
import { type Held, validate } from "./validate.js";

/** PyTorch's momentum of running statistics. */
const STATISTICS_MOMENTUM = 0.1;
/** Steps between two reports of progress within an epoch. */
const REPORT_EVERY = 20;

export interface Training {
  readonly config: TrainingConfig;
  readonly source: SampleSource;
  /** Positions of the samples that are learned from, in the order of time. */
  readonly samples: Int32Array;
  /** What tells when to stop; null: every epoch is trained, and the last one is kept. */
  readonly held: { readonly source: SampleSource; readonly samples: Int32Array } | null;
  /** Decisions that the net looks back on. */
  readonly steps: number;
  readonly scales: Scales;
  /** Standardizes `[row][feature]` in place. */
  readonly standardize: (rows: Float32Array) => void;
  readonly specs: Specs;
  /** Starting values; training moves them. */
  readonly start: Vectors;
  /** Graphs for a given number of samples. */
  readonly learning: (batch: number) => LearningGraph;
  readonly evaluation: (batch: number) => Graph;
  readonly score: Score;
  /** Whether a step learns from whole decision moments. */
  readonly batching: "moments" | "shuffled";
  /** Of settings, data and seed: a checkpoint with another one is refused. */
  readonly fingerprint: string;
}

export interface Trained {
  readonly vectors: Vectors;
  readonly history: readonly EpochRecord[];
}

/**
 * Throws `interrupted`, `diverged`, `out-of-memory`, `worker-lost`, and for a checkpoint that does not fit `data-changed` or
 * `corrupt-artifact`.
 */
export async function train(training: Training, context: FitContext): Promise<Trained> {
  const { config, source, scales, specs, start } = training;
  const { rng, signal, onProgress } = context;
  const exchange = context.exchange ?? solo;
  const { rank, workers } = exchange;
  const checkpoint = context.checkpoint;
  const threads = config.threads ?? 0;

  const batches = batchesOf(training, training.samples, source);
  const held =
    training.held === null ? null : { ...training.held, batches: batchesOf(training, training.held.samples, training.held.source) };
  const share = Math.ceil(batches.batch / workers);
  const reader = createReader(share, training.steps, scales, training.standardize);
  const graph = training.learning(share);
  const learner = await openLearner(graph, specs, start, reader.input, threads);
  const { outcome } = learner;
  const optimizer = createOptimizer(config.optimizer, config.weightDecay, specs.parameters);
  const moved = specs.buffers.filter(({ name }) => graph.statistics.includes(name));

  const { parameters, buffers } = start;
  const averaged = config.ema === null ? null : new Float32Array(parameters.length);
  /** What is validated and kept. */
  const shown = { parameters: averaged ?? parameters, buffers };
  const best = held === null ? null : { parameters: new Float32Array(parameters.length), buffers: new Float32Array(buffers.length) };
  const vectors: Record<string, Float32Array> = { parameters, buffers, ...optimizer.state };
  if (averaged !== null) vectors["averaged"] = averaged;
  if (best !== null) Object.assign(vectors, { bestParameters: best.parameters, bestBuffers: best.buffers });

  const stored = checkpoint?.read() ?? null;
  const progress = stored === null ? startProgress() : decodeState(stored, training.fingerprint, vectors);
  await agree(context, training.fingerprint, progress.step);

  const total = config.epochs * batches.steps;
  const chosen = new Int32Array(share * workers);
  const own = chosen.subarray(rank * share, (rank + 1) * share);

  const measure = { source, steps: training.steps, scales, count: training.samples.length };
  const fail = (what: string): TruewindError => {
    const { epoch, epochStep, step } = progress;
    return diverged(what, { epoch: epoch + 1, step: step + 1, batch: epochStep + 1, batches: batches.steps }, own, measure);
  };

  const save = (): void => {
    if (checkpoint === undefined || rank !== 0) return;
    if (!allFinite(parameters)) throw fail("the parameters are no longer finite");
    checkpoint.write(encodeState(training.fingerprint, { progress, vectors }));
  };

  const pause = (): void => {
    if (signal?.aborted !== true) return;
    save();
    const kept = checkpoint === undefined ? "nothing of it is kept." : "give the same command again, and it goes on from there.";
    throw new TruewindError("interrupted", `Training was stopped behind step ${progress.step} of ${total}: ${kept}`);
  };

  const report = (last: EpochRecord | undefined): void => {
    const metrics: Record<string, number> = { epoch: progress.epoch, step: progress.step, samples: progress.samples };
    if (progress.weightSum > 0) metrics["loss"] = progress.lossSum / progress.weightSum;
    else if (last !== undefined) metrics["loss"] = last.loss;
    for (const name of ["validationLoss", "ic"] as const) {
      const value = last?.[name] ?? null;
      if (value !== null) metrics[name] = value;
    }
    onProgress((progress.epoch + progress.epochStep / batches.steps) / config.epochs, metrics);
  };

  const step = async (): Promise<void> => {
    const real = batches.take(progress.epochStep, chosen);
    const ownReal = Math.max(0, Math.min(share, real - rank * share));
    const ownWeight = reader.read(source, own, ownReal);
    // A share of fillers alone has no mean.
    if (ownWeight > 0) await learner.run(rng.fork(`masks ${progress.step} ${rank}`));
    else outcome.all.fill(0);
    const weight = await exchange.average(outcome.all, ownWeight);
    const { loss, gradient, statistics } = outcome;
    if (!Number.isFinite(loss)) throw fail(`the loss is ${loss}`);
    const norm = clipByNorm(gradient, config.clipNorm);
    if (!Number.isFinite(norm)) throw fail(`the gradient's norm is ${norm}`);

    optimizer.update(parameters, gradient, learningRateAt(progress.step, total, config), progress.step + 1);
    for (const { offset, size } of moved)
      for (let i = offset; i < offset + size; i++)
        buffers[i] = (buffers[i] as number) * (1 - STATISTICS_MOMENTUM) + (statistics[i] as number) * STATISTICS_MOMENTUM;
    if (averaged !== null) moveAverage(averaged, parameters, config.ema as number, progress.step + 1);
    progress.step++;
    progress.epochStep++;
    progress.samples += real;
    progress.lossSum += loss * weight;
    progress.weightSum += weight;
  };

  const evaluator = held === null ? null : await openHeld(training, held, shown, threads);
  try {
    while (progress.epoch < config.epochs && progress.sinceBest < (config.patience ?? Number.POSITIVE_INFINITY)) {
      batches.shuffle(rng.fork(`epoch ${progress.epoch}`));
      while (progress.epochStep < batches.steps) {
        pause();
        await step();
        if (progress.step % config.checkpointEvery === 0) save();
        if (progress.epochStep % REPORT_EVERY === 0) report(progress.history.at(-1));
      }
      const found = evaluator === null ? null : await evaluator.validate(pause);
      if (found !== null && !Number.isFinite(found.loss)) throw fail(`the validation loss is ${found.loss}`);
      progress.history.push({
        epoch: progress.epoch + 1,
        steps: progress.step,
        loss: progress.lossSum / progress.weightSum,
        validationLoss: found?.loss ?? null,
        ic: found?.ic ?? null,
      });
      if (found !== null && best !== null) {
        // The lower the better; predictions that rank nothing are as bad as any.
        const score = config.monitor === "loss" ? found.loss : -(found.ic ?? -1);
        if (progress.bestScore === null || score < progress.bestScore) {
          progress.bestScore = score;
          progress.sinceBest = 0;
          best.parameters.set(shown.parameters);
          best.buffers.set(buffers);
        } else progress.sinceBest++;
      }
      Object.assign(progress, { epoch: progress.epoch + 1, epochStep: 0, lossSum: 0, weightSum: 0 });
      report(progress.history.at(-1));
    }
  } finally {
    await learner.release();
    await evaluator?.release();
  }
  return { vectors: best ?? shown, history: progress.history };
}

function batchesOf({ batching, config }: Training, samples: Int32Array, { asOf }: SampleSource): Batches {
  return batching === "moments" ? momentBatches(samples, asOf, config.batch) : sampleBatches(samples, config.batch);
}

async function openHeld(training: Training, held: Held, shown: Vectors, threads: number) {
  const { batch } = held.batches;
  const reader = createReader(batch, training.steps, training.scales, training.standardize);
  const evaluator = await openEvaluator(training.evaluation(batch), training.score, training.specs, shown, reader.input, threads);
  return {
    validate: (pause: () => void) => validate(held, evaluator, reader, pause),
    release: () => evaluator.release(),
  };
}

/** All processes must train the same thing from the same step: else their mean would be of nothing. */
async function agree({ exchange }: FitContext, fingerprint: string, step: number): Promise<void> {
  if (exchange === undefined) return;
  // Whole numbers below 2^16, whose mean is exact in float32.
  const parts = fingerprint.slice(0, 24).match(/.{4}/g) ?? [];
  const own = [step % 65_536, Math.floor(step / 65_536), ...parts.map((digits) => Number.parseInt(digits, 16))];
  const mean = Float32Array.from(own);
  await exchange.average(mean, 1);
  if (own.some((value, i) => value !== mean[i]))
    throw new TruewindError(
      "data-changed",
      `The ${exchange.workers} processes do not train the same net from the same step: give all of them the same settings, data, seed and checkpoint.`,
    );
}

function allFinite(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
