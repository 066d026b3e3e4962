// Writes down an account at each mark, as running totals; differences make the series of a result.
import type { AccountSeries } from "#domain/run-result.js";
import type { Micros } from "#domain/time.js";
import type { Engine } from "#engine/engine.js";
import type { SimulatedVenue } from "#simulation/venue/simulated-venue.js";

/** All but `at` and `equity` are totals since the start, base currency. */
export interface MarkRow {
  readonly at: Micros;
  readonly equity: number;
  readonly traded: number;
  readonly fees: number;
  readonly spread: number;
  readonly impact: number;
  readonly borrow: number;
  readonly funding: number;
  readonly interest: number;
}

export function markRow(at: Micros, engine: Engine, venue: SimulatedVenue): MarkRow {
  const {
    equity,
    tradedTotal: traded,
    feesTotal: fees,
    borrowTotal: borrow,
    fundingTotal: funding,
    interestTotal: interest,
  } = engine.account;
  const { spread, impact } = venue.slippage;
  return { at, equity, traded, fees, spread, impact, borrow, funding, interest };
}

/** Costs of a row in total: everything that trading and holding took, interest aside. */
export const costOf = (row: MarkRow): number => row.fees + row.spread + row.impact + row.borrow + row.funding;

/** `startingCash` is the equity before the first row. */
export function toAccountSeries(rows: readonly MarkRow[], startingCash: number): AccountSeries {
  const equity = rows.map((row) => row.equity);
  const before = (i: number): number => (i === 0 ? startingCash : (equity[i - 1] as number));
  const step = (value: (row: MarkRow) => number, i: number): number =>
    (value(rows[i] as MarkRow) - (i === 0 ? 0 : value(rows[i - 1] as MarkRow))) / before(i);
  return {
    equity,
    netReturn: equity.map((value, i) => value / before(i) - 1),
    turnover: rows.map((_, i) => step((row) => row.traded, i)),
    cost: rows.map((_, i) => step(costOf, i)),
  };
}
