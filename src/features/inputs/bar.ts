// The bar's own fields as columns. What is not finite is missing: NaN.
import type { BarBatch } from "#domain/market.js";
import type { BarColumn } from "./source.js";

/** Spelled out: a computed property name would be looked up anew at every bar. */
export function barColumn(batch: BarBatch, name: BarColumn): Float64Array {
  switch (name) {
    case "open":
      return batch.open;
    case "high":
      return batch.high;
    case "low":
      return batch.low;
    case "close":
      return batch.close;
    case "volume":
      return batch.volume;
    default:
      return name satisfies never;
  }
}
