// Several exchanges run in step, so that none passes a moment at which another may still say something that is acted on.
import type { VenueEvent } from "#domain/venue-event.js";
import type { SteppedVenue } from "./place.js";

/** Runs to the moment, or to the first one before it at which something is heard; returns which. `isQuiet`: nothing of ours is anywhere. */
export function runInStep(venues: readonly SteppedVenue[], to: number, isQuiet: boolean): number {
  const heard = firstHeard(venues, to);
  const reach = isQuiet ? heard : closeIn(venues, heard);
  for (const venue of venues) venue.advance(reach);
  return firstHeard(venues, reach);
}

/** Always the exchange on which something happens next, no further than to what happens on another. */
function closeIn(venues: readonly SteppedVenue[], to: number): number {
  for (let reach = to; ; ) {
    let first: SteppedVenue | null = null;
    let at = Number.POSITIVE_INFINITY;
    let others = Number.POSITIVE_INFINITY;
    for (const venue of venues) {
      const { nextAt } = venue;
      if (nextAt < at) [first, others, at] = [venue, at, nextAt];
      else if (nextAt < others) others = nextAt;
    }
    if (first === null || at > reach) return reach;
    first.advance(Math.min(reach, others));
    reach = Math.min(reach, first.peek()?.seenAt ?? reach);
  }
}

/** What is heard first by the moment, and the number of who says it; of several at one moment the first one's. Null when there is nothing. */
export function takeFirst(venues: readonly SteppedVenue[], by: number): { readonly event: VenueEvent; readonly from: number } | null {
  let from = -1;
  let at = by;
  venues.forEach((venue, k) => {
    const seenAt = venue.peek()?.seenAt ?? Number.POSITIVE_INFINITY;
    if (seenAt < at || (seenAt === at && from < 0)) [from, at] = [k, seenAt];
  });
  const event = venues[from]?.take();
  return event === undefined ? null : { event, from };
}

function firstHeard(venues: readonly SteppedVenue[], to: number): number {
  return venues.reduce((reach, venue) => Math.min(reach, venue.peek()?.seenAt ?? reach), to);
}
