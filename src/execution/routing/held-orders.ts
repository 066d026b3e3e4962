// What a router holds of orders itself: stops until the market reaches them, what only reduces and what belongs to a group until there is something to
// take for it, and what would take the position away from under those. Venues never see of it but what takes, and ends at once. So a stop is sent when
// it was reached and never before; what only reduces is sent no further than the position bears with all that is out against it; and of a
// group one is out at a time.
import type { InstrumentIx } from "#domain/instrument.js";
import type { ApprovedOrder, OrderId } from "#domain/order.js";
import { reachesTrigger } from "#domain/stop-trigger.js";
import type { Children } from "./children.js";
import type { MergedMarket } from "./merged-market.js";
import type { Place } from "./place.js";
import {
  type ChildEnd,
  endOf,
  filledOf,
  type Held,
  isKept,
  type RoutedOrder,
  takesAtOnce,
  workingLotsOf,
  workingOf,
} from "./routed-order.js";
import { type RoutingRules, shownWithin } from "./share-out.js";

/** What becomes of an order that is held. `end`: it is over, and no part of it works. `callBack`: it ends once its parts have. */
export interface HeldOrderWords {
  triggered(routed: RoutedOrder): void;
  end(routed: RoutedOrder, how: Pick<ChildEnd, "kind" | "reason">): void;
  callBack(routed: RoutedOrder, reason: string): void;
}

const NOTHING_LEFT = "reduce-only, and nothing is left to reduce";
const IN_THE_WAY = "what only reduces goes first";
export const OTHER_FILLED = "another of its group has filled";

export class HeldOrders {
  /** In the order in which they came. */
  private readonly orders = new Set<RoutedOrder>();
  /** All orders of a group that are remembered, by its id. */
  private readonly groups = new Map<string, Set<RoutedOrder>>();

  constructor(
    private readonly rules: RoutingRules,
    private readonly market: MergedMarket,
    private readonly children: Children,
    private readonly parent: (id: OrderId) => RoutedOrder | undefined,
    private readonly words: HeldOrderWords,
  ) {}

  /** The next moment after this one at which something is seen that an order here may wait for. */
  nextAt(after: number): number {
    return this.instruments().reduce((first, ix) => Math.min(first, this.market.nextAt(ix, after)), Number.POSITIVE_INFINITY);
  }

  add(routed: RoutedOrder, now: number): void {
    this.orders.add(routed);
    this.join(routed);
    const { order } = routed;
    const group = this.groupOf(routed);
    if (openOf(routed, group) === 0) return this.words.end(routed, { kind: "order-cancelled", reason: OTHER_FILLED });
    if (isStop(order)) this.feed(routed, [this.market.price(order.instrument, sideOf(routed), now)]);
    else if (order.terms?.group?.kind === "bracket" && this.unlocked(routed, group) > 0) this.wake(routed);
  }

  /** Something of all that is watched was seen after one moment, up to another. */
  look(after: number, now: number): void {
    for (const ix of this.instruments()) {
      const { prints, isSessionOver } = this.market.trading(ix, after, now);
      for (const routed of this.orders) {
        if (routed.order.instrument !== ix || routed.isOver) continue;
        if (isSessionOver && routed.order.terms?.timeInForce === "day") this.finish(routed, "order-expired", "the session is over");
        else if (isStop(routed.order))
          this.feed(routed, this.market.triggerOn === "trade" ? prints : [this.market.price(ix, sideOf(routed), now)]);
      }
    }
  }

  /** All that may go now goes. */
  tend(now: number): void {
    for (const routed of this.orders)
      if (routed.held?.isAwake === true && routed.closing === null && !routed.isOver) this.tendOne(routed, routed.held, now);
  }

  /** An order has been filled in part or whole: others lack what it has, and who waited for it wakes. */
  filled(routed: RoutedOrder, now: number): void {
    const group = this.groupOf(routed);
    const { group: terms } = routed.order.terms ?? {};
    const parent = terms?.parent === undefined ? undefined : this.parent(terms.parent);
    if (parent !== undefined && !parent.isOver && parent.closing === null) this.words.callBack(parent, "its exit has filled");
    for (const other of group)
      if (other !== routed && !other.isOver && openOf(other, group) === 0) this.finish(other, "order-cancelled", OTHER_FILLED);
    for (const child of this.childrenOf(routed)) {
      if (isStop(child.order)) this.feed(child, [this.market.price(child.order.instrument, sideOf(child), now)]);
      else this.wake(child);
    }
  }

  /** An order has ended, or was passed on. */
  gone(routed: RoutedOrder): void {
    this.orders.delete(routed);
    if (!routed.isOver || filledOf(routed) > 0) return;
    for (const child of this.childrenOf(routed)) this.finish(child, "order-cancelled", "its parent is gone");
  }

  /** Lots (absolute) of an order that it may still have filled. */
  openOf(routed: RoutedOrder): number {
    return openOf(routed, this.groupOf(routed));
  }

  /** Lots (absolute) by order that the router has, and no venue. */
  free(): readonly { readonly routed: RoutedOrder; readonly lots: number }[] {
    return [...this.orders].map((routed) => ({ routed, lots: Math.max(0, this.openOf(routed) - workingLotsOf(routed)) }));
  }

  /** Whether one that is held still asks what became of this one. */
  needs(routed: RoutedOrder): boolean {
    const group = this.groupOf(routed);
    return [...this.orders].some((held) => held.order.terms?.group?.parent === routed.order.id || (held !== routed && group.has(held)));
  }

  forget(routed: RoutedOrder): void {
    const id = routed.order.terms?.group?.id;
    if (id === undefined) return;
    this.groups.get(id)?.delete(routed);
    if (this.groups.get(id)?.size === 0) this.groups.delete(id);
  }

  load(orders: Iterable<RoutedOrder>): void {
    this.orders.clear();
    this.groups.clear();
    for (const routed of orders) {
      this.join(routed);
      if (routed.held !== null && !routed.isOver) this.orders.add(routed);
    }
  }

  private tendOne(routed: RoutedOrder, held: Held, now: number): void {
    const { order } = routed;
    const { instrument, terms } = order;
    const side = sideOf(routed);
    const reduces = terms?.reduceOnly === true;
    const bears = Math.max(0, -side * (this.children.positions[instrument] ?? 0)); // lots that may be traded on this side before the position turns
    if (reduces && bears === 0) {
      if (workingOf(routed).length === 0) this.words.end(routed, { kind: "order-cancelled", reason: NOTHING_LEFT });
      return;
    }
    const group = this.groupOf(routed);
    const wanted = openOf(routed, group) - workingLotsOf(routed);
    if (wanted <= 0 || [...group].some((other) => other !== routed && workingOf(other).length > 0)) return;
    if (isKept(order) && !takesAtOnce(order) && !this.isShown(routed, held, now)) return;
    const out = this.children.out(instrument, side);
    const room = reduces ? bears - out : this.waitsFor(routed, wanted, bears - out) ? 0 : wanted;
    const lots = Math.min(wanted, room, this.unlocked(routed, group) - workingLotsOf(routed));
    // It ends here, so that nobody has to make way for it.
    if (isKept(order) && terms?.timeInForce === "fok" && lots < wanted)
      return this.words.end(routed, { kind: "order-cancelled", reason: "it could not be filled whole at once" });
    if (reduces && room < wanted && out > 0)
      for (const other of this.children.resting(instrument, side)) if (other.closing === null) this.words.callBack(other, IN_THE_WAY);
    if (lots <= 0) return;
    if (!isKept(order)) this.passOn(routed);
    if (this.children.send(routed, now, lots) || workingOf(routed).length > 0) return;
    if (takesAtOnce(order) || routed.failed.length === this.rules.places.length)
      this.words.end(routed, endOf(routed) ?? { kind: "order-cancelled", reason: "no venue displays all of it" });
  }

  /** From now on its venues say what becomes of it. */
  private passOn(routed: RoutedOrder): void {
    routed.held = null;
    this.orders.delete(routed);
  }

  /** An order that may turn the position would, if it were filled first, turn what only reduces and is out into one that does. */
  private waitsFor({ order }: RoutedOrder, lots: number, room: number): boolean {
    return lots > room && this.children.out(order.instrument, Math.sign(order.lots), true) > 0;
  }

  /** Whether anything is displayed within its limit that was not taken, or tried, before. */
  private isShown({ order, failed }: RoutedOrder, { taken }: Held, now: number): boolean {
    const { places, instruments } = this.rules;
    const side = Math.sign(order.lots);
    let isShown = false;
    places.forEach((place: Place, k) => {
      const best = place.market.best(order.instrument, side > 0 ? "ask" : "bid", now);
      const shown = side * (best - (order.limit as number)) <= 0 ? shownWithin(order, place, instruments, now) : 0;
      taken[k] = Math.min(taken[k] ?? 0, shown); // what was taken is gone once less is displayed
      if (shown > (taken[k] as number) && !failed.includes(k)) isShown = true;
    });
    return isShown;
  }

  /** Lots that the fills of its parent leave to an order of a bracket; no bound for others. */
  private unlocked({ order }: RoutedOrder, group: ReadonlySet<RoutedOrder>): number {
    const parent = order.terms?.group?.parent;
    if (parent === undefined) return Number.POSITIVE_INFINITY;
    const opened = this.parent(parent);
    return (opened === undefined ? 0 : filledOf(opened)) - filledBy(group);
  }

  private feed(routed: RoutedOrder, prices: readonly number[]): void {
    const { held, order, isOver } = routed;
    if (held === null || held.isAwake || isOver || this.unlocked(routed, this.groupOf(routed)) <= 0) return;
    if (prices.some((price) => reachesTrigger(held, sideOf(routed), order.terms?.trail, price))) this.wake(routed);
  }

  private wake(routed: RoutedOrder): void {
    if (routed.held === null || routed.held.isAwake) return;
    routed.held.isAwake = true;
    this.words.triggered(routed);
  }

  private finish(routed: RoutedOrder, kind: ChildEnd["kind"], reason: string): void {
    if (workingOf(routed).length === 0) this.words.end(routed, { kind, reason });
    else if (routed.closing === null) this.words.callBack(routed, reason);
  }

  private join(routed: RoutedOrder): void {
    const id = routed.order.terms?.group?.id;
    if (id === undefined) return;
    const group = this.groups.get(id) ?? new Set();
    group.add(routed);
    this.groups.set(id, group);
  }

  /** Itself included. */
  private groupOf(routed: RoutedOrder): ReadonlySet<RoutedOrder> {
    return this.groups.get(routed.order.terms?.group?.id ?? "") ?? new Set([routed]);
  }

  private childrenOf({ order }: RoutedOrder): readonly RoutedOrder[] {
    return [...this.orders].filter((held) => held.order.terms?.group?.parent === order.id && !held.isOver);
  }

  private instruments(): readonly InstrumentIx[] {
    return [...new Set([...this.orders].map(({ order }) => order.instrument))];
  }
}

/** Lots (absolute) of an order that it may still have filled: of a group, what one fills the others lack. */
function openOf({ order }: RoutedOrder, group: ReadonlySet<RoutedOrder>): number {
  return Math.max(0, Math.abs(order.lots) - filledBy(group));
}

function filledBy(group: ReadonlySet<RoutedOrder>): number {
  let lots = 0;
  for (const routed of group) lots += filledOf(routed);
  return lots;
}

function isStop({ terms }: ApprovedOrder): boolean {
  return terms?.trigger !== undefined || terms?.trail !== undefined;
}

function sideOf({ order }: RoutedOrder): number {
  return Math.sign(order.lots);
}
