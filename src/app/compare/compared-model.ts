// What a comparison says of each of its models: how well it ordered the instruments, and what that was worth after costs.
import { pearson } from "#base/correlation.js";
import { informationCoefficients } from "#research/metrics/information.js";
import { mean, standardDeviation } from "#research/metrics/long-run-variance.js";
import { meanIc } from "#research/metrics/mean-ic.js";
import type { StudyData } from "../modes/study.js";

/** Of one correlation by decision: mean, mean over deviation, Newey-West t. Null where there is too little. */
export interface Information {
  readonly mean: number | null;
  readonly ratio: number | null;
  readonly tStat: number | null;
}

export interface ComparedModel {
  readonly name: string;
  /** Null for predictions of another program. */
  readonly family: string | null;
  /** Of prediction and label by decision: of their values, and of their ranks. */
  readonly ic: Information;
  readonly rankIc: Information;
  /** Rank IC less that of the first model, over the decisions that both have. */
  readonly overFirst: Information;
  /** Annual, two-sided, fraction of equity. */
  readonly turnover: number;
  /** Annual, net of costs. */
  readonly netReturn: number;
  readonly sharpe: number | null;
  readonly maxDrawdown: number;
  /** Annual net return over equal weight (over cash for a market-neutral portfolio), its 90 % band, and the chance of such luck. */
  readonly excess: { readonly value: number; readonly low: number; readonly high: number; readonly pValue: number };
  /** SHA-256 of the order list. */
  readonly orders: string;
}

/** Rank IC by position of its decision. */
export type RankIcs = ReadonlyMap<number, number>;

export function rankIcsOf({ frames, labels }: StudyData, predictions: Float64Array): RankIcs {
  const { decisions, values } = informationCoefficients(frames, predictions, labels);
  return new Map(decisions.map((decision, i) => [decision, values[i] as number]));
}

export function icOf({ frames, labels }: StudyData, predictions: Float64Array, overlap: number): Information {
  return informationOf(informationCoefficients(frames, predictions, labels, pearson).values, overlap);
}

/** `overlap` as of `meanIc`. */
export function informationOf(values: readonly number[], overlap: number): Information {
  const { mean: average, tStat } = meanIc(values, overlap);
  const ratio = values.length < 2 ? Number.NaN : mean(values) / standardDeviation(values);
  return { mean: average, ratio: Number.isFinite(ratio) ? ratio : null, tStat };
}

export function differencesOf(ours: RankIcs, first: RankIcs): readonly number[] {
  return [...ours].flatMap(([decision, ic]) => {
    const other = first.get(decision);
    return other === undefined ? [] : [ic - other];
  });
}
