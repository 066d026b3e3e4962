// Several venues of the same instruments as one: splits each approved order over the books that were seen by then, and makes one order's life of
// what the venues say. One account clears them all: a purchase here and a sale there are no position.
// What is given back by a venue that took too little or refused goes to the others once; what none of them takes ends the whole order.
import { TruewindError } from "#base/errors.js";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import type { Instrument, Lots } from "#domain/instrument.js";
import type { MarketSlice } from "#domain/market.js";
import type { ApprovedOrder, OrderId } from "#domain/order.js";
import type { Micros } from "#domain/time.js";
import type { CashPosted, Fill, OrderReport, VenueEvent } from "#domain/venue-event.js";
import type { DrivenVenue } from "#ports/driven-venue.js";
import type { VenueCapabilities, VenueSnapshot } from "#ports/venue.js";
import { commonCapabilities } from "./common-capabilities.js";
import { runInStep, takeFirst } from "./in-step.js";
import { mergedSnapshot } from "./merged-snapshot.js";
import { type Place, shareOut, type SteppedVenue } from "./place.js";
import {
  type Child,
  type ChildEnd,
  createRoutedOrder,
  endOf,
  filledOf,
  freeOf,
  mayGoElsewhere,
  outOf,
  type RoutedOrder,
  workingOf,
} from "./routed-order.js";

/** The approval of an order passed on to its parts; `src/risk/approve-parts.ts`. */
export type ApproveParts = (
  order: ApprovedOrder,
  out: number,
  parts: readonly { readonly id: OrderId; readonly lots: Lots }[],
) => readonly ApprovedOrder[];

export interface RoutedVenueOptions {
  readonly instruments: readonly Instrument[];
  /** In order of preference where all else is equal. */
  readonly places: readonly Place[];
  readonly approveParts: ApproveParts;
  /** As of `routeOrder`. */
  readonly driftBpsPerMs: number;
}

/** What a place had of all orders, lots absolute. */
export interface PlaceTally {
  orders: number;
  sentLots: number;
  filledLots: number;
  feeMicro: bigint;
}

export interface RoutedVenueState {
  readonly places: readonly unknown[];
  readonly orders: readonly RoutedOrder[];
  readonly tallies: readonly PlaceTally[];
  readonly outbox: readonly VenueEvent[];
  readonly lost: readonly number[];
  readonly now: number;
}

export class RoutedVenue implements DrivenVenue {
  readonly capabilities: VenueCapabilities;
  private readonly venues: readonly SteppedVenue[];
  private tally: PlaceTally[];
  private readonly orders = new Map<OrderId, RoutedOrder>();
  private readonly parents = new Map<OrderId, RoutedOrder>();
  /** Children that may still be heard of. */
  private working = 0;
  /** In the order in which it is heard. */
  private outbox: VenueEvent[] = [];
  /** Places whose line is lost. */
  private readonly lost = new Set<number>();
  private now = 0;

  /** Throws `bad-config` without a place, and for two of one name. */
  constructor(private readonly options: RoutedVenueOptions) {
    const { places } = options;
    if (places.length === 0 || new Set(places.map(({ name }) => name)).size < places.length)
      throw new TruewindError("bad-config", "A router needs at least one venue, each with a name of its own.");
    this.venues = places.map(({ venue }) => venue);
    this.capabilities = commonCapabilities(this.venues.map(({ capabilities }) => capabilities));
    this.tally = places.map(() => ({ orders: 0, sentLots: 0, filledLots: 0, feeMicro: 0n }));
  }

  /** By place, in the order given. */
  get tallies(): readonly Readonly<PlaceTally>[] {
    return this.tally;
  }

  submit(order: ApprovedOrder): void {
    if (this.orders.has(order.id)) return;
    const routed = createRoutedOrder(order);
    this.orders.set(order.id, routed);
    this.route(routed, Math.max(order.createdAt, this.now));
  }

  cancel(id: OrderId): void {
    const routed = this.orders.get(id);
    if (routed !== undefined && !routed.isOver) this.close(routed, "on request");
  }

  async snapshot(): Promise<VenueSnapshot> {
    const each = await Promise.all(this.venues.map((venue) => venue.snapshot()));
    return mergedSnapshot(each, (child) => this.parents.get(child)?.order.id ?? child);
  }

  async fillsSince(at: Micros): Promise<readonly Fill[]> {
    const told = await Promise.all(this.venues.map((venue) => venue.fillsSince(at)));
    return told.flatMap((fills, place) => fills.map((fill) => this.asParent(fill, place))).sort((a, b) => a.at - b.at);
  }

  async postingsSince(at: Micros): Promise<readonly CashPosted[]> {
    const told = await Promise.all(this.venues.map((venue) => venue.postingsSince(at)));
    return told.flatMap((postings, place) => postings.map((posting) => this.asOurs(posting, place))).sort((a, b) => a.at - b.at);
  }

  show(slice: MarketSlice): void {
    for (const venue of this.venues) venue.show(slice);
  }

  complete(slice: MarketSlice): void {
    for (const venue of this.venues) venue.complete(slice);
  }

  /** Runs all exchanges in step, to the moment or to the first one at which something is heard; returns which. */
  advance(to: number): number {
    for (;;) {
      const reached = runInStep(this.venues, Math.min(to, this.outbox[0]?.seenAt ?? to), this.working === 0);
      if (reached > this.now && reached < Number.POSITIVE_INFINITY) this.now = reached;
      this.hearUntil(reached);
      if (reached >= to || this.outbox.length > 0) return reached;
    }
  }

  settle(by: number): void {
    for (const venue of this.venues) venue.settle(by);
    this.hearUntil(by);
  }

  reference(event: ReferenceEvent): void {
    for (const venue of this.venues) venue.reference(event);
  }

  accrue(at: Micros): void {
    for (const venue of this.venues) venue.accrue(at);
    this.forget();
  }

  peek(): VenueEvent | undefined {
    return this.outbox[0];
  }

  take(): VenueEvent | undefined {
    return this.outbox.shift();
  }

  save(): RoutedVenueState {
    return {
      places: this.venues.map((venue) => venue.save()),
      orders: structuredClone([...this.orders.values()]),
      tallies: structuredClone(this.tally),
      outbox: [...this.outbox],
      lost: [...this.lost],
      now: this.now,
    };
  }

  load(state: RoutedVenueState): void {
    this.venues.forEach((venue, k) => venue.load(state.places[k]));
    this.tally = structuredClone([...state.tallies]);
    this.orders.clear();
    this.parents.clear();
    this.working = 0;
    for (const routed of structuredClone(state.orders)) {
      this.orders.set(routed.order.id, routed);
      for (const { id } of routed.children) this.parents.set(id, routed);
      this.working += workingOf(routed).length;
    }
    this.outbox = [...state.outbox];
    this.lost.clear();
    for (const place of state.lost) this.lost.add(place);
    this.now = state.now;
  }

  /** What was over at the end of the session before, too: venues tell fills of this session and of the one before. */
  private forget(): void {
    for (const routed of this.orders.values()) {
      if (!routed.isOver || workingOf(routed).length > 0) continue;
      if (routed.isOld) {
        this.orders.delete(routed.order.id);
        for (const { id } of routed.children) this.parents.delete(id);
      }
      routed.isOld = true;
    }
  }

  private hearUntil(moment: number): void {
    for (let heard = takeFirst(this.venues, moment); heard !== null; heard = takeFirst(this.venues, moment))
      this.hear(heard.event, heard.from);
  }

  private hear(event: VenueEvent, place: number): void {
    const { name } = this.options.places[place] as Place;
    switch (event.kind) {
      case "fill":
        return this.filled(event, place);
      case "cash":
        return void this.outbox.push(this.asOurs(event, place));
      case "connection": {
        const before = this.lost.size;
        if (event.state === "lost") this.lost.add(place);
        else this.lost.delete(place);
        if ((before === 0) !== (this.lost.size === 0)) this.outbox.push({ ...event, reason: `${name}: ${event.reason}` });
        return;
      }
      default:
        return this.reported(event, name);
    }
  }

  private filled(fill: Fill, place: number): void {
    const routed = this.parents.get(fill.order);
    const child = routed?.children.find(({ id }) => id === fill.order);
    if (child?.fills.includes(fill.fillId) === true) return;
    child?.fills.push(fill.fillId);
    this.outbox.push(this.asParent(fill, place));
    if (routed === undefined || child === undefined) return; // not ours: whoever hears it has to say so
    const lots = Math.abs(fill.lots);
    child.filled += lots;
    const tally = this.tally[place] as PlaceTally;
    tally.filledLots += lots;
    tally.feeMicro += fill.feeMicro;
    if (child.ended === null && child.filled >= child.lots) this.endChild(child, "filled");
    if (filledOf(routed) < Math.abs(routed.order.lots)) return this.finish(routed, fill);
    routed.isOver = true;
    if (workingOf(routed).length > 0) this.close(routed, "it is filled"); // one filled what it had given back, and others have, too
  }

  private reported(report: OrderReport, name: string): void {
    const routed = this.parents.get(report.order);
    const child = routed?.children.find(({ id }) => id === report.order);
    if (routed === undefined || child === undefined) return void this.outbox.push(report);
    const { id } = routed.order;
    switch (report.kind) {
      case "order-accepted":
        if (!routed.isAccepted && !routed.isOver) this.outbox.push({ ...report, order: id });
        routed.isAccepted = true;
        return;
      case "order-triggered":
      case "cancel-rejected":
      case "order-unanswered": // unknown is not refused: the child goes on, and with it the order
        if (!routed.isOver) this.outbox.push({ ...report, order: id });
        return;
      case "order-cancelled":
      case "order-expired":
      case "order-rejected":
        if (child.ended !== null) return;
        this.endChild(child, report.kind);
        return this.givenBack(routed, child, { ...report, reason: `${name}: ${report.reason}` });
      default:
        report satisfies never;
    }
  }

  /** What a place did not fill goes elsewhere, or ends the order: its other children are called back. */
  private givenBack(routed: RoutedOrder, { place }: Child, end: ChildEnd): void {
    routed.lastEnd = { kind: end.kind, reason: end.reason };
    if (mayGoElsewhere(routed, end.kind)) {
      routed.failed.push(place);
      if (this.route(routed, end.seenAt)) return;
    }
    if (routed.closing === null && workingOf(routed).length > 0) this.close(routed, end.reason);
    this.finish(routed, end);
  }

  /** Once no child works any more, the order is over, and that is told. */
  private finish(routed: RoutedOrder, { at, seenAt }: Pick<VenueEvent, "at" | "seenAt">): void {
    const end = endOf(routed);
    if (routed.isOver || end === null || workingOf(routed).length > 0) return;
    routed.isOver = true;
    this.outbox.push({ ...end, at, seenAt, order: routed.order.id });
  }

  private close(routed: RoutedOrder, reason: string): void {
    routed.closing = reason;
    for (const { id, place } of workingOf(routed)) this.options.places[place]?.venue.cancel(id);
  }

  private endChild(child: Child, as: NonNullable<Child["ended"]>): void {
    child.ended = as;
    this.working--;
  }

  /** Sends what no place has. False when no place is left for it. */
  private route(routed: RoutedOrder, now: number): boolean {
    const { order, children } = routed;
    const { approveParts, places, instruments, driftBpsPerMs } = this.options;
    const asked = { order, lots: freeOf(routed), now, failed: routed.failed };
    const parts = shareOut(asked, places, instruments, driftBpsPerMs).map(([place, lots]) => {
      const { name } = places[place] as Place;
      const id = `${order.id}@${name}.${children.length}` as OrderId;
      return { place, id, lots: (Math.sign(order.lots) * lots) as Lots };
    });
    if (parts.length === 0) return false;
    const approved = approveParts(order, outOf(routed), parts);
    approved.forEach((child, k) => {
      const { place } = parts[k] as (typeof parts)[number];
      const lots = Math.abs(child.lots);
      children.push({ id: child.id, place, lots, filled: 0, fills: [], ended: null });
      this.parents.set(child.id, routed);
      this.working++;
      const tally = this.tally[place] as PlaceTally;
      tally.orders++;
      tally.sentLots += lots;
    });
    approved.forEach((child, k) => places[(parts[k] as (typeof parts)[number]).place]?.venue.submit(child));
    return true;
  }

  private asParent(fill: Fill, place: number): Fill {
    const { name } = this.options.places[place] as Place;
    return { ...fill, order: this.parents.get(fill.order)?.order.id ?? fill.order, fillId: `${name}/${fill.fillId}` };
  }

  /** Ids are unique at one place only. */
  private asOurs(posting: CashPosted, place: number): CashPosted {
    const { name } = this.options.places[place] as Place;
    return { ...posting, postingId: `${name}/${posting.postingId}` };
  }
}
