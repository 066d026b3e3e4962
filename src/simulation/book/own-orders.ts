// All orders of ours at one exchange: resting ones by side, best first, and those that sleep until their trigger or their auction. The lists are
// public because the exchange walks them row by row; each stays the same array for ever.
import type { ApprovedOrder, OrderId } from "#domain/order.js";
import { dequeue, enqueue, type OwnOrder } from "./own-order.js";

/** Plain data. */
export interface SavedOwnOrders {
  readonly buys: readonly OwnOrder[];
  readonly sells: readonly OwnOrder[];
  readonly waiting: readonly OwnOrder[];
  readonly forAuction: readonly OwnOrder[];
}

export class OwnOrders {
  readonly buys: OwnOrder[] = [];
  readonly sells: OwnOrder[] = [];
  /** Orders whose trigger has not been reached. */
  readonly waiting: OwnOrder[] = [];
  readonly forAuction: OwnOrder[] = [];

  get isEmpty(): boolean {
    return this.buys.length + this.sells.length + this.waiting.length + this.forAuction.length === 0;
  }

  rest(own: OwnOrder): void {
    enqueue(own.side === 1 ? this.buys : this.sells, own);
  }

  /** Takes an order away; null when it is not here. */
  remove(id: OrderId): OwnOrder | null {
    return dequeue(this.buys, id) ?? dequeue(this.sells, id) ?? dequeue(this.waiting, id) ?? dequeue(this.forAuction, id);
  }

  /** Takes away and returns what waits for that auction, in the order in which it came. */
  entered(auction: "at-open" | "at-close"): readonly OwnOrder[] {
    const entered = this.forAuction.filter(({ order }) => order.terms?.timeInForce === auction);
    for (const { order } of entered) dequeue(this.forAuction, order.id);
    return entered;
  }

  /** Takes away and returns those of the day. */
  endOfDay(): readonly OwnOrder[] {
    const isOfDay = ({ terms }: ApprovedOrder): boolean => terms?.timeInForce === "day";
    const ending = Array.from(this.all()).filter(({ order }) => isOfDay(order));
    for (const { order } of ending) this.remove(order.id);
    return ending;
  }

  *all(): Generator<OwnOrder> {
    yield* this.buys;
    yield* this.sells;
    yield* this.waiting;
    yield* this.forAuction;
  }

  save(): SavedOwnOrders {
    const { buys, sells, waiting, forAuction } = this;
    return structuredClone({ buys, sells, waiting, forAuction });
  }

  load(saved: SavedOwnOrders): void {
    for (const name of ["buys", "sells", "waiting", "forAuction"] as const)
      this[name].splice(0, this[name].length, ...structuredClone(saved[name]));
  }
}
