// What an account may become. All fractions are of equity at the moment of review.

export interface RiskLimits {
  /** Largest absolute weight of one instrument. */
  readonly maxWeight: number;
  /** Cash that must remain. */
  readonly minCash: number;
  /** Long plus short exposure; 1 means no leverage. */
  readonly maxGross: number;
  /** Two-sided notional between two marks (a session). */
  readonly maxTurnover: number;
  /** Largest single order, base currency; null means no such limit. */
  readonly maxOrderNotional: number | null;
}
