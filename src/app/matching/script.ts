// Orders that were written down beforehand, each sent at its moment, some cancelled a while later.
import type { OrderId } from "#domain/order.js";
import type { Order } from "#domain/order.js";
import type { Micros } from "#domain/time.js";
import type { OrderDesk } from "./quoter.js";
import type { Trader } from "./trade-tape.js";

export interface ScriptedOrder {
  /** `createdAt` is the moment at which it is sent. */
  readonly order: Order;
  /** Moment at which its cancellation is sent; null for never. */
  readonly cancelAt: number | null;
}

interface Step {
  readonly at: number;
  readonly send: (desk: OrderDesk) => void;
}

export class Script implements Trader {
  private readonly steps: readonly Step[];
  private next = 0;

  constructor(
    orders: readonly ScriptedOrder[],
    private readonly desk: OrderDesk,
  ) {
    const steps = orders.flatMap(({ order, cancelAt }): Step[] => [
      { at: order.createdAt, send: (to) => to.submit(order) },
      ...(cancelAt === null ? [] : [{ at: cancelAt, send: (to: OrderDesk): void => to.cancel(order.id as OrderId) }]),
    ]);
    // Sorting keeps what is sent at one moment in the order in which it was written.
    this.steps = steps.sort((a, b) => a.at - b.at);
  }

  /** Moments at which there is something to do. */
  get moments(): readonly number[] {
    return [...new Set(this.steps.map(({ at }) => at))];
  }

  look(now: Micros): void {
    for (let step = this.steps[this.next]; step !== undefined && step.at <= now; step = this.steps[++this.next]) step.send(this.desk);
  }

  heard(): void {
    // What was written beforehand does not listen.
  }
}
