// How well the net does on what is held out: the loss, and the rank correlation of predictions and labels.
import { rankCorrelation } from "#models/samples/moments.js";
import { openEvaluator } from "./evaluator.js";
import type { Vectors } from "./learner.js";
import { createReader } from "./reader.js";
import { batchesOf, type Held, type Training } from "./training.js";

export interface Validation {
  readonly loss: number;
  readonly ic: number | null;
}

export interface Validator {
  /** Of the last batch. */
  readonly samples: Int32Array;
  /** `pause` is called before each step and may throw. Ends at the first batch whose loss is no number, and gives that. */
  validate(pause: () => void): Promise<Validation>;
  release(): Promise<void>;
}

/** `held.samples` are in the order of time; `shown`: what is measured, now and whenever it has changed. */
export async function openValidator(training: Training, { source, samples }: Held, shown: Vectors): Promise<Validator> {
  const { steps, scales, standardize, evaluation, score, specs, threads } = training;
  const batches = batchesOf(training, samples, source);
  const reader = createReader(batches.batch, steps, scales, standardize);
  const evaluator = await openEvaluator(evaluation(batches.batch), score, specs, shown, reader.input, threads);
  const chosen = new Int32Array(batches.batch);
  const predictions = new Float64Array(samples.length);
  return {
    samples: chosen,
    async validate(pause) {
      let lossSum = 0;
      let weightSum = 0;
      for (let step = 0, at = 0; step < batches.steps; step++) {
        pause();
        const real = batches.take(step, chosen);
        const weight = reader.read(source, chosen, real);
        await evaluator.run();
        // Samples that all weigh nothing have no mean.
        if (weight > 0) {
          if (!Number.isFinite(evaluator.loss)) return { loss: evaluator.loss, ic: null };
          lossSum += evaluator.loss * weight;
          weightSum += weight;
        }
        for (let i = 0; i < real; i++) predictions[at++] = evaluator.score(i);
      }
      return { loss: lossSum / weightSum, ic: rankCorrelation(source, samples, predictions) };
    },
    release: () => evaluator.release(),
  };
}
