// The mean of information coefficients over decisions, and whether it differs from zero.
import { mean, neweyWestLags, neweyWestVariance, standardDeviation } from "./long-run-variance.js";

export interface MeanIc {
  /** Null when there is no value. */
  readonly mean: number | null;
  /** Newey-West t statistic; null with fewer than 10 values or when they do not vary. */
  readonly tStat: number | null;
}

/** `overlap`: how many decisions later a label still overlaps with this one's (0 for a horizon of one decision interval). */
export function meanIc(values: readonly number[], overlap: number): MeanIc {
  if (values.length === 0) return { mean: null, tStat: null };
  const centre = mean(values);
  if (values.length < 10) return { mean: centre, tStat: null };
  const variance = neweyWestVariance(values, neweyWestLags(values.length, overlap));
  return { mean: centre, tStat: variance > 1e-30 ? centre / Math.sqrt(variance / values.length) : null };
}

export interface IcSummary extends MeanIc {
  /** Mean over standard deviation (ICIR); null with fewer than two values or when they do not vary. */
  readonly ratio: number | null;
}

/** `overlap` as of `meanIc`. */
export function summarizeIc(values: readonly number[], overlap: number): IcSummary {
  const summary = meanIc(values, overlap);
  const ratio = summary.mean === null ? Number.NaN : summary.mean / standardDeviation(values);
  return { ...summary, ratio: Number.isFinite(ratio) ? ratio : null };
}
