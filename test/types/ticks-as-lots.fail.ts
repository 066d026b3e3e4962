// TS2345: a price is not a size.
import type { Lots, Ticks } from "#domain/instrument.js";

declare function buy(lots: Lots): void;

export function swap(price: Ticks): void {
  // refused:
  buy(price);
}
