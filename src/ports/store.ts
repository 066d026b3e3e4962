// The state database: trials and runs. Append-only for trials: nothing is ever trimmed.
import type { Micros } from "#domain/time.js";

/** One fit or backtest on one window of one dataset. */
export interface Trial {
  /** What was tried: hash of the resolved experiment without its seed. */
  readonly experimentHash: string;
  readonly dataId: string;
  /** Of the dataset: shared by all versions that updates made of it. */
  readonly lineage: string;
  /** Out-of-sample window. */
  readonly from: Micros;
  readonly to: Micros;
  readonly kind: "fit" | "backtest";
  readonly codeVersion: string;
  readonly seed: string;
  readonly recordedAt: Micros;
  /** Out-of-sample net return per session, as fractions. */
  readonly outOfSample: Float64Array;
}

export interface TrialLedger {
  /** Appends. The same (experimentHash, dataId, window, kind, seed) again is a repetition, kept but not counted twice. */
  record(trial: Trial): Promise<void>;
  /** Number of different experiments ever tried on any version of the dataset, each counted once. */
  distinctTrials(lineage: string): Promise<number>;
  list(dataId?: string): Promise<readonly Trial[]>;
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
