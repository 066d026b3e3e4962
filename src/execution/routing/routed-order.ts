// One approved order that is worked by several venues as children: what is where, and what each word about a child means for the whole. Plain data, so
// that it can be saved; it sends nothing.
import type { ApprovedOrder, OrderId } from "#domain/order.js";
import { sleepsAtFirst } from "#domain/order-state.js";
import type { WaitingStop } from "#domain/stop-trigger.js";
import type { OrderCancelled, OrderExpired, OrderRejected } from "#domain/venue-event.js";

export type ChildEnd = OrderCancelled | OrderExpired | OrderRejected;

export interface Child {
  readonly id: OrderId;
  /** Number of the venue. */
  readonly place: number;
  /** Absolute. */
  readonly lots: number;
  filled: number;
  /** Ids of its fills: one that is told again counts once. */
  readonly fills: string[];
  /** Null while it may still fill. */
  ended: ChildEnd["kind"] | "filled" | null;
}

/** What the router itself keeps of an order. */
export interface Held extends WaitingStop {
  /** False until its trigger, or its parent, has been reached. */
  isAwake: boolean;
  /** By number of the venue: lots within the limit that were taken, or tried, of what it still displays. */
  readonly taken: number[];
}

export interface RoutedOrder {
  readonly order: ApprovedOrder;
  /** Null once the order was passed on, and what its venues say is all that happens to it. */
  held: Held | null;
  readonly children: Child[];
  /** Venues that have given back what they were sent: asked no more. */
  readonly failed: number[];
  isAccepted: boolean;
  /** Its end, or its last fill, has been told. */
  isOver: boolean;
  /** The newest end of a child that was not filled whole. */
  lastEnd: Pick<ChildEnd, "kind" | "reason"> | null;
  /** Why its children are called back: on request, or since no venue takes a part of it; null while they are not. */
  closing: string | null;
  /** Whether it was over at the end of a session: at the end of the next it is forgotten. */
  isOld: boolean;
}

export function createRoutedOrder(order: ApprovedOrder, places: number): RoutedOrder {
  const taken = Array<number>(places).fill(0);
  const held: Held = { isAwake: !sleepsAtFirst(order), trigger: order.terms?.trigger ?? null, taken };
  return { order, held, children: [], failed: [], isAccepted: false, isOver: false, lastEnd: null, closing: null, isOld: false };
}

/** Whether the router keeps an order to its end, and takes for it what is displayed: only it knows the position, and what others of a group have filled. */
export function isKept({ terms }: ApprovedOrder): boolean {
  return terms?.reduceOnly === true || terms?.group !== undefined;
}

/** Whether an order that is awake takes what there is, and ends: it never waits for a better price. */
export function takesAtOnce({ limit, terms }: ApprovedOrder): boolean {
  return limit === null || terms?.timeInForce === "ioc" || terms?.timeInForce === "fok";
}

/** Lots (absolute) at venues that may still fill. */
export function workingLotsOf(routed: RoutedOrder): number {
  return workingOf(routed).reduce((sum, { lots, filled }) => sum + Math.max(0, lots - filled), 0);
}

/** Lots (absolute) that were filled. */
export function filledOf({ children }: RoutedOrder): number {
  return children.reduce((sum, child) => sum + child.filled, 0);
}

export function workingOf({ children }: RoutedOrder): readonly Child[] {
  return children.filter(({ ended }) => ended === null);
}

/** Lots (absolute) that are filled or at a venue. */
export function outOf(routed: RoutedOrder): number {
  return routed.children.reduce((sum, { lots, filled, ended }) => sum + (ended === null ? Math.max(lots, filled) : filled), 0);
}

/** Lots (absolute) that no venue has. */
export function freeOf(routed: RoutedOrder): number {
  return Math.max(0, Math.abs(routed.order.lots) - outOf(routed));
}

/** Whether what a venue gives back is offered to others: what was refused, and what took and found no more. Never what rested, or was called back. */
export function mayGoElsewhere({ order, closing }: RoutedOrder, end: ChildEnd["kind"]): boolean {
  if (closing !== null || end === "order-expired") return false;
  return end === "order-rejected" || takesAtOnce(order);
}

/**
 * How the whole ends once no child works any more; null where it was filled. Refused only where every venue refused and nothing was filled, since
 * nothing that was filled can be refused any more.
 */
export function endOf({ children, held, lastEnd, closing }: RoutedOrder): Pick<ChildEnd, "kind" | "reason"> | null {
  if (closing !== null && (held !== null || children.length === 0)) return { kind: "order-cancelled", reason: closing };
  if (lastEnd === null) return null;
  const reason = closing ?? lastEnd.reason;
  if (children.every(({ ended, filled }) => ended === "order-rejected" && filled === 0)) return { kind: "order-rejected", reason };
  return { kind: lastEnd.kind === "order-expired" ? "order-expired" : "order-cancelled", reason };
}
