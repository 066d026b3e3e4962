// The state database: trials and runs. Append-only for trials: nothing is ever trimmed.
import type { Micros } from "#domain/time.js";

/** What the values of an out-of-sample series are. Only series of one measure can be laid beside each other. */
export type TrialMeasure =
  /** Net return of a session less the yardstick's, fraction. */
  | "active return"
  /** Rank correlation of prediction and outcome, per decision. */
  | "rank IC"
  /** Share of right calls of a direction less a half, per moment. */
  | "right calls"
  /** Written before trials had a measure. */
  | "unknown";

/** One fit, one backtest or one trial of a search, on one window of one dataset. */
export interface Trial {
  /** What was tried: hash of the resolved experiment without its seed. */
  readonly experimentHash: string;
  readonly dataId: string;
  /** Of the dataset: shared by all versions that updates made of it. */
  readonly lineage: string;
  /** Out-of-sample window. */
  readonly from: Micros;
  readonly to: Micros;
  readonly kind: "fit" | "backtest" | "tuning";
  readonly codeVersion: string;
  readonly seed: string;
  readonly recordedAt: Micros;
  /** Of the experiment, for people. Empty in what was written before trials had a label. */
  readonly label: string;
  /** Of the model; null where nothing is known of it. */
  readonly family: string | null;
  /** Of a search: its name, shared by its trials. */
  readonly study: string | null;
  readonly measure: TrialMeasure;
  readonly outOfSample: Float64Array;
  /** Micros of each value, ascending; empty when they were not recorded. */
  readonly at: Float64Array;
}

/** A trial as it stands in a ledger. Its identity is the same in every copy and export of that ledger. */
export interface RecordedTrial extends Trial {
  readonly identity: string;
}

export interface TrialLedger {
  /** Appends. The same (experimentHash, dataId, window, kind, seed) again is a repetition, kept but not counted twice. */
  record(trial: Trial): Promise<void>;
  /** Number of different experiments ever tried on any version of the dataset, each counted once. */
  distinctTrials(lineage: string): Promise<number>;
  /** In the order in which they were recorded. */
  list(dataId?: string): Promise<readonly RecordedTrial[]>;
  /** Lineages that have trials, in the order of their first one. */
  lineages(): Promise<readonly string[]>;
  /** One trial of every different experiment: the one whose series says most (a backtest's before a search's before a fit's), the newest of these. */
  representatives(lineage: string): Promise<readonly RecordedTrial[]>;
  /** Appends trials of another ledger, as they were recorded there, all or none; those that are here already are left out. Returns how many were new. */
  merge(trials: readonly RecordedTrial[]): Promise<number>;
}

export interface RunRecord {
  readonly id: string;
  readonly name: string;
  readonly mode: "backtest" | "paper" | "replay";
  readonly experimentHash: string;
  readonly dataId: string;
  /** Of the dataset: shared by all versions that updates made of it. */
  readonly lineage: string;
  readonly startedAt: Micros;
  readonly state: "running" | "done" | "failed" | "interrupted";
  /** Folder of the run, relative to the workspace. */
  readonly folder: string;
  readonly verdict: string | null;
}

export interface RunStore {
  save(run: RunRecord): Promise<void>;
  get(id: string): Promise<RunRecord | null>;
  list(): Promise<readonly RunRecord[]>;
}
