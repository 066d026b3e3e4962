// Our part in an auction whose price and volume are known from its print. Orders without a limit come first, then the better limit, then time.
// An order whose limit is the auction's price itself gets nothing: nobody knows how many stood before it at the margin.
import type { OwnOrder } from "./own-order.js";

/**
 * Fills orders of one side at `ticks`, no more than the `lots` that the auction traded; every traded lot has a buyer and a seller.
 * `fill` says how much of a size it took.
 */
export function runAuction(bidders: readonly OwnOrder[], ticks: number, lots: number, fill: (own: OwnOrder, size: number) => number): void {
  let left = lots;
  // Sorting keeps those alike in the order in which they came.
  for (const own of bidders.toSorted((a, b) => (a.key === b.key ? 0 : b.key - a.key))) {
    if (own.key <= ticks * own.side || left === 0) return;
    left -= fill(own, Math.min(left, own.remaining));
  }
}
