// How good predictions were at each decision moment: a number in [-1, 1] in which members are compared, whatever the units they speak in.
import { spearman } from "#base/correlation.js";
import type { EnsembleReport } from "#domain/ensemble-report.js";
import type { Evidence } from "./evidence.js";

/** Fewer names than this cannot be ranked. */
const LEAST_NAMES = 3;

/** Ranks where moments have names to rank; else directions. */
export function measureOf({ starts }: Evidence): EnsembleReport["measure"] {
  for (let t = 0; t + 1 < starts.length; t++)
    if ((starts[t + 1] as number) - (starts[t] as number) >= LEAST_NAMES) return "rank correlation";
  return "direction";
}

/**
 * Per moment. Rank correlation: Spearman's, of prediction and label over names (0 where the predictions or the labels do not differ).
 * Direction: what following the sign would have earned, in units of three mean absolute labels. NaN where there is nothing to tell.
 */
export function meritsOf(evidence: Evidence, predictions: Float64Array): Float64Array {
  const { facts, starts } = evidence;
  const ranked = measureOf(evidence) === "rank correlation";
  const unit = (3 * facts.y.reduce((sum, label) => sum + Math.abs(label), 0)) / Math.max(1, facts.rows);
  return Float64Array.from({ length: starts.length - 1 }, (_, t) => {
    const [from, to] = [starts[t] as number, starts[t + 1] as number];
    const known: number[] = [];
    for (let row = from; row < to; row++) if (!Number.isNaN(predictions[row] as number)) known.push(row);
    if (known.length < (ranked ? LEAST_NAMES : 1)) return Number.NaN;
    const said = Float64Array.from(known, (row) => predictions[row] as number);
    const labels = Float64Array.from(known, (row) => facts.y[row] as number);
    if (ranked) return spearman(said, labels) ?? 0;
    if (unit === 0) return 0;
    const earned = said.reduce((sum, prediction, i) => sum + Math.sign(prediction) * (labels[i] as number), 0) / known.length;
    return Math.max(-1, Math.min(1, earned / unit));
  });
}

/** Over the moments that tell something; null when none does. */
export function meanMerit(merits: Float64Array): number | null {
  let sum = 0;
  let count = 0;
  for (const merit of merits) {
    if (Number.isNaN(merit)) continue;
    sum += merit;
    count++;
  }
  return count === 0 ? null : sum / count;
}
