// Gives back, in order, the market slices that a journal names by row: the dataset read along with it.
import { TruewindError } from "#base/errors.js";
import type { EventBatch, MarketSlice } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import type { MarketDataSource } from "#ports/market-data.js";

export interface RowsWanted {
  readonly at: Micros;
  readonly seenAt: Micros;
  readonly count: number;
  readonly nextRow: number;
}

export interface SliceCursor {
  /** Throws `data-changed` when the dataset does not hold what the journal recorded. */
  next(rows: RowsWanted): Promise<MarketSlice>;
}

export function createSliceCursor(source: MarketDataSource): SliceCursor {
  const batches = source.batches(0)[Symbol.asyncIterator]();
  let batch: EventBatch | null = null;
  let at = 0;
  let row = 0;
  return {
    async next({ count, nextRow, at: happened, seenAt }) {
      while (batch === null || at >= batch.length) {
        const read = await batches.next();
        if (read.done === true) throw changed(row);
        batch = read.value;
        at = 0;
      }
      const slice: MarketSlice = { kind: "market", at: happened, seenAt, batch, start: at, end: at + count, nextRow };
      at += count;
      row += count;
      if (row !== nextRow || slice.end > batch.length) throw changed(row);
      // The whole of the moment, and nothing else.
      if (batch.seenAt[slice.start] !== seenAt || batch.seenAt[slice.end - 1] !== seenAt || batch.seenAt[slice.end] === seenAt)
        throw changed(row);
      return slice;
    },
  };
}

function changed(row: number): TruewindError {
  return new TruewindError(
    "data-changed",
    `The dataset no longer holds what the journal recorded at row ${row}: restore the dataset it was made with.`,
  );
}
