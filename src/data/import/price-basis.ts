// What the prices are, when nobody said so: read off the declared splits (do prices jump on those days?), else assumed to be fully
// adjusted, which is the assumption that forbids most (no level features, no raw tick). Always marked as assumed.
import type { DuckDBConnection } from "@duckdb/node-api";
import type { PriceBasis } from "#domain/dataset.js";
import type { Micros } from "#domain/time.js";
import { readRows } from "../lake/duckdb.js";

/** A split with a visible size: smaller ones drown in the day's own move. */
const VISIBLE_RATIO = 1.5;
const ENOUGH = 3;
/** Share of the visible splits that must tell the same story. */
const AGREE = 0.8;

export interface KnownSplit {
  readonly ix: number;
  /** First moment at which the new shares trade. */
  readonly from: Micros;
  readonly ratio: number;
}

export interface SplitEvidence {
  /** Visible splits with a bar on both sides. */
  readonly tested: number;
  /** Those on which the price jumped by about the ratio. */
  readonly jumped: number;
}

/** Compares the closes around each split with the jump that raw prices would show. Needs the table `sorted`. */
export async function weighSplits(connection: DuckDBConnection, splits: readonly KnownSplit[]): Promise<SplitEvidence> {
  const visible = splits.filter(({ ratio }) => ratio >= VISIBLE_RATIO || ratio <= 1 / VISIBLE_RATIO);
  if (visible.length === 0) return { tested: 0, jumped: 0 };
  const tuples = visible.map(({ ix, from, ratio }, n) => `(${n}, ${ix}, ${from}, ${ratio})`).join(", ");
  const week = 7 * 86_400_000_000;
  const rows = await readRows(
    connection,
    `SELECT k.n, k.ratio, arg_max(r.close, r.end_at) FILTER (r.open_at < k.t) AS before, arg_min(r.close, r.end_at) FILTER (r.open_at >= k.t) AS after
     FROM (VALUES ${tuples}) k(n, ix, t, ratio) JOIN sorted r ON r.ix = k.ix AND r.end_at BETWEEN k.t - ${week} AND k.t + ${week}
     GROUP BY k.n, k.ratio ORDER BY k.n`,
  );
  const pairs = rows.filter((row) => row.before !== null && row.after !== null);
  const jumped = pairs.filter((row) => {
    const move = Math.log(Number(row.after) / Number(row.before));
    return Math.abs(move + Math.log(Number(row.ratio))) < Math.abs(move);
  });
  return { tested: pairs.length, jumped: jumped.length };
}

/** The basis to go by, and a sentence about how it was found. */
export function assumeBasis({ tested, jumped }: SplitEvidence): { readonly priceBasis: PriceBasis; readonly note: string } {
  if (tested >= ENOUGH && jumped >= AGREE * tested) {
    return {
      priceBasis: "raw",
      note: `The price basis is not declared; prices jump on ${jumped} of ${tested} splits, so they are taken as raw.`,
    };
  }
  const why = tested === 0 ? "" : ` (prices jump on ${jumped} of ${tested} splits)`;
  return {
    priceBasis: "full",
    note: `The price basis is not declared${why}: prices are assumed to be fully adjusted, and corporate actions are not applied.`,
  };
}
