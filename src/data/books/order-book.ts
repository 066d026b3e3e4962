// An order book by order (L3): every resting order with its place in the queue of its price. The same book by price comes along, so that
// whoever reads levels reads either. Applies single lines; who may read in between is decided by order-events.ts.
import { BookSide } from "./book-side.js";
import type { OrderKey, OrderMessage } from "./message.js";

export interface RestingOrder {
  readonly id: OrderKey;
  readonly side: 1 | -1;
  ticks: number;
  size: number;
  /** Neighbors in the queue of the price; the first in line has no `before`. */
  before: RestingOrder | null;
  after: RestingOrder | null;
}

interface Queue {
  first: RestingOrder;
  last: RestingOrder;
  orders: number;
}

/** Where an order stands among those of its price. */
export interface QueuePosition {
  readonly ordersAhead: number;
  readonly sizeAhead: number;
  /** Of the whole level. */
  readonly orders: number;
  readonly size: number;
}

export class OrderBook {
  readonly bids = new BookSide(1);
  readonly asks = new BookSide(-1);
  private readonly orders = new Map<OrderKey, RestingOrder>();
  private readonly queues = { bids: new Map<number, Queue>(), asks: new Map<number, Queue>() };
  /** Lines about orders that are not in the book: lost messages, or orders from before the recording. */
  unknown = 0;

  get size(): number {
    return this.orders.size;
  }

  get isCrossed(): boolean {
    return this.bids.ticksOf(0) > this.asks.ticksOf(0);
  }

  /**
   * Applies one line. A modified order keeps its place when only its size falls, else it goes to the end of the queue; a modify of an
   * unknown order adds it; a cancel of an unknown order counts as `unknown` and changes nothing.
   */
  apply({ action, id, side, ticks, size }: OrderMessage): void {
    if (action === "clear") return this.clear();
    if (action === "none") return;
    const order = this.orders.get(id);
    if (action === "add") {
      if (order !== undefined) {
        this.unknown++;
        this.remove(order);
      }
      if (side !== 0) this.append({ id, side, ticks, size, before: null, after: null });
    } else if (order === undefined) {
      this.unknown++;
      if (action === "modify" && side !== 0) this.append({ id, side, ticks, size, before: null, after: null });
    } else if (action === "cancel") this.resize(order, order.size - size);
    else if (ticks === order.ticks && size <= order.size && (side === 0 || side === order.side)) this.resize(order, size);
    else {
      this.remove(order);
      this.append({ id, side: side === 0 ? order.side : side, ticks, size, before: null, after: null });
    }
  }

  find(id: OrderKey): Readonly<RestingOrder> | undefined {
    return this.orders.get(id);
  }

  /** Null when there is no such order. Takes time with the number of orders ahead. */
  positionOf(id: OrderKey): QueuePosition | null {
    const order = this.orders.get(id);
    if (order === undefined) return null;
    let ordersAhead = 0;
    let sizeAhead = 0;
    for (let ahead = order.before; ahead !== null; ahead = ahead.before) {
      ordersAhead++;
      sizeAhead += ahead.size;
    }
    const queue = this.queuesOf(order.side).get(order.ticks) as Queue;
    return { ordersAhead, sizeAhead, orders: queue.orders, size: this.sideOf(order.side).sizeAt(order.ticks) };
  }

  /** Orders in the queue of a price; 0 when the level is empty. */
  ordersAt(side: 1 | -1, ticks: number): number {
    return this.queuesOf(side).get(ticks)?.orders ?? 0;
  }

  /** All orders, level by level from the best and in queue order: added again in this order they make the same book. */
  *resting(): Generator<Readonly<RestingOrder>> {
    for (const side of [this.bids, this.asks]) {
      for (let rank = 0; rank < side.count; rank++) {
        const queue = this.queuesOf(side.sign).get(side.ticksOf(rank));
        for (let order: RestingOrder | null = queue?.first ?? null; order !== null; order = order.after) yield order;
      }
    }
  }

  clear(): void {
    this.orders.clear();
    this.queues.bids.clear();
    this.queues.asks.clear();
    this.bids.clear();
    this.asks.clear();
  }

  private append(order: RestingOrder): void {
    if (order.size <= 0) return;
    this.orders.set(order.id, order);
    const queues = this.queuesOf(order.side);
    const queue = queues.get(order.ticks);
    if (queue === undefined) queues.set(order.ticks, { first: order, last: order, orders: 1 });
    else {
      order.before = queue.last;
      queue.last.after = order;
      queue.last = order;
      queue.orders++;
    }
    const side = this.sideOf(order.side);
    side.set(order.ticks, queue === undefined ? order.size : side.sizeAt(order.ticks) + order.size);
  }

  private resize(order: RestingOrder, size: number): void {
    if (size <= 0) return this.remove(order);
    const side = this.sideOf(order.side);
    side.set(order.ticks, side.sizeAt(order.ticks) + size - order.size);
    order.size = size;
  }

  private remove(order: RestingOrder): void {
    this.orders.delete(order.id);
    const queues = this.queuesOf(order.side);
    const queue = queues.get(order.ticks) as Queue;
    const side = this.sideOf(order.side);
    if (queue.orders === 1) {
      queues.delete(order.ticks);
      // Not by subtraction: sums of decimals would leave crumbs.
      side.set(order.ticks, 0);
      return;
    }
    queue.orders--;
    if (order.before === null) queue.first = order.after as RestingOrder;
    else order.before.after = order.after;
    if (order.after === null) queue.last = order.before as RestingOrder;
    else order.after.before = order.before;
    side.set(order.ticks, side.sizeAt(order.ticks) - order.size);
  }

  private sideOf(side: 1 | -1): BookSide {
    return side === 1 ? this.bids : this.asks;
  }

  private queuesOf(side: 1 | -1): Map<number, Queue> {
    return side === 1 ? this.queues.bids : this.queues.asks;
  }
}
