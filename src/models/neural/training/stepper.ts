// One step of training: the batch, or this process's share of it, its gradients, and what they do to the parameters.
import type { Rng } from "#base/rng.js";
import { moveAverage } from "#models/tensor/average.js";
import { clipByNorm, createOptimizer } from "#models/tensor/optimizer.js";
import { learningRateAt } from "#models/tensor/schedule.js";
import type { GradientExchange } from "#ports/gradient-exchange.js";
import type { Batches } from "./batches.js";
import { openLearner, trainingMemory, type Vectors } from "./learner.js";
import { createReader } from "./reader.js";
import type { Progress } from "./state.js";
import type { Training } from "./training.js";

/** PyTorch's momentum of running statistics. */
const STATISTICS_MOMENTUM = 0.1;

export interface Stepper {
  /** All that steps move, by name. */
  readonly vectors: Readonly<Record<string, Float32Array>>;
  /** What is validated and kept: the averaged parameters where the settings ask for them. */
  readonly shown: Vectors;
  /** The samples of the last batch, those of this process. */
  readonly samples: Int32Array;
  /** Takes the step that `progress` points at and moves it on. Returns what is not a number, and then has moved nothing; else null. */
  take(progress: Progress): Promise<string | null>;
  release(): Promise<void>;
}

/** `batches` are in the order of the present epoch. */
export async function openStepper(
  { config, source, steps, scales, standardize, specs, start, learning, divisible, threads }: Training,
  batches: Batches,
  exchange: GradientExchange,
  rng: Rng,
): Promise<Stepper> {
  const { rank, workers } = exchange;
  const share = Math.ceil(batches.batch / workers);
  const chosen = new Int32Array(share * workers);
  const own = chosen.subarray(rank * share, (rank + 1) * share);
  const reader = createReader(share, steps, scales, standardize);
  const memory = trainingMemory(specs);
  const begin = start();
  const parameters = memory.take(begin.parameters.length);
  parameters.set(begin.parameters);
  const { buffers } = begin;
  const learner = await openLearner({ learning, specs, vectors: { parameters, buffers }, memory, batch: reader.input, threads, divisible });
  const { outcome } = learner;
  const total = config.epochs * batches.steps;
  const optimizer = createOptimizer(config.optimizer, config.weightDecay, specs.parameters, memory);
  const moved = specs.buffers.filter(({ name }) => learner.statistics.includes(name));
  const averaged = config.ema === null ? null : new Float32Array(parameters.length);

  return {
    vectors: { parameters, buffers, ...optimizer.state, ...(averaged === null ? {} : { averaged }) },
    shown: { parameters: averaged ?? parameters, buffers },
    samples: own,
    async take(progress) {
      const real = batches.take(progress.epochStep, chosen);
      const ownWeight = reader.read(source, own, Math.max(0, Math.min(share, real - rank * share)));
      // A share of fillers alone has no mean.
      if (ownWeight > 0) await learner.run(rng.fork(`masks ${progress.step} ${rank}`));
      else outcome.all.fill(0);
      const weight = await exchange.average(outcome.all, ownWeight);
      const { loss, gradient, statistics } = outcome;
      if (!Number.isFinite(loss)) return `the loss is ${loss}`;
      const norm = clipByNorm(gradient, config.clipNorm);
      if (!Number.isFinite(norm)) return `the norm of the gradient is ${norm}`;

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
      return null;
    },
    release: () => learner.release(),
  };
}
