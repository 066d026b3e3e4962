// How many lots an order may trade now, whatever the market offers: what its parent has filled, what is held, what can be borrowed.
import { type VenueRules, borrowTermsAt } from "./rules.js";
import type { Resting } from "./state.js";

export interface Room {
  /** Absolute lots. */
  readonly lots: number;
  /** Why what lies beyond them will never be filled; null where it may be later. */
  readonly why: string | null;
}

/** Why a short sale goes back that nobody lends the shares for. */
export const NOT_BORROWED = "no more can be borrowed";

/** `held`: signed lots of the order's instrument, at the moment `at`. */
export function roomOf({ order, remaining, allowed, filled }: Resting, held: number, rules: VenueRules, at: number): Room {
  const wanted = Math.abs(remaining);
  let room: Room = { lots: wanted, why: null };
  const bound = (lots: number, why: string): void => {
    if (lots < room.lots) room = { lots: Math.max(0, lots), why };
  };
  if (allowed !== null) bound(allowed - filled, "its parent has not filled more");
  const side = remaining > 0 ? 1 : -1;
  if (order.terms?.reduceOnly) bound(-held * side, "nothing is left to reduce");
  const terms = side < 0 ? borrowTermsAt(rules, order.instrument, at) : null;
  if (terms !== null) bound(held + terms.lots, NOT_BORROWED);
  return room;
}
