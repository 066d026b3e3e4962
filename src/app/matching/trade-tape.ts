// Lets a strategy trade at a simulated venue of books: it looks at regular moments of our clock, sees the market as late as its data came, and
// hears the venue as late as its answers take. No wall clock, no chance.
import type { Micros } from "#domain/time.js";
import type { VenueEvent } from "#domain/venue-event.js";
import type { BookVenue } from "#simulation/book/book-venue.js";
import type { SeenBook } from "#simulation/book/seen-book.js";
import type { SeenQuote } from "./quoter.js";

export interface Trader {
  look(now: Micros, quote: SeenQuote): void;
  heard(event: VenueEvent): void;
}

export interface TradeSpan {
  /** First look, Micros. */
  readonly from: number;
  readonly everyUs: number;
  /** No look behind this moment. */
  readonly until: number;
}

/** Called between looks: the moment to stop a long run by throwing. */
export type BetweenLooks = () => void;

/** Returns the number of looks. Everything said until the end of the span is heard; what is open then stays open. */
export function tradeTape(venue: BookVenue, seen: SeenBook, trader: Trader, span: TradeSpan, between?: BetweenLooks): number {
  let looks = 0;
  for (let now = span.from; now <= span.until; now += span.everyUs) {
    hearUntil(venue, trader, now);
    seen.advance(now);
    trader.look(now as Micros, seen);
    looks++;
    if (between !== undefined && looks % 1024 === 0) between();
  }
  hearUntil(venue, trader, span.until);
  return looks;
}

function hearUntil(venue: BookVenue, trader: Trader, to: number): void {
  for (;;) {
    const reached = venue.advance(to);
    for (let event = venue.peek(); event !== undefined && event.seenAt <= reached; event = venue.peek())
      trader.heard(venue.take() as VenueEvent);
    if (reached >= to) return;
  }
}
