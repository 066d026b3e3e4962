// The information coefficient of out-of-sample predictions, decision by decision, and how it fades with the horizon.
import { spearman } from "#base/correlation.js";
import type { FrameStore } from "#research/dataset/frame-store.js";
import { type Labels, returnsOf } from "#research/labels/forward-return.js";
import { mean } from "./long-run-variance.js";

export interface InformationSeries {
  /** Positions in `frames.decisions`. */
  readonly decisions: readonly number[];
  /** Correlation of prediction and the return that followed, in [-1, 1]. */
  readonly values: readonly number[];
}

/**
 * `predictions` has one entry per row of the store, NaN where there is none. Decisions with fewer than three pairs are left out. The rank IC
 * unless another correlation is given.
 */
export function informationCoefficients(
  frames: FrameStore,
  predictions: Float64Array,
  labels: Labels,
  correlation: (a: Float64Array, b: Float64Array) => number | null = spearman,
): InformationSeries {
  const decisions: number[] = [];
  const values: number[] = [];
  const followed = returnsOf(labels);
  for (let d = 0; d < frames.decisions.length; d++) {
    const first = frames.firstRow[d] as number;
    const end = frames.firstRow[d + 1] as number;
    const value = correlation(predictions.subarray(first, end), followed.subarray(first, end));
    if (value === null) continue;
    decisions.push(d);
    values.push(value);
  }
  return { decisions, values };
}

/** Rank IC by position of its decision. */
export type RankIcs = ReadonlyMap<number, number>;

/** As of `informationCoefficients`. */
export function rankIcs(frames: FrameStore, predictions: Float64Array, labels: Labels): RankIcs {
  const { decisions, values } = informationCoefficients(frames, predictions, labels);
  return new Map(decisions.map((decision, i) => [decision, values[i] as number]));
}

/** Ours less theirs, over the decisions that both have. */
export function rankIcDifferences(ours: RankIcs, theirs: RankIcs): readonly number[] {
  return [...ours].flatMap(([decision, ic]) => {
    const other = theirs.get(decision);
    return other === undefined ? [] : [ic - other];
  });
}

/** Mean IC of the same predictions against labels of several horizons; null where no decision could be measured. */
export function informationDecay(
  frames: FrameStore,
  predictions: Float64Array,
  horizons: readonly Labels[],
): readonly { readonly sessions: number; readonly ic: number | null }[] {
  return horizons.map((labels) => {
    const { values } = informationCoefficients(frames, predictions, labels);
    return { sessions: labels.horizonSessions, ic: values.length === 0 ? null : mean(values) };
  });
}
