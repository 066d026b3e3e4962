// What an engine sees of a recorded book: quotes, levels, and bars of the mid-price, each when it was seen. Single trades are left out: between
// two quotes they would only make the price jump from one side to the other.
import { barsFrom } from "#data/books/bar-clock.js";
import { skipRows } from "#data/books/recording.js";
import type { EventBatch } from "#domain/market.js";
import type { MarketDataSource } from "#ports/market-data.js";

/** `batches`: a recording from its beginning, as often as it is asked for. Bars without a price are left out. */
export function bookMarket(batches: () => AsyncIterable<EventBatch>, everyUs: number): MarketDataSource {
  return { batches: (fromRow) => skipRows(priced(barsFrom(batches(), everyUs)), fromRow) };
}

async function* priced(batches: AsyncIterable<EventBatch>): AsyncGenerator<EventBatch> {
  for await (const batch of batches) {
    if (batch.kind === "trade") continue;
    // A bar comes alone.
    if (batch.kind === "bar" && Number.isNaN(batch.close[0])) continue;
    yield batch;
  }
}
