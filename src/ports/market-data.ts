// Where market data comes from: history or a live feed, one shape.
import type { EventBatch } from "#domain/market.js";

export interface MarketDataSource {
  /**
   * Batches ordered by (seenAt, instrument), from row `fromRow` of the whole source on.
   * Rows seen at one moment are never spread over two batches. Ends when history is exhausted, never ends when live.
   */
  batches(fromRow: number): AsyncIterable<EventBatch>;
}
