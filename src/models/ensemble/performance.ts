// Weights by what members did out of sample, as far as they can be told apart: differences that may be chance are shrunk away.
import type { Evidence } from "./evidence.js";
import { meritsOf } from "./merit.js";

const MOST_BATCHES = 20;
/** With fewer the noise of the scores is not known, and nobody is preferred. */
const LEAST_BATCHES = 4;

/** One weight per member, not negative, 1 in all; null when no member is worth anything. */
export function performanceWeights(evidence: Evidence): readonly number[] | null {
  return weightsByMerit(
    evidence.members.map(({ expectedReturn }) => meritsOf(evidence, expectedReturn)),
    labelSpan(evidence),
  );
}

/**
 * Scores are means over moments. Their differences are shrunk by the part of them that noise may explain (in the manner of Efron & Morris
 * 1973), the noise taken from means of batches of moments that are longer than a label; then negative ones count as 0. `span`: moments in a label.
 */
export function weightsByMerit(merits: readonly Float64Array[], span: number): readonly number[] | null {
  const count = merits.length;
  if (count === 1) return [1];
  const known = Int32Array.from((merits[0] as Float64Array).keys()).filter((t) => merits.every((one) => !Number.isNaN(one[t] as number)));
  const scores = merits.map((one) => meanAt(one, known, 0, known.length));
  const middle = scores.reduce((sum, score) => sum + score, 0) / count;
  const between = scores.reduce((sum, score) => sum + (score - middle) ** 2, 0) / (count - 1);
  const length = Math.max(span, Math.ceil(known.length / MOST_BATCHES));
  const batches = Math.floor(known.length / length);
  let kept = 0;
  if (batches >= LEAST_BATCHES && between > 0) {
    let noise = 0;
    for (let b = 0; b < batches; b++) {
      const means = merits.map((one) => meanAt(one, known, b * length, (b + 1) * length));
      const level = means.reduce((sum, mean) => sum + mean, 0) / count;
      means.forEach((mean, m) => (noise += (mean - level - ((scores[m] as number) - middle)) ** 2));
    }
    noise /= batches * (batches - 1) * (count - 1);
    // All the way to equal weights unless chance would rarely (1 in 20) make such differences.
    kept = Math.max(0, 1 - (rareRatio(count - 1, (count - 1) * (batches - 1)) * noise) / between);
  }
  const worth = scores.map((score) => Math.max(0, middle + kept * (score - middle)));
  const total = worth.reduce((sum, one) => sum + one, 0);
  return total > 0 ? worth.map((one) => one / total) : null;
}

/** The 95 % point of F, by cube roots that are nearly normal (Paulson 1942). */
function rareRatio(d1: number, d2: number): number {
  const z = 1.6449;
  const [a, b] = [2 / (9 * d1), 2 / (9 * d2)];
  const root = Math.sqrt((1 - b) ** 2 * a + (1 - a) ** 2 * b - a * b * z * z);
  return (((1 - b) * (1 - a) + z * root) / ((1 - b) ** 2 - b * z * z)) ** 3;
}

function meanAt(values: Float64Array, at: Int32Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[at[i] as number] as number;
  return to > from ? sum / (to - from) : 0;
}

/** Most moments that begin within one label. */
export function labelSpan({ at, endsAt }: Evidence): number {
  let most = 1;
  for (let t = 0, end = 0; t < at.length; t++) {
    while (end < at.length && (at[end] as number) < (endsAt[t] as number)) end++;
    most = Math.max(most, end - t);
  }
  return most;
}
