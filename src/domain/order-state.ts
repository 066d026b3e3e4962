// The life of an order as one table: in which state which message leads where, and which message cannot be there. Pure.
// A message may come late, twice, out of turn or never; the venue is the truth on what was filled, and no fill is ever taken back.
import type { Order } from "./order.js";

/**
 * Sent, nothing heard yet (`submitted`); neither known to be alive nor to be dead (`unknown`); held by the venue until its trigger or its parent
 * (`sleeping`); in the market (`accepted`); filled in part (`part-filled`); asked to be cancelled (`cancelling`). All of them count as working.
 */
export type LiveState = "submitted" | "unknown" | "sleeping" | "accepted" | "part-filled" | "cancelling";
/** Never left again. */
export type FinalState = "filled" | "cancelled" | "expired" | "rejected";
export type OrderState = LiveState | FinalState;

/**
 * What can be heard of an order. A fill is told by what it leaves: `part-fill` something, `last-fill` nothing, `over-fill` less than nothing.
 * `cancel-asked` and `unanswered` are our own words: we asked, and nobody answered in time.
 */
export type OrderMessage =
  | "accepted"
  | "triggered"
  | "part-fill"
  | "last-fill"
  | "over-fill"
  | "rejected"
  | "rejected-after-fill"
  | "cancelled"
  | "expired"
  | "cancel-asked"
  | "cancel-rejected"
  | "unanswered";

/** `same`: nothing new. `working`: sleeping, accepted or part-filled, as `workingState` says. `!`: it cannot be, and a person has to look. */
export type Answer = OrderState | "same" | "working" | "same!" | "filled!";

export const ORDER_STATES: readonly OrderState[] = [
  "submitted",
  "unknown",
  "sleeping",
  "accepted",
  "part-filled",
  "cancelling",
  "filled",
  "cancelled",
  "expired",
  "rejected",
];

const over = ["same", "same", "same", "same"] as const;

/** Answers in the order of `ORDER_STATES`: six live states, four final ones. */
const ORDER_ANSWERS: Readonly<Record<OrderMessage, readonly Answer[]>> = {
  "accepted": ["working", "working", "same", "same", "same", "same", ...over],
  "triggered": ["working", "working", "working", "same", "same", "same", ...over],
  "part-fill": ["part-filled", "part-filled", "part-filled", "part-filled", "same", "same", "same", "same", "same", "same!"],
  "last-fill": ["filled", "filled", "filled", "filled", "filled", "filled", "same", "same", "same", "same!"],
  "over-fill": ["filled!", "filled!", "filled!", "filled!", "filled!", "filled!", "same!", "same!", "same!", "same!"],
  "rejected": ["rejected", "rejected", "rejected", "rejected", "rejected", "rejected", ...over],
  "rejected-after-fill": ["same!", "same!", "same!", "same!", "same!", "same!", "same!", "same!", "same!", "same!"],
  "cancelled": ["cancelled", "cancelled", "cancelled", "cancelled", "cancelled", "cancelled", ...over],
  "expired": ["expired", "expired", "expired", "expired", "expired", "expired", ...over],
  "cancel-asked": ["cancelling", "same", "cancelling", "cancelling", "cancelling", "same", ...over],
  "cancel-rejected": ["same", "same", "same", "same", "same", "working", ...over],
  "unanswered": ["unknown", "same", "unknown", "unknown", "unknown", "unknown", ...over],
};

export function answerTo(state: OrderState, message: OrderMessage): Answer {
  return ORDER_ANSWERS[message][ORDER_STATES.indexOf(state)] as Answer;
}

export function isFinal(state: OrderState): state is FinalState {
  return state === "filled" || state === "cancelled" || state === "expired" || state === "rejected";
}

/** Whether the venue holds the order back at first: until its trigger is reached, or until the order that it protects has filled. */
export function sleepsAtFirst({ type, terms }: Pick<Order, "type" | "terms">): boolean {
  return type === "stop" || type === "stop-limit" || type === "trailing-stop" || terms?.group?.kind === "bracket";
}

/**
 * Whether the order guards a position and is no step towards a target: it only reduces, and waits for its price (a stop) or for another order
 * (one of a group).
 */
export function protects(order: Pick<Order, "type" | "terms">): boolean {
  return order.terms?.reduceOnly === true && (order.terms.group !== undefined || sleepsAtFirst(order));
}

/** What `working` means for an order: `woken` once it was triggered or filled, `fills` counts its fills. */
export function workingState(order: Pick<Order, "type" | "terms">, woken: boolean, fills: number): LiveState {
  if (fills > 0) return "part-filled";
  return !woken && sleepsAtFirst(order) ? "sleeping" : "accepted";
}
