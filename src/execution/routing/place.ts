// One of several venues of an instrument, as a router knows it.
import type { InstrumentIx } from "#domain/instrument.js";
import type { DrivenVenue } from "#ports/driven-venue.js";
import type { BookLevel } from "./route-order.js";

/** A venue that says how far its exchange may run alone: several of them are run in step. */
export interface SteppedVenue extends DrivenVenue {
  /** Nothing happens before this moment; Infinity when nothing will. */
  readonly nextAt: number;
}

export interface Place {
  /** Unique among the places; part of the ids of children and fills. */
  readonly name: string;
  readonly venue: SteppedVenue;
  readonly market: PlaceMarket;
  /** Basis points of notional; negative is a rebate. */
  readonly makerFeeBps: number;
  readonly takerFeeBps: number;
  /** One way, as the router reckons with it. */
  readonly latencyUs: number;
}

/** The market of a place as it is seen from here. Moments never fall from one question to the next. */
export interface PlaceMarket {
  /** Displayed levels of a side by the moment, best first. Currency and whole lots. */
  readonly levels: (instrument: InstrumentIx, side: "bid" | "ask", now: number) => readonly BookLevel[];
  /** The best of them in ticks; NaN when there is none. */
  readonly best: (instrument: InstrumentIx, side: "bid" | "ask", now: number) => number;
  /** The next moment after this one at which something of it is seen; Infinity when nothing will be. */
  readonly nextAt: (instrument: InstrumentIx, after: number) => number;
  /** What was seen to be traded later than `after`, up to and including `to`. */
  readonly trading: (instrument: InstrumentIx, after: number, to: number) => SeenTrading;
  /** The last print that was seen by the moment; null before the first. */
  readonly lastPrint: (instrument: InstrumentIx, now: number) => SeenPrint | null;
}

export interface SeenTrading {
  /** Prices in ticks, in order. */
  readonly prints: readonly number[];
  /** Whether a session was seen to end. */
  readonly isSessionOver: boolean;
}

export interface SeenPrint {
  readonly seenAt: number;
  readonly ticks: number;
}
