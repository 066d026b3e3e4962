// The parts of orders at several venues: sends them, knows whose each is, and counts what is out, what each venue filled, and the position over all.
import type { Instrument, InstrumentIx, Lots } from "#domain/instrument.js";
import type { ApprovedOrder, OrderId } from "#domain/order.js";
import type { Fill } from "#domain/venue-event.js";
import type { Place } from "./place.js";
import { type Child, freeOf, isKept, outOf, type RoutedOrder, takesAtOnce, workingLotsOf, workingOf } from "./routed-order.js";
import { type RoutingRules, shareOut } from "./share-out.js";

/** The approval of an order passed on to its parts; `src/risk/approve-parts.ts`. */
export type ApproveParts = (
  order: ApprovedOrder,
  out: number,
  parts: readonly { readonly id: OrderId; readonly lots: Lots }[],
  atOnce: boolean,
) => readonly ApprovedOrder[];

/** What a place had of all orders, lots absolute. */
export interface PlaceTally {
  orders: number;
  sentLots: number;
  filledLots: number;
  feeMicro: bigint;
}

export interface ChildrenOptions extends RoutingRules {
  readonly instruments: readonly Instrument[];
  readonly approveParts: ApproveParts;
}

export class Children {
  tallies: PlaceTally[];
  /** Signed lots by instrument, as the fills that were heard say. */
  positions: number[];
  private readonly parents = new Map<OrderId, RoutedOrder>();
  /** Orders of which something may still be filled. */
  private readonly active = new Set<RoutedOrder>();

  constructor(private readonly options: ChildrenOptions) {
    this.tallies = options.places.map(() => ({ orders: 0, sentLots: 0, filledLots: 0, feeMicro: 0n }));
    this.positions = options.instruments.map(() => 0);
  }

  /** Nothing of ours is anywhere. */
  get isQuiet(): boolean {
    return this.active.size === 0;
  }

  parentOf(child: OrderId): RoutedOrder | undefined {
    return this.parents.get(child);
  }

  /** Shares out lots (absolute) that no place has. False when there is no place for them. */
  send(routed: RoutedOrder, now: number, lots = freeOf(routed)): boolean {
    const { order, children, held, failed } = routed;
    const { approveParts, places } = this.options;
    const rests = isKept(order) && !takesAtOnce(order);
    const parts = shareOut({ order, lots, now, failed, taken: rests ? (held?.taken ?? null) : null }, this.options).map(([place, part]) => {
      const id = `${order.id}@${(places[place] as Place).name}.${children.length}` as OrderId;
      return { place, id, lots: (Math.sign(order.lots) * part) as Lots };
    });
    if (parts.length === 0) return false;
    const approved = approveParts(order, outOf(routed), parts, isKept(order));
    approved.forEach((child, k) => this.note(routed, child, (parts[k] as (typeof parts)[number]).place));
    approved.forEach((child, k) => places[(parts[k] as (typeof parts)[number]).place]?.venue.submit(child));
    return true;
  }

  callBack(routed: RoutedOrder): void {
    for (const { id, place } of workingOf(routed)) this.options.places[place]?.venue.cancel(id);
  }

  ended(routed: RoutedOrder, child: Child, as: NonNullable<Child["ended"]>): void {
    child.ended = as;
    if (workingOf(routed).length === 0) this.active.delete(routed);
  }

  /** A fill that was not told before: also one of an order that is not known here. */
  filled({ lots, feeMicro, instrument }: Fill, place: number, of: { readonly routed: RoutedOrder; readonly child: Child } | null): void {
    this.positions[instrument] = (this.positions[instrument] ?? 0) + lots;
    if (of === null) return;
    const { routed, child } = of;
    child.filled += Math.abs(lots);
    const tally = this.tallies[place] as PlaceTally;
    tally.filledLots += Math.abs(lots);
    tally.feeMicro += feeMicro;
    if (child.ended === null && child.filled >= child.lots) this.ended(routed, child, "filled");
  }

  /** Lots (absolute) that may still be filled on a side; `reducing`: of orders that only reduce, and no others. */
  out(instrument: InstrumentIx, side: number, reducing = false): number {
    let lots = 0;
    for (const routed of this.active) {
      const { order } = routed;
      if (order.instrument === instrument && order.lots * side > 0 && (!reducing || order.terms?.reduceOnly === true))
        lots += workingLotsOf(routed);
    }
    return lots;
  }

  /** Orders that rest at venues on a side, the oldest first: which was sent first is not known to one that was loaded. */
  resting(instrument: InstrumentIx, side: number): readonly RoutedOrder[] {
    return [...this.active]
      .filter(({ order }) => order.instrument === instrument && order.lots * side > 0 && !isKept(order) && !takesAtOnce(order))
      .sort(({ order: a }, { order: b }) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  }

  forget({ children }: RoutedOrder): void {
    for (const { id } of children) this.parents.delete(id);
  }

  load(tallies: readonly PlaceTally[], positions: readonly number[], orders: Iterable<RoutedOrder>): void {
    this.tallies = structuredClone([...tallies]);
    this.positions = [...positions];
    this.parents.clear();
    this.active.clear();
    for (const routed of orders) {
      for (const { id } of routed.children) this.parents.set(id, routed);
      if (workingOf(routed).length > 0) this.active.add(routed);
    }
  }

  private note(routed: RoutedOrder, { id, lots: signed }: ApprovedOrder, place: number): void {
    const lots = Math.abs(signed);
    routed.children.push({ id, place, lots, filled: 0, fills: [], ended: null });
    if (routed.held !== null) routed.held.taken[place] = (routed.held.taken[place] ?? 0) + lots;
    this.parents.set(id, routed);
    this.active.add(routed);
    const tally = this.tallies[place] as PlaceTally;
    tally.orders++;
    tally.sentLots += lots;
  }
}
