import { describe, expect, it } from "vitest";
import { type BarBatch, BOOK_LEVELS, createBookBatch, createTradeBatch, type EventBatch } from "#domain/market.js";
import { barsFrom } from "./bar-clock.js";

function book(seenAt: number, mid: number): EventBatch {
  const batch = createBookBatch(1);
  batch.at[0] = seenAt;
  batch.seenAt[0] = seenAt;
  for (const column of [batch.bidPrice, batch.askPrice]) column.fill(Number.NaN, 0, BOOK_LEVELS);
  batch.bidPrice[0] = mid - 1;
  batch.askPrice[0] = mid + 1;
  return batch;
}

function trade(seenAt: number, size: number): EventBatch {
  const batch = createTradeBatch(1);
  batch.seenAt[0] = seenAt;
  batch.size[0] = size;
  return batch;
}

async function all(batches: readonly EventBatch[], every: number | "message"): Promise<EventBatch[]> {
  const out: EventBatch[] = [];
  async function* source(): AsyncGenerator<EventBatch> {
    for (const batch of batches) yield await Promise.resolve(batch);
  }
  for await (const batch of barsFrom(source(), every)) out.push(batch);
  return out;
}

const bars = (batches: readonly EventBatch[]): number[][] =>
  batches.flatMap((batch) => {
    if (batch.kind !== "bar") return [];
    const { openAt, at, open, high, low, close, volume }: BarBatch = batch;
    return [[openAt, at, open, high, low, close, volume].map((column) => column[0] as number)];
  });

describe("bars from books", () => {
  it("hold what was seen before their end, stay where nothing happens, and are NaN while the book is not shown", async () => {
    const events = [book(1005, 50), trade(1006, 3), book(1009, 52), book(1010, 51), book(1031, Number.NaN), book(1045, 60), book(1050, 61)];
    const out = await all(events, 10);
    expect(bars(out)).toEqual([
      [1000, 1010, 50, 52, 50, 52, 3],
      [1010, 1020, 52, 52, 51, 51, 0],
      [1020, 1030, 51, 51, 51, 51, 0],
      [1030, 1040, Number.NaN, Number.NaN, Number.NaN, Number.NaN, 0],
      [1040, 1050, 60, 60, 60, 60, 0],
    ]);
    // Ordered by seenAt, a bar before the rows seen at its end.
    const seen = out.map((batch) => [batch.kind, batch.seenAt[0]]);
    expect(seen.slice(0, 5)).toEqual([
      ["book", 1005],
      ["trade", 1006],
      ["book", 1009],
      ["bar", 1010],
      ["book", 1010],
    ]);
  });

  it("cuts a batch at the end of a bar", async () => {
    const batch = createBookBatch(3);
    batch.seenAt.set([1001, 1009, 1012]);
    batch.bidPrice.fill(1);
    batch.askPrice.fill(3);
    const out = await all([batch], 10);
    expect(out.map(({ kind, length }) => [kind, length])).toEqual([
      ["book", 2],
      ["bar", 1],
      ["book", 1],
    ]);
    expect((out[2] as typeof batch).bidPrice).toHaveLength(BOOK_LEVELS);
    expect(out[2]?.seenAt[0]).toBe(1012);
  });

  it("come after every message when asked, and not before the first shown book", async () => {
    const out = await all([book(1, Number.NaN), book(5, 50), trade(6, 2), book(7, 51)], "message");
    expect(bars(out).map((bar) => [bar[1], bar[5], bar[6]])).toEqual([
      [5, 50, Number.NaN],
      [7, 51, 2],
    ]);
  });
});
