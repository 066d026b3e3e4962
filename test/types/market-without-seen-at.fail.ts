// TS2741: a market event says when it could first be acted on.
import type { EventBatch, MarketSlice } from "#domain/market.js";
import type { Micros } from "#domain/time.js";

export function slice(batch: EventBatch, at: Micros): MarketSlice {
  // refused:
  return { kind: "market", at, batch, start: 0, end: batch.length, nextRow: batch.length };
}
