// What trading costs in simulation. Every number is stated in the report.

export interface CostModel {
  /** Commission and fees, basis points of notional, each way. */
  readonly feeBps: number;
  /** The same for who provides liquidity: a limit order that had to wait. Negative is a rebate; absent is `feeBps`. */
  readonly makerFeeBps?: number | undefined;
  /** Half the quoted spread, basis points of price; never less than half the market's price increment. */
  readonly halfSpreadBps: number;
  /**
   * Price impact of trading one whole trailing volume, basis points; an order of a fraction q of it pays impactBps * sqrt(q)
   * (square-root law: Almgren, Thum, Hauptmann & Li 2005, with its exponent rounded to 1/2).
   */
  readonly impactBps: number;
  /** Largest part of the trailing volume that may be taken within one bar, in (0, 1]. */
  readonly participation: number;
  /** Annual fee for borrowing shorted shares, basis points of their value. */
  readonly borrowBps: number;
  /** Annual interest on cash, fraction, in force from its date: ordered by `from`. A debt pays the same. */
  readonly cashRate: readonly { readonly from: number; readonly rate: number }[];
  /** One way, to the venue and back. */
  readonly latencyUs: number;
}

/** Interest rate in force at the moment; 0 before the first date. */
export function cashRateAt(costs: CostModel, at: number): number {
  let rate = 0;
  for (const step of costs.cashRate) if (step.from <= at) rate = step.rate;
  return rate;
}
