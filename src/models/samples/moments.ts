// Samples by decision moment: where the moments begin, and how well predictions order the labels within them.
import { spearman } from "#base/correlation.js";
import type { SampleFacts } from "#ports/model.js";

/** Where each decision moment begins within `samples`, and the end behind the last. */
export function momentStarts(samples: Int32Array, asOf: Float64Array): Int32Array {
  const starts: number[] = [];
  for (let i = 0; i < samples.length; i++) if (i === 0 || asOf[samples[i] as number] !== asOf[samples[i - 1] as number]) starts.push(i);
  return Int32Array.from([...starts, samples.length]);
}

/**
 * Mean of Spearman's correlation over the decision moments; over all samples at once where no moment has three of them. Null when the
 * predictions do not differ. `predictions`: one per sample.
 */
export function rankCorrelation(
  { y, asOf }: Pick<SampleFacts, "asOf" | "y">,
  samples: Int32Array,
  predictions: Float64Array,
): number | null {
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
