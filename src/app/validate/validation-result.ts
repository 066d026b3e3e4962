// What a validation found, as plain data: the decision first, then the gates that it follows from, then the evidence.
import type { RunResult, Verdict } from "#domain/run-result.js";
import type { Capacity, SizedAccount } from "#research/evidence/capacity.js";
import type { Gate } from "#research/evidence/gates.js";
import type { PartOfRecord } from "#research/evidence/part-of-record.js";

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
  /** Multiple of costs at which nothing is left; null when no costs would end it. */
  readonly costBreakEven: number | null;
  readonly capacity: { readonly found: Capacity; readonly accounts: readonly SizedAccount[] };
  readonly regimes: readonly PartOfRecord[];
  readonly years: readonly PartOfRecord[];
  readonly halves: { readonly parts: readonly PartOfRecord[]; readonly pValue: number | null } | null;
  readonly ic: { readonly mean: number | null; readonly tStat: number | null; readonly decisions: number };
  readonly orders: string;
}
