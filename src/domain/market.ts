// Market data as columns: a batch holds rows of one kind, ordered by (seenAt, instrument, sequence).
// The hot path never builds an object per row; `BarRow` and its like are views for edges and tests.
import type { InstrumentIx } from "./instrument.js";
import type { Micros } from "./time.js";

/** Rows per batch, at most. */
export const BATCH_ROWS = 65_536;

interface TimedColumns {
  readonly length: number;
  /** When it happened (for a bar: its end), Micros. */
  readonly at: Float64Array;
  /** When it could first be acted on, Micros; never before `at`; never falling within a batch. */
  readonly seenAt: Float64Array;
  readonly instrument: Int32Array;
}

export interface BarBatch extends TimedColumns {
  readonly kind: "bar";
  /** Start of the interval, Micros; `at` is its exclusive end. */
  readonly openAt: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Units traded within the interval; 0 when nothing traded, NaN when not reported. */
  readonly volume: Float64Array;
}

export interface TradeBatch extends TimedColumns {
  readonly kind: "trade";
  readonly price: Float64Array;
  readonly size: Float64Array;
  /** +1 the buyer took, -1 the seller took, 0 not known. */
  readonly aggressor: Int8Array;
}

export interface QuoteBatch extends TimedColumns {
  readonly kind: "quote";
  /** NaN when there is no quote on that side. */
  readonly bid: Float64Array;
  readonly ask: Float64Array;
  readonly bidSize: Float64Array;
  readonly askSize: Float64Array;
}

/** Price levels per side of a book row. */
export const BOOK_LEVELS = 10;

/** The best levels of an order book after each message that was applied to it. */
export interface BookBatch extends TimedColumns {
  readonly kind: "book";
  /** `[row][level]`, BOOK_LEVELS a row, best first; NaN price and 0 size where the book has no such level. */
  readonly bidPrice: Float64Array;
  readonly bidSize: Float64Array;
  readonly askPrice: Float64Array;
  readonly askSize: Float64Array;
}

export type EventBatch = BarBatch | TradeBatch | QuoteBatch | BookBatch;

/** Rows `start` (inclusive) to `end` (exclusive) of a batch that became visible at one moment: one event of the engine. */
export interface MarketSlice {
  readonly kind: "market";
  readonly at: Micros;
  readonly seenAt: Micros;
  readonly batch: EventBatch;
  readonly start: number;
  readonly end: number;
  /** Position in the source of the row behind the last one of this slice: where a resumed session goes on. */
  readonly nextRow: number;
}

/** One bar as an object. */
export interface BarRow {
  readonly instrument: InstrumentIx;
  readonly openAt: Micros;
  readonly at: Micros;
  readonly seenAt: Micros;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export function createBarBatch(length: number): BarBatch {
  const f64 = (): Float64Array => new Float64Array(length);
  return {
    kind: "bar",
    length,
    at: f64(),
    seenAt: f64(),
    openAt: f64(),
    instrument: new Int32Array(length),
    open: f64(),
    high: f64(),
    low: f64(),
    close: f64(),
    volume: f64(),
  };
}

export function createTradeBatch(length: number): TradeBatch {
  const f64 = (): Float64Array => new Float64Array(length);
  const timed = { length, at: f64(), seenAt: f64(), instrument: new Int32Array(length) };
  return { kind: "trade", ...timed, price: f64(), size: f64(), aggressor: new Int8Array(length) };
}

export function createQuoteBatch(length: number): QuoteBatch {
  const f64 = (): Float64Array => new Float64Array(length);
  const timed = { length, at: f64(), seenAt: f64(), instrument: new Int32Array(length) };
  return { kind: "quote", ...timed, bid: f64(), ask: f64(), bidSize: f64(), askSize: f64() };
}

export function createBookBatch(length: number): BookBatch {
  const f64 = (): Float64Array => new Float64Array(length);
  const levels = (): Float64Array => new Float64Array(length * BOOK_LEVELS);
  const timed = { length, at: f64(), seenAt: f64(), instrument: new Int32Array(length) };
  return { kind: "book", ...timed, bidPrice: levels(), bidSize: levels(), askPrice: levels(), askSize: levels() };
}

export function toBarBatch(rows: readonly BarRow[]): BarBatch {
  const batch = createBarBatch(rows.length);
  rows.forEach((row, i) => {
    batch.instrument[i] = row.instrument;
    batch.openAt[i] = row.openAt;
    batch.at[i] = row.at;
    batch.seenAt[i] = row.seenAt;
    batch.open[i] = row.open;
    batch.high[i] = row.high;
    batch.low[i] = row.low;
    batch.close[i] = row.close;
    batch.volume[i] = row.volume;
  });
  return batch;
}

export function barRow(batch: BarBatch, i: number): BarRow {
  return {
    instrument: batch.instrument[i] as InstrumentIx,
    openAt: batch.openAt[i] as Micros,
    at: batch.at[i] as Micros,
    seenAt: batch.seenAt[i] as Micros,
    open: batch.open[i] as number,
    high: batch.high[i] as number,
    low: batch.low[i] as number,
    close: batch.close[i] as number,
    volume: batch.volume[i] as number,
  };
}
