// A venue that lives on exchange time. It is shown each bar when the bar's interval is next in line, breaks it into prints and
// fills what arrived before them; the engine hears of a fill one latency later. It never uses a bar that a decision has seen:
// orders are made after a bar is seen, and only bars not yet seen are open here.
import { Heap } from "#base/heap.js";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import { Holdings } from "#domain/holdings.js";
import { type Currency, type Instrument, type InstrumentIx, type Lots, type Ticks, priceIncrement } from "#domain/instrument.js";
import type { BarBatch, MarketSlice } from "#domain/market.js";
import type { ApprovedOrder, OrderId } from "#domain/order.js";
import { splitWorking } from "#domain/split-law.js";
import type { Micros } from "#domain/time.js";
import type { CashPosted, Fill, VenueEvent } from "#domain/venue-event.js";
import type { ExecutionVenue, VenueSnapshot } from "#ports/venue.js";
import { PRINTS, printAt, printPrice, printTime } from "./bar-path.js";
import type { CostModel } from "./costs.js";
import { accrue } from "./financing.js";
import { Liquidity } from "./liquidity.js";
import { type Resting, type VenueState, restoreResting } from "./state.js";

interface Execution {
  readonly resting: Resting;
  readonly row: number;
  readonly at: number;
  /** Price before spread and impact; the limit itself for a resting limit order. */
  readonly price: number;
  readonly taker: boolean;
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
  readonly capabilities = { limitOrders: true, shortSelling: true };
  readonly slippage: SlippageTotals = { spread: 0, impact: 0 };
  readonly holdings: Holdings;
  private readonly liquidity: Liquidity;
  private readonly resting = new Map<OrderId, Resting>();
  /** Row of each instrument in the open slice, -1 where it has none; built when an order first asks. */
  private readonly rowOf: Int32Array;
  private rowsOf: MarketSlice | null = null;
  private readonly outbox = new Heap<Queued>((a, b) => a.event.seenAt < b.event.seenAt || (a.event.seenAt === b.event.seenAt && a.sequence < b.sequence));
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
  }

  submit(order: ApprovedOrder): void {
    if (this.resting.has(order.id)) return; // a repeated submission is the same order
    this.resting.set(order.id, {
      order,
      remaining: order.lots,
      limit: order.limit,
      arrivesAt: order.createdAt + this.costs.latencyUs,
      doneBarAt: -1,
    });
  }

  cancel(id: OrderId): void {
    const resting = this.resting.get(id);
    if (resting === undefined) return;
    this.remove(resting);
    const at = (this.now + this.costs.latencyUs) as Micros;
    this.emit({ kind: "order-cancelled", at, seenAt: (at + this.costs.latencyUs) as Micros, order: id, reason: "on request" });
  }

  snapshot(): Promise<VenueSnapshot> {
    const open = [...this.resting.values()].map((r) => ({ id: r.order.id, instrument: r.order.instrument, remaining: r.remaining }));
    const positions: { instrument: InstrumentIx; lots: Lots }[] = [];
    this.holdings.lots.forEach((lots, i) => {
      if (lots !== 0) positions.push({ instrument: i as InstrumentIx, lots: lots as Lots });
    });
    return Promise.resolve({ open, positions });
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
    this.now = Math.max(this.now, to);
    const slice = this.open;
    if (slice === null || this.resting.size === 0 || slice.batch.kind !== "bar") return;
    if (this.rowsOf !== slice) this.index(slice);
    const executions: Execution[] = [];
    for (const resting of this.resting.values()) {
      const row = this.rowOf[resting.order.instrument] as number;
      const execution = row < 0 ? null : this.meet(resting, slice.batch, row, to);
      if (execution !== null) executions.push(execution);
    }
    executions.sort((a, b) => a.at - b.at || a.resting.order.instrument - b.resting.order.instrument);
    for (const execution of executions) this.execute(execution, slice.batch);
  }

  reference(event: ReferenceEvent): void {
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
    while (this.outbox.size > 0) this.outbox.pop();
    for (const queued of state.outbox) this.outbox.push(queued);
    this.sequence = state.sequence;
    this.now = state.now;
    this.accruedTo = state.accruedTo;
    Object.assign(this.slippage, state.slippage);
  }

  /** Whether and where the order trades within the row's bar by `to`. */
  private meet(resting: Resting, batch: BarBatch, row: number, to: number): Execution | null {
    const from = Math.max(resting.arrivesAt, batch.openAt[row] as number);
    if (from > to || from >= (batch.at[row] as number) || resting.doneBarAt === batch.at[row]) return null;
    const buys = resting.remaining > 0;
    const arrival = printAt(batch, row, from);
    const arrivalPrice = printPrice(batch, row, arrival, buys);
    if (resting.limit === null) return { resting, row, at: from, price: arrivalPrice, taker: true };
    const instrument = this.instruments[resting.order.instrument] as Instrument;
    const limit = resting.limit * instrument.tickSize;
    const cost = arrivalPrice * (this.costs.halfSpreadBps / 1e4);
    const marketable = buys ? arrivalPrice + cost <= limit : arrivalPrice - cost >= limit;
    // Marketable on arrival takes liquidity; one that rested over the open is filled at its limit, not at the lucky gap.
    if (marketable && resting.arrivesAt >= (batch.openAt[row] as number)) return { resting, row, at: from, price: arrivalPrice, taker: true };
    const through = priceIncrement(limit, instrument);
    for (let k = Math.max(0, arrival); k < PRINTS; k++) {
      const at = printTime(batch, row, k);
      if (at < from) continue;
      if (at > to) return null;
      const price = printPrice(batch, row, k, buys);
      const traded = buys ? price <= limit - through + 1e-12 : price >= limit + through - 1e-12;
      if (traded) return { resting, row, at, price: limit, taker: false };
    }
    return null;
  }

  private execute({ resting, row, at, price, taker }: Execution, batch: BarBatch): void {
    const { order } = resting;
    const instrument = this.instruments[order.instrument] as Instrument;
    const buys = resting.remaining > 0;
    const room = Math.floor(this.liquidity.left(batch, row) / instrument.lotSize + 1e-9);
    const size = Math.min(Math.abs(resting.remaining), room);
    resting.doneBarAt = batch.at[row] as number; // at most one fill per order and bar
    if (size <= 0) return;
    const units = size * instrument.lotSize;
    const spread = taker ? Math.max((price * this.costs.halfSpreadBps) / 1e4, priceIncrement(price, instrument) / 2) : 0;
    const impact = taker ? price * this.liquidity.impact(batch, row, units) : 0;
    const exact = (buys ? price + spread + impact : price - spread - impact) / instrument.tickSize;
    let ticks = Math.max(1, buys ? Math.ceil(exact - 1e-9) : Math.floor(exact + 1e-9));
    if (resting.limit !== null) ticks = buys ? Math.min(ticks, resting.limit) : Math.max(ticks, resting.limit);
    this.liquidity.take(batch, row, units);
    const lots = (buys ? size : -size) as Lots;
    const rate = this.holdings.rate(instrument.currency);
    this.slippage.spread += spread * units * rate;
    this.slippage.impact += Math.max(0, Math.abs(ticks * instrument.tickSize - price) - spread) * units * rate;
    const fee = Math.round(ticks * instrument.tickSize * units * this.costs.feeBps * 100); // bps of notional, in 1e-6 of currency
    const fill: Fill = {
      kind: "fill",
      at: at as Micros,
      seenAt: Math.max(at + this.costs.latencyUs, this.now) as Micros,
      fillId: `f${++this.sequence}`,
      order: order.id,
      instrument: order.instrument,
      lots,
      price: ticks as Ticks,
      feeMicro: BigInt(fee),
    };
    resting.remaining = (resting.remaining - lots) as Lots;
    if (resting.remaining === 0) this.remove(resting);
    this.holdings.filled(fill);
    this.emit(fill);
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
    this.resting.delete(resting.order.id);
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
