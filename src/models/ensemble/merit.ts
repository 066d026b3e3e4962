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

/** How merit is told, and the unit of what directions earn: three mean absolute labels. */
export interface Yardstick {
  readonly measure: EnsembleReport["measure"];
  readonly unit: number;
}

export function yardstickOf(evidence: Evidence): Yardstick {
  const { y, rows } = evidence.facts;
  return { measure: measureOf(evidence), unit: (3 * y.reduce((sum, label) => sum + Math.abs(label), 0)) / Math.max(1, rows) };
}

/**
 * Per moment. Rank correlation: Spearman's, of prediction and label over names (0 where the predictions or the labels do not differ).
 * Direction: what following the sign would have earned, in units. NaN where there is nothing to tell.
 */
export function meritsOf(evidence: Evidence, predictions: Float64Array): Float64Array {
  const { facts, starts } = evidence;
  const yardstick = yardstickOf(evidence);
  return Float64Array.from({ length: starts.length - 1 }, (_, t) => {
    const [from, to] = [starts[t] as number, starts[t + 1] as number];
    return meritAt(yardstick, predictions.subarray(from, to), facts.y.subarray(from, to));
  });
}

/** Of one moment; NaN in either array: not known. */
export function meritAt({ measure, unit }: Yardstick, predictions: Float64Array, labels: Float64Array): number {
  const known: number[] = [];
  for (let row = 0; row < labels.length; row++)
    if (!Number.isNaN(predictions[row] as number) && !Number.isNaN(labels[row] as number)) known.push(row);
  if (known.length < (measure === "direction" ? 1 : LEAST_NAMES)) return Number.NaN;
  if (measure === "rank correlation") return spearman(predictions, labels) ?? 0;
  if (unit === 0) return 0;
  const earned = known.reduce((sum, row) => sum + Math.sign(predictions[row] as number) * (labels[row] as number), 0) / known.length;
  return Math.max(-1, Math.min(1, earned / unit));
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
