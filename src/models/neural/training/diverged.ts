// Why a training met a loss or a gradient that is no number: which batch, and which of its numbers stands out.
import { TruewindError } from "#base/errors.js";
import type { SampleSource } from "#ports/model.js";
import type { Scales } from "./scales.js";

/**
 * Deviations beyond which a value is an accident of the data: it alone makes a quarter of the variance of all `count` values, whose square
 * root is the most that any can reach, or lies 1000 deviations out.
 */
function absurd(count: number): number {
  return Math.max(10, Math.min(1000, Math.sqrt(count) / 2));
}

/** What the batch and its numbers are measured by. */
export interface Measure {
  readonly source: SampleSource;
  /** Decisions that the net looks back on. */
  readonly steps: number;
  readonly scales: Scales;
  /** Number of training samples, which the scales are of. */
  readonly count: number;
}

/** `what`: "the loss is NaN". `place`: "in epoch 1 at step 2 (batch 2 of 9)". `samples`: those of the batch. */
export function diverged(what: string, place: string, samples: Int32Array, measure: Measure): TruewindError {
  return new TruewindError("diverged", `Training diverged ${place}: ${what}; ${causeIn(samples, measure)}.`);
}

function causeIn(samples: Int32Array, { source, steps, scales: { mean, inverseDeviation, label }, count }: Measure): string {
  const limit = absurd(count);
  for (const sample of samples) {
    const y = source.y[sample] as number;
    const apart = Math.abs(y - label.mean) / label.scale;
    if (apart >= limit)
      return `the label of sample ${sample} is ${y}, ${apart.toPrecision(3)} deviations from the mean: look at its source`;
  }
  const { features } = source;
  const k = features.length;
  const rows = new Float32Array(samples.length * steps * k);
  source.gather(samples, steps, rows);
  let largest = 0;
  let at = -1;
  for (let i = 0; i < rows.length; i++) {
    const apart = Math.abs(((rows[i] as number) - (mean[i % k] as number)) * (inverseDeviation[i % k] as number));
    if (apart > largest) {
      largest = apart;
      at = i;
    }
  }
  if (at < 0) return "nothing is known of any feature in this batch, so training.learningRate is too high";
  const outlier = `${rows[at]} of feature ${features[at % k]}, ${largest.toPrecision(3)} deviations from the mean`;
  return largest >= limit
    ? `the largest value of the batch is ${outlier}: look at its source`
    : `the inputs are fine (the largest value of the batch is ${outlier}), so training.learningRate is too high`;
}
