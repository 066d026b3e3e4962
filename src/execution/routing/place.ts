// One of several venues of an instrument, as a router knows it; and how the lots of an order are shared out among them.
import { fromTicks, type Instrument, type InstrumentIx } from "#domain/instrument.js";
import type { Order } from "#domain/order.js";
import type { DrivenVenue } from "#ports/driven-venue.js";
import { type BookLevel, routeOrder } from "./route-order.js";

/** A venue that says how far its exchange may run alone: several of them are run in step. */
export interface SteppedVenue extends DrivenVenue {
  /** Nothing happens before this moment; Infinity when nothing will. */
  readonly nextAt: number;
}

export interface Place {
  /** Unique among the places; part of the ids of children and fills. */
  readonly name: string;
  readonly venue: SteppedVenue;
  /** Its displayed levels of a side, best first, as seen from here by the moment, which never falls. Currency and whole lots. */
  readonly levels: (instrument: InstrumentIx, side: "bid" | "ask", now: number) => readonly BookLevel[];
  /** Basis points of notional; negative is a rebate. */
  readonly makerFeeBps: number;
  readonly takerFeeBps: number;
  /** One way, as the router reckons with it. */
  readonly latencyUs: number;
}

export interface Asked {
  readonly order: Order;
  /** Absolute, at least 1. */
  readonly lots: number;
  readonly now: number;
  /** Numbers of the places that are out of the question. */
  readonly failed: readonly number[];
}

/**
 * Lots (absolute) by number of the place: all of them, or none where no place is left. What is displayed is shared out by `routeOrder`. What is not
 * displayed rests where resting is cheapest; of an order that does not rest it goes to the place that has the most of it, which may have more than it
 * shows, or at first to the place named first.
 */
export function shareOut(
  { order, lots, now, failed }: Asked,
  places: readonly Place[],
  instruments: readonly Instrument[],
  driftBpsPerMs: number,
): readonly (readonly [place: number, lots: number])[] {
  const asked = places.map((_, place) => place).filter((place) => !failed.includes(place));
  const sizes = new Map<number, number>();
  let left = lots;
  if (order.terms?.postOnly !== true) {
    const side = order.lots > 0 ? "ask" : "bid";
    const books = asked.map((place) => {
      const { name, levels, takerFeeBps, latencyUs } = places[place] as Place;
      return { venue: name, levels: levels(order.instrument, side, now), feeBps: takerFeeBps, latencyUs };
    });
    const limit = order.limit === null ? null : fromTicks(order.limit, instruments[order.instrument] as Instrument);
    const routing = routeOrder(Math.sign(order.lots) * lots, books, { limit, driftBpsPerMs });
    for (const route of routing.routes)
      sizes.set(
        places.findIndex(({ name }) => name === route.venue),
        Math.abs(route.lots),
      );
    left = Math.abs(routing.left);
  }
  if (left > 0) {
    const rests = order.limit !== null && order.terms?.timeInForce !== "ioc";
    const place = rests ? cheapestRest(asked, places) : (largest(sizes) ?? (failed.length === 0 ? asked[0] : undefined));
    if (place === undefined) return [];
    sizes.set(place, (sizes.get(place) ?? 0) + left);
  }
  return [...sizes].sort(([a], [b]) => a - b);
}

/** The first among equals. */
function cheapestRest(asked: readonly number[], places: readonly Place[]): number | undefined {
  const feeOf = (place: number): number => (places[place] as Place).makerFeeBps;
  return [...asked].sort((a, b) => feeOf(a) - feeOf(b) || a - b)[0];
}

/** The place that has the most of it; the first among equals. */
function largest(sizes: ReadonlyMap<number, number>): number | undefined {
  return [...sizes].sort(([a, some], [b, others]) => others - some || a - b)[0]?.[0];
}
