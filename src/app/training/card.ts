// What is told of a trained model: `model.json`, and what `truewind train` prints. The same experiment, data and code give the same bytes.
import type { Interval } from "#research/metrics/day-bootstrap.js";
import type { TableExperiment } from "../config/table-experiment.js";
import type { LossTest } from "./loss-test.js";

export type SplitName = "train" | "validation" | "test";

/** By name; null where there is nothing to measure. */
export type Metrics = Readonly<Record<string, number | null>>;

export interface Scored {
  readonly name: string;
  readonly metrics: Metrics;
}

/** How predictions did on the labels of one split. */
export interface SplitReport {
  readonly split: SplitName;
  readonly from: string;
  readonly to: string;
  /** Labels, and those of them that the model had an answer to: only these are measured. */
  readonly samples: number;
  readonly answered: number;
  readonly days: number;
  readonly perSeed: readonly Metrics[];
  readonly mean: Metrics;
  /** Standard deviation over seeds; null with one seed. */
  readonly deviation: Metrics | null;
  /** Of the mean of the seeds' predictions. */
  readonly ensemble: Metrics;
  /** 95 % of the ensemble's first metric, days drawn with replacement; null with fewer than two days. */
  readonly interval: Interval | null;
  readonly baselines: readonly Scored[];
  /** The ensemble's first metric less that of the better ridge, with its 95 % interval over the same days. */
  readonly advantage: {
    readonly over: string;
    readonly value: number;
    readonly interval: Interval | null;
    /** Losses day by day; null where there are too few days to tell. */
    readonly losses: LossTest | null;
  } | null;
}

export interface TableModelCard {
  readonly kind: "table";
  readonly id: string;
  readonly codeVersion: string;
  /** As it ran, without the place of its file. */
  readonly experiment: TableExperiment;
  /** SHA-256 of the table file. */
  readonly dataId: string;
  readonly family: string;
  /** Rows that a prediction looks back on. */
  readonly steps: number;
  readonly instruments: number;
  /** Day of the newest row that the table held. */
  readonly dataTo: string;
  readonly trainedOn: { readonly from: string; readonly to: string; readonly rows: number };
  readonly seeds: readonly { readonly seed: number; readonly artifact: string; readonly hash: string }[];
  readonly past: { readonly file: string; readonly hash: string };
  readonly splits: readonly SplitReport[];
  /** What could not be done, in sentences. */
  readonly notes: readonly string[];
}
