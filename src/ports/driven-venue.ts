// A venue whose exchange runs in this process, on exchange time: what the driver of an engine asks of it besides what the engine does. It may run
// ahead of what the engine has seen; what it says comes due when it is heard.
import type { ReferenceEvent } from "#domain/corporate-action.js";
import type { MarketSlice } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import type { VenueEvent } from "#domain/venue-event.js";
import type { ExecutionVenue } from "./venue.js";

export interface DrivenVenue extends ExecutionVenue {
  /** The slice's rows are in progress from now on. The engine must not have seen them. */
  show(slice: MarketSlice): void;
  /** The slice's rows are complete and have been told to the engine. */
  complete(slice: MarketSlice): void;
  /**
   * Runs the exchange up to and including the moment. It may stop where something that was said is heard: take what is heard by then, and call
   * again. Infinity runs it to its end.
   */
  advance(to: number): void;
  /**
   * Tells at the moment `by`, to which the venue has advanced, what would have been heard later. Called before shares or money change their
   * measure (split, delisting, exchange rate), so that nothing is booked on another basis than it was done on.
   */
  settle(by: number): void;
  /** Throws `bad-config` for an event that this venue cannot follow. */
  reference(event: ReferenceEvent): void;
  /** Posts what the time since the last call costs or earns, where the venue charges for time. Called at each mark, once the venue has advanced to it. */
  accrue(at: Micros): void;
  /** The next thing to be heard. */
  peek(): VenueEvent | undefined;
  take(): VenueEvent | undefined;
  /** All that does not follow from the market: plain data, bigints aside. */
  save(): unknown;
  /** The venue must have been made with the same options. */
  load(state: unknown): void;
}
