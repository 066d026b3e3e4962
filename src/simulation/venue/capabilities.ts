// What the simulated venue can do. Replays are told the same, so that what was refused is refused again.
import type { VenueCapabilities } from "#ports/venue.js";

export const SIMULATED_CAPABILITIES: VenueCapabilities = {
  types: ["market", "limit"],
  timesInForce: ["gtc"],
  postOnly: false,
  reduceOnly: false,
  groups: false,
  shortSelling: true,
  answerWithinUs: null,
};
