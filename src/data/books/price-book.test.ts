import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBookBatch } from "#domain/market.js";
import { PriceBook, writeLevels } from "./price-book.js";
import { parseEpoch, parseTicks, tickScale } from "./ticks.js";

/** Few prices, so that levels are replaced and taken away, and many, so that both searches are used. */
const changes = fc.oneof(
  fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 3 })), { maxLength: 40 }),
  fc.array(fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 0, max: 3 })), { maxLength: 300 }),
);

function apply(book: Map<number, number>, told: readonly (readonly [number, number])[]): void {
  for (const [ticks, size] of told) {
    if (size === 0) book.delete(ticks);
    else book.set(ticks, size);
  }
}

function sorted(book: ReadonlyMap<number, number>, sign: 1 | -1): number[] {
  return [...book].sort((a, b) => sign * (b[0] - a[0])).flat();
}

describe("a book by price", () => {
  it("equals a plain map that is sorted anew, after any messages", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(changes, changes), { maxLength: 12 }), (messages) => {
        const book = new PriceBook();
        const [bids, asks] = [new Map<number, number>(), new Map<number, number>()];
        for (const [bid, ask] of messages) {
          book.apply(bid.flat(), ask.flat());
          apply(bids, bid);
          apply(asks, ask);
          expect(book.save()).toEqual({ bids: sorted(bids, 1), asks: sorted(asks, -1) });
          for (const ticks of [...bids.keys()].slice(0, 5)) expect(book.bids.sizeAt(ticks)).toBe(bids.get(ticks));
        }
      }),
      { numRuns: 150 },
    );
  });

  it("is left as it was by a message with a broken number anywhere in it", () => {
    const book = new PriceBook();
    book.apply([100, 1], [101, 2]);
    const before = book.save();
    for (const broken of [
      [99, 1, Number.NaN, 1],
      [99, 1, 98, -1],
      [99, 1, 98.5, 1],
      [99, 1, 98, Number.POSITIVE_INFINITY],
    ]) {
      expect(() => book.apply(broken, [])).toThrow("Invariant");
      expect(() => book.apply([99, 1], broken)).toThrow("Invariant");
      expect(() => book.load([50, 1], broken)).toThrow("Invariant");
      expect(book.save()).toEqual(before);
    }
  });

  it("writes ten levels a side, NaN and 0 where it has none or may not show them", () => {
    const book = new PriceBook();
    book.apply([10_001, 5, 10_000, 6], [10_002, 7]);
    const batch = createBookBatch(2);
    writeLevels(book, 100, [10, 10], batch, 0);
    writeLevels(book, 100, [1, 0], batch, 1);
    expect([...batch.bidPrice.subarray(0, 3)]).toEqual([100.01, 100, Number.NaN]);
    expect([...batch.bidSize.subarray(0, 3)]).toEqual([5, 6, 0]);
    expect([...batch.bidPrice.subarray(10, 12)]).toEqual([100.01, Number.NaN]);
    expect(batch.askPrice[10]).toBeNaN();
    expect(batch.askSize[10]).toBe(0);
  });
});

describe("prices as ticks", () => {
  it("divide back to the very float that the decimal text means", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_000_000_000_000_000 }), fc.integer({ min: 0, max: 9 }), (count, decimals) => {
        const digits = String(count).padStart(decimals + 1, "0");
        const text = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
        expect(parseTicks(text, decimals)).toBe(count);
        expect(parseTicks(text, decimals) / tickScale(decimals)).toBe(Number(text));
      }),
    );
  });

  it("refuses what is no plain decimal, has too many decimals or does not fit", () => {
    for (const text of ["", ".", "1e5", "0x10", " 1", "1,5", "1.2.3", "--1", "1.234567891", "99999999999999999"])
      expect(parseTicks(text, 8), text).toBeNaN();
    expect(parseTicks("1.2300000000", 2)).toBe(123);
  });

  it("cuts nanoseconds to microseconds and widens milliseconds", () => {
    expect(parseEpoch("1723161256172216566")).toBe(1_723_161_256_172_216);
    expect(parseEpoch("1723161256172")).toBe(1_723_161_256_172_000);
    expect(parseEpoch("-1")).toBeNaN();
  });
});
