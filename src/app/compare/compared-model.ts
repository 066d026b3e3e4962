// What a comparison says of each of its models: how well it ordered the instruments, what that was worth after costs, and whether either may
// be luck.
import type { IcSummary } from "#research/metrics/mean-ic.js";
import type { OverBaseline } from "./over-baseline.js";

export interface ComparedModel {
  readonly name: string;
  /** Null for predictions of another program. */
  readonly family: string | null;
  /** Of prediction and label by decision: of their values, and of their ranks. */
  readonly ic: IcSummary;
  readonly rankIc: IcSummary;
  /** Null for the baseline itself, and where there are too few decisions to tell. */
  readonly overBaseline: OverBaseline | null;
  /** Whether it may be the best; null where that was not tested. */
  readonly set: InSet | null;
  /** Annual, two-sided, fraction of equity. */
  readonly turnover: number;
  /** Annual, net of costs. */
  readonly netReturn: number;
  readonly sharpe: number | null;
  readonly maxDrawdown: number;
  /** Annual net return over equal weight (over cash for a market-neutral portfolio), its 90 % band, and the chance of such luck. */
  readonly excess: {
    readonly value: number;
    readonly low: number;
    readonly high: number;
    readonly pValue: number;
    /** The same with all models counted: of the step-wise test of superior ability over the accounts' sessions. Null where it was not tested. */
    readonly pValueOfAll: number | null;
  };
  /** SHA-256 of the order list. */
  readonly orders: string;
}

/** Place in the model confidence set of Hansen, Lunde & Nason (2011). */
export interface InSet {
  /** The model belongs to the set of every confidence above 1 - p. */
  readonly pValue: number;
  /** Whether it belongs to the set of 90 %. */
  readonly inside: boolean;
}
