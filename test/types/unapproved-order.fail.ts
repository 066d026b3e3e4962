// TS2379: a venue accepts only what risk has approved.
import type { Order } from "#domain/order.js";
import type { ExecutionVenue } from "#ports/venue.js";

export function bypass(venue: ExecutionVenue, order: Order): void {
  // refused:
  venue.submit(order);
}
