// A simulated venue on recordings of whole order books: each instrument has its tape, and our orders stand in the recorded queues. The exchange
// runs on its own clock; requests and answers take their time, and keep their order. Keeps its own books, so that reconciling means something.
import { TruewindError } from "#base/errors.js";
import { Holdings, type HoldingsState } from "#domain/holdings.js";
import type { Currency, Instrument, InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import type { MarketSlice } from "#domain/market.js";
import { createMoneyScale } from "#domain/money.js";
import type { ApprovedOrder, OrderId } from "#domain/order.js";
import { orderFaults } from "#domain/order-faults.js";
import type { Micros } from "#domain/time.js";
import type { CashPosted, Fill, OrderAccepted, OrderCancelled, OrderExpired, OrderTriggered, VenueEvent } from "#domain/venue-event.js";
import type { DrivenVenue } from "#ports/driven-venue.js";
import type { VenueSnapshot } from "#ports/venue.js";
import { Outbox, type OutboxState } from "../venue/outbox.js";
import { BOOK_CAPABILITIES } from "./capabilities.js";
import { ExchangeBook } from "./exchange-book.js";
import { Fees } from "./fees.js";
import type { LatencyModel } from "./latency-model.js";
import { type Level, levelsOf } from "./levels.js";
import { createOwnOrder, type OwnOrder } from "./own-order.js";
import type { Ending } from "./own-trading.js";
import type { QueueModel } from "./queue-model.js";
import type { Tape } from "./tape.js";
import type { TriggerOn } from "./trigger.js";
import { type SavedLine, VenueLine } from "./venue-line.js";

export interface VenueTape {
  readonly instrument: InstrumentIx;
  readonly tape: Tape;
  readonly latency: LatencyModel;
}

export interface BookVenueOptions {
  /** Name of the place, of which an instrument may have several. */
  readonly id: string;
  readonly instruments: readonly Instrument[];
  readonly base: Currency;
  readonly startingCashMicro: bigint;
  readonly tapes: readonly VenueTape[];
  readonly queue: QueueModel;
  /** Basis points of notional; negative is a rebate. */
  readonly makerFeeBps: number;
  readonly takerFeeBps: number;
  readonly triggerOn: TriggerOn;
}

type Said = OrderAccepted | OrderTriggered | OrderCancelled | OrderExpired;
type Report = { readonly [K in Said["kind"]]: Omit<Extract<Said, { kind: K }>, "at" | "seenAt"> }[Said["kind"]];

/** Plain data, bigints aside. */
export interface BookVenueState {
  readonly holdings: HoldingsState;
  readonly lines: readonly SavedLine[];
  readonly received: readonly (readonly [OrderId, InstrumentIx])[];
  readonly fills: readonly Fill[];
  readonly outbox: OutboxState;
  readonly now: number;
  readonly traded: TradedTotals;
}

/** What was filled, in lots and fills. */
export interface TradedTotals {
  makerLots: number;
  takerLots: number;
  makerFills: number;
  takerFills: number;
}

export class BookVenue implements DrivenVenue {
  readonly capabilities = BOOK_CAPABILITIES;
  readonly id: string;
  readonly holdings: Holdings;
  readonly traded: TradedTotals = { makerLots: 0, takerLots: 0, makerFills: 0, takerFills: 0 };
  private readonly lines = new Map<InstrumentIx, VenueLine>();
  private readonly inOrder: VenueLine[] = [];
  private nextAtLine = 0;
  private othersAt = 0;
  /** Every order ever received: a repeated submission is the same order. */
  private readonly received = new Map<OrderId, InstrumentIx>();
  private readonly outbox = new Outbox();
  private readonly fees: Fees;
  /** In the order in which they happened. */
  private fills: Fill[] = [];
  private now = 0;

  /** Throws `bad-config` when queue model and tape do not go together: `fifo` is for tapes of single orders, and they for it. */
  constructor({ id, instruments, base, startingCashMicro, tapes, queue, makerFeeBps, takerFeeBps, triggerOn }: BookVenueOptions) {
    this.id = id;
    this.holdings = new Holdings(instruments, base, startingCashMicro);
    this.fees = new Fees(makerFeeBps, takerFeeBps);
    for (const { instrument, tape, latency } of tapes) {
      if (tape.byOrder !== queue.byOrder && tape.length > 0) {
        const what = tape.byOrder ? "tells single orders: its queue is `fifo`" : "tells levels: its queue is a model, not `fifo`";
        throw new TruewindError("bad-config", `The tape of ${(instruments[instrument] as Instrument).id} at ${id} ${what}.`);
      }
      const reports = {
        filled: (own: OwnOrder, lots: number, ticks: number, at: number, isMaker: boolean) =>
          this.filled(line, own, lots, ticks, at, isMaker),
        accepted: (own: OwnOrder, at: number) => this.tell(line, { kind: "order-accepted", order: own.order.id }, at),
        triggered: (own: OwnOrder, at: number) => this.tell(line, { kind: "order-triggered", order: own.order.id }, at),
        ended: (own: OwnOrder, at: number, ending: Ending, reason: string) =>
          this.tell(line, { kind: `order-${ending}`, order: own.order.id, reason }, at),
        held: () => this.holdings.lots[instrument] as number,
      };
      const book = new ExchangeBook(tape, queue, triggerOn, reports);
      const line: VenueLine = new VenueLine(instrument, book, latency, createMoneyScale(instruments[instrument] as Instrument));
      this.lines.set(instrument, line);
      this.inOrder.push(line);
    }
  }

  submit(order: ApprovedOrder): void {
    if (this.received.has(order.id)) return;
    this.received.set(order.id, order.instrument);
    const sentAt = Math.max(order.createdAt, this.now);
    const line = this.lines.get(order.instrument);
    const fault = orderFaults(order)[0] ?? (order.terms?.group === undefined ? null : "this venue knows no groups of orders");
    if (line === undefined || fault !== null) return this.refuse(order, sentAt, sentAt, fault ?? `${this.id} does not trade it`);
    const entry = line.latency.entryUs(sentAt);
    if (Number.isNaN(entry)) return this.refuse(order, sentAt, line.answerAt(sentAt), "the venue was too busy, as recorded");
    line.send({ at: sentAt + entry, order });
  }

  cancel(id: OrderId): void {
    const line = this.lines.get(this.received.get(id) ?? (-1 as InstrumentIx));
    if (line === undefined) return; // unknown here
    const entry = line.latency.entryUs(this.now);
    if (!Number.isNaN(entry)) line.send({ at: this.now + entry, cancel: id });
  }

  snapshot(): Promise<VenueSnapshot> {
    const open: { id: OrderId; instrument: InstrumentIx; remaining: Lots }[] = [];
    for (const { book, requests, instrument } of this.lines.values()) {
      for (const { order, remaining, side } of book.own.all())
        open.push({ id: order.id, instrument, remaining: (remaining * side) as Lots });
      for (const request of requests)
        if ("order" in request) open.push({ id: request.order.id, instrument, remaining: request.order.lots });
    }
    const positions: { instrument: InstrumentIx; lots: Lots }[] = [];
    this.holdings.lots.forEach((lots, i) => {
      if (lots !== 0) positions.push({ instrument: i as InstrumentIx, lots: lots as Lots });
    });
    const { ledger } = this.holdings;
    const cash = [...ledger.totals().keys()].map((currency) => ({ currency, amountMicro: ledger.balance(currency) }));
    return Promise.resolve({ open, positions, cash });
  }

  fillsSince(at: Micros): Promise<readonly Fill[]> {
    return Promise.resolve(this.fills.filter((fill) => fill.at >= at));
  }

  postingsSince(): Promise<readonly CashPosted[]> {
    return Promise.resolve([]);
  }

  /**
   * Runs the exchange to a moment of its clock, or to the moment at which something that it said is heard, and returns which: take what is
   * heard by then, act, and call again. So no order of ours comes to an exchange that has gone on already.
   */
  advance(to: number): number {
    for (;;) {
      const reached = this.horizon(to);
      const line = this.nextLine();
      if (line === null || this.nextAtLine > reached || reached < this.now) {
        if (reached > this.now && reached < Number.POSITIVE_INFINITY) this.now = reached;
        return reached;
      }
      this.runLine(line, Math.min(reached, this.othersAt));
    }
  }

  /** The next thing to be heard. */
  peek(): VenueEvent | undefined {
    return this.outbox.peek();
  }

  take(): VenueEvent | undefined {
    return this.outbox.take();
  }

  /** The exchange has its tape; what the engine is told of it changes nothing here. */
  show(): void {}

  complete({ batch, start, end }: MarketSlice): void {
    this.holdings.market(batch, start, end);
  }

  settle(by: number): void {
    this.outbox.settle(by);
  }

  /** A recording is of hours at raw prices: it has no splits, dividends and delistings within, and the queues behind one would be guesswork. */
  reference(event: ReferenceEvent): void {
    if (event.kind === "fx") return this.holdings.fx(event);
    throw new TruewindError("bad-config", `${this.id} replays a recorded book, which cannot follow a ${event.kind}: leave it out.`);
  }

  /** Nothing: no interest, borrow fee or funding falls due within a recording. */
  accrue(): void {}

  /** Before this moment nothing happens here; Infinity when nothing will. */
  get nextAt(): number {
    this.nextLine();
    return this.nextAtLine;
  }

  /** What the exchange displays now, best first: lots that are still there for us. NaN and empty sides are left out. */
  depth(instrument: InstrumentIx, side: "bid" | "ask", most: number): readonly Level[] {
    const book = this.lines.get(instrument)?.book;
    if (book === undefined) return [];
    const ladder = side === "bid" ? book.levels.bids : book.levels.asks;
    return levelsOf(ladder, most).map(({ ticks }) => ({ ticks, lots: book.available(ladder, ticks * ladder.sign) }));
  }

  save(): BookVenueState {
    return {
      holdings: this.holdings.save(),
      lines: this.inOrder.map((line) => line.save()),
      received: [...this.received],
      fills: [...this.fills],
      outbox: this.outbox.save(),
      now: this.now,
      traded: { ...this.traded },
    };
  }

  /** The venue must have been made with the same options. */
  load(state: BookVenueState): void {
    this.holdings.load(state.holdings);
    this.inOrder.forEach((line, k) => line.load(state.lines[k] as SavedLine));
    this.received.clear();
    for (const [id, instrument] of state.received) this.received.set(id, instrument);
    this.fills = [...state.fills];
    this.outbox.load(state.outbox);
    this.now = state.now;
    Object.assign(this.traded, state.traded);
  }

  /** As far as the exchange may run before anybody here can act again. */
  private horizon(to: number): number {
    const heard = this.outbox.peek();
    return heard === undefined ? to : Math.min(to, heard.seenAt);
  }

  /** The line on which something happens next, at `nextAtLine`; until `othersAt` nothing happens on the others. */
  private nextLine(): VenueLine | null {
    let first: VenueLine | null = null;
    let at = Number.POSITIVE_INFINITY;
    let until = Number.POSITIVE_INFINITY;
    for (const line of this.inOrder) {
      const next = line.nextAt;
      if (next < at) {
        first = line;
        until = at;
        at = next;
      } else if (next < until) until = next;
    }
    this.nextAtLine = at;
    this.othersAt = until;
    return first;
  }

  /** What the market did at the moment of an arrival comes before it. */
  private runLine(line: VenueLine, until: number): void {
    const request = line.requests[0];
    if (request === undefined || request.at > until) return line.book.run(until);
    line.book.run(request.at);
    if (line.book.nextAt <= request.at || this.horizon(request.at) < request.at) return; // something is heard before it arrives
    line.requests.shift();
    if ("order" in request) line.book.accept(createOwnOrder(request.order), request.at);
    else if (line.book.own.remove(request.cancel) !== null)
      this.tell(line, { kind: "order-cancelled", order: request.cancel, reason: "on request" }, request.at);
  }

  private refuse({ id }: ApprovedOrder, at: number, seenAt: number, reason: string): void {
    this.outbox.say({ kind: "order-rejected", at: at as Micros, seenAt: seenAt as Micros, order: id, reason });
  }

  private filled(line: VenueLine, own: OwnOrder, lots: number, ticks: number, at: number, isMaker: boolean): void {
    const signed = (lots * own.side) as Lots;
    const fill: Fill = {
      kind: "fill",
      at: at as Micros,
      seenAt: line.answerAt(at),
      fillId: `${own.order.id}/${own.fills}`,
      order: own.order.id,
      instrument: line.instrument,
      lots: signed,
      price: ticks as Ticks,
      feeMicro: this.fees.of(ticks, lots, line.scale, isMaker),
    };
    this.traded[isMaker ? "makerLots" : "takerLots"] += lots;
    this.traded[isMaker ? "makerFills" : "takerFills"]++;
    this.holdings.filled(fill);
    this.fills.push(fill);
    this.outbox.say(fill);
    line.book.stopAt(fill.seenAt);
  }

  private tell(line: VenueLine, report: Report, at: number): void {
    const seenAt = line.answerAt(at);
    this.outbox.say(Object.assign(report, { at: at as Micros, seenAt }));
    line.book.stopAt(seenAt);
  }
}
