import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader, ByteWriter } from "#base/bytes.js";
import { BOOK_LEVELS, createBookBatch, createQuoteBatch, type EventBatch } from "#domain/market.js";
import { WeightedMid } from "./weighted-mid.js";

function quote(bid: number, bidSize: number, ask: number, askSize: number, instrument = 0): EventBatch {
  const batch = createQuoteBatch(1);
  batch.instrument[0] = instrument;
  [batch.bid[0], batch.ask[0], batch.bidSize[0], batch.askSize[0]] = [bid, ask, bidSize, askSize];
  return batch;
}

/** Forecast after one batch. */
function after(batch: EventBatch, i = 0): number {
  const mid = new WeightedMid(2);
  mid.market(batch, 0, batch.length);
  return mid.next(i);
}

describe("the size-weighted mid-price", () => {
  it("lies towards the side that offers less, by a figure worked by hand", () => {
    // I = 30 / 40: 3/4 of 102 and 1/4 of 98 are 101, one above the mid of 100.
    expect(after(quote(98, 30, 102, 10))).toBe(0.01);
    expect(after(quote(98, 10, 102, 30))).toBe(-0.01);
    expect(after(quote(98, 10, 102, 10))).toBe(0);
  });

  it("mirrors itself when the sides change places, stays within the spread, and does not mind the unit of sizes", () => {
    const price = fc.double({ min: 0.01, max: 1e5, noNaN: true });
    const size = fc.double({ min: 1e-8, max: 1e8, noNaN: true });
    fc.assert(
      fc.property(price, price, size, size, (bid, spread, bidSize, askSize) => {
        const ask = bid + spread;
        const forecast = after(quote(bid, bidSize, ask, askSize));
        expect(after(quote(bid, askSize, ask, bidSize))).toBeCloseTo(-forecast, 9);
        expect(Math.abs(forecast)).toBeLessThanOrEqual((spread / (bid + ask)) * (1 + 1e-9));
        expect(after(quote(bid, 8 * bidSize, ask, 8 * askSize))).toBeCloseTo(forecast, 12);
        if (bidSize !== askSize) expect(Math.sign(forecast) * Math.sign(bidSize - askSize)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("says nothing where a side is missing, forgets what it said before, and reads the best level of a book", () => {
    const mid = new WeightedMid(1);
    mid.market(quote(98, 30, 102, 10), 0, 1);
    mid.market(quote(98, 30, Number.NaN, 0), 0, 1);
    expect(mid.next(0)).toBe(0);
    const book = createBookBatch(2);
    book.instrument.fill(1);
    for (const [at, price, size] of [
      [book.bidPrice, 98, book.bidSize],
      [book.askPrice, 102, book.askSize],
    ] as const) {
      at.fill(Number.NaN);
      at[BOOK_LEVELS] = price;
      size[BOOK_LEVELS] = price === 98 ? 30 : 10;
    }
    expect(after(book, 1)).toBe(0.01);
  });

  it("goes on from its bytes", () => {
    const [mid, again] = [new WeightedMid(2), new WeightedMid(2)];
    mid.market(quote(98, 30, 102, 10, 1), 0, 1);
    const writer = new ByteWriter(64);
    mid.save(writer);
    again.load(new ByteReader(writer.finish()));
    expect([again.next(0), again.next(1)]).toEqual([0, 0.01]);
  });
});
