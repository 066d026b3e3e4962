// Venues know of every quote by the time of the bars that follow it, and never hold more than so many; from any row on.
import { describe, expect, it } from "vitest";
import type { InstrumentIx } from "#domain/instrument.js";
import { type EventBatch, createQuoteBatch, type QuoteBatch, toBarBatch } from "#domain/market.js";
import { MINUTE_US, type Micros, SECOND_US } from "#domain/time.js";
import type { MarketDataSource } from "#ports/market-data.js";
import type { SimulatedVenue } from "#simulation/venue/simulated-venue.js";
import { withQuotes } from "./quoted-source.js";

const MINUTES = 40;
const PER_MINUTE = 12_000;

function quotesFrom(fromRow: number): QuoteBatch[] {
  const batches: QuoteBatch[] = [];
  for (let start = fromRow; start < MINUTES * PER_MINUTE; start += 50_000) {
    const batch = createQuoteBatch(Math.min(50_000, MINUTES * PER_MINUTE - start));
    for (let k = 0; k < batch.length; k++) batch.at[k] = ((start + k) * MINUTE_US) / PER_MINUTE;
    batches.push(batch);
  }
  return batches;
}

const bars: MarketDataSource = {
  async *batches() {
    const rows = Array.from({ length: MINUTES }, (_, k) => {
      const [openAt, at] = [k * MINUTE_US, (k + 1) * MINUTE_US] as [Micros, Micros];
      return {
        instrument: 0 as InstrumentIx,
        openAt,
        at,
        seenAt: (at + SECOND_US) as Micros,
        open: 1,
        high: 1,
        low: 1,
        close: 1,
        volume: 1,
      };
    });
    yield toBarBatch(rows);
  },
};

const quotes: MarketDataSource = {
  async *batches(fromRow) {
    yield* quotesFrom(fromRow);
  },
};

describe("a source of bars with quotes before them", () => {
  it.each([0, 1, 49_999, 50_000, 123_456])("tells all rows from row %i once, in order, before the bars of their time", async (from) => {
    const venue = { nextQuote: from, told: from, lastAt: -1, held: 0, most: 0 };
    const listening = {
      get nextQuote() {
        return venue.nextQuote;
      },
      quote(batch: QuoteBatch, firstRow: number) {
        expect(firstRow).toBe(venue.told);
        expect(batch.at[0]).toBeGreaterThan(venue.lastAt);
        venue.told += batch.length;
        venue.held += batch.length;
        venue.most = Math.max(venue.most, venue.held);
        venue.lastAt = batch.at[batch.length - 1] as number;
      },
    } as unknown as SimulatedVenue;
    let rows = 0;
    let pieces = 0;
    for await (const batch of withQuotes(bars, { source: quotes }, [listening]).batches(0)) {
      const { seenAt, length } = batch as EventBatch;
      const last = seenAt[length - 1] as number;
      expect(venue.told).toBe(Math.max(from, Math.min(MINUTES * PER_MINUTE, Math.floor((last * PER_MINUTE) / MINUTE_US) + 1)));
      venue.held = 0;
      rows += length;
      pieces++;
    }
    expect(rows).toBe(MINUTES);
    expect(pieces).toBeGreaterThan(1);
    expect(venue.told).toBe(MINUTES * PER_MINUTE);
    expect(venue.most).toBeLessThan(131_072 + 2 * PER_MINUTE);
  });
});
