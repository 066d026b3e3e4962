// TS2540: an approved order cannot be edited in place.
import type { Lots } from "#domain/instrument.js";
import type { ApprovedOrder } from "#domain/order.js";

export function enlarge(order: ApprovedOrder): void {
  // refused:
  order.lots = (order.lots * 10) as Lots;
}
