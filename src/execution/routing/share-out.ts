// How the lots of an order are shared out among several venues, by the books that are seen.
import { fromTicks, type Instrument } from "#domain/instrument.js";
import type { Order } from "#domain/order.js";
import type { Place } from "./place.js";
import { type BookLevel, routeOrder, type VenueBook } from "./route-order.js";

export interface Asked {
  readonly order: Order;
  /** Absolute, at least 1. */
  readonly lots: number;
  readonly now: number;
  /** Numbers of the places that are out of the question. */
  readonly failed: readonly number[];
  /** Lots by place that are not there any more, of an order that goes for what is displayed and for nothing else; null: for any other. */
  readonly taken: readonly number[] | null;
}

export interface RoutingRules {
  readonly instruments: readonly Instrument[];
  /** In order of preference where all else is equal. */
  readonly places: readonly Place[];
  /** As of `routeOrder`. */
  readonly driftBpsPerMs: number;
}

type Shares = readonly (readonly [place: number, lots: number])[];

/**
 * Lots (absolute) by number of the place: all of them, or none where no place is left. What is displayed is shared out by `routeOrder`. What is not
 * displayed rests where resting is cheapest; of an order that does not rest it goes to the place that has the most of it, which may have more than it
 * shows, or at first to the place named first. Whole or not at all goes to one place that displays all of it, the cheapest; to none, where none does.
 */
export function shareOut(asked: Asked, rules: RoutingRules): Shares {
  const { order, lots, failed, taken } = asked;
  const { places } = rules;
  const open = places.map((_, place) => place).filter((place) => !failed.includes(place));
  if (order.terms?.timeInForce === "fok") return whole(asked, open, rules);
  const sizes = new Map<number, number>();
  let left = lots;
  if (order.terms?.postOnly !== true) {
    const routing = route(asked, open, rules);
    for (const { venue, lots: part } of routing.routes)
      sizes.set(
        places.findIndex(({ name }) => name === venue),
        Math.abs(part),
      );
    left = Math.abs(routing.left);
  }
  if (left > 0 && taken === null) {
    const rests = order.limit !== null && order.terms?.timeInForce !== "ioc";
    const place = rests ? cheapestRest(open, places) : (largest(sizes) ?? (failed.length === 0 ? open[0] : undefined));
    if (place === undefined) return [];
    sizes.set(place, (sizes.get(place) ?? 0) + left);
  }
  return [...sizes].sort(([a], [b]) => a - b);
}

/** Lots that a place displays within the limit of an order. */
export function shownWithin({ instrument, lots, limit }: Order, place: Place, instruments: readonly Instrument[], now: number): number {
  const worst = limit === null ? Number.NaN : fromTicks(limit, instruments[instrument] as Instrument);
  const side = Math.sign(lots);
  return place.market
    .levels(instrument, side > 0 ? "ask" : "bid", now)
    .reduce((sum, level) => (side * (level.price - worst) > 0 ? sum : sum + level.lots), 0);
}

function whole(asked: Asked, open: readonly number[], rules: RoutingRules): Shares {
  const costs = open.flatMap((place) => {
    const { left, cost } = route(asked, [place], rules);
    return left === 0 ? [{ place, cost }] : [];
  });
  const best = costs.sort((a, b) => a.cost - b.cost || a.place - b.place)[0];
  return best === undefined ? [] : [[best.place, asked.lots]];
}

function route(
  { order, lots, now, taken }: Asked,
  open: readonly number[],
  { instruments, places, driftBpsPerMs }: RoutingRules,
): ReturnType<typeof routeOrder> {
  const side = order.lots > 0 ? "ask" : "bid";
  const books = open.map((k): VenueBook => {
    const { name, market, takerFeeBps, latencyUs } = places[k] as Place;
    const levels = less(market.levels(order.instrument, side, now), taken?.[k] ?? 0);
    return { venue: name, levels, feeBps: takerFeeBps, latencyUs };
  });
  const limit = order.limit === null ? null : fromTicks(order.limit, instruments[order.instrument] as Instrument);
  return routeOrder(Math.sign(order.lots) * lots, books, { limit, driftBpsPerMs });
}

/** Without the first `lots`: the best are taken first. */
function less(levels: readonly BookLevel[], lots: number): readonly BookLevel[] {
  if (lots === 0) return levels;
  let gone = lots;
  return levels.flatMap((level) => {
    const here = Math.min(gone, level.lots);
    gone -= here;
    return here === level.lots ? [] : [{ ...level, lots: level.lots - here }];
  });
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
