// Compares the engine's book with what the venue believes. What cannot be explained is a reason to stop, not to guess.
import type { Instrument } from "#domain/instrument.js";
import type { OrderId } from "#domain/order.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { VenueSnapshot } from "#ports/venue.js";

export interface VenueDifference {
  /** One sentence per difference; empty when the books agree. */
  readonly unexplained: readonly string[];
  /** Orders that only we know, while all positions agree: they never arrived or are gone without a fill. */
  readonly gone: readonly OrderId[];
}

export function compareWithVenue(view: PortfolioView, instruments: readonly Instrument[], venue: VenueSnapshot): VenueDifference {
  const unexplained: string[] = [];
  const name = (i: number): string => instruments[i]?.id ?? `instrument ${i}`;
  const theirs = new Float64Array(instruments.length);
  for (const { instrument, lots } of venue.positions) {
    if (instrument < theirs.length) theirs[instrument] = (theirs[instrument] as number) + lots;
    else unexplained.push(`the venue holds ${lots} lots of an instrument that this session does not know`);
  }
  theirs.forEach((lots, i) => {
    if (lots !== view.lots[i]) unexplained.push(`we hold ${view.lots[i]} lots of ${name(i)}, the venue says ${lots}`);
  });
  const open = new Map(venue.open.map((order) => [order.id, order]));
  const gone: OrderId[] = [];
  for (const { order, remaining } of view.working) {
    const known = open.get(order.id);
    open.delete(order.id);
    if (known === undefined) gone.push(order.id);
    else if (known.remaining !== remaining || known.instrument !== order.instrument) {
      unexplained.push(`${remaining} lots of order ${order.id} are left by our book, ${known.remaining} by the venue's`);
    }
  }
  for (const order of open.values())
    unexplained.push(`the venue works order ${order.id} for ${order.remaining} lots of ${name(order.instrument)}, which we do not know`);
  return { unexplained, gone };
}
