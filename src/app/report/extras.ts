// What a report may say beyond the result itself: the count of trials, how long it took, the paper session that followed.
// Kept apart because a RunResult is the same bytes every time, and these are not.
import type { Explanation } from "./explanation.js";
import type { TcaResult } from "./trade-costs.js";
import type { Verdict } from "#domain/run-result.js";

export interface Timing {
  /** In the order in which they ran. */
  readonly stages: readonly { readonly name: string; readonly seconds: number }[];
  /** Largest resident memory in bytes; null when it was not measured. */
  readonly peakMemoryBytes: number | null;
}

/** A paper session of the same experiment. */
export interface PaperSession {
  readonly from: string;
  readonly to: string;
  readonly decisions: number;
  readonly orders: number;
  readonly fills: number;
  readonly refused: number;
  /** Equity at the end, in the result's currency. */
  readonly equity: number;
  /** Why trading stopped; null when it did not. */
  readonly halted: string | null;
  /** Whether the replay of its journal gave identical orders; null when it was not replayed. */
  readonly replayIdentical: boolean | null;
}

export interface ReportExtras {
  /** Trials recorded on this data up to and including this one. */
  readonly trials: number;
  /** Independent trials that they are worth, at most; absent in what was kept before they were compared. */
  readonly effectiveTrials?: number;
  /** The verdict once all trials are counted: the one that is shown. */
  readonly adjustedVerdict: Verdict;
  readonly timing?: Timing;
  readonly paper?: PaperSession;
  /** What `truewind explain` found, where somebody asked. */
  readonly explanation?: Explanation;
  /** What `truewind tca` found, where somebody asked or the run has a style of execution. */
  readonly tradeCosts?: TcaResult;
  /** The command that makes this run again; without it the page names the general one. */
  readonly command?: string;
}
