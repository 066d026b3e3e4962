// The size-weighted mid-price of the best quote, as a forecast of where the mid-price goes: W = I ask + (1 - I) bid with I = bid size / (bid size + ask size)
// (Stoikov, "The micro-price", Quantitative Finance 2018, section 1). It is not his micro-price, which shrinks the distance to what follows on
// average, but lies on the same side of the mid-price, and nothing but the side is acted on.
import type { ByteReader, ByteWriter } from "#base/bytes.js";
import { BOOK_LEVELS, type EventBatch } from "#domain/market.js";
import type { NextReturn } from "./next-return.js";

export class WeightedMid implements NextReturn {
  private readonly ahead: Float64Array;

  constructor(instruments: number) {
    this.ahead = new Float64Array(instruments);
  }

  /** Quotes and books; the newest row counts. A side that is not there says nothing. */
  market(batch: EventBatch, start: number, end: number): void {
    if (batch.kind === "quote") {
      const { instrument, bid, ask, bidSize, askSize } = batch;
      for (let row = start; row < end; row++)
        this.see(instrument[row] as number, bid[row] as number, ask[row] as number, bidSize[row] as number, askSize[row] as number);
    } else if (batch.kind === "book") {
      const { instrument, bidPrice, askPrice, bidSize, askSize } = batch;
      for (let row = start; row < end; row++) {
        const best = row * BOOK_LEVELS;
        this.see(
          instrument[row] as number,
          bidPrice[best] as number,
          askPrice[best] as number,
          bidSize[best] as number,
          askSize[best] as number,
        );
      }
    }
  }

  next(i: number): number {
    return this.ahead[i] as number;
  }

  /** Sizes and prices change by one ratio: the distance, a fraction, does not. */
  split(): void {}

  save(writer: ByteWriter): void {
    writer.f64s(this.ahead);
  }

  load(reader: ByteReader): void {
    this.ahead.set(reader.f64s());
  }

  private see(i: number, bid: number, ask: number, bidSize: number, askSize: number): void {
    // W less the mid-price, over the mid-price, without the rounding of two large prices.
    const ahead = ((ask - bid) / (ask + bid)) * ((bidSize - askSize) / (bidSize + askSize));
    this.ahead[i] = Number.isFinite(ahead) ? ahead : 0;
  }
}
