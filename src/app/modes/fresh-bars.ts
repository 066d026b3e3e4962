// Lets through of a feed only bars that end behind the newest one of their instrument: a bar that comes twice, or late behind a newer one,
// would turn prices and features back. What is no bar passes as it is.
import type { Delisting, Split } from "#domain/corporate-action.js";
import { type BarBatch, type MarketSlice, createBarBatch } from "#domain/market.js";

export class FreshBars {
  /** End of the newest bar per instrument row, Micros; absent before the first. */
  private readonly newest: number[];

  /** `newest`: what `save` gave. */
  constructor(newest: readonly number[]) {
    this.newest = [...newest];
  }

  /** The slice with what is new of it, which counts as seen from now on; null when nothing is. */
  take(slice: MarketSlice): MarketSlice | null {
    const { batch, start, end } = slice;
    if (batch.kind !== "bar") return slice;
    const rows: number[] = [];
    for (let row = start; row < end; row++) {
      const i = batch.instrument[row] as number;
      const at = batch.at[row] as number;
      if (at <= (this.newest[i] ?? 0)) continue;
      this.newest[i] = at;
      rows.push(row);
    }
    if (rows.length === end - start) return slice;
    return rows.length === 0 ? null : { ...slice, batch: chosen(batch, rows), start: 0, end: rows.length };
  }

  /** A bar from before it is on the old basis; one of a name that left is of no use. True where a bar from behind it has been seen. */
  reference({ kind, instrument, at }: Split | Delisting): boolean {
    const newest = this.newest[instrument] ?? 0;
    this.newest[instrument] = kind === "delisting" ? Number.MAX_SAFE_INTEGER : Math.max(newest, at);
    return newest > at;
  }

  save(): readonly number[] {
    return Array.from(this.newest, (at) => at ?? 0);
  }
}

function chosen(batch: BarBatch, rows: readonly number[]): BarBatch {
  const rest = createBarBatch(rows.length);
  for (const name of ["at", "seenAt", "instrument", "openAt", "open", "high", "low", "close", "volume"] as const)
    rows.forEach((row, k) => {
      rest[name][k] = batch[name][row] as number;
    });
  return rest;
}
