// What a run found, as plain data: the same experiment, data, code and seed give the same bytes. No clock, no timing, no path in it.
import type { TripRecord } from "./breaker.js";
import type { LabelUnit } from "./signal.js";
import type { QuoteUse } from "./quote-use.js";
import type { EnsembleReport } from "./ensemble-report.js";
import type { AdviceResult, ConfidenceResult } from "./confidence-result.js";

/** One account through time; index i is session `dates[i]` of the result. */
export interface AccountSeries {
  /** Equity at the session's mark, base currency. */
  readonly equity: readonly number[];
  /** Net return of the session, fraction. */
  readonly netReturn: readonly number[];
  /** Absolute notional traded / equity, fraction. */
  readonly turnover: readonly number[];
  /** All costs of the session / equity, fraction (fees + spread + slippage + borrow). */
  readonly cost: readonly number[];
}

export interface AccountMetrics {
  readonly totalReturn: number;
  readonly annualReturn: number;
  readonly annualVolatility: number;
  /** Annualised, over cash; null when the volatility is zero. */
  readonly sharpe: number | null;
  /** Largest fall from a peak, as a negative fraction. */
  readonly maxDrawdown: number;
  /** Annual two-sided turnover, fraction of equity. */
  readonly annualTurnover: number;
  /** Annual cost, fraction of equity. */
  readonly annualCost: number;
}

export interface Verdict {
  readonly decision: "edge" | "no edge" | "not enough evidence";
  /** What the active return is measured over: equal weight of the same universe, or cash for a market-neutral portfolio. */
  readonly over: "equal weight" | "cash";
  /** The reason in one or two plain sentences. */
  readonly because: string;
  /** Level of the test, declared beforehand: 0.01. */
  readonly level: number;
  /** One-sided p-value of "no net return over the baseline". */
  readonly pValue: number;
  /** Annualised mean net return over the baseline, with its 90 % two-sided band. */
  readonly activeReturn: number;
  readonly activeReturnLow: number;
  readonly activeReturnHigh: number;
  /** Annualised information ratio over the baseline; null when the active return does not vary. */
  readonly activeSharpe: number | null;
  /** One-sided p-value of "no alpha once the beta to the baseline is taken out". */
  readonly alphaPValue: number;
  /** Annualised alpha and the beta to the baseline. */
  readonly alpha: number;
  readonly beta: number;
  readonly sessions: number;
}

/** `purged`: a label overlaps with the test; `embargo`: it does not, but ends or begins too near. */
export type SplitUse = "train" | "purged" | "embargo" | "test";

export interface RunResult {
  readonly schema: 1;
  readonly name: string;
  readonly identity: {
    readonly experimentHash: string;
    readonly dataId: string;
    readonly codeVersion: string;
    readonly seed: string;
    /** Floats are bit-equal only within one such set. */
    readonly runtime: { readonly node: string; readonly v8: string; readonly arch: string };
  };
  /** The resolved experiment. */
  readonly experiment: unknown;
  readonly dataset: {
    readonly name: string;
    readonly source: string;
    readonly priceBasis: "raw" | "split" | "full";
    readonly priceBasisAssumed: boolean;
    readonly survivorsOnly: boolean;
    readonly survivorsAssumed: boolean;
    readonly calendar: string;
    readonly instruments: number;
    readonly rows: number;
    readonly from: string;
    readonly to: string;
    readonly quarantinedRows: number;
    readonly quarantinedFiles: number;
    readonly flaggedRows: number;
    /** Reason -> rows, of both quarantined and flagged. */
    readonly quality: Readonly<Record<string, number>>;
    /** When the data was simulated: the planted truth; else null. */
    readonly plantedEdge: number | null;
    /** On which orders were filled, and of how many instruments; absent when they were filled on bars. */
    readonly quotes?: { readonly name: string; readonly id: string; readonly instruments: number };
    /** Sets of facts that the features may read; absent when the experiment names none. */
    readonly facts?: readonly {
      readonly name: string;
      readonly id: string;
      /** `latest`: revised values under their old dates. */
      readonly vintage: "point-in-time" | "latest";
      /** True when the source does not say when its facts became known, and a delay was assumed. */
      readonly lagAssumed: boolean;
      /** Facts that the features of this run were told. */
      readonly told: number;
      /** Instruments of the set that the dataset has, and that it does not have. */
      readonly matched: number;
      readonly unmatched: number;
    }[];
  };
  readonly currency: string;
  readonly startingCash: number;
  /** Out-of-sample sessions, `YYYY-MM-DD`. */
  readonly dates: readonly string[];
  readonly strategy: AccountSeries;
  /** Equal weight of the same point-in-time universe, same costs and rebalancing days. */
  readonly baseline: AccountSeries;
  /** Buy and hold of one instrument, or null when none was named. */
  readonly benchmark: (AccountSeries & { readonly instrument: string }) | null;
  /** Simulated data only: the same portfolio fed with the true expected returns. */
  readonly oracle: AccountSeries | null;
  readonly metrics: {
    readonly strategy: AccountMetrics;
    readonly baseline: AccountMetrics;
    readonly benchmark: AccountMetrics | null;
    readonly oracle: AccountMetrics | null;
  };
  readonly verdict: Verdict;
  readonly ic: {
    /** Spearman rank correlation of prediction and the return that followed, per decision. */
    readonly dates: readonly string[];
    readonly values: readonly number[];
    readonly mean: number | null;
    /** Newey-West t statistic of the mean. */
    readonly tStat: number | null;
    /** Mean IC of the same prediction against returns over 1, 2, ... sessions. */
    readonly decay: readonly { readonly sessions: number; readonly ic: number | null }[];
  };
  /** Unit of predictions and labels; absent where they are returns, fractions. */
  readonly labelUnit?: LabelUnit;
  /** Predictions in tenths: mean predicted and mean realised label, and rows. */
  readonly calibration: readonly { readonly predicted: number; readonly realised: number; readonly rows: number }[];
  /** Where the model says how sure it is: what that was worth. */
  readonly confidence?: ConfidenceResult;
  /** Of a portfolio of signals: what its rule said at the last decision. */
  readonly advice?: AdviceResult;
  /** Mean net weight by sector at the decision sessions, per month `YYYY-MM`. */
  readonly sectorExposure: {
    readonly months: readonly string[];
    readonly sectors: readonly { readonly name: string; readonly weight: readonly number[] }[];
  };
  /** Total over the run, base currency. */
  readonly costs: {
    readonly fees: number;
    readonly spread: number;
    readonly slippage: number;
    readonly borrow: number;
    /** Paid less received, for perpetuals; absent in results that are older than it. */
    readonly funding?: number;
    readonly interest: number;
  };
  readonly orders: {
    readonly sent: number;
    readonly filled: number;
    readonly resized: number;
    readonly refused: number;
    /** Orders that met a halt and waited for its end; absent where none did. */
    readonly halted?: number;
    /** Shorts that nobody lent the shares for: cut by the portfolio, one per name and decision, or refused by the venue. Absent where none was. */
    readonly unborrowed?: number;
    /** Rule name -> times it refused or resized. */
    readonly rules: Readonly<Record<string, number>>;
    /** SHA-256 of the order list: the golden number. */
    readonly hash: string;
  };
  /** Breakers that opened: from then on nothing but reductions passed. Absent where none did. */
  readonly trips?: readonly TripRecord[];
  /** Of an optimized portfolio: which step of its chain answered, and how often; `why` those before it did not, the last time. */
  readonly answers?: readonly { readonly step: string; readonly times: number; readonly why: string | null; readonly gap?: number }[];
  readonly worstDays: readonly { readonly date: string; readonly strategy: number; readonly baseline: number }[];
  readonly models: readonly {
    readonly id: string;
    readonly family: string;
    readonly trainFrom: string;
    readonly trainTo: string;
    readonly testFrom: string;
    readonly testTo: string;
    readonly rows: number;
    /** What decisions were used for, in the order of time: first and last day of each stretch. */
    readonly spans?: readonly { readonly use: SplitUse; readonly from: string; readonly to: string }[];
    /** Largest coefficients by absolute value; empty when the family has none. */
    readonly weights: readonly { readonly feature: string; readonly weight: number }[];
    /** Of an ensemble: its members. */
    readonly ensemble?: EnsembleReport;
  }[];
  /** Of the strategy's orders on recorded quotes; absent where none are named. */
  readonly quotes?: QuoteUse;
  /** In words: fills, spread, survivorship, price basis, financing, what is not modelled. */
  readonly assumptions: readonly string[];
}
