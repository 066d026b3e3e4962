// The books that are seen of a place, as a router asks for them.
import { fromTicks, type Instrument, type InstrumentIx, type Ticks } from "#domain/instrument.js";
import type { PlaceMarket } from "#execution/routing/place.js";
import type { SeenBook } from "#simulation/book/seen-book.js";

/** Levels of a side that the router looks at. */
const ROUTED_LEVELS = 50;

/** One book for each instrument, in their order. */
export function seenMarket(books: readonly SeenBook[], instruments: readonly Instrument[]): PlaceMarket {
  const by = (instrument: InstrumentIx, now: number): SeenBook => {
    const book = books[instrument] as SeenBook;
    book.advance(now);
    return book;
  };
  const priced = (instrument: InstrumentIx, ticks: number): number => fromTicks(ticks as Ticks, instruments[instrument] as Instrument);
  return {
    levels: (instrument, side, now) =>
      by(instrument, now)
        .depth(side, ROUTED_LEVELS)
        .map(({ ticks, lots }) => ({ price: priced(instrument, ticks), lots })),
    best: (instrument, side, now) => by(instrument, now)[side],
    nextAt: (instrument, after) => by(instrument, after).nextAt,
    trading: (instrument, after, to) => (books[instrument] as SeenBook).trading(after, to),
    lastPrint: (instrument, now) => {
      const { lastTicks: ticks, lastSeenAt: seenAt } = by(instrument, now);
      return Number.isNaN(ticks) ? null : { seenAt, ticks };
    },
  };
}
