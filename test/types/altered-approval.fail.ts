// TS2375: a copy of an approved order with another size is not approved.
import type { Lots } from "#domain/instrument.js";
import type { ApprovedOrder } from "#domain/order.js";

export function enlarge(order: ApprovedOrder): ApprovedOrder {
  // refused:
  return { ...order, lots: (order.lots * 10) as Lots };
}
