// What decision stages may see of the account: read-only, dense by instrument row.
import type { WorkingOrder } from "./order.js";
import type { Micros } from "./time.js";

export interface PortfolioView {
  readonly asOf: Micros;
  /** Cash plus positions at last prices, in the base currency. */
  readonly equity: number;
  /** Cash of all ledgers, in the base currency. */
  readonly cash: number;
  /** Signed lots held. */
  readonly lots: Float64Array;
  /** Lots still to be bought (positive) by working orders; those that protect a position (`protects`) are counted on neither side. */
  readonly workingBuys: Float64Array;
  /** Lots still to be sold (negative) by working orders. */
  readonly workingSells: Float64Array;
  readonly working: readonly WorkingOrder[];
  /** Last seen price in the instrument's currency; NaN before the first. */
  readonly price: Float64Array;
  /** Value of one lot at the last price, in the base currency; NaN before the first price or rate. */
  readonly lotValue: Float64Array;
  /** Equity at the last `mark`: the base of daily turnover. */
  readonly markedEquity: number;
  /** Absolute notional traded since the last `mark`, base currency. */
  readonly tradedSinceMark: number;
}
