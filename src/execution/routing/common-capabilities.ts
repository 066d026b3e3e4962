// What several venues can do as one: what each of them can, less what needs all of an order, or of a position, in one place.
import type { VenueCapabilities } from "#ports/venue.js";

const TYPES: VenueCapabilities["types"] = ["market", "limit"];
const TIMES: VenueCapabilities["timesInForce"] = ["gtc", "day", "ioc"];

/**
 * Whole or not at all cannot be promised by two venues, a trigger would wake in one market for a price of another, and only the venue of a position
 * can cut an order to it.
 */
export function commonCapabilities(each: readonly VenueCapabilities[]): VenueCapabilities {
  const waits = each.flatMap(({ answerWithinUs }) => (answerWithinUs === null ? [] : [answerWithinUs]));
  return {
    types: TYPES.filter((type) => each.every((one) => one.types.includes(type))),
    timesInForce: TIMES.filter((time) => each.every((one) => one.timesInForce.includes(time))),
    postOnly: each.every(({ postOnly }) => postOnly),
    reduceOnly: false,
    groups: false,
    shortSelling: each.every(({ shortSelling }) => shortSelling),
    answerWithinUs: waits.length === 0 ? null : Math.max(...waits),
  };
}
