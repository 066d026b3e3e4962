// What is expected of an instrument's price right now: a fold over market data. It says whether a resting order may hope to be met, and nothing else
// acts on it.
import type { ByteReader, ByteWriter } from "#base/bytes.js";
import type { EventBatch } from "#domain/market.js";

export interface NextReturn {
  /** Rows `start` to `end` (exclusive) of the batch, in order; kinds of rows that it does not read change nothing. */
  market(batch: EventBatch, start: number, end: number): void;
  /** Fraction; 0 while too little is known. */
  next(i: number): number;
  split(i: number, ratio: number): void;
  save(writer: ByteWriter): void;
  load(reader: ByteReader): void;
}
