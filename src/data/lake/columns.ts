// The columns of the lake per kind of data: the one list from which tables, Parquet files, batches and the content id are made.
import type { BarBatch, EventBatch, QuoteBatch, TradeBatch } from "#domain/market.js";

export type DataKind = EventBatch["kind"];

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
export function allocateBatch(kind: DataKind, length: number): { readonly batch: EventBatch; readonly lanes: readonly Lane[] } {
  const f64 = (): Float64Array => new Float64Array(length);
  const timed = { length, at: f64(), seenAt: f64(), instrument: new Int32Array(length) };
  switch (kind) {
    case "bar": {
      const batch: BarBatch = { kind, ...timed, openAt: f64(), open: f64(), high: f64(), low: f64(), close: f64(), volume: f64() };
      return { batch, lanes: lanesOf(batch) };
    }
    case "trade": {
      const batch: TradeBatch = { kind, ...timed, price: f64(), size: f64(), aggressor: new Int8Array(length) };
      return { batch, lanes: lanesOf(batch) };
    }
    case "quote": {
      const batch: QuoteBatch = { kind, ...timed, bid: f64(), ask: f64(), bidSize: f64(), askSize: f64() };
      return { batch, lanes: lanesOf(batch) };
    }
    default:
      return kind satisfies never;
  }
}

/** The columns of a batch in canonical order, without the instrument. */
export function lanesOf(batch: EventBatch): readonly Lane[] {
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
