// What an optimized portfolio is asked for: the words of the experiment's keys and of the account, in units of the optimizers.
import type { Neutrality } from "./neutrality.js";
import type { CovarianceName } from "./weight-rule.js";

export const objectiveNames = [
  "mean-variance",
  "minimum-variance",
  "mean-cvar",
  "minimum-cvar",
  "black-litterman",
  "maximum-diversification",
] as const;
export type ObjectiveName = (typeof objectiveNames)[number];

/** Signals count nothing to these. */
export function isBlind(objective: ObjectiveName): boolean {
  return objective === "minimum-variance" || objective === "minimum-cvar" || objective === "maximum-diversification";
}

export const fallbackNames = ["minimum-variance", "equal-weight", "hold"] as const;

export interface OptimizedOptions {
  readonly objective: ObjectiveName;
  readonly covariance: CovarianceName;
  readonly riskAversion: number;
  /** Fraction of equity put to work: the sum of weights, or with `short` the most of the sum of their sizes, which then net to 0. */
  readonly invested: number;
  readonly short: boolean;
  /** Largest weight of one name in size. */
  readonly maxWeight: number;
  /** Standard errors of a signal that are taken off its size. */
  readonly doubt: number;
  readonly maxNames: number | null;
  /** Least size of a weight that is neither 0 nor what is held already, fraction of equity; 0: none. */
  readonly minWeight: number;
  /** Returns of the window that may be missing of a name; they are 0 then. */
  readonly missing: number;
  /** What there is to be no bet on; null: nothing. */
  readonly neutral: Neutrality | null;
  /** Most that one decision trades, buys and sells together, fraction of equity. */
  readonly maxTurnover: number | null;
  /** And most that is traded between two marks, fraction of the equity at the first, as risk will count it. */
  readonly sessionTurnover: number;
  readonly maxSector: number | null;
  /** Of the portfolio to equal weights of its candidates. */
  readonly beta: readonly [number, number] | null;
  readonly cvarLevel: number;
  /** Deviation a year; what is above it is left in cash. */
  readonly volatilityTarget: number | null;
  /** Periods that are planned for, and in how many of them signals halve; null plans for one. */
  readonly lookahead: { readonly periods: number; readonly halfLife: number } | null;
  readonly fallback: readonly (typeof fallbackNames)[number][];
  /** Of the signals, in steps of the memory. */
  readonly horizon: number;
  /** Signals are returns less the mean over all. */
  readonly excess: boolean;
  /** Cost of a trade, fraction of it, each way; and of being short over the horizon. */
  readonly tradeCost: number;
  readonly shortCost: number;
  readonly stepsPerYear: number;
  /** Of each instrument. */
  readonly sectors: readonly (string | null)[];
}
