// What a validation found, as plain data: the decision first, then the gates that it follows from, then the evidence.
import type { RunResult, Verdict } from "#domain/run-result.js";
import type { Capacity, SizedAccount } from "#research/evidence/capacity.js";
import type { NullKind } from "#research/controls/null-kind.js";
import type { Gate } from "#research/evidence/gates.js";
import type { PartOfRecord } from "#research/evidence/part-of-record.js";
import type { LeakKind } from "#research/leaks/finding.js";
import type { ControlResult, Place } from "../control/control-result.js";

/** A headline figure with its 90 % band by block bootstrap; the band is null where the figure cannot be drawn anew. */
export interface BandedFigure {
  readonly name: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly unit: "percent" | "ratio" | "correlation";
  /** One sentence that says what the figure means. */
  readonly meaning: string;
}

export interface SeedResult {
  readonly seed: string;
  /** Annual, net, over the baseline. */
  readonly activeReturn: number;
  readonly netReturn: number;
  readonly sharpe: number | null;
  /** Mean rank IC. */
  readonly rankIc: number | null;
}

export interface TrialsFound {
  /** Different experiments recorded on these data, this one included. */
  readonly distinct: number;
  /** After near-identical ones are taken together. */
  readonly effective: number;
  /** Annual active Sharpe ratio of this experiment, and what the best of so many trials has by luck. */
  readonly sharpe: number | null;
  readonly expectedBest: number | null;
  readonly probabilistic: number | null;
  readonly deflated: number | null;
  /** Sessions that such a Sharpe ratio needs to be told from zero with 95 %; null when it never is. */
  readonly leastSessions: number | null;
}

export interface OverfittingFound {
  readonly probability: number;
  readonly configurations: number;
  readonly blocks: number;
  /** Logit of the rank of the best, one per split. */
  readonly logits: readonly number[];
}

export interface ControlFound {
  readonly passed: boolean;
  readonly runs: number;
  readonly falseAlarms: number;
  /** Share of null markets with as much net excess as the real one, the real one counted among them. */
  readonly rank: number;
  /** Net information ratios of the null markets, by kind, and where the real one lies among them. */
  readonly nulls: readonly { readonly kind: NullKind; readonly information: Place; readonly values: readonly number[] }[];
  /** As of the control. */
  readonly power: ControlResult["power"];
  readonly detectable: number | null;
}

/** One history of the combinatorial kind over the whole record, all figures annual and net but the rank IC. */
export interface PathResult {
  /** Mean over decisions; null where none could be measured. */
  readonly rankIc: number | null;
  readonly sharpe: number | null;
  /** Information ratio, and return, over the baseline. */
  readonly information: number | null;
  readonly activeReturn: number;
  /** Of the part that was walked forward alone, so that it can be held beside what came of that. */
  readonly walked: { readonly rankIc: number | null; readonly information: number | null; readonly activeReturn: number };
}

/** `one`: the model is not fitted, so that every path is the same. */
export type PathsFound =
  | { readonly kind: "one" }
  | {
      readonly kind: "several";
      /** N and k of C(N, k) fits. */
      readonly groups: number;
      readonly tested: number;
      readonly fits: number;
      /** First and last session of the accounts. */
      readonly from: string;
      readonly to: string;
      readonly paths: readonly PathResult[];
    };

interface FoundLeak {
  readonly kind: LeakKind;
  /** `feature mom_20`, `predictions`, `fills`, `data`. */
  readonly where: string;
  readonly evidence: string;
}

export interface LeaksFound {
  /** What the pipeline used and could not know, or why nothing can be told of it. */
  readonly leaks: readonly FoundLeak[];
  /** What is wrong with the data for this pipeline, beyond what the dataset says of itself. */
  readonly doubts: readonly FoundLeak[];
  /** Names that took part, of all. */
  readonly names: number;
  readonly ofNames: number;
  readonly runs: number;
  readonly failedRuns: number;
  /** Moments behind which the data were altered. */
  readonly cuts: number;
  readonly decisions: number;
  readonly features: number;
}

export interface ValidationResult {
  readonly schema: 1;
  readonly name: string;
  readonly identity: RunResult["identity"];
  /** The backtest that was validated. */
  readonly run: string;
  readonly dataset: RunResult["dataset"];
  readonly from: string;
  readonly to: string;
  readonly sessions: number;
  readonly decision: Verdict["decision"];
  readonly because: string;
  readonly gates: readonly Gate[];
  /** Of the backtest, all trials counted. */
  readonly verdict: Verdict;
  readonly figures: readonly BandedFigure[];
  readonly trials: TrialsFound;
  readonly overfitting: OverfittingFound | null;
  readonly seeds: readonly SeedResult[];
  readonly control: ControlFound | null;
  /** Null when they were not asked for. */
  readonly paths: PathsFound | null;
  /** Null when it was not looked for, or cannot be (bars that are not daily). */
  readonly leaks: LeaksFound | null;
  /** Multiple of costs at which nothing is left; null when no costs would end it. */
  readonly costBreakEven: number | null;
  readonly capacity: { readonly found: Capacity; readonly accounts: readonly SizedAccount[] };
  readonly regimes: readonly PartOfRecord[];
  readonly years: readonly PartOfRecord[];
  readonly halves: { readonly parts: readonly PartOfRecord[]; readonly pValue: number | null } | null;
  readonly ic: { readonly mean: number | null; readonly tStat: number | null; readonly decisions: number };
  readonly orders: string;
}
