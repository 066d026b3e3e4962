// An exchange that lies: what it says in place of the truth about a fill, and of its book. Every lie is one that messages alone cannot clear up.
import type { Rng } from "#base/rng.js";
import type { InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import type { OrderId } from "#domain/order.js";
import type { Fill, VenueEvent } from "#domain/venue-event.js";
import type { VenueSnapshot } from "#ports/venue.js";

const LIES: readonly ((fill: Fill, names: number) => VenueEvent[])[] = [
  // A fill of an order that nobody sent.
  (fill) => [fill, { ...fill, fillId: `${fill.fillId}-ghost`, order: "ghost" as OrderId }],
  // More than was ordered.
  (fill) => [fill, { ...fill, fillId: `${fill.fillId}-over`, lots: (fill.lots * 50) as Lots }],
  // The other way.
  (fill) => [fill, { ...fill, fillId: `${fill.fillId}-back`, lots: -fill.lots as Lots }],
  // Of another name.
  (fill, names) => [{ ...fill, instrument: ((fill.instrument + 1) % names) as InstrumentIx }],
  // At another price.
  (fill) => [{ ...fill, price: (fill.price + 3) as Ticks }],
  // What has filled was rejected.
  (fill) => [fill, { kind: "order-rejected", at: fill.at, seenAt: fill.seenAt, order: fill.order, reason: "a lie" }],
  // What may still work is gone.
  (fill) => [fill, { kind: "order-cancelled", at: fill.at, seenAt: fill.seenAt, order: fill.order, reason: "a lie" }],
  // Twice, under two ids.
  (fill) => [fill, { ...fill, fillId: `${fill.fillId}-again` }],
];

export function lieAbout(fill: Fill, names: number, rng: Rng): VenueEvent[] {
  return (LIES[rng.int(LIES.length)] as (typeof LIES)[number])(fill, names);
}

/** A position that is not held, an order that does not work, or one that is left out. */
export function lieOfBook({ open, positions, ...rest }: VenueSnapshot, names: number, rng: Rng): VenueSnapshot {
  const instrument = rng.int(names) as InstrumentIx;
  if (rng.next() < 0.5) return { ...rest, open, positions: [...positions, { instrument, lots: (1 + rng.int(50)) as Lots }] };
  if (rng.next() < 0.5 || open.length === 0)
    return { ...rest, positions, open: [...open, { id: "ghost" as OrderId, instrument, remaining: 5 as Lots }] };
  return { ...rest, positions, open: open.slice(1) };
}
