// Everything the engine can be told, and the one total order in which it is told:
// (seenAt, class: command < market < venue < timer, sequence).
import type { BreakerName } from "./breaker.js";
import type { ReferenceEvent } from "./corporate-action.js";
import type { Fact } from "./fact.js";
import type { MarketSlice } from "./market.js";
import type { Micros, Timed } from "./time.js";
import type { VenueEvent } from "./venue-event.js";

/** Outside control enters as an event in the same queue, never as a method call. */
export type Command =
  | { readonly kind: "halt"; readonly reason: string }
  | { readonly kind: "resume"; readonly by: string; readonly reason: string }
  | { readonly kind: "flatten"; readonly reason: string }
  /** The emergency stop: everything out is called back and nothing is ordered but, if asked for, the way to zero, until it is approved. */
  | { readonly kind: "kill"; readonly reason: string; readonly flatten: boolean }
  /** A named person opens trading again after a breaker, or after all of them (null). */
  | { readonly kind: "approve"; readonly by: string; readonly reason: string; readonly breaker: BreakerName | null }
  /** A named person lets so much of the account be at work. */
  | { readonly kind: "stage"; readonly by: string; readonly reason: string; readonly stage: string };

export interface CommandReceived extends Timed {
  readonly kind: "command";
  readonly command: Command;
}

/**
 * `decide` runs the whole chain of decision; `reconcile` only sends what the standing target still lacks; `adjust` does so after a portfolio
 * that watches itself between decisions has set its target anew;
 * `mark` values the account (end of a session); `observe` is a moment of decision before trading begins: its frame goes into the history
 * of models that look back, and nothing is decided.
 * `since`: instruments whose last bar ended before it are late, and NaN in the frame.
 */
export interface TimerFired extends Timed {
  readonly kind: "timer";
  readonly name: "decide" | "reconcile" | "mark" | "observe" | "adjust";
  readonly since: Micros;
}

export type EngineEvent = CommandReceived | ReferenceEvent | Fact | MarketSlice | VenueEvent | TimerFired;

/** Rank within one moment. Reference events (splits, dividends) come before the prices they change. */
export function eventClass(event: EngineEvent): number {
  switch (event.kind) {
    case "command":
      return 0;
    case "split":
    case "dividend":
    case "delisting":
    case "fx":
    case "fact":
      return 1;
    case "market":
      return 2;
    case "fill":
    case "order-accepted":
    case "order-triggered":
    case "order-rejected":
    case "order-cancelled":
    case "order-expired":
    case "cancel-rejected":
    case "order-unanswered":
    case "connection":
    case "cash":
      return 3;
    case "timer":
      return 4;
    default:
      return event satisfies never;
  }
}
