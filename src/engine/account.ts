// The engine's own book: holdings, orders out, and their value at a moment. It is what the stages see (PortfolioView).
import type { Delisting, Split } from "#domain/corporate-action.js";
import { Holdings } from "#domain/holdings.js";
import { type Currency, type Instrument, fromTicks } from "#domain/instrument.js";
import type { WorkingOrder } from "#domain/order.js";
import { protects } from "#domain/order-state.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import { splitLots } from "#domain/split-law.js";
import type { Micros } from "#domain/time.js";
import { ToldReferences } from "#domain/told-references.js";
import type { CashPosted, Fill } from "#domain/venue-event.js";
import { WorkingOrders } from "./working-orders.js";

type Totals = [number, number, number, number, number, number, number];

export class Account implements PortfolioView {
  asOf = 0 as Micros;
  equity = 0;
  cash = 0;
  markedEquity = 0;
  tradedSinceMark = 0;
  /** Absolute notional traded since the start, base currency, each fill at the rate of its moment; so are the four below. */
  tradedTotal = 0;
  feesTotal = 0;
  /** Paid for borrowed shares. */
  borrowTotal = 0;
  /** Paid for the funding of perpetuals, less what was received. */
  fundingTotal = 0;
  /** Received, less what a debt paid. */
  interestTotal = 0;
  readonly lotValue: Float64Array;
  readonly holdings: Holdings;
  readonly orders: WorkingOrders;
  readonly references: ToldReferences;
  /** Standing target in lots: on the same basis as the positions, so splits rescale it too. */
  readonly desired: Float64Array;
  /** When each instrument last split or left the market, Micros; 0 for never. A fill from before that can no longer be booked as it stands. */
  readonly basisSince: Float64Array;

  constructor(
    readonly instruments: readonly Instrument[],
    base: Currency,
    startingCashMicro: bigint,
  ) {
    this.holdings = new Holdings(instruments, base, startingCashMicro);
    this.lotValue = new Float64Array(instruments.length).fill(Number.NaN);
    this.desired = new Float64Array(instruments.length);
    this.basisSince = new Float64Array(instruments.length);
    this.orders = new WorkingOrders(instruments.length);
    this.references = new ToldReferences(instruments);
    this.revalue(0 as Micros);
    this.markedEquity = this.equity;
  }

  get lots(): Float64Array {
    return this.holdings.lots;
  }

  get price(): Float64Array {
    return this.holdings.price;
  }

  get workingBuys(): Float64Array {
    return this.orders.buys;
  }

  get workingSells(): Float64Array {
    return this.orders.sells;
  }

  get working(): readonly WorkingOrder[] {
    return this.orders.list();
  }

  /** Brings cash, lot values and equity up to the moment. */
  revalue(asOf: Micros): void {
    const { holdings, instruments, lotValue } = this;
    this.asOf = asOf;
    this.cash = holdings.cash();
    let equity = this.cash;
    for (let i = 0; i < instruments.length; i++) {
      const instrument = instruments[i] as Instrument;
      const rate = instrument.currency === holdings.base ? 1 : holdings.rate(instrument.currency);
      const value = (holdings.price[i] as number) * instrument.lotSize * rate;
      lotValue[i] = value;
      const lots = holdings.lots[i] as number;
      if (lots !== 0) equity += lots * value;
    }
    this.equity = equity;
  }

  /** `connected`: while the line to the venue is lost nothing of its fills is forgotten, or those of the outage could not be told from older ones. */
  mark(connected: boolean): void {
    this.markedEquity = this.equity;
    this.tradedSinceMark = 0;
    if (connected) this.orders.age(this.asOf);
    this.references.age(this.asOf);
  }

  /** Applies a fill whatever it says: the venue is the truth. Returns a complaint when it cannot be explained, else null. */
  fill(fill: Fill): string | null {
    const complaint = this.orders.fill(fill);
    if (complaint === "duplicate") return null;
    const before = this.lots[fill.instrument] as number;
    this.holdings.filled(fill);
    this.unwant(fill, before);
    const instrument = this.instruments[fill.instrument] as Instrument;
    const notional = Math.abs(fill.lots) * fromTicks(fill.price, instrument) * instrument.lotSize;
    const rate = this.holdings.rate(instrument.currency);
    const traded = notional * rate;
    this.feesTotal += (Number(fill.feeMicro) / 1e6) * rate;
    this.tradedSinceMark += traded;
    this.tradedTotal += traded;
    if (complaint !== null) return complaint;
    if (fill.price < 1) return `fill ${fill.fillId} has a price of ${fill.price} ticks`;
    if (fill.at < (this.basisSince[fill.instrument] as number))
      return `fill ${fill.fillId} happened before ${instrument.id} split or left, and was told after`;
    return null;
  }

  /** What protected a position has ended it, or a part: so much is not wanted any more until a decision wants it. */
  private unwant({ order: id, instrument: i }: Fill, before: number): void {
    const order = this.orders.find(id)?.order;
    if (order === undefined || !protects(order)) return;
    const [desired, held] = [this.desired[i] as number, this.lots[i] as number];
    if (desired * before > 0 && Math.abs(desired) > Math.abs(held)) this.desired[i] = held;
  }

  /** A posting that was told before is none. */
  posted(event: CashPosted): void {
    if (this.orders.repeatsPosting(event.postingId)) return;
    this.holdings.posted(event);
    const amount = (Number(event.amountMicro) / 1e6) * this.holdings.rate(event.currency);
    if (event.reason === "interest") this.interestTotal += amount;
    else if (event.reason === "borrow") this.borrowTotal -= amount;
    else this.fundingTotal -= amount;
  }

  /** Running totals as plain numbers, for snapshots. */
  saveTotals(): Float64Array {
    const { markedEquity, tradedSinceMark, tradedTotal, feesTotal, borrowTotal, fundingTotal, interestTotal } = this;
    return Float64Array.of(markedEquity, tradedSinceMark, tradedTotal, feesTotal, borrowTotal, fundingTotal, interestTotal);
  }

  loadTotals(totals: Float64Array): void {
    const [markedEquity, tradedSinceMark, tradedTotal, feesTotal, borrowTotal, fundingTotal, interestTotal] = totals as unknown as Totals;
    Object.assign(this, { markedEquity, tradedSinceMark, tradedTotal, feesTotal, borrowTotal, fundingTotal, interestTotal });
  }

  split(event: Split): void {
    const i = event.instrument;
    this.basisSince[i] = event.at;
    this.holdings.split(event);
    this.desired[i] = splitLots(this.desired[i] as number, event.ratio).lots;
    this.orders.split(event);
  }

  delisted(event: Delisting): void {
    this.basisSince[event.instrument] = event.at;
    this.holdings.delisted(event);
    this.desired[event.instrument] = 0;
    this.orders.closeAll(event.instrument);
  }
}
