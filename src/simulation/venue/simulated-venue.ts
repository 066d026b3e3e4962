// A venue that lives on exchange time. It is shown each bar when the bar's interval is next in line, breaks it into prints and
// fills what arrived before them; the engine hears of a fill one latency later. It never uses a bar that a decision has seen:
// orders are made after a bar is seen, and only bars not yet seen are open here.
import { Heap } from "#base/heap.js";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import { Holdings } from "#domain/holdings.js";
import { type Currency, type Instrument, type InstrumentIx, type Lots, type Ticks, priceIncrement } from "#domain/instrument.js";
import type { BarBatch, MarketSlice } from "#domain/market.js";
import { type Decimal, type MoneyScale, createMoneyScale, decimalOf, fineToMicro, notionalMicro, productFine } from "#domain/money.js";
import type { ApprovedOrder, OrderId } from "#domain/order.js";
import { splitWorking } from "#domain/split-law.js";
import type { Micros } from "#domain/time.js";
import type { CashPosted, Fill, VenueEvent } from "#domain/venue-event.js";
import type { ExecutionVenue, VenueSnapshot } from "#ports/venue.js";
import { affordable } from "./buying-power.js";
import { SIMULATED_CAPABILITIES } from "./capabilities.js";
import type { CostModel } from "./costs.js";
import { accrue } from "./financing.js";
import { Liquidity } from "./liquidity.js";
import { type Match, match } from "./matching.js";
import { type Resting, type VenueState, restoreResting } from "./state.js";

interface Execution extends Match {
  readonly resting: Resting;
  readonly row: number;
}

interface TakerCost {
  /** All costs included, on the grid, rounded against the trader; below 1 when there is no such price. */
  readonly ticks: number;
  /** Currency per unit. */
  readonly spread: number;
}

interface Queued {
  readonly event: VenueEvent;
  readonly sequence: number;
}

/** Totals of what trading cost beyond fees, base currency. */
export interface SlippageTotals {
  spread: number;
  impact: number;
}

export class SimulatedVenue implements ExecutionVenue {
  readonly capabilities = SIMULATED_CAPABILITIES;
  readonly slippage: SlippageTotals = { spread: 0, impact: 0 };
  readonly holdings: Holdings;
  private readonly liquidity: Liquidity;
  private readonly resting = new Map<OrderId, Resting>();
  private readonly scales: readonly MoneyScale[];
  /** Fee as a fraction of notional, exactly. */
  private readonly fee: Decimal;
  /** Orders received in this session and in the one before: a repeated submission is recognized without growing for ever. */
  private recent = new Set<OrderId>();
  private older = new Set<OrderId>();
  /** Fills of this session and of the one before, for whoever missed them. */
  private recentFills: Fill[] = [];
  private olderFills: Fill[] = [];
  /** Resting orders with a cancellation on its way. */
  private cancelling = 0;
  /** Row of each instrument in the open slice, -1 where it has none; built when an order first asks. */
  private readonly rowOf: Int32Array;
  private rowsOf: MarketSlice | null = null;
  private readonly outbox = new Heap<Queued>(
    (a, b) => a.event.seenAt < b.event.seenAt || (a.event.seenAt === b.event.seenAt && a.sequence < b.sequence),
  );
  private open: MarketSlice | null = null;
  private sequence = 0;
  private now = 0;
  private accruedTo = 0;

  constructor(
    private readonly instruments: readonly Instrument[],
    base: Currency,
    startingCashMicro: bigint,
    private readonly costs: CostModel,
  ) {
    this.holdings = new Holdings(instruments, base, startingCashMicro);
    this.liquidity = new Liquidity(instruments.length, costs);
    this.rowOf = new Int32Array(instruments.length);
    this.scales = instruments.map(createMoneyScale);
    const bps = decimalOf(costs.feeBps);
    this.fee = { digits: bps.digits, places: bps.places + 4 };
  }

  submit(order: ApprovedOrder): void {
    if (this.recent.has(order.id) || this.older.has(order.id)) return; // a repeated submission is the same order, whatever became of it
    this.recent.add(order.id);
    this.resting.set(order.id, {
      order,
      remaining: order.lots,
      limit: order.limit,
      arrivesAt: order.createdAt + this.costs.latencyUs,
      doneBarAt: -1,
      cancelAt: null,
      filled: false,
    });
  }

  /** Takes effect one latency later: until then the order may still fill. */
  cancel(id: OrderId): void {
    const resting = this.resting.get(id);
    if (resting === undefined || resting.cancelAt !== null) return; // gone, which its fills have told; or on its way
    resting.cancelAt = this.now + this.costs.latencyUs;
    this.cancelling++;
  }

  snapshot(): Promise<VenueSnapshot> {
    const open = [...this.resting.values()].map((r) => ({ id: r.order.id, instrument: r.order.instrument, remaining: r.remaining }));
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
    return Promise.resolve([...this.olderFills, ...this.recentFills].filter((fill) => fill.at >= at));
  }

  /** The slice's bars, one per instrument, are in progress from now on. The engine must not have seen them. */
  show(slice: MarketSlice): void {
    this.open = slice;
  }

  /** The slice's bars are complete and have been told to the engine. */
  complete(slice: MarketSlice): void {
    this.now = slice.seenAt;
    this.holdings.market(slice.batch, slice.start, slice.end);
    if (slice.batch.kind === "bar") this.liquidity.learn(slice.batch, slice.start, slice.end);
    this.open = null;
  }

  /** Everything printed up to and including the moment meets the orders that had arrived by then. */
  advance(to: number): void {
    const slice = this.open;
    if (this.resting.size > 0) {
      if (slice !== null && slice.batch.kind === "bar") this.trade(slice, slice.batch, to);
      if (this.cancelling > 0) this.dropCancelled(to);
    }
    if (to > this.now && to < Number.POSITIVE_INFINITY) this.now = to;
  }

  /**
   * Tells at the moment `by`, to which the venue has advanced, what would have been heard later. Called before shares or money
   * change their measure (split, delisting, exchange rate), so that nothing is booked on another basis than it was done on.
   */
  settle(by: number): void {
    const late = this.outbox.toArray().filter(({ event }) => event.seenAt > by);
    if (late.length === 0) return;
    const all = this.outbox.toArray();
    this.clearOutbox();
    for (const { event, sequence } of all)
      this.outbox.push(event.seenAt > by ? { event: { ...event, seenAt: by as Micros }, sequence } : { event, sequence });
  }

  reference(event: ReferenceEvent): void {
    this.now = Math.max(this.now, event.seenAt);
    switch (event.kind) {
      case "fx":
        return this.holdings.fx(event);
      case "dividend":
        return this.holdings.dividend(event);
      case "split":
        this.holdings.split(event);
        this.liquidity.split(event.instrument, event.ratio);
        for (const resting of this.resting.values()) if (resting.order.instrument === event.instrument) this.rescale(resting, event);
        return;
      case "delisting":
        this.holdings.delisted(event);
        for (const resting of this.resting.values()) if (resting.order.instrument === event.instrument) this.remove(resting);
        return;
      default:
        event satisfies never;
    }
  }

  /** Posts interest and borrow fees for the time since the last call. */
  accrue(at: Micros): void {
    if (this.accruedTo !== 0) for (const event of accrue(this.holdings, this.costs, this.accruedTo, at)) this.post(event);
    this.accruedTo = at;
    this.older = this.recent;
    this.recent = new Set();
    this.olderFills = this.recentFills;
    this.recentFills = [];
    for (const id of this.resting.keys()) this.recent.add(id);
  }

  peek(): VenueEvent | undefined {
    return this.outbox.peek()?.event;
  }

  take(): VenueEvent | undefined {
    return this.outbox.pop()?.event;
  }

  save(): VenueState {
    return {
      holdings: this.holdings.save(),
      liquidity: this.liquidity.save(),
      resting: [...this.resting.values()],
      recentOrders: [...this.recent],
      olderOrders: [...this.older],
      recentFills: [...this.recentFills],
      olderFills: [...this.olderFills],
      outbox: [...this.outbox.toArray()].sort((a, b) => a.sequence - b.sequence),
      sequence: this.sequence,
      now: this.now,
      accruedTo: this.accruedTo,
      slippage: { ...this.slippage },
    };
  }

  load(state: VenueState): void {
    this.holdings.load(state.holdings);
    this.liquidity.load(state.liquidity);
    this.resting.clear();
    for (const resting of restoreResting(state)) this.resting.set(resting.order.id, resting);
    this.cancelling = state.resting.filter((resting) => resting.cancelAt !== null).length;
    this.recent = new Set(state.recentOrders);
    this.older = new Set(state.olderOrders);
    this.recentFills = [...state.recentFills];
    this.olderFills = [...state.olderFills];
    this.clearOutbox();
    for (const queued of state.outbox) this.outbox.push(queued);
    this.sequence = state.sequence;
    this.now = state.now;
    this.accruedTo = state.accruedTo;
    Object.assign(this.slippage, state.slippage);
  }

  private trade(slice: MarketSlice, batch: BarBatch, to: number): void {
    if (this.rowsOf !== slice) this.index(slice);
    const executions: Execution[] = [];
    for (const resting of this.resting.values()) {
      const row = this.rowOf[resting.order.instrument] as number;
      if (row < 0) continue;
      const instrument = this.instruments[resting.order.instrument] as Instrument;
      const met = match(resting, instrument, batch, row, to, (price) => {
        const { ticks } = this.takerCost(resting, batch, row, price, this.size(resting, batch, row));
        return ticks < 1 ? null : (ticks as Ticks);
      });
      if (met !== null) executions.push({ resting, row, ...met });
    }
    executions.sort((a, b) => a.at - b.at || a.resting.order.instrument - b.resting.order.instrument);
    for (const execution of executions) this.execute(execution, batch);
  }

  /** Absolute lots that may be filled now. */
  private size(resting: Resting, batch: BarBatch, row: number): number {
    const { lotSize } = this.instruments[resting.order.instrument] as Instrument;
    return Math.min(Math.abs(resting.remaining), Math.floor(this.liquidity.left(batch, row) / lotSize + 1e-9));
  }

  private takerCost(resting: Resting, batch: BarBatch, row: number, price: number, size: number): TakerCost {
    const instrument = this.instruments[resting.order.instrument] as Instrument;
    const spread = Math.max((price * this.costs.halfSpreadBps) / 1e4, priceIncrement(price, instrument) / 2);
    const impact = price * this.liquidity.impact(batch, row, size * instrument.lotSize);
    const exact = (resting.remaining > 0 ? price + spread + impact : price - spread - impact) / instrument.tickSize;
    const tolerance = 1e-9 + Math.abs(exact) * 1e-13; // a price on the grid stays where it is
    return { ticks: resting.remaining > 0 ? Math.ceil(exact - tolerance) : Math.floor(exact + tolerance), spread };
  }

  private execute({ resting, row, at, price, taker }: Execution, batch: BarBatch): void {
    const { order } = resting;
    const instrument = this.instruments[order.instrument] as Instrument;
    const wanted = this.size(resting, batch, row);
    resting.doneBarAt = batch.at[row] as number; // at most one fill per order and bar
    if (wanted <= 0) return;
    const cost = taker ? this.takerCost(resting, batch, row, price, wanted) : { ticks: resting.limit as number, spread: 0 };
    if (cost.ticks < 1) return; // nobody pays a tick for it
    const size = affordable(this.holdings, order.instrument, resting.remaining > 0 ? 1 : -1, wanted, cost.ticks * instrument.tickSize);
    if (size > 0) this.fill(resting, batch, row, at, price, size, cost);
    if (size < wanted) this.reject(resting, at);
  }

  private fill(resting: Resting, batch: BarBatch, row: number, at: number, price: number, size: number, cost: TakerCost): void {
    const { order } = resting;
    const instrument = this.instruments[order.instrument] as Instrument;
    const units = size * instrument.lotSize;
    this.liquidity.take(batch, row, units);
    const lots = (resting.remaining > 0 ? size : -size) as Lots;
    const rate = this.holdings.rate(instrument.currency);
    this.slippage.spread += cost.spread * units * rate;
    this.slippage.impact += Math.max(0, Math.abs(cost.ticks * instrument.tickSize - price) - cost.spread) * units * rate;
    const notional = notionalMicro(cost.ticks, size, this.scales[order.instrument] as MoneyScale);
    const fill: Fill = {
      kind: "fill",
      at: at as Micros,
      seenAt: Math.max(at + this.costs.latencyUs, this.now) as Micros,
      fillId: `f${++this.sequence}`,
      order: order.id,
      instrument: order.instrument,
      lots,
      price: cost.ticks as Ticks,
      feeMicro: fineToMicro(productFine({ digits: notional, places: 6 }, this.fee)),
    };
    resting.remaining = (resting.remaining - lots) as Lots;
    resting.filled = true;
    if (resting.remaining === 0) this.remove(resting);
    this.holdings.filled(fill);
    this.recentFills.push(fill);
    this.emit(fill);
  }

  /** The broker lets the account carry no more: what was not filled goes back. Who has fills cannot be rejected any more. */
  private reject(resting: Resting, at: number): void {
    this.remove(resting);
    const seenAt = Math.max(at + this.costs.latencyUs, this.now) as Micros;
    const kind = resting.filled ? "order-cancelled" : "order-rejected";
    this.emit({ kind, at: at as Micros, seenAt, order: resting.order.id, reason: "beyond the account's buying power" });
  }

  private dropCancelled(to: number): void {
    for (const resting of this.resting.values()) {
      const { cancelAt, order } = resting;
      if (cancelAt === null || cancelAt > to) continue;
      this.remove(resting);
      const seenAt = Math.max(cancelAt + this.costs.latencyUs, this.now) as Micros;
      this.emit({ kind: "order-cancelled", at: cancelAt as Micros, seenAt, order: order.id, reason: "on request" });
    }
  }

  private post(event: CashPosted): void {
    this.holdings.posted(event);
    this.emit(event);
  }

  private rescale(resting: Resting, event: Extract<ReferenceEvent, { kind: "split" }>): void {
    const rescaled = splitWorking(resting, event);
    if (rescaled === null) return this.remove(resting);
    resting.remaining = rescaled.remaining;
    resting.limit = rescaled.limit;
  }

  private remove(resting: Resting): void {
    if (resting.cancelAt !== null) this.cancelling--;
    this.resting.delete(resting.order.id);
  }

  private clearOutbox(): void {
    while (this.outbox.size > 0) this.outbox.pop();
  }

  private index(slice: MarketSlice): void {
    this.rowOf.fill(-1);
    for (let row = slice.start; row < slice.end; row++) this.rowOf[slice.batch.instrument[row] as number] = row;
    this.rowsOf = slice;
  }

  private emit(event: VenueEvent): void {
    this.outbox.push({ event, sequence: ++this.sequence });
  }
}
