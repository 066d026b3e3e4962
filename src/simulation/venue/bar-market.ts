// How orders trade where only bars are known: the prints of the open bar, within trailing volume, at a modelled spread and impact.
import type { Instrument, Ticks } from "#domain/instrument.js";
import type { BarBatch, MarketSlice } from "#domain/market.js";
import type { Action, Market, TradeCost } from "./market.js";
import { nextAction } from "./matching.js";
import type { Pricing } from "./pricing.js";
import type { RestingOrders } from "./resting-orders.js";
import { type VenueRules, placeInSession, tradableFrom } from "./rules.js";
import type { Resting } from "./state.js";
import { bestAfter } from "./triggers.js";

export interface BarMarketParts {
  readonly instruments: readonly Instrument[];
  readonly rules: VenueRules;
  readonly pricing: Pricing;
  readonly orders: RestingOrders;
}

export class BarMarket implements Market {
  /** Row of each instrument in the open slice, -1 where it has none; built when an order first asks. */
  private readonly rowOf: Int32Array;
  private rowsOf: MarketSlice | null = null;
  /** End of each instrument's last complete bar; 0 before the first. */
  private readonly lastBarAt: Float64Array;

  constructor(private readonly parts: BarMarketParts) {
    this.rowOf = new Int32Array(parts.instruments.length).fill(-1);
    this.lastBarAt = new Float64Array(parts.instruments.length);
  }

  /** The slice's bars are in progress. */
  open(slice: MarketSlice): void {
    if (this.rowsOf === slice) return;
    this.rowOf.fill(-1);
    this.rowsOf = slice;
    for (let row = slice.start; row < slice.end; row++) this.rowOf[slice.batch.instrument[row] as number] = row;
  }

  /** Null when nothing happens to the order by `to`, or in the open bar. */
  next(resting: Resting, to: number): Action | null {
    const { instrument: i, terms, id } = resting.order;
    const row = this.rowOf[i] as number;
    if (row < 0) return null;
    const { batch } = this;
    const { rules, orders, pricing, instruments } = this.parts;
    const openAt = batch.openAt[row] as number;
    const endAt = batch.at[row] as number;
    if (terms?.timeInForce !== undefined && resting.expiresAt === null && rules.sessions === undefined) {
      const late = terms.timeInForce === "at-open" ? resting.arrivesAt > openAt : resting.arrivesAt >= endAt;
      if (orders.mayExpire && !late) orders.expireAt(id, endAt);
    }
    const costOf = (price: number, size: number): Ticks | null => {
      const { ticks } = pricing.taker(resting, batch, row, price, size);
      return ticks < 1 ? null : (ticks as Ticks);
    };
    return nextAction(resting, {
      instrument: instruments[i] as Instrument,
      batch,
      row,
      to,
      tradableFrom: (at) => {
        const from = tradableFrom(rules, i, at);
        if (from > at) orders.metHalt(resting);
        return from;
      },
      place: () => placeInSession(rules, openAt, endAt, this.lastBarAt[i] as number),
      withCosts: (price) => costOf(price, pricing.size(resting, batch, row)),
      quoted: (price) => costOf(price, 0),
    });
  }

  /** At most one fill per order and bar. */
  tried(resting: Resting): void {
    resting.doneBarAt = this.batch.at[this.rowFor(resting)] as number;
  }

  size(resting: Resting): number {
    return this.parts.pricing.size(resting, this.batch, this.rowFor(resting));
  }

  cost(resting: Resting, price: number, size: number): TradeCost {
    return this.parts.pricing.taker(resting, this.batch, this.rowFor(resting), price, size);
  }

  book(resting: Resting, price: number, size: number, cost: TradeCost, rate: number): bigint {
    return this.parts.pricing.book(this.batch, this.rowFor(resting), price, size, cost, rate);
  }

  /** The bar is history: trailing stops have seen it, but for those that look at quotes (`quoted`: 1). */
  complete(slice: MarketSlice, batch: BarBatch, quoted: Uint8Array | null): void {
    const { orders } = this.parts;
    if (orders.anyTrails) {
      this.open(slice);
      for (const resting of orders.values()) {
        const i = resting.order.instrument;
        const row = this.rowOf[i] as number;
        const trails = resting.trail !== null && !resting.awake && resting.allowed !== 0 && row >= 0;
        if (trails && quoted?.[i] !== 1) resting.best = bestAfter(resting, batch, row);
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

  private get batch(): BarBatch {
    return (this.rowsOf as MarketSlice).batch as BarBatch;
  }

  private rowFor({ order }: Resting): number {
    return this.rowOf[order.instrument] as number;
  }
}
