// Best quotes as an independent witness of the book. Where quotes and diffs share one numbering and every change of the best is told, the
// best as of update n is the latest quote numbered n or below, known for sure once a later quote has come.
import type { QuoteMessage } from "./message.js";
import type { PriceBook } from "./price-book.js";

export class QuoteCheck {
  latest: QuoteMessage | null = null;

  /** Notes a quote and returns the one that holds at update `last` of the book; null when that cannot be known now. */
  note(quote: QuoteMessage, last: number | null): QuoteMessage | null {
    const before = this.latest;
    this.latest = quote;
    if (last === null || quote.last === null) return null;
    if (quote.last === last) return quote;
    return quote.last > last && before !== null && before.last !== null && before.last <= last ? before : null;
  }
}

/** True when the book's best levels are those of the quote, prices and sizes. */
export function agrees({ bids, asks }: PriceBook, quote: QuoteMessage): boolean {
  return (
    bids.ticksOf(0) === quote.bidTicks &&
    asks.ticksOf(0) === quote.askTicks &&
    bids.sizeOf(0) === quote.bidSize &&
    asks.sizeOf(0) === quote.askSize
  );
}
