// What is traded, and the grid on which its prices and sizes live. The only place where numbers become ticks and lots.
import type { Brand } from "#base/brand.js";

/** Unique and stable, e.g. `AAPL`. Strings live at the edges; inside, an instrument is its row number. */
export type InstrumentId = Brand<string, "InstrumentId">;
/** Row of an instrument in the run's instrument list: dense, from 0. */
export type InstrumentIx = Brand<number, "InstrumentIx">;
/** Integer count of an instrument's price increment. */
export type Ticks = Brand<number, "Ticks">;
/** Signed integer count of an instrument's size increment; negative is a sale or a short. */
export type Lots = Brand<number, "Lots">;
/** ISO 4217 code, e.g. `USD`. */
export type Currency = Brand<string, "Currency">;

export interface Instrument {
  readonly id: InstrumentId;
  /** Name of the calendar and place of trading, e.g. `XNYS`, `XNSE`, `24/7`. */
  readonly venue: string;
  readonly currency: Currency;
  /** Price of one tick in `currency`: a positive decimal such as 0.01 or 1e-6. */
  readonly tickSize: number;
  /**
   * The market's real increment as a fraction of the price, where the true tick is unknown because prices are adjusted
   * (1e-4); null when `tickSize` is the market's own. Spread and slippage never go below it.
   */
  readonly relativeTick: number | null;
  /** Units of the asset in one lot: 1 for shares, e.g. 1e-8 for coins. */
  readonly lotSize: number;
  /** Sector name; null when not known or not applicable. */
  readonly sector: string | null;
}

/** Nearest tick. NaN and infinities throw. */
export function toTicks(price: number, instrument: Instrument): Ticks {
  const ticks = Math.round(price / instrument.tickSize);
  if (!Number.isSafeInteger(ticks)) throw new RangeError(`${price} is no price of ${instrument.id} with tick ${instrument.tickSize}`);
  return ticks as Ticks;
}

export function fromTicks(ticks: Ticks, instrument: Instrument): number {
  return ticks * instrument.tickSize;
}

/** Whole lots nearest to zero: never more than was asked for. */
export function toLots(units: number, instrument: Instrument): Lots {
  const lots = Math.trunc(units / instrument.lotSize + Math.sign(units) * 1e-9);
  if (!Number.isSafeInteger(lots)) throw new RangeError(`${units} is no size of ${instrument.id} with lot ${instrument.lotSize}`);
  return (lots === 0 ? 0 : lots) as Lots;
}

/** The market's price increment at this price, in currency. */
export function priceIncrement(price: number, instrument: Instrument): number {
  return instrument.relativeTick === null ? instrument.tickSize : Math.max(instrument.tickSize, instrument.relativeTick * price);
}
