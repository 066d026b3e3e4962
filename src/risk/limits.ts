// What an account may become. All fractions are of equity at the moment of review.

export interface RiskLimits {
  /** Largest absolute weight of one instrument. */
  readonly maxWeight: number;
  /**
   * Smallest absolute weight of an instrument that is held; 0 or absent for none. An order may not leave a position below it: it closes it or
   * keeps this much. A slice of a larger order is judged by where that leads. Less than one lot short of it is at it. What prices do to a position is no order's fault.
   */
  readonly minWeight?: number;
  /** Cash that must remain. */
  readonly minCash: number;
  /** Long plus short exposure; 1 means no leverage. */
  readonly maxGross: number;
  /** Two-sided notional between two marks (a session). */
  readonly maxTurnover: number;
  /** Largest single order, base currency; null means no such limit. */
  readonly maxOrderNotional: number | null;
}
