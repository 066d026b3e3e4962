// Passes an approval on to the parts of an order that is split over several venues: in all never more than was approved.
import { invariant } from "#base/errors.js";
import type { Lots } from "#domain/instrument.js";
import type { ApprovedOrder, OrderId } from "#domain/order.js";
import { approve } from "./approve.js";

export interface OrderPart {
  readonly id: OrderId;
  /** Signed as the order. */
  readonly lots: Lots;
}

/**
 * Each part is the order in all but id and size. `out`: lots (absolute) of the order that are filled or at a venue already. Throws when parts go against
 * the order, or are more than it has left.
 */
export function approveParts(order: ApprovedOrder, out: number, parts: readonly OrderPart[]): readonly ApprovedOrder[] {
  let left = Math.abs(order.lots) - out;
  return parts.map(({ id, lots }) => {
    left -= Math.abs(lots);
    const isPart = Number.isSafeInteger(lots) && lots * order.lots > 0 && out >= 0 && left >= 0;
    invariant(isPart, `${lots} lots are no part of order ${order.id} of ${order.lots}, of which ${out} are out`);
    return approve({ ...order, id }, lots);
  });
}
