// A venue that lives on exchange time. It is shown each bar when the bar's interval is next in line, breaks it into prints and
// fills what arrived before them; the engine hears of a fill one latency later. It never uses a bar that a decision has seen:
// orders are made after a bar is seen, and only bars not yet seen are open here. Where quotes are recorded, orders meet them instead.
import type { ReferenceEvent } from "#domain/corporate-action.js";
import { Holdings } from "#domain/holdings.js";
import type { Currency, Instrument, InstrumentIx, Lots } from "#domain/instrument.js";
import type { MarketSlice, QuoteBatch } from "#domain/market.js";
import { toMicro } from "#domain/money.js";
import type { ApprovedOrder, OrderId } from "#domain/order.js";
import type { Micros } from "#domain/time.js";
import { ToldReferences } from "#domain/told-references.js";
import type { CashPosted, Fill, VenueEvent } from "#domain/venue-event.js";
import type { DrivenVenue } from "#ports/driven-venue.js";
import type { VenueSnapshot } from "#ports/venue.js";
import { BarMarket } from "./bar-market.js";
import { SIMULATED_CAPABILITIES } from "./capabilities.js";
import type { CostModel } from "./costs.js";
import { Floor } from "./floor.js";
import { accrue } from "./financing.js";
import { Liquidity } from "./liquidity.js";
import { Outbox } from "./outbox.js";
import { Pricing } from "./pricing.js";
import { QuoteMarket } from "./quote-market.js";
import { type QuoteTerms, Quotes } from "./quotes.js";
import { RestingOrders } from "./resting-orders.js";
import type { VenueRules } from "./rules.js";
import type { Booked, VenueState } from "./state.js";

export class SimulatedVenue implements DrivenVenue {
  readonly capabilities = SIMULATED_CAPABILITIES;
  readonly holdings: Holdings;
  private readonly liquidity: Liquidity;
  private readonly pricing: Pricing;
  private readonly orders = new RestingOrders();
  private readonly bars: BarMarket;
  private readonly quotes: Quotes | null;
  private readonly told: ToldReferences;
  /** Instruments that have left the market. */
  private readonly gone = new Set<InstrumentIx>();
  private readonly floor: Floor;
  /** Fills and postings of this session and of the one before, for whoever missed them. */
  private recent: Booked[] = [];
  private older: Booked[] = [];
  private readonly outbox = new Outbox();
  private open: MarketSlice | null = null;
  /** Fills so far, which number themselves. */
  private fills = 0;
  private now = 0;
  private accruedTo = 0;
  /** Payments of `rules.funding` that have been made. */
  private funded = 0;

  /** `quotes`: whose orders meet quotes and nothing else; `rules` then have sessions. Left out: there are none. */
  constructor(
    private readonly instruments: readonly Instrument[],
    base: Currency,
    startingCashMicro: bigint,
    private readonly costs: CostModel,
    private readonly rules: VenueRules = {},
    quotes: QuoteTerms | null = null,
  ) {
    this.holdings = new Holdings(instruments, base, startingCashMicro);
    this.told = new ToldReferences(instruments);
    this.liquidity = new Liquidity(instruments.length, costs);
    this.pricing = new Pricing(instruments, costs, this.liquidity);
    const { holdings, pricing, orders } = this;
    this.bars = new BarMarket({ instruments, rules, pricing, orders });
    this.quotes = quotes === null ? null : new Quotes(quotes, rules);
    this.floor = new Floor({
      instruments,
      rules,
      holdings,
      orders,
      bars: this.bars,
      quotes: this.quotes === null ? null : new QuoteMarket({ instruments, rules, pricing, orders, quotes: this.quotes }),
      tell: (report, at, reason) => {
        const seenAt = this.heardAt(at);
        this.outbox.say({ ...report, at: at as Micros, seenAt, ...(reason === undefined ? {} : { reason }) } as VenueEvent);
      },
      filled: (fill) => this.filled(fill),
    });
  }

  /** Totals of what trading cost beyond fees, base currency. */
  get slippage(): { readonly spread: number; readonly impact: number } {
    return this.pricing.slippage;
  }

  /** Orders that met a halt: they found their instrument halted when they could have traded. */
  get haltedOrders(): number {
    return this.orders.halted;
  }

  submit(order: ApprovedOrder): void {
    if (!this.orders.receive(order.id)) return; // a repeated submission is the same order, whatever became of it
    const arrivesAt = order.createdAt + this.costs.latencyUs;
    if (this.gone.has(order.instrument)) {
      const [at, seenAt] = [arrivesAt as Micros, this.heardAt(arrivesAt)];
      return this.outbox.say({ kind: "order-rejected", at, seenAt, order: order.id, reason: "it has left the market" });
    }
    this.floor.receive(order, arrivesAt);
  }

  /** Takes effect one latency later: until then the order may still fill. */
  cancel(id: OrderId): void {
    const resting = this.orders.get(id);
    if (resting === undefined || resting.cancelAt !== null) return; // gone, which its fills have told; or on its way
    resting.cancelAt = this.now + this.costs.latencyUs;
    this.orders.cancelling++;
  }

  snapshot(): Promise<VenueSnapshot> {
    const open = [...this.orders.values()].map((r) => ({ id: r.order.id, instrument: r.order.instrument, remaining: r.remaining }));
    const positions: { instrument: InstrumentIx; lots: Lots }[] = [];
    this.holdings.lots.forEach((lots, i) => {
      if (lots !== 0) positions.push({ instrument: i as InstrumentIx, lots: lots as Lots });
    });
    const cash = [...this.holdings.ledger.totals().keys()].map((currency) => ({
      currency,
      amountMicro: this.holdings.ledger.balance(currency),
    }));
    return Promise.resolve({ open, positions, cash });
  }

  /** Reaches back to the session before. */
  fillsSince(at: Micros): Promise<readonly Fill[]> {
    return Promise.resolve([...this.older, ...this.recent].filter((event): event is Fill => event.kind === "fill" && event.at >= at));
  }

  /** Likewise. */
  postingsSince(at: Micros): Promise<readonly CashPosted[]> {
    return Promise.resolve([...this.older, ...this.recent].filter((event): event is CashPosted => event.kind === "cash" && event.at >= at));
  }

  /** The slice's bars, one per instrument, are in progress from now on. The engine must not have seen them. */
  show(slice: MarketSlice): void {
    this.open = slice;
  }

  /** The slice's bars are complete and have been told to the engine. */
  complete(slice: MarketSlice): void {
    const { batch, start, end } = slice;
    this.now = slice.seenAt;
    this.holdings.market(batch, start, end);
    this.open = null;
    if (batch.kind !== "bar") return;
    this.bars.complete(slice, batch, this.quotes?.quoted ?? null);
    this.liquidity.learn(batch, start, end);
  }

  /** Rows of the quote source from `firstRow` on; all of a moment must be told before the venue advances to it. */
  quote(batch: QuoteBatch, firstRow: number): void {
    this.quotes?.tell(batch, firstRow);
  }

  /** Position in the quote source of the first row that has not come to stand. */
  get nextQuote(): number {
    return this.quotes?.nextRow ?? 0;
  }

  /**
   * Everything printed up to and including the moment meets the orders that had arrived by then. Where quotes are recorded it goes only as far as
   * the next word that is to be heard, for orders may answer it: hear that, and advance again. To infinity nothing more is paid: no time passes.
   */
  advance(to: number): void {
    const funding = (to < Number.POSITIVE_INFINITY ? this.rules.funding : undefined) ?? [];
    for (let next = funding[this.funded]; next !== undefined && next.at <= to; next = funding[this.funded]) {
      const { at, instrument, rate } = next;
      this.pass(at);
      if (this.now < at) return;
      this.funded++;
      if (instrument !== null) this.fund(instrument, at, rate);
      else this.instruments.forEach((_, i) => this.fund(i as InstrumentIx, at, rate));
    }
    this.pass(to);
  }

  private pass(to: number): void {
    const { quotes } = this;
    const heard = (): number => (quotes === null ? to : Math.min(to, this.outbox.peek()?.seenAt ?? to));
    if (this.orders.size === 0) quotes?.pass(heard());
    else if (this.open !== null || quotes !== null) this.floor.trade(this.open, this.now, heard);
    const until = heard();
    if (this.orders.size > 0) {
      if (this.orders.mayExpire) this.floor.expire(until);
      if (this.orders.cancelling > 0) this.floor.dropCancelled(until);
    }
    if (until > this.now && until < Number.POSITIVE_INFINITY) this.now = until;
  }

  settle(by: number): void {
    this.outbox.settle(by);
  }

  /** Told again it changes nothing; nor does what contradicts an earlier word. */
  reference(event: ReferenceEvent): void {
    if (this.told.hear(event) !== "new") return;
    this.now = Math.max(this.now, event.seenAt);
    switch (event.kind) {
      case "fx":
        return this.holdings.fx(event);
      case "dividend":
        return this.holdings.dividend(event);
      case "split":
        this.holdings.split(event);
        this.liquidity.split(event.instrument, event.ratio);
        this.quotes?.forget(event.instrument);
        for (const gone of this.orders.split(event)) this.floor.orphan(gone, event.at);
        return;
      case "delisting":
        this.holdings.delisted(event);
        this.quotes?.forget(event.instrument);
        this.gone.add(event.instrument);
        for (const resting of this.orders.values()) if (resting.order.instrument === event.instrument) this.orders.remove(resting);
        return;
      default:
        event satisfies never;
    }
  }

  /** Posts interest and borrow fees for the time since the last call. The venue has advanced to the moment. */
  accrue(at: Micros): void {
    if (this.accruedTo !== 0) for (const event of accrue(this.holdings, this.costs, this.rules, this.accruedTo, at)) this.post(event);
    this.accruedTo = at;
    this.orders.age();
    this.told.age(at);
    this.older = this.recent;
    this.recent = [];
  }

  peek(): VenueEvent | undefined {
    return this.outbox.peek();
  }

  take(): VenueEvent | undefined {
    return this.outbox.take();
  }

  save(): VenueState {
    return {
      holdings: this.holdings.save(),
      liquidity: this.liquidity.save(),
      orders: this.orders.save(),
      told: this.told.save(),
      gone: [...this.gone],
      recent: [...this.recent],
      older: [...this.older],
      outbox: this.outbox.save(),
      fills: this.fills,
      now: this.now,
      accruedTo: this.accruedTo,
      funded: this.funded,
      halted: this.orders.halted,
      lastBarAt: this.bars.save(),
      quotes: this.quotes?.save() ?? null,
      slippage: { ...this.slippage },
    };
  }

  load(state: VenueState): void {
    this.holdings.load(state.holdings);
    this.liquidity.load(state.liquidity);
    this.orders.load(state.orders);
    this.told.load(state.told);
    this.gone.clear();
    for (const instrument of state.gone) this.gone.add(instrument);
    this.recent = [...state.recent];
    this.older = [...state.older];
    this.outbox.load(state.outbox);
    this.fills = state.fills;
    this.now = state.now;
    this.accruedTo = state.accruedTo;
    this.funded = state.funded;
    this.orders.halted = state.halted;
    this.bars.load(state.lastBarAt);
    if (state.quotes !== null) this.quotes?.load(state.quotes);
    this.pricing.load(state.slippage);
  }

  private fund(instrument: InstrumentIx, at: number, rate: number): void {
    const lots = this.holdings.lots[instrument] as number;
    const { id, lotSize, currency } = this.instruments[instrument] as Instrument;
    const amount = -lots * lotSize * (this.holdings.price[instrument] as number) * rate;
    if (lots === 0 || amount === 0) return;
    const paid = { reason: "funding", currency, amountMicro: toMicro(amount) } as const;
    this.post({ kind: "cash", at: at as Micros, seenAt: this.heardAt(at), postingId: `funding ${id} ${at}`, ...paid });
  }

  private filled(fill: Omit<Fill, "kind" | "fillId" | "seenAt">): void {
    const event: Fill = { kind: "fill", ...fill, seenAt: this.heardAt(fill.at), fillId: `f${++this.fills}` };
    this.holdings.filled(event);
    this.recent.push(event);
    this.outbox.say(event);
  }

  private post(event: CashPosted): void {
    this.holdings.posted(event);
    this.recent.push(event);
    this.outbox.say(event);
  }

  private heardAt(at: number): Micros {
    return Math.max(at + this.costs.latencyUs, this.now) as Micros;
  }
}
