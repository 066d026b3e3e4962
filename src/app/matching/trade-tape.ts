// Lets a strategy trade at a simulated venue of books: it looks at given moments of our clock, sees the market as late as its data came, and
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

/** Called now and then: the moment to stop a long run by throwing. */
export type BetweenLooks = () => void;

/** Looks at each of the rising moments, then hears all that is said until `until`. Returns the number of looks. */
export function tradeTape(
  venue: BookVenue,
  seen: SeenBook,
  trader: Trader,
  moments: Iterable<number>,
  until: number,
  between?: BetweenLooks,
): number {
  let looks = 0;
  for (const now of moments) {
    hearUntil(venue, trader, now);
    seen.advance(now);
    trader.look(now as Micros, seen);
    if (++looks % 1024 === 0) between?.();
  }
  hearUntil(venue, trader, until);
  return looks;
}

/** From `from` on, one every `everyUs`, none behind `until`. */
export function* everySoOften(from: number, everyUs: number, until: number): Generator<number> {
  for (let now = from; now <= until; now += everyUs) yield now;
}

function hearUntil(venue: BookVenue, trader: Trader, to: number): void {
  for (;;) {
    const reached = venue.advance(to);
    for (let event = venue.peek(); event !== undefined && event.seenAt <= reached; event = venue.peek())
      trader.heard(venue.take() as VenueEvent);
    if (reached >= to) return;
  }
}
