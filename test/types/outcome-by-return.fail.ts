// TS2322: a venue tells what happened by an event, never by a return value.
import type { ApprovedOrder } from "#domain/order.js";
import type { VenueEvent } from "#domain/venue-event.js";
import type { ExecutionVenue } from "#ports/venue.js";

export function send(venue: ExecutionVenue, order: ApprovedOrder): VenueEvent {
  // refused:
  return venue.submit(order);
}
