// What several venues can do as one: what each of them can, and what a router holds itself until a venue has to know of it.
import type { VenueCapabilities } from "#ports/venue.js";

const SENT: VenueCapabilities["types"] = ["market", "limit"];
/** By the type that they become. */
const HELD: Readonly<Record<string, VenueCapabilities["types"]>> = { market: ["stop", "trailing-stop"], limit: ["stop-limit"] };
const TIMES: VenueCapabilities["timesInForce"] = ["gtc", "day", "ioc", "fok"];

/**
 * Stops, what only reduces and groups are held by the router, which sends of them what takes at once: no venue has to know them, but orders that live
 * for a moment. Of an auction each venue has its own: no order takes part in several.
 */
export function commonCapabilities(each: readonly VenueCapabilities[]): VenueCapabilities {
  const waits = each.flatMap(({ answerWithinUs }) => (answerWithinUs === null ? [] : [answerWithinUs]));
  const types = SENT.filter((type) => each.every((one) => one.types.includes(type)));
  const timesInForce = TIMES.filter((time) => each.every((one) => one.timesInForce.includes(time)));
  const takes = types.includes("market") && timesInForce.includes("ioc");
  return {
    types: [...types, ...types.flatMap((type) => HELD[type] ?? [])],
    timesInForce,
    postOnly: each.every(({ postOnly }) => postOnly),
    reduceOnly: takes,
    groups: takes,
    shortSelling: each.every(({ shortSelling }) => shortSelling),
    answerWithinUs: waits.length === 0 ? null : Math.max(...waits),
  };
}
