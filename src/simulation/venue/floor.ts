// Where orders meet bars and quotes: what each does next is done in the order of exchange time, and what one does may wake or end another.
import type { Holdings } from "#domain/holdings.js";
import type { Instrument, Lots, Ticks } from "#domain/instrument.js";
import type { MarketSlice } from "#domain/market.js";
import { type ApprovedOrder, type OrderId, lessBy } from "#domain/order.js";
import { orderFaults } from "#domain/order-faults.js";
import type { Micros } from "#domain/time.js";
import type { Fill, OrderReport } from "#domain/venue-event.js";
import type { BarMarket } from "./bar-market.js";
import { affordable } from "./buying-power.js";
import { Line } from "./line.js";
import type { Action, Market, TradeCost } from "./market.js";
import type { QuoteMarket } from "./quote-market.js";
import type { RestingOrders } from "./resting-orders.js";
import { roomOf } from "./room.js";
import { type VenueRules, nextSessionEnd, sessionEndAfter } from "./rules.js";
import type { Resting } from "./state.js";

export interface FloorParts {
  readonly instruments: readonly Instrument[];
  readonly rules: VenueRules;
  readonly holdings: Holdings;
  readonly orders: RestingOrders;
  readonly bars: BarMarket;
  /** Null where none are recorded. */
  readonly quotes: QuoteMarket | null;
  /** `at`: exchange time. */
  readonly tell: (report: Pick<OrderReport, "kind" | "order">, at: number, reason?: string) => void;
  /** Books the fill and tells it. */
  readonly filled: (fill: Omit<Fill, "kind" | "fillId" | "seenAt">) => void;
}

type Trade = Extract<Action, { kind: "trade" }>;

export class Floor {
  constructor(private readonly parts: FloorParts) {}

  receive(order: ApprovedOrder, arrivesAt: number): void {
    const { orders, tell } = this.parts;
    const { id, terms, type } = order;
    const [fault] = orderFaults(order);
    const orphan = terms?.group?.kind === "bracket" && orders.get(terms.group.parent as OrderId) === undefined;
    if (fault !== undefined || orphan) return tell({ kind: "order-rejected", order: id }, arrivesAt, fault ?? "its parent does not work");
    const filled = orders.filledInGroup(order);
    if (filled >= Math.abs(order.lots)) return tell({ kind: "order-cancelled", order: id }, arrivesAt, "another of its group has filled");
    orders.rest(order, arrivesAt, this.expiryOf(order, arrivesAt));
    // The answer to a plain market order is its fill.
    if (type !== "market" || terms !== undefined) tell({ kind: "order-accepted", order: id }, arrivesAt);
  }

  /**
   * Everything printed and quoted up to and including the moment `until` meets the orders that had arrived by then. What lies before `now` is
   * done; `until` may come nearer while this goes on.
   */
  trade(slice: MarketSlice | null, now: number, until: () => number): void {
    const { orders, bars, quotes } = this.parts;
    const open = slice !== null && slice.batch.kind === "bar";
    if (open) bars.open(slice);
    const line = new Line({ orders, bars: open ? bars : null, quotes, now, until });
    for (let due = line.next(); due !== null; due = line.next()) {
      const { resting, market, action } = due;
      if (action.kind === "end") this.end(resting, action.how, action.at, action.reason);
      else if (action.kind === "trade") for (const woken of this.execute(resting, market, action)) line.add(woken);
      else {
        this.wake(resting, action.at, action.price);
        line.add(resting);
      }
    }
  }

  /** Returns the orders that woke because of it. */
  private execute(resting: Resting, market: Market, { at, price, taker }: Trade): readonly Resting[] {
    const { order } = resting;
    const instrument = this.parts.instruments[order.instrument] as Instrument;
    const { timeInForce, reduceOnly } = order.terms ?? {};
    market.tried(resting);
    const room = roomOf(resting, this.parts.holdings.lots[order.instrument] as number, this.parts.rules, at);
    if (room.lots === 0) {
      if (room.why !== null) this.refuse(resting, at, room.why);
      return [];
    }
    const wanted = Math.min(room.lots, market.size(resting));
    const cost = taker ? market.cost(resting, price, wanted) : { ticks: resting.limit as number, spread: 0, maker: true };
    const side = resting.remaining > 0 ? 1 : -1;
    const tradable = wanted > 0 && cost.ticks >= 1; // nobody pays a tick for it
    const size = tradable ? affordable(this.parts.holdings, order.instrument, side, wanted, cost.ticks * instrument.tickSize) : 0;
    if (timeInForce === "fok" && size < Math.abs(resting.remaining)) {
      this.end(resting, "order-cancelled", at, "it could not be filled whole");
      return [];
    }
    const woken = size > 0 ? this.fill(resting, market, at, price, size, cost) : [];
    if (this.parts.orders.get(order.id) !== resting) return woken;
    if (tradable && size < wanted) this.refuse(resting, at, "beyond the account's buying power");
    else if (timeInForce === "ioc") this.end(resting, "order-cancelled", at, "the rest was not there at once");
    else if (timeInForce === "at-open" || timeInForce === "at-close") this.end(resting, "order-expired", at, "the auction is over");
    else if (room.why !== null && size === room.lots) this.refuse(resting, at, room.why);
    else if (reduceOnly && this.parts.holdings.lots[order.instrument] === 0) this.refuse(resting, at, "nothing is left to reduce");
    return woken;
  }

  private fill(resting: Resting, market: Market, at: number, price: number, size: number, cost: TradeCost): readonly Resting[] {
    const { order } = resting;
    const { currency } = this.parts.instruments[order.instrument] as Instrument;
    const lots = (resting.remaining > 0 ? size : -size) as Lots;
    const feeMicro = market.book(resting, price, size, cost, this.parts.holdings.rate(currency));
    resting.remaining = (resting.remaining - lots) as Lots;
    resting.filled += size;
    if (resting.remaining === 0) this.parts.orders.remove(resting);
    this.parts.filled({ at: at as Micros, order: order.id, instrument: order.instrument, lots, price: cost.ticks as Ticks, feeMicro });
    return this.filledInGroup(resting, at, size);
  }

  /**
   * What one of a group fills, its others lack; the first fill also cancels what their parent lacks. A parent's fill wakes its children. Returns who
   * woke.
   */
  private filledInGroup(resting: Resting, at: number, size: number): readonly Resting[] {
    const { group } = resting.order.terms ?? {};
    if (group !== undefined) {
      this.parts.orders.countInGroup(resting.order, size);
      const parent = group.parent === undefined ? undefined : this.parts.orders.get(group.parent);
      if (parent !== undefined) this.end(parent, "order-cancelled", at, "its exit has filled");
      for (const other of this.parts.orders.others(resting)) {
        other.remaining = lessBy(other.remaining, size);
        if (other.allowed !== null) other.allowed = Math.max(0, other.allowed - size);
        if (other.remaining === 0 || other.allowed === 0) this.end(other, "order-cancelled", at, "another of its group has filled");
      }
    }
    const children = this.parts.orders.children(resting.order.id);
    for (const child of children) {
      if (child.allowed === 0) child.from = Math.max(child.from, at);
      child.allowed = (child.allowed ?? 0) + size;
      const stop = child.trigger !== null || child.trail !== null;
      if (!child.awake && !stop) this.wake(child, child.from, null);
    }
    return children;
  }

  private wake(resting: Resting, at: number, price: number | null): void {
    resting.awake = true;
    resting.from = at;
    resting.wokeAtPrice = price;
    this.parts.tell({ kind: "order-triggered", order: resting.order.id }, at);
  }

  /** What was not filled goes back. Who has fills cannot be rejected any more. */
  private refuse(resting: Resting, at: number, reason: string): void {
    this.end(resting, resting.filled > 0 ? "order-cancelled" : "order-rejected", at, reason);
  }

  private end(resting: Resting, how: "order-cancelled" | "order-expired" | "order-rejected", at: number, reason: string): void {
    this.parts.orders.remove(resting);
    this.parts.tell({ kind: how, order: resting.order.id }, at, reason);
    if (resting.filled === 0) this.orphan(resting, at);
  }

  /** What waits for an order that is gone without a fill goes, too. */
  orphan(parent: Resting, at: number): void {
    for (const child of this.parts.orders.children(parent.order.id))
      if (child.allowed === 0) this.end(child, "order-cancelled", at, "its parent is gone");
  }

  expire(to: number): void {
    for (const resting of this.parts.orders.values()) {
      const { expiresAt } = resting;
      if (expiresAt !== null && expiresAt <= to) this.end(resting, "order-expired", expiresAt, "its time is over");
    }
  }

  dropCancelled(to: number): void {
    for (const resting of this.parts.orders.values()) {
      const { cancelAt } = resting;
      if (cancelAt !== null && cancelAt <= to) this.end(resting, "order-cancelled", cancelAt, "on request");
    }
  }

  private expiryOf({ terms }: ApprovedOrder, arrivesAt: number): number | null {
    const { rules } = this.parts;
    const time = terms?.timeInForce;
    if (time !== "at-open" && time !== "day" && time !== "at-close") return null;
    const end = time === "at-open" ? nextSessionEnd(rules, arrivesAt) : sessionEndAfter(rules, arrivesAt);
    return end === null ? null : Math.min(end, NEVER);
  }
}

/** After the last session that is known; JSON, in which a state is kept, has no infinity. */
const NEVER = Number.MAX_SAFE_INTEGER;
