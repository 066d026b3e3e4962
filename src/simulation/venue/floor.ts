// Where orders meet a bar: what each does next is done in the order of exchange time, and what one does may wake or end another.
import { Heap } from "#base/heap.js";
import type { Holdings } from "#domain/holdings.js";
import type { Instrument, Lots, Ticks } from "#domain/instrument.js";
import type { BarBatch, MarketSlice } from "#domain/market.js";
import { type ApprovedOrder, type OrderId, lessBy } from "#domain/order.js";
import { orderFaults } from "#domain/order-faults.js";
import type { Micros } from "#domain/time.js";
import type { Fill, OrderReport } from "#domain/venue-event.js";
import { affordable } from "./buying-power.js";
import { type Action, nextAction } from "./matching.js";
import type { Pricing, TradeCost } from "./pricing.js";
import type { RestingOrders } from "./resting-orders.js";
import { roomOf } from "./room.js";
import { type VenueRules, nextSessionEnd, placeInSession, sessionEndAfter, tradableFrom } from "./rules.js";
import type { Resting } from "./state.js";
import { bestAfter } from "./triggers.js";

export interface FloorParts {
  readonly instruments: readonly Instrument[];
  readonly rules: VenueRules;
  readonly holdings: Holdings;
  readonly pricing: Pricing;
  readonly orders: RestingOrders;
  /** `at`: exchange time. */
  readonly tell: (report: Pick<OrderReport, "kind" | "order">, at: number, reason?: string) => void;
  /** Books the fill and tells it. */
  readonly filled: (fill: Omit<Fill, "kind" | "fillId" | "seenAt">) => void;
}

type Trade = Extract<Action, { kind: "trade" }>;

/** What an order will do next in the open bar. */
interface Due {
  readonly resting: Resting;
  readonly row: number;
  readonly action: Action;
  readonly sequence: number;
}

export class Floor {
  /** Row of each instrument in the open slice, -1 where it has none; built when an order first asks. */
  private readonly rowOf: Int32Array;
  private rowsOf: MarketSlice | null = null;
  /** End of each instrument's last complete bar; 0 before the first. */
  private readonly lastBarAt: Float64Array;

  constructor(private readonly parts: FloorParts) {
    this.rowOf = new Int32Array(parts.instruments.length);
    this.lastBarAt = new Float64Array(parts.instruments.length);
  }

  receive(order: ApprovedOrder, arrivesAt: number): void {
    const { orders, tell } = this.parts;
    const { id, terms, type } = order;
    const [fault] = orderFaults(order);
    const orphan = terms?.group?.kind === "bracket" && orders.get(terms.group.parent as OrderId) === undefined;
    if (fault !== undefined || orphan) return tell({ kind: "order-rejected", order: id }, arrivesAt, fault ?? "its parent does not work");
    orders.rest(order, arrivesAt, this.expiryOf(order, arrivesAt));
    // The answer to a plain market order is its fill.
    if (type !== "market" || terms !== undefined) tell({ kind: "order-accepted", order: id }, arrivesAt);
  }

  /** Everything printed up to and including the moment meets the orders that had arrived by then. */
  trade(slice: MarketSlice, batch: BarBatch, to: number): void {
    if (this.rowsOf !== slice) this.index(slice);
    let sequence = 0;
    const line = new Heap<Due>((a, b) => before(a, b));
    const enqueue = (resting: Resting): void => {
      const row = this.rowOf[resting.order.instrument] as number;
      if (row < 0) return;
      const action = this.nextAction(resting, batch, row, to);
      if (action !== null) line.push({ resting, row, action, sequence: sequence++ });
    };
    for (const resting of this.parts.orders.values()) enqueue(resting);
    for (let due = line.pop(); due !== undefined; due = line.pop()) {
      const { resting, row, action } = due;
      if (this.parts.orders.get(resting.order.id) !== resting) continue; // another of its group has filled meanwhile
      if (action.kind === "end") this.end(resting, action.how, action.at, action.reason);
      else if (action.kind === "trade") for (const woken of this.execute(resting, row, action, batch)) enqueue(woken);
      else {
        this.wake(resting, action.at, action.price);
        enqueue(resting);
      }
    }
  }

  private nextAction(resting: Resting, batch: BarBatch, row: number, to: number): Action | null {
    const { instrument: i, terms, id } = resting.order;
    const openAt = batch.openAt[row] as number;
    const endAt = batch.at[row] as number;
    if (terms?.timeInForce !== undefined && resting.expiresAt === null && this.parts.rules.sessions === undefined) {
      const late = terms.timeInForce === "at-open" ? resting.arrivesAt > openAt : resting.arrivesAt >= endAt;
      if (this.parts.orders.mayExpire && !late) this.parts.orders.expireAt(id, endAt);
    }
    const costOf = (price: number, size: number): Ticks | null => {
      const { ticks } = this.parts.pricing.taker(resting, batch, row, price, size);
      return ticks < 1 ? null : (ticks as Ticks);
    };
    return nextAction(resting, {
      instrument: this.parts.instruments[i] as Instrument,
      batch,
      row,
      to,
      tradableFrom: (at) => tradableFrom(this.parts.rules, i, at),
      place: () => placeInSession(this.parts.rules, openAt, endAt, this.lastBarAt[i] as number),
      withCosts: (price) => costOf(price, this.parts.pricing.size(resting, batch, row)),
      quoted: (price) => costOf(price, 0),
    });
  }

  /** Returns the orders that woke because of it. */
  private execute(resting: Resting, row: number, { at, price, taker }: Trade, batch: BarBatch): readonly Resting[] {
    const { order } = resting;
    const instrument = this.parts.instruments[order.instrument] as Instrument;
    const { timeInForce, reduceOnly } = order.terms ?? {};
    resting.doneBarAt = batch.at[row] as number; // at most one fill per order and bar
    const room = roomOf(resting, this.parts.holdings.lots[order.instrument] as number, this.parts.rules);
    if (room.lots === 0) {
      if (room.why !== null) this.refuse(resting, at, room.why);
      return [];
    }
    const wanted = Math.min(room.lots, this.parts.pricing.size(resting, batch, row));
    const cost = taker
      ? this.parts.pricing.taker(resting, batch, row, price, wanted)
      : { ticks: resting.limit as number, spread: 0, maker: true };
    const side = resting.remaining > 0 ? 1 : -1;
    const tradable = wanted > 0 && cost.ticks >= 1; // nobody pays a tick for it
    const size = tradable ? affordable(this.parts.holdings, order.instrument, side, wanted, cost.ticks * instrument.tickSize) : 0;
    if (timeInForce === "fok" && size < Math.abs(resting.remaining)) {
      this.end(resting, "order-cancelled", at, "it could not be filled whole");
      return [];
    }
    const woken = size > 0 ? this.fill(resting, batch, row, at, price, size, cost) : [];
    if (this.parts.orders.get(order.id) !== resting) return woken;
    if (tradable && size < wanted) this.refuse(resting, at, "beyond the account's buying power");
    else if (timeInForce === "ioc") this.end(resting, "order-cancelled", at, "the rest was not there at once");
    else if (timeInForce === "at-open" || timeInForce === "at-close") this.end(resting, "order-expired", at, "the auction is over");
    else if (room.why !== null && size === room.lots) this.refuse(resting, at, room.why);
    else if (reduceOnly && this.parts.holdings.lots[order.instrument] === 0) this.refuse(resting, at, "nothing is left to reduce");
    return woken;
  }

  private fill(
    resting: Resting,
    batch: BarBatch,
    row: number,
    at: number,
    price: number,
    size: number,
    cost: TradeCost,
  ): readonly Resting[] {
    const { order } = resting;
    const { currency } = this.parts.instruments[order.instrument] as Instrument;
    const lots = (resting.remaining > 0 ? size : -size) as Lots;
    const feeMicro = this.parts.pricing.book(batch, row, price, size, cost, this.parts.holdings.rate(currency));
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

  /** The bar is history: trailing stops have seen it. */
  complete(slice: MarketSlice, batch: BarBatch): void {
    if (this.parts.orders.anyTrails) {
      if (this.rowsOf !== slice) this.index(slice);
      for (const resting of this.parts.orders.values()) {
        const row = this.rowOf[resting.order.instrument] as number;
        if (resting.trail !== null && !resting.awake && resting.allowed !== 0 && row >= 0) resting.best = bestAfter(resting, batch, row);
      }
    }
    for (let row = slice.start; row < slice.end; row++) this.lastBarAt[batch.instrument[row] as number] = batch.at[row] as number;
  }

  save(): readonly number[] {
    return [...this.lastBarAt];
  }

  load(lastBarAt: readonly number[]): void {
    this.lastBarAt.set(lastBarAt);
  }

  private expiryOf({ terms }: ApprovedOrder, arrivesAt: number): number | null {
    if (terms?.timeInForce === "at-open") return nextSessionEnd(this.parts.rules, arrivesAt);
    return terms?.timeInForce === "day" || terms?.timeInForce === "at-close" ? sessionEndAfter(this.parts.rules, arrivesAt) : null;
  }

  private index(slice: MarketSlice): void {
    this.rowOf.fill(-1);
    for (let row = slice.start; row < slice.end; row++) this.rowOf[slice.batch.instrument[row] as number] = row;
    this.rowsOf = slice;
  }
}

function before(a: Due, b: Due): boolean {
  if (a.action.at !== b.action.at) return a.action.at < b.action.at;
  const [i, j] = [a.resting.order.instrument, b.resting.order.instrument];
  return i === j ? a.sequence < b.sequence : i < j;
}
