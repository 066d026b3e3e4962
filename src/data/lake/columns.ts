// The columns of the lake per kind of data: the one list from which tables, Parquet files, batches and the content id are made.
import { type BarBatch, createBarBatch, createQuoteBatch, createTradeBatch, type QuoteBatch, type TradeBatch } from "#domain/market.js";

/** What datasets hold. */
export type LakeBatch = BarBatch | TradeBatch | QuoteBatch;
export type DataKind = LakeBatch["kind"];

/** Value columns in canonical order, as they are named in Parquet. All are DOUBLE; NULL never occurs, NaN means not known. */
export const VALUE_COLUMNS = {
  bar: ["open", "high", "low", "close", "volume"],
  trade: ["price", "size", "aggressor"],
  quote: ["bid", "ask", "bid_size", "ask_size"],
} as const satisfies Record<DataKind, readonly string[]>;

/** Times (BIGINT, Micros) in canonical order, as they are named in Parquet: `end_at` is `at`, a reserved word in DuckDB. */
export const TIME_COLUMNS = {
  bar: ["open_at", "end_at", "seen_at"],
  trade: ["end_at", "seen_at"],
  quote: ["end_at", "seen_at"],
} as const satisfies Record<DataKind, readonly string[]>;

export function laneNames(kind: DataKind): readonly string[] {
  return [...TIME_COLUMNS[kind], ...VALUE_COLUMNS[kind]];
}

/** Where a column of numbers is kept while a batch is filled. */
type Lane = Float64Array | Int8Array;

/** An empty batch of the kind, with its columns listed in canonical order: times, then values. */
export function allocateBatch(kind: DataKind, length: number): { readonly batch: LakeBatch; readonly lanes: readonly Lane[] } {
  const batch = create[kind](length);
  return { batch, lanes: lanesOf(batch) };
}

const create = { bar: createBarBatch, trade: createTradeBatch, quote: createQuoteBatch } as const satisfies Record<DataKind, unknown>;

/** The columns of a batch in canonical order, without the instrument. */
export function lanesOf(batch: LakeBatch): readonly Lane[] {
  switch (batch.kind) {
    case "bar":
      return [batch.openAt, batch.at, batch.seenAt, batch.open, batch.high, batch.low, batch.close, batch.volume];
    case "trade":
      return [batch.at, batch.seenAt, batch.price, batch.size, batch.aggressor];
    case "quote":
      return [batch.at, batch.seenAt, batch.bid, batch.ask, batch.bidSize, batch.askSize];
    default:
      return batch satisfies never;
  }
}
