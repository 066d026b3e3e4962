// Several venues of the same instruments as one: splits each approved order over the books that were seen by then, and makes one order's life of
// what the venues say. One account clears them all: a purchase here and a sale there are no position.
// What is given back by a venue that took too little or refused goes to the others once; what none of them takes ends the whole order.
// What venues cannot know for one another (a stop, a position, a group) it holds itself, as part of its own state: see held-orders.ts.
import { TruewindError } from "#base/errors.js";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import type { Lots } from "#domain/instrument.js";
import type { MarketSlice } from "#domain/market.js";
import type { ApprovedOrder, OrderId } from "#domain/order.js";
import { orderFaults } from "#domain/order-faults.js";
import { sleepsAtFirst } from "#domain/order-state.js";
import type { Micros } from "#domain/time.js";
import type { CashPosted, Fill, OrderReport, VenueEvent } from "#domain/venue-event.js";
import type { DrivenVenue } from "#ports/driven-venue.js";
import type { VenueCapabilities, VenueSnapshot } from "#ports/venue.js";
import { Children, type ChildrenOptions, type PlaceTally } from "./children.js";
import { commonCapabilities } from "./common-capabilities.js";
import { HeldOrders, OTHER_FILLED } from "./held-orders.js";
import { runInStep, takeFirst } from "./in-step.js";
import { mergedSnapshot } from "./merged-snapshot.js";
import { MergedMarket, type RouterTrigger } from "./merged-market.js";
import type { Place, SteppedVenue } from "./place.js";
import {
  type Child,
  type ChildEnd,
  createRoutedOrder,
  endOf,
  filledOf,
  isKept,
  mayGoElsewhere,
  type RoutedOrder,
  takesAtOnce,
  workingOf,
} from "./routed-order.js";

export interface RoutedVenueOptions extends ChildrenOptions {
  /** What wakes a stop. */
  readonly triggerOn: RouterTrigger;
}

export interface RoutedVenueState {
  readonly places: readonly unknown[];
  readonly orders: readonly RoutedOrder[];
  readonly tallies: readonly PlaceTally[];
  readonly positions: readonly number[];
  readonly outbox: readonly VenueEvent[];
  readonly lost: readonly number[];
  readonly now: number;
  readonly lookedAt: number;
}

export class RoutedVenue implements DrivenVenue {
  readonly capabilities: VenueCapabilities;
  private readonly venues: readonly SteppedVenue[];
  private readonly orders = new Map<OrderId, RoutedOrder>();
  private readonly children: Children;
  private readonly held: HeldOrders;
  /** In the order in which it is heard. */
  private outbox: VenueEvent[] = [];
  /** Places whose line is lost. */
  private readonly lost = new Set<number>();
  private now = 0;
  /** The market was looked at up to this moment, as far as anything was held. */
  private lookedAt = 0;

  /** Throws `bad-config` without a place, and for two of one name. */
  constructor(private readonly options: RoutedVenueOptions) {
    const { places, triggerOn } = options;
    if (places.length === 0 || new Set(places.map(({ name }) => name)).size < places.length)
      throw new TruewindError("bad-config", "A router needs at least one venue, each with a name of its own.");
    this.venues = places.map(({ venue }) => venue);
    this.capabilities = commonCapabilities(this.venues.map(({ capabilities }) => capabilities));
    this.children = new Children(options);
    this.held = new HeldOrders(options, new MergedMarket(places, triggerOn), this.children, (id) => this.orders.get(id), {
      triggered: ({ order }) => this.outbox.push({ kind: "order-triggered", ...this.timed(), order: order.id }),
      end: (routed, how) => this.end(routed, how, this.timed()),
      callBack: (routed, reason) => this.close(routed, reason),
    });
  }

  /** By place, in the order given. */
  get tallies(): readonly Readonly<PlaceTally>[] {
    return this.children.tallies;
  }

  submit(order: ApprovedOrder): void {
    if (this.orders.has(order.id)) return;
    const routed = createRoutedOrder(order, this.venues.length);
    this.orders.set(order.id, routed);
    this.now = Math.max(order.createdAt, this.now);
    this.look(); // what was seen until now is nothing to an order that comes now
    const fault = this.faultOf(order);
    if (fault !== null) return this.end(routed, { kind: "order-rejected", reason: fault }, this.timed());
    if (isKept(order) || sleepsAtFirst(order)) this.accept(routed, this.timed());
    this.held.add(routed, this.now);
    this.held.tend(this.now);
  }

  cancel(id: OrderId): void {
    const routed = this.orders.get(id);
    if (routed === undefined || routed.isOver) return;
    this.close(routed, "on request");
    this.held.tend(this.now);
  }

  async snapshot(): Promise<VenueSnapshot> {
    const each = await Promise.all(this.venues.map((venue) => venue.snapshot()));
    const open = this.held.free().flatMap(({ routed: { order }, lots }) => {
      const remaining = (Math.sign(order.lots) * lots) as Lots;
      return lots === 0 ? [] : [{ id: order.id, instrument: order.instrument, remaining }];
    });
    return mergedSnapshot([...each, { open, positions: [] }], (child) => this.children.parentOf(child)?.order.id ?? child);
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

  /**
   * Runs all exchanges in step, to the moment or to the first one at which something is heard; returns which. While something is held here they stop
   * wherever something is seen that it may wait for: what is sent then comes to exchanges that have not gone on.
   */
  advance(to: number): number {
    for (;;) {
      const next = this.held.nextAt(Math.max(this.lookedAt, this.now));
      const reached = runInStep(this.venues, Math.min(to, this.outbox[0]?.seenAt ?? to, next), this.children.isQuiet);
      if (reached > this.now && reached < Number.POSITIVE_INFINITY) this.now = reached;
      this.hearUntil(reached);
      if (reached >= next && next < Number.POSITIVE_INFINITY) this.look();
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
      tallies: structuredClone(this.children.tallies),
      positions: [...this.children.positions],
      outbox: [...this.outbox],
      lost: [...this.lost],
      now: this.now,
      lookedAt: this.lookedAt,
    };
  }

  load(state: RoutedVenueState): void {
    this.venues.forEach((venue, k) => venue.load(state.places[k]));
    this.orders.clear();
    for (const routed of structuredClone(state.orders)) this.orders.set(routed.order.id, routed);
    this.children.load(state.tallies, state.positions, this.orders.values());
    this.held.load(this.orders.values());
    this.outbox = [...state.outbox];
    this.lost.clear();
    for (const place of state.lost) this.lost.add(place);
    this.now = state.now;
    this.lookedAt = state.lookedAt;
  }

  private timed(): Pick<VenueEvent, "at" | "seenAt"> {
    return { at: this.now as Micros, seenAt: this.now as Micros };
  }

  private faultOf(order: ApprovedOrder): string | null {
    const { terms } = order;
    if (isKept(order) && terms?.postOnly === true)
      return "what only reduces, or belongs to a group, takes: at several venues it cannot be post-only";
    const parent = terms?.group?.parent === undefined ? null : this.orders.get(terms.group.parent);
    return orderFaults(order)[0] ?? (parent === null || parent?.isOver === false ? null : "its parent does not work");
  }

  private look(): void {
    this.held.look(this.lookedAt, this.now);
    this.lookedAt = this.now;
    this.held.tend(this.now);
  }

  /** What was over at the end of the session before, too: venues tell fills of this session and of the one before. */
  private forget(): void {
    for (const routed of this.orders.values()) {
      if (!routed.isOver || workingOf(routed).length > 0 || this.held.needs(routed)) continue;
      if (routed.isOld) {
        this.orders.delete(routed.order.id);
        this.children.forget(routed);
        this.held.forget(routed);
      }
      routed.isOld = true;
    }
  }

  private hearUntil(moment: number): void {
    let heard = takeFirst(this.venues, moment);
    if (heard === null) return;
    for (; heard !== null; heard = takeFirst(this.venues, moment)) this.hear(heard.event, heard.from);
    this.held.tend(this.now);
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
    const routed = this.children.parentOf(fill.order);
    const child = routed?.children.find(({ id }) => id === fill.order);
    if (child?.fills.includes(fill.fillId) === true) return;
    child?.fills.push(fill.fillId);
    this.outbox.push(this.asParent(fill, place));
    // One that is not ours counts, too: whoever hears of it has to say so.
    this.children.filled(fill, place, routed === undefined || child === undefined ? null : { routed, child });
    if (routed === undefined) return;
    if (this.held.openOf(routed) > 0) this.finish(routed, fill);
    else {
      // What others of its group have filled it never will: that is an end to be told.
      if (!routed.isOver && filledOf(routed) < Math.abs(routed.order.lots))
        this.end(routed, { kind: "order-cancelled", reason: OTHER_FILLED }, fill);
      routed.isOver = true;
      this.held.gone(routed);
      if (workingOf(routed).length > 0) this.close(routed, "it is filled"); // one filled what it had given back, and others have, too
    }
    this.held.filled(routed, this.now);
  }

  private reported(report: OrderReport, name: string): void {
    const routed = this.children.parentOf(report.order);
    const child = routed?.children.find(({ id }) => id === report.order);
    if (routed === undefined || child === undefined) return void this.outbox.push(report);
    switch (report.kind) {
      case "order-accepted":
        return this.accept(routed, report);
      case "order-triggered":
      case "cancel-rejected":
      case "order-unanswered": // unknown is not refused: the child goes on, and with it the order
        if (!routed.isOver) this.outbox.push({ ...report, order: routed.order.id });
        return;
      case "order-cancelled":
      case "order-expired":
      case "order-rejected":
        if (child.ended !== null) return;
        this.children.ended(routed, child, report.kind);
        return this.givenBack(routed, child, { ...report, reason: `${name}: ${report.reason}` });
      default:
        report satisfies never;
    }
  }

  private accept(routed: RoutedOrder, { at, seenAt }: Pick<VenueEvent, "at" | "seenAt">): void {
    if (!routed.isAccepted && !routed.isOver) this.outbox.push({ kind: "order-accepted", at, seenAt, order: routed.order.id });
    routed.isAccepted = true;
  }

  /** What a place did not fill goes elsewhere, or ends the order: its other children are called back. Of what is held here, `tend` says how it goes on. */
  private givenBack(routed: RoutedOrder, { place }: Child, end: ChildEnd): void {
    routed.lastEnd = { kind: end.kind, reason: end.reason };
    if (routed.held !== null) {
      if (end.kind === "order-rejected" || takesAtOnce(routed.order)) routed.failed.push(place);
      return this.finish(routed, end);
    }
    if (mayGoElsewhere(routed, end.kind)) {
      routed.failed.push(place);
      if (this.children.send(routed, end.seenAt)) return;
    }
    if (routed.closing === null && workingOf(routed).length > 0) this.close(routed, end.reason);
    this.finish(routed, end);
  }

  /** Once no child works any more, the order is over, and that is told; one that is held goes on until it is called back. */
  private finish(routed: RoutedOrder, timed: Pick<VenueEvent, "at" | "seenAt">): void {
    if (routed.isOver || workingOf(routed).length > 0 || (routed.held !== null && routed.closing === null)) return;
    const end = endOf(routed);
    if (end !== null) this.end(routed, end, timed);
  }

  private end(
    routed: RoutedOrder,
    { kind, reason }: Pick<ChildEnd, "kind" | "reason">,
    { at, seenAt }: Pick<VenueEvent, "at" | "seenAt">,
  ): void {
    routed.isOver = true;
    this.outbox.push({ kind, at, seenAt, order: routed.order.id, reason });
    this.held.gone(routed);
  }

  private close(routed: RoutedOrder, reason: string): void {
    routed.closing = reason;
    this.children.callBack(routed);
    this.finish(routed, this.timed());
  }

  private asParent(fill: Fill, place: number): Fill {
    const { name } = this.options.places[place] as Place;
    return { ...fill, order: this.children.parentOf(fill.order)?.order.id ?? fill.order, fillId: `${name}/${fill.fillId}` };
  }

  /** Ids are unique at one place only. */
  private asOurs(posting: CashPosted, place: number): CashPosted {
    const { name } = this.options.places[place] as Place;
    return { ...posting, postingId: `${name}/${posting.postingId}` };
  }
}
