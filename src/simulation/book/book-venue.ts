// A simulated venue on recordings of whole order books: each instrument has its tape, and our orders stand in the recorded queues. The exchange
// runs on its own clock; requests and answers take their time, and keep their order. Keeps its own books, so that reconciling means something.
import { Heap } from "#base/heap.js";
import { TruewindError } from "#base/errors.js";
import { Holdings, type HoldingsState } from "#domain/holdings.js";
import type { Currency, Instrument, InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import { createMoneyScale, type Decimal, decimalOf, fineToMicro, type MoneyScale, notionalMicro, productFine } from "#domain/money.js";
import type { ApprovedOrder, OrderId } from "#domain/order.js";
import { orderFaults } from "#domain/order-faults.js";
import type { Micros } from "#domain/time.js";
import type { Fill, OrderAccepted, OrderCancelled, OrderExpired, OrderTriggered, VenueEvent } from "#domain/venue-event.js";
import type { ExecutionVenue, VenueCapabilities, VenueSnapshot } from "#ports/venue.js";
import { type Ending, ExchangeBook, type SavedExchangeBook } from "./exchange-book.js";
import type { LatencyModel } from "./latency-model.js";
import { type Level, levelsOf } from "./levels.js";
import { createOwnOrder, type OwnOrder } from "./own-order.js";
import type { QueueModel } from "./queue-model.js";
import type { Tape } from "./tape.js";
import type { TriggerOn } from "./trigger.js";

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

export const BOOK_CAPABILITIES: VenueCapabilities = {
  types: ["market", "limit", "stop", "stop-limit", "trailing-stop"],
  timesInForce: ["gtc", "day", "ioc", "fok", "at-open", "at-close"],
  postOnly: true,
  reduceOnly: true,
  groups: false,
  shortSelling: true,
  answerWithinUs: null,
};

type Said = OrderAccepted | OrderTriggered | OrderCancelled | OrderExpired;
type Report = { readonly [K in Said["kind"]]: Omit<Extract<Said, { kind: K }>, "at" | "seenAt"> }[Said["kind"]];

/** A request on its way. */
type Request = { readonly at: number } & ({ readonly order: ApprovedOrder } | { readonly cancel: OrderId });

interface Queued {
  readonly event: VenueEvent;
  readonly sequence: number;
}

interface Line {
  readonly instrument: InstrumentIx;
  readonly book: ExchangeBook;
  readonly latency: LatencyModel;
  readonly scale: MoneyScale;
  /** In the order in which they arrive. */
  requests: Request[];
  lastArrival: number;
  lastAnswer: number;
}

interface SavedLine {
  readonly book: SavedExchangeBook;
  readonly latency: readonly number[];
  readonly requests: readonly Request[];
  readonly lastArrival: number;
  readonly lastAnswer: number;
}

/** Plain data, bigints aside. */
export interface BookVenueState {
  readonly holdings: HoldingsState;
  readonly lines: readonly SavedLine[];
  readonly received: readonly (readonly [OrderId, InstrumentIx])[];
  readonly fills: readonly Fill[];
  readonly outbox: readonly Queued[];
  readonly sequence: number;
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

export class BookVenue implements ExecutionVenue {
  readonly capabilities = BOOK_CAPABILITIES;
  readonly id: string;
  readonly holdings: Holdings;
  readonly traded: TradedTotals = { makerLots: 0, takerLots: 0, makerFills: 0, takerFills: 0 };
  private readonly lines = new Map<InstrumentIx, Line>();
  private readonly inOrder: Line[] = [];
  private nextAt = 0;
  private othersAt = 0;
  /** Every order ever received: a repeated submission is the same order. */
  private readonly received = new Map<OrderId, InstrumentIx>();
  private readonly outbox = new Heap<Queued>(
    (a, b) => a.event.seenAt < b.event.seenAt || (a.event.seenAt === b.event.seenAt && a.sequence < b.sequence),
  );
  private readonly makerFee: Decimal;
  private readonly takerFee: Decimal;
  /** In the order in which they happened. */
  private fills: Fill[] = [];
  private sequence = 0;
  private now = 0;

  /** Throws `bad-config` when queue model and tape do not go together: `fifo` is for tapes of single orders, and they for it. */
  constructor({ id, instruments, base, startingCashMicro, tapes, queue, makerFeeBps, takerFeeBps, triggerOn }: BookVenueOptions) {
    this.id = id;
    this.holdings = new Holdings(instruments, base, startingCashMicro);
    this.makerFee = fractionOf(makerFeeBps);
    this.takerFee = fractionOf(takerFeeBps);
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
      const scale = createMoneyScale(instruments[instrument] as Instrument);
      const line: Line = { instrument, book, latency, scale, requests: [], lastArrival: 0, lastAnswer: 0 };
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
    if (Number.isNaN(entry)) return this.refuse(order, sentAt, this.answerAt(line, sentAt), "the venue was too busy, as recorded");
    this.send(line, { at: sentAt + entry, order });
  }

  cancel(id: OrderId): void {
    const line = this.lines.get(this.received.get(id) ?? (-1 as InstrumentIx));
    if (line === undefined) return; // unknown here
    const entry = line.latency.entryUs(this.now);
    if (!Number.isNaN(entry)) this.send(line, { at: this.now + entry, cancel: id });
  }

  snapshot(): Promise<VenueSnapshot> {
    const open: { id: OrderId; instrument: InstrumentIx; remaining: Lots }[] = [];
    for (const { book, requests, instrument } of this.lines.values()) {
      for (const { order, remaining, side } of book.open()) open.push({ id: order.id, instrument, remaining: (remaining * side) as Lots });
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

  /**
   * Runs the exchange to a moment of its clock, or to the moment at which something that it said is heard, and returns which: take what is
   * heard by then, act, and call again. So no order of ours comes to an exchange that has gone on already.
   */
  advance(to: number): number {
    for (;;) {
      const reached = this.horizon(to);
      const line = this.nextLine();
      if (line === null || this.nextAt > reached || reached < this.now) {
        if (reached > this.now && reached < Number.POSITIVE_INFINITY) this.now = reached;
        return reached;
      }
      this.runLine(line, Math.min(reached, this.othersAt));
    }
  }

  /** The next thing to be heard. */
  peek(): VenueEvent | undefined {
    return this.outbox.peek()?.event;
  }

  take(): VenueEvent | undefined {
    return this.outbox.pop()?.event;
  }

  /** What the exchange displays now, best first: lots that are still there for us. NaN and empty sides are left out. */
  depth(instrument: InstrumentIx, side: "bid" | "ask", most: number): readonly Level[] {
    const book = this.lines.get(instrument)?.book;
    if (book === undefined) return [];
    const ladder = side === "bid" ? book.levels.bids : book.levels.asks;
    return levelsOf(ladder, most).map(({ ticks }) => ({ ticks, lots: book.available(ladder, ticks * ladder.sign) }));
  }

  save(): BookVenueState {
    const lines = [...this.lines.values()].map(({ book, latency, requests, lastArrival, lastAnswer }) => ({
      book: book.save(),
      latency: latency.save(),
      requests: [...requests],
      lastArrival,
      lastAnswer,
    }));
    const outbox = [...this.outbox.toArray()].sort((a, b) => a.sequence - b.sequence);
    const { sequence, now, traded } = this;
    return {
      holdings: this.holdings.save(),
      lines,
      received: [...this.received],
      fills: [...this.fills],
      outbox,
      sequence,
      now,
      traded: { ...traded },
    };
  }

  /** The venue must have been made with the same options. */
  load(state: BookVenueState): void {
    this.holdings.load(state.holdings);
    for (const [k, line] of [...this.lines.values()].entries()) {
      const saved = state.lines[k] as SavedLine;
      line.book.load(saved.book);
      line.latency.load(saved.latency);
      line.requests = [...saved.requests];
      line.lastArrival = saved.lastArrival;
      line.lastAnswer = saved.lastAnswer;
    }
    this.received.clear();
    for (const [id, instrument] of state.received) this.received.set(id, instrument);
    this.fills = [...state.fills];
    while (this.outbox.size > 0) this.outbox.pop();
    for (const queued of state.outbox) this.outbox.push(queued);
    this.sequence = state.sequence;
    this.now = state.now;
    Object.assign(this.traded, state.traded);
  }

  /** As far as the exchange may run before anybody here can act again. */
  private horizon(to: number): number {
    const heard = this.outbox.peek();
    return heard === undefined ? to : Math.min(to, heard.event.seenAt);
  }

  /** The line on which something happens next, at `nextAt`; until `othersAt` nothing happens on the others. */
  private nextLine(): Line | null {
    let first: Line | null = null;
    let at = Number.POSITIVE_INFINITY;
    let until = Number.POSITIVE_INFINITY;
    for (const line of this.inOrder) {
      const request = line.requests[0];
      const next = request === undefined ? line.book.nextAt : Math.min(line.book.nextAt, request.at);
      if (next < at) {
        first = line;
        until = at;
        at = next;
      } else if (next < until) until = next;
    }
    this.nextAt = at;
    this.othersAt = until;
    return first;
  }

  /** What the market did at the moment of an arrival comes before it. */
  private runLine(line: Line, until: number): void {
    const request = line.requests[0];
    if (request === undefined || request.at > until) return line.book.run(until);
    line.book.run(request.at);
    if (line.book.nextAt <= request.at || this.horizon(request.at) < request.at) return; // something is heard before it arrives
    line.requests.shift();
    if ("order" in request) line.book.accept(createOwnOrder(request.order), request.at);
    else if (line.book.cancel(request.cancel) !== null)
      this.tell(line, { kind: "order-cancelled", order: request.cancel, reason: "on request" }, request.at);
  }

  private refuse({ id }: ApprovedOrder, at: number, seenAt: number, reason: string): void {
    this.emit({ kind: "order-rejected", at: at as Micros, seenAt: seenAt as Micros, order: id, reason });
  }

  private send(line: Line, request: Request): void {
    line.lastArrival = Math.max(line.lastArrival, request.at);
    line.requests.push({ ...request, at: line.lastArrival });
  }

  private filled(line: Line, own: OwnOrder, lots: number, ticks: number, at: number, isMaker: boolean): void {
    const signed = (lots * own.side) as Lots;
    const notional = notionalMicro(ticks, lots, line.scale);
    const fee = productFine({ digits: notional, places: 6 }, isMaker ? this.makerFee : this.takerFee);
    const fill: Fill = {
      kind: "fill",
      at: at as Micros,
      seenAt: this.answerAt(line, at),
      fillId: `${own.order.id}/${own.fills}`,
      order: own.order.id,
      instrument: line.instrument,
      lots: signed,
      price: ticks as Ticks,
      feeMicro: fineToMicro(fee),
    };
    this.traded[isMaker ? "makerLots" : "takerLots"] += lots;
    this.traded[isMaker ? "makerFills" : "takerFills"]++;
    this.holdings.filled(fill);
    this.fills.push(fill);
    this.emit(fill);
    line.book.stopAt(fill.seenAt);
  }

  private tell(line: Line, report: Report, at: number): void {
    const seenAt = this.answerAt(line, at);
    this.emit(Object.assign(report, { at: at as Micros, seenAt }));
    line.book.stopAt(seenAt);
  }

  private answerAt(line: Line, at: number): Micros {
    line.lastAnswer = Math.max(line.lastAnswer, at + line.latency.responseUs(at));
    return line.lastAnswer as Micros;
  }

  private emit(event: VenueEvent): void {
    this.outbox.push({ event, sequence: ++this.sequence });
  }
}

/** Basis points as a fraction, exactly. */
function fractionOf(bps: number): Decimal {
  const { digits, places } = decimalOf(bps);
  return { digits, places: places + 4 };
}
