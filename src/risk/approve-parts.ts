// Passes an approval on to the parts of an order that is split over several venues: in all never more than was approved.
import { invariant } from "#base/errors.js";
import type { Lots } from "#domain/instrument.js";
import type { ApprovedOrder, Order, OrderId, OrderTerms } from "#domain/order.js";
import { approve } from "./approve.js";

export interface OrderPart {
  readonly id: OrderId;
  /** Signed as the order. */
  readonly lots: Lots;
}

/**
 * Each part is the order in all but id and size, and without what whoever splits it keeps to himself: trigger, trail, reduce-only, group. `out`: lots
 * (absolute) of the order that are filled or at a venue already. `atOnce`: a part with a limit lives for a moment (ioc) where the order would rest.
 * Throws when parts go against the order, or are more than it has left.
 */
export function approveParts(order: ApprovedOrder, out: number, parts: readonly OrderPart[], atOnce: boolean): readonly ApprovedOrder[] {
  let left = Math.abs(order.lots) - out;
  return parts.map(({ id, lots }) => {
    left -= Math.abs(lots);
    const isPart = Number.isSafeInteger(lots) && lots * order.lots > 0 && out >= 0 && left >= 0;
    invariant(isPart, `${lots} lots are no part of order ${order.id} of ${order.lots}, of which ${out} are out`);
    return approve({ ...awake(order, atOnce), id }, lots);
  });
}

/** What an order is at a venue once nothing holds it back. */
function awake(order: ApprovedOrder, atOnce: boolean): Order {
  const { instrument, lots, limit, createdAt, id } = order;
  const { timeInForce, postOnly, trigger, trail, reduceOnly, group } = order.terms ?? {};
  if (!atOnce && trigger === undefined && trail === undefined && reduceOnly === undefined && group === undefined) return order;
  const time = atOnce && limit !== null && timeInForce !== "fok" ? "ioc" : timeInForce;
  const terms: OrderTerms = { ...(time === undefined ? {} : { timeInForce: time }), ...(postOnly === undefined ? {} : { postOnly }) };
  const type = limit === null ? "market" : "limit";
  return { id, instrument, lots, type, limit, createdAt, ...(Object.keys(terms).length === 0 ? {} : { terms }) };
}
