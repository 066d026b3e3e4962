// How well the net does on what is held out: the loss, and the rank correlation of predictions and labels.
import { spearman } from "#base/rank-correlation.js";
import type { SampleSource } from "#ports/model.js";
import { momentStarts } from "./batches.js";
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

/**
 * Mean of Spearman's correlation over the decision moments; over all samples at once where no moment has three of them. Null when the
 * predictions do not differ.
 */
function rankCorrelation({ y, asOf }: SampleSource, samples: Int32Array, predictions: Float64Array): number | null {
  const labels = Float64Array.from(samples, (sample) => y[sample] as number);
  const starts = momentStarts(samples, asOf);
  let sum = 0;
  let moments = 0;
  let ranked = false;
  for (let moment = 0; moment + 1 < starts.length; moment++) {
    const [start, end] = [starts[moment] as number, starts[moment + 1] as number];
    if (end - start < 3) continue;
    ranked = true;
    const value = spearman(predictions.subarray(start, end), labels.subarray(start, end));
    if (value === null) continue;
    sum += value;
    moments++;
  }
  if (!ranked) return spearman(predictions, labels);
  return moments === 0 ? null : sum / moments;
}
