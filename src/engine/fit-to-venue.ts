// Holds orders against what the venue can do. What it lacks is refused by name: an order is sent as it was meant, or not at all.
import { TruewindError } from "#base/errors.js";
import type { Order, OrderTerms, OrderType, RiskDecision } from "#domain/order.js";
import { orderFaults } from "#domain/order-faults.js";
import type { VenueCapabilities } from "#ports/venue.js";

export type Refusal = Extract<RiskDecision, { verdict: "refuse" }>;

/** Why the venue cannot take the order; null when it can. */
export function venueLacks({ type, terms = {} }: Pick<Order, "type" | "terms">, can: VenueCapabilities): string | null {
  const { timeInForce = "gtc" } = terms;
  if (!can.types.includes(type)) return `the venue takes no ${type} orders`;
  if (!can.timesInForce.includes(timeInForce)) return `the venue takes no ${timeInForce} orders`;
  if (terms.postOnly && !can.postOnly) return "the venue takes no post-only orders";
  if (terms.reduceOnly && !can.reduceOnly) return "the venue takes no reduce-only orders";
  if (terms.group !== undefined && !can.groups) return "the venue knows no groups of orders";
  return null;
}

export function fitToVenue(
  orders: readonly Order[],
  can: VenueCapabilities,
): { readonly sound: readonly Order[]; readonly refused: readonly Refusal[] } {
  const refused: Refusal[] = [];
  const sound = orders.filter((order) => {
    const [fault] = orderFaults(order);
    const lacks = fault === undefined ? venueLacks(order, can) : null;
    if (fault !== undefined) refused.push({ verdict: "refuse", order, rule: "malformed-order", detail: fault });
    else if (lacks !== null) refused.push({ verdict: "refuse", order, rule: "venue-lacks", detail: lacks });
    return fault === undefined && lacks === null;
  });
  return { sound, refused };
}

/** Throws `bad-config` where a venue could not take what is to rest beside positions, of these types: each would stand unprotected. */
export function refuseUnprotectable(types: readonly OrderType[], can: VenueCapabilities): void {
  if (types.length === 0) return;
  const terms: OrderTerms = { reduceOnly: true, group: { id: "0", kind: "oco" } };
  const lacks = types.map((type) => venueLacks({ type, terms }, can)).find((why) => why !== null) ?? null;
  if (lacks === null) return;
  throw new TruewindError(
    "bad-config",
    `protect: ${lacks}, so that nothing could rest there to end a position; leave protect out, or keep of it what the venue takes.`,
  );
}
