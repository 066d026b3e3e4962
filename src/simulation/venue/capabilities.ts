// What the simulated venue can do. Replays are told the same, so that what was refused is refused again.
import type { VenueCapabilities } from "#ports/venue.js";

export const SIMULATED_CAPABILITIES: VenueCapabilities = {
  types: ["market", "limit", "stop", "stop-limit", "trailing-stop"],
  timesInForce: ["gtc", "day", "ioc", "fok", "at-open", "at-close"],
  postOnly: true,
  reduceOnly: true,
  groups: true,
  shortSelling: true,
  answerWithinUs: null,
};
