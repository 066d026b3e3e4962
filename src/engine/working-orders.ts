// Orders at the venue, as far as we know: what is left of each, and the totals per instrument that risk and execution ask for.
import { invariant } from "#base/errors.js";
import type { Split } from "#domain/corporate-action.js";
import type { Lots } from "#domain/instrument.js";
import type { ApprovedOrder, OrderId, WorkingOrder } from "#domain/order.js";
import { splitWorking } from "#domain/split-law.js";
import type { Fill } from "#domain/venue-event.js";

export interface WorkingOrdersState {
  readonly working: readonly WorkingOrder[];
  readonly recentFills: readonly string[];
  readonly olderFills: readonly string[];
}

export class WorkingOrders {
  readonly buys: Float64Array;
  readonly sells: Float64Array;
  private readonly working = new Map<OrderId, WorkingOrder>();
  private cached: readonly WorkingOrder[] | null = [];
  /** Fill ids of this and the previous session: a repeated message is recognized without growing for ever. */
  private recent = new Set<string>();
  private older = new Set<string>();

  constructor(instruments: number) {
    this.buys = new Float64Array(instruments);
    this.sells = new Float64Array(instruments);
  }

  list(): readonly WorkingOrder[] {
    this.cached ??= [...this.working.values()];
    return this.cached;
  }

  /** Throws when an order with this id is already out: two orders would be counted where the venue knows one. */
  add(order: ApprovedOrder): void {
    if (this.working.has(order.id)) invariant(false, `order ${order.id} is already working`);
    this.put({ order, remaining: order.lots, limit: order.limit });
  }

  close(id: OrderId): void {
    const known = this.working.get(id);
    if (known === undefined) return;
    this.count(known, -1);
    this.working.delete(id);
    this.cached = null;
  }

  closeAll(instrument: number): void {
    for (const { order } of this.list()) if (order.instrument === instrument) this.close(order.id);
  }

  /** Returns null when the fill is explained, "duplicate" when it was seen before, else a sentence for the journal. */
  fill(fill: Fill): string | null {
    if (this.recent.has(fill.fillId) || this.older.has(fill.fillId)) return "duplicate";
    this.recent.add(fill.fillId);
    const known = this.working.get(fill.order);
    if (known === undefined) return `fill ${fill.fillId} belongs to no working order (${fill.order})`;
    if (fill.instrument !== known.order.instrument) return `fill ${fill.fillId} names another instrument than its order ${fill.order}`;
    if (fill.lots === 0 || Math.sign(fill.lots) !== Math.sign(known.remaining)) {
      return `fill ${fill.fillId} of ${fill.lots} lots goes against its order ${fill.order}, of which ${known.remaining} were left`;
    }
    const remaining = (known.remaining - fill.lots) as Lots;
    const over = remaining !== 0 && Math.sign(remaining) !== Math.sign(known.remaining);
    this.close(fill.order);
    if (remaining !== 0 && !over) this.put({ ...known, remaining });
    return over ? `fill ${fill.fillId} exceeds what was left of order ${fill.order}` : null;
  }

  split(split: Split): void {
    for (const working of this.list()) {
      if (working.order.instrument !== split.instrument) continue;
      this.close(working.order.id);
      const rescaled = splitWorking(working, split);
      if (rescaled !== null) this.put(rescaled);
    }
  }

  /** At each mark the memory of fill ids ages by one generation. */
  age(): void {
    this.older = this.recent;
    this.recent = new Set();
  }

  save(): WorkingOrdersState {
    return { working: this.list(), recentFills: [...this.recent], olderFills: [...this.older] };
  }

  load(state: WorkingOrdersState): void {
    this.working.clear();
    this.buys.fill(0);
    this.sells.fill(0);
    for (const working of state.working) this.put(working);
    this.recent = new Set(state.recentFills);
    this.older = new Set(state.olderFills);
  }

  private put(working: WorkingOrder): void {
    this.working.set(working.order.id, working);
    this.count(working, 1);
    this.cached = null;
  }

  private count(working: WorkingOrder, sign: 1 | -1): void {
    const i = working.order.instrument;
    const side = working.remaining > 0 ? this.buys : this.sells;
    side[i] = (side[i] as number) + sign * working.remaining;
  }
}
