// The orders at the venue, and how they know of one another: groups, parents, splits, and what was received before.
import type { Split } from "#domain/corporate-action.js";
import type { Lots, Ticks } from "#domain/instrument.js";
import { type ApprovedOrder, type OrderId, lessBy } from "#domain/order.js";
import { splitLots, splitWorking } from "#domain/split-law.js";
import type { Resting, RestingState } from "./state.js";

export class RestingOrders {
  private readonly orders = new Map<OrderId, Resting>();
  /** Orders received in this session and in the one before: a repeated submission is recognized without growing for ever. */
  private recent = new Set<OrderId>();
  private older = new Set<OrderId>();
  /** Orders that met a halt, each counted once. */
  halted = 0;
  /** Lots (absolute) that groups have filled in this session, and in the one before: an order that arrives later than another of its group lacks them. */
  private recentGroups = new Map<string, number>();
  private olderGroups = new Map<string, number>();
  /** How many have a cancellation on its way; how many may expire; how many trail. */
  cancelling = 0;
  private timed = 0;
  private trailing = 0;

  get size(): number {
    return this.orders.size;
  }

  get mayExpire(): boolean {
    return this.timed > 0;
  }

  get anyTrails(): boolean {
    return this.trailing > 0;
  }

  values(): IterableIterator<Resting> {
    return this.orders.values();
  }

  get(id: OrderId): Resting | undefined {
    return this.orders.get(id);
  }

  /** False when it was received before, whatever became of it. */
  receive(id: OrderId): boolean {
    if (this.recent.has(id) || this.older.has(id)) return false;
    this.recent.add(id);
    return true;
  }

  /** It found its instrument halted when it could have traded. */
  metHalt(resting: Resting): void {
    if (resting.halted) return;
    resting.halted = true;
    this.halted++;
  }

  /** Lots (absolute) that others of its group have filled before it came. */
  filledInGroup({ terms }: ApprovedOrder): number {
    const id = terms?.group?.id;
    return id === undefined ? 0 : (this.recentGroups.get(id) ?? this.olderGroups.get(id) ?? 0);
  }

  countInGroup(order: ApprovedOrder, lots: number): void {
    const id = order.terms?.group?.id;
    if (id !== undefined) this.recentGroups.set(id, this.filledInGroup(order) + lots);
  }

  rest(order: ApprovedOrder, arrivesAt: number, expiresAt: number | null): void {
    const { terms, type } = order;
    const child = terms?.group?.kind === "bracket";
    const resting: Resting = {
      order,
      remaining: lessBy(order.lots, this.filledInGroup(order)),
      limit: order.limit,
      arrivesAt,
      from: arrivesAt,
      wokeAtPrice: null,
      awake: !child && (type === "market" || type === "limit"),
      trigger: terms?.trigger ?? null,
      trail: terms?.trail ?? null,
      best: null,
      allowed: child ? 0 : null,
      filled: 0,
      doneBarAt: -1,
      cancelAt: null,
      halted: false,
      expiresAt,
    };
    this.orders.set(order.id, resting);
    if (expires(order)) this.timed++;
    if (resting.trail !== null) this.trailing++;
  }

  /** Its time in force is over then. */
  expireAt(id: OrderId, at: number): void {
    const resting = this.orders.get(id);
    if (resting !== undefined && expires(resting.order)) resting.expiresAt = at;
  }

  remove(resting: Resting): void {
    if (!this.orders.delete(resting.order.id)) return;
    if (resting.cancelAt !== null) this.cancelling--;
    if (expires(resting.order)) this.timed--;
    if (resting.trail !== null) this.trailing--;
  }

  /** Those of the same group; of a bracket, its parent is none of them. */
  others({ order }: Resting): Resting[] {
    const group = order.terms?.group;
    if (group === undefined) return [];
    return [...this.orders.values()].filter((r) => r.order.terms?.group?.id === group.id && r.order.id !== order.id);
  }

  children(parent: OrderId): Resting[] {
    return [...this.orders.values()].filter((r) => r.order.terms?.group?.parent === parent);
  }

  /** On the new basis; the orders that are too small for it are removed and returned. */
  split(event: Split): Resting[] {
    const gone: Resting[] = [];
    for (const resting of this.orders.values()) {
      if (resting.order.instrument !== event.instrument) continue;
      const rescaled = splitWorking(resting, event);
      if (rescaled === null) {
        this.remove(resting);
        gone.push(resting);
        continue;
      }
      resting.remaining = rescaled.remaining;
      resting.limit = rescaled.limit;
      resting.filled = Math.round(resting.filled * event.ratio);
      if (resting.allowed !== null) resting.allowed = splitLots(resting.allowed, event.ratio).lots;
      if (resting.trigger !== null) resting.trigger = splitTrigger(resting.trigger, resting.remaining, event.ratio);
      if (resting.trail !== null) resting.trail = Math.max(1, Math.round(resting.trail / event.ratio)) as Ticks;
      if (resting.best !== null) resting.best /= event.ratio;
    }
    return gone;
  }

  age(): void {
    this.older = this.recent;
    this.recent = new Set(this.orders.keys());
    const live = [...this.orders.values()].flatMap(({ order }) => (this.filledInGroup(order) > 0 ? [order] : []));
    const kept = new Map(live.map((order) => [order.terms?.group?.id as string, this.filledInGroup(order)]));
    this.olderGroups = this.recentGroups;
    this.recentGroups = kept;
  }

  save(): RestingState {
    return {
      resting: [...this.orders.values()].map((r) => ({ ...r })),
      recent: [...this.recent],
      older: [...this.older],
      recentGroups: [...this.recentGroups],
      olderGroups: [...this.olderGroups],
    };
  }

  load(state: RestingState): void {
    this.orders.clear();
    for (const resting of state.resting) this.orders.set(resting.order.id, { ...resting });
    this.cancelling = state.resting.filter((r) => r.cancelAt !== null).length;
    this.timed = state.resting.filter((r) => expires(r.order)).length;
    this.trailing = state.resting.filter((r) => r.trail !== null).length;
    this.recent = new Set(state.recent);
    this.older = new Set(state.older);
    this.recentGroups = new Map(state.recentGroups);
    this.olderGroups = new Map(state.olderGroups);
  }
}

function expires({ terms }: ApprovedOrder): boolean {
  const time = terms?.timeInForce;
  return time === "day" || time === "at-open" || time === "at-close";
}

/** Never sooner than it was meant: a buyer's trigger goes up to the grid, a seller's down. */
function splitTrigger(trigger: Ticks, remaining: Lots, ratio: number): Ticks {
  const exact = trigger / ratio;
  return Math.max(1, remaining > 0 ? Math.ceil(exact - 1e-9) : Math.floor(exact + 1e-9)) as Ticks;
}
