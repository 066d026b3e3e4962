// What a comparison says of each of its models: how well it ordered the instruments, and what that was worth after costs.
import type { IcSummary } from "#research/metrics/mean-ic.js";

export interface ComparedModel {
  readonly name: string;
  /** Null for predictions of another program. */
  readonly family: string | null;
  /** Of prediction and label by decision: of their values, and of their ranks. */
  readonly ic: IcSummary;
  readonly rankIc: IcSummary;
  /** Rank IC less that of the first model, over the decisions that both have. */
  readonly overFirst: IcSummary;
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
