// The only mint of ApprovedOrder. Nothing outside this folder may cast one into being (test/architecture).
import type { Lots } from "#domain/instrument.js";
import type { ApprovedOrder, Order } from "#domain/order.js";

export function approve(order: Order, lots: Lots = order.lots): ApprovedOrder {
  return (lots === order.lots ? order : { ...order, lots }) as ApprovedOrder;
}
