// What a venue of recorded books takes.
import type { VenueCapabilities } from "#ports/venue.js";

export const BOOK_CAPABILITIES: VenueCapabilities = {
  types: ["market", "limit", "stop", "stop-limit", "trailing-stop"],
  timesInForce: ["gtc", "day", "ioc", "fok", "at-open", "at-close"],
  postOnly: true,
  reduceOnly: true,
  groups: false,
  shortSelling: true,
  answerWithinUs: null,
};
