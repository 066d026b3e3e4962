// How orders trade where quotes are recorded: with what is displayed, at the displayed price. Nothing is modelled on top of it but fees and the
// share of the trailing volume that may be taken within a bar.
import type { Instrument, Ticks } from "#domain/instrument.js";
import type { Action, Market, TradeCost } from "./market.js";
import { bestBefore, nextQuoteAction } from "./quote-matching.js";
import type { Pricing } from "./pricing.js";
import type { Quotes } from "./quotes.js";
import type { RestingOrders } from "./resting-orders.js";
import { type VenueRules, tradableFrom } from "./rules.js";
import type { Resting } from "./state.js";

export interface QuoteMarketParts {
  readonly instruments: readonly Instrument[];
  readonly rules: VenueRules;
  readonly pricing: Pricing;
  readonly orders: RestingOrders;
  readonly quotes: Quotes;
}

export class QuoteMarket implements Market {
  readonly quotes: Quotes;

  constructor(private readonly parts: QuoteMarketParts) {
    this.quotes = parts.quotes;
  }

  /** Null when nothing happens to the order as the quotes stand. `now`: what lies before it is done. */
  next(resting: Resting, now: number): Action | null {
    const { quotes, pricing, orders, rules, instruments } = this.parts;
    const { instrument } = resting.order;
    if (resting.awake && resting.arrivesAt <= now && tradableFrom(rules, instrument, now) > now) orders.metHalt(resting);
    return nextQuoteAction(resting, {
      quotes,
      instrument: instruments[instrument] as Instrument,
      now,
      ticks: (price) => {
        const { ticks } = pricing.displayed(resting, price, 0);
        return ticks < 1 ? null : (ticks as Ticks);
      },
      size: () => this.size(resting),
    });
  }

  tried(): void {} // what is displayed bounds how often

  size(resting: Resting): number {
    const i = resting.order.instrument;
    return this.parts.pricing.within(resting, this.quotes.far(resting.remaining > 0).left[i] as number);
  }

  cost(resting: Resting, price: number): TradeCost {
    return this.parts.pricing.displayed(resting, price, this.quotes.halfSpread(resting.order.instrument));
  }

  book({ order, remaining }: Resting, price: number, size: number, cost: TradeCost, rate: number): bigint {
    const i = order.instrument;
    const { left } = this.quotes.far(remaining > 0);
    const { lotSize } = this.parts.instruments[i] as Instrument;
    left[i] = Math.max(0, (left[i] as number) - size * lotSize);
    const middle = remaining > 0 ? price - cost.spread : price + cost.spread;
    return this.parts.pricing.bookDisplayed(i, middle, size, cost, rate);
  }

  /** Trailing stops have seen the standing quote of the instrument, which is over at `end`. */
  trail(resting: Resting, end: number): void {
    if (resting.trail !== null && !resting.awake && resting.allowed !== 0) resting.best = bestBefore(resting, this.quotes, end);
  }
}
