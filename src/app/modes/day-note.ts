// One day of a paper account in whole cents, its parts adding up to the change of its equity exactly.
import type { Cents, DayNote } from "#domain/session-note.js";
import type { WatchFindings } from "#monitoring/session-watch.js";
import { type MarkRow, costOf } from "./recorder.js";

/** Rows of this mark and of the one before; null stands for the start, with `startingCash`. */
export interface DayRows {
  readonly now: MarkRow;
  readonly before: MarkRow | null;
}

export interface DayParts {
  readonly own: DayRows;
  readonly baseline: DayRows;
  readonly benchmark: DayRows | null;
  readonly startingCash: number;
  /** Market exposure that the portfolio declares: 1, or 0 where it is neutral. */
  readonly exposure: 0 | 1;
  readonly positions: number;
  readonly found: WatchFindings;
}

export function dayNote({ own, baseline, benchmark, startingCash, exposure, positions, found }: DayParts): DayNote {
  const { now, before } = own;
  const startOf = ({ before: row }: DayRows): number => row?.equity ?? startingCash;
  const since = (of: (row: MarkRow) => number): Cents => cents(of(now)) - (before === null ? 0 : cents(of(before)));
  const change = cents(now.equity) - cents(startOf(own));
  const fees = -since((row) => row.fees);
  const slippage = -since((row) => row.spread + row.impact);
  const borrow = -since((row) => row.borrow);
  const funding = -since((row) => row.funding);
  const interest = since((row) => row.interest);
  const gross = change - fees - slippage - borrow - funding - interest;
  const market = exposure === 0 ? 0 : cents(startOf(own) * grossReturn(baseline, startingCash));
  return {
    kind: "day",
    at: now.at,
    equity: cents(now.equity),
    change,
    market,
    selection: gross - market,
    fees,
    slippage,
    borrow,
    funding,
    interest,
    baseline: cents(baseline.now.equity),
    benchmark: benchmark === null ? null : cents(benchmark.now.equity),
    turnover: (now.traded - (before?.traded ?? 0)) / startOf(own),
    positions,
    realised: cents(found.realised),
    modelled: cents(found.modelled),
    orders: found.orders,
    refused: found.refused,
    rejected: found.rejected,
    silent: found.silent,
    late: found.late,
  };
}

/** Whole cents; an account holds at most 1e12 of its currency, so sums stay exact. */
function cents(amount: number): Cents {
  return Math.round(amount * 100) + 0; // no negative zero
}

/** Before costs and interest. */
function grossReturn({ now, before }: DayRows, startingCash: number): number {
  const start = before?.equity ?? startingCash;
  const costs = costOf(now) - (before === null ? 0 : costOf(before));
  const interest = now.interest - (before?.interest ?? 0);
  return (now.equity - start + costs - interest) / start;
}
