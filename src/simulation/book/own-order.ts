// An order of ours at the exchange, and the list of those that rest on one side: best price first, then first come.
import type { ApprovedOrder, OrderId } from "#domain/order.js";
import type { QueuePlace } from "./queue-model.js";

/** Key of an order that takes any price. */
export const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** Plain data. */
export interface OwnOrder extends QueuePlace {
  readonly order: ApprovedOrder;
  readonly side: 1 | -1;
  /** Limit x side: the greater, the better for the other side; NO_LIMIT for an order without one. */
  readonly key: number;
  /** Absolute lots still open. */
  remaining: number;
  /** Row of the tape that comes next when it joined its queue: recorded orders of earlier rows are ahead. */
  joinedRow: number;
  /** Fills so far. */
  fills: number;
  /** Where the market must come to, in ticks; a trailing stop moves it. Null for orders without one, and before the first price. */
  trigger: number | null;
}

export function createOwnOrder(order: ApprovedOrder): OwnOrder {
  const side = order.lots > 0 ? 1 : -1;
  return {
    order,
    side,
    key: order.limit === null ? NO_LIMIT : order.limit * side,
    remaining: Math.abs(order.lots),
    front: 0,
    printed: 0,
    joinedRow: 0,
    fills: 0,
    trigger: order.terms?.trigger ?? null,
  };
}

/** Puts an order behind those of its price. */
export function enqueue(list: OwnOrder[], own: OwnOrder): void {
  let place = list.length;
  while (place > 0 && (list[place - 1] as OwnOrder).key < own.key) place--;
  list.splice(place, 0, own);
}

/** Takes an order out of a list; false when it is not in it. */
export function dequeue(list: OwnOrder[], id: OrderId): OwnOrder | null {
  const place = list.findIndex(({ order }) => order.id === id);
  return place < 0 ? null : (list.splice(place, 1)[0] as OwnOrder);
}
