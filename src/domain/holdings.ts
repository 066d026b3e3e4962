// Positions and money, and the law by which events change them. Engine and simulated venue each keep one,
// so that reconciling them compares two books kept by the same rules from different messages.
import type { Delisting, Dividend, FxRate, Split } from "./corporate-action.js";
import { type Currency, type Instrument, fromTicks } from "./instrument.js";
import { Ledger, type LedgerState, type MoneyScale, createMoneyScale } from "./ledger.js";
import { BOOK_LEVELS, type EventBatch } from "./market.js";
import { splitLots } from "./split-law.js";
import type { CashPosted, Fill } from "./venue-event.js";

const MICRO = 1e6;

export interface HoldingsState {
  readonly ledger: LedgerState;
  readonly rates: readonly (readonly [string, number])[];
  readonly lots: readonly number[];
  /** null stands for "no price yet": JSON has no NaN. */
  readonly price: readonly (number | null)[];
}

export class Holdings {
  /** Signed lots per instrument. */
  readonly lots: Float64Array;
  /** Last known price per instrument, in its currency; NaN before the first and after a delisting. Never NaN while lots are held. */
  readonly price: Float64Array;
  readonly ledger = new Ledger();
  private readonly scales: readonly MoneyScale[];
  /** Units of base currency per unit of each currency; the base itself is 1. */
  private readonly rates = new Map<Currency, number>();

  constructor(
    readonly instruments: readonly Instrument[],
    readonly base: Currency,
    startingCashMicro: bigint,
  ) {
    this.lots = new Float64Array(instruments.length);
    this.price = new Float64Array(instruments.length).fill(Number.NaN);
    this.scales = instruments.map(createMoneyScale);
    this.rates.set(base, 1);
    this.ledger.post(base, "deposit", startingCashMicro);
  }

  /** Units of base currency per unit of `currency`; NaN before the first rate. */
  rate(currency: Currency): number {
    return this.rates.get(currency) ?? Number.NaN;
  }

  /** All balances in the base currency. */
  cash(): number {
    let cash = 0;
    for (const [currency, rate] of this.rates) cash += (Number(this.ledger.balance(currency)) / MICRO) * rate;
    return cash;
  }

  market(batch: EventBatch, start: number, end: number): void {
    const { instrument } = batch;
    const { price } = this;
    if (batch.kind === "quote") {
      for (let row = start; row < end; row++) {
        const middle = ((batch.bid[row] as number) + (batch.ask[row] as number)) / 2;
        if (!Number.isNaN(middle)) price[instrument[row] as number] = middle;
      }
      return;
    }
    if (batch.kind === "book") {
      for (let row = start; row < end; row++) {
        const best = row * BOOK_LEVELS;
        const middle = ((batch.bidPrice[best] as number) + (batch.askPrice[best] as number)) / 2;
        if (!Number.isNaN(middle)) price[instrument[row] as number] = middle;
      }
      return;
    }
    const prices = batch.kind === "bar" ? batch.close : batch.price;
    for (let row = start; row < end; row++) price[instrument[row] as number] = prices[row] as number;
  }

  filled(fill: Fill): void {
    const i = fill.instrument;
    const instrument = this.instruments[i] as Instrument;
    this.lots[i] = (this.lots[i] as number) + fill.lots;
    if (Number.isNaN(this.price[i])) this.price[i] = fromTicks(fill.price, instrument); // until the market says more
    this.ledger.fill(this.scales[i] as MoneyScale, instrument.currency, fill.price, fill.lots, fill.feeMicro);
    this.sweep(instrument.currency);
  }

  posted(event: CashPosted): void {
    this.ledger.post(event.currency, event.reason, event.amountMicro);
    this.sweep(event.currency);
  }

  /** Fractions of a new lot are paid out at the price on the new basis. */
  split(event: Split): void {
    const i = event.instrument;
    const instrument = this.instruments[i] as Instrument;
    const { lots, fraction } = splitLots(this.lots[i] as number, event.ratio);
    const price = (this.price[i] as number) / event.ratio;
    if (fraction !== 0) this.ledger.cashInLieu(instrument.currency, fraction * instrument.lotSize, price);
    this.lots[i] = lots;
    this.price[i] = price;
    this.sweep(instrument.currency);
  }

  /** Longs receive, shorts pay. */
  dividend(event: Dividend): void {
    const lots = this.lots[event.instrument] as number;
    if (lots === 0) return;
    const instrument = this.instruments[event.instrument] as Instrument;
    this.ledger.dividend(instrument.currency, lots * instrument.lotSize, event.amount);
    this.sweep(instrument.currency);
  }

  /** The position is paid out at the last price x (1 + final return); never below nothing. */
  delisted(event: Delisting): void {
    const i = event.instrument;
    const instrument = this.instruments[i] as Instrument;
    const final = Math.max(0, (this.price[i] as number) * (1 + event.finalReturn));
    if (this.lots[i] !== 0) this.ledger.cashInLieu(instrument.currency, (this.lots[i] as number) * instrument.lotSize, final);
    this.lots[i] = 0;
    this.price[i] = Number.NaN;
    this.sweep(instrument.currency);
  }

  fx(event: FxRate): void {
    if (event.to === this.base) this.rates.set(event.from, event.rate);
    else if (event.from === this.base) this.rates.set(event.to, 1 / event.rate);
  }

  save(): HoldingsState {
    return {
      ledger: this.ledger.snapshot(),
      rates: [...this.rates],
      lots: [...this.lots],
      price: Array.from(this.price, (p) => (Number.isNaN(p) ? null : p)),
    };
  }

  load(state: HoldingsState): void {
    this.ledger.restore(state.ledger);
    this.rates.clear();
    for (const [currency, rate] of state.rates) this.rates.set(currency as Currency, rate);
    this.lots.set(state.lots);
    state.price.forEach((p, i) => {
      this.price[i] = p ?? Number.NaN;
    });
  }

  /** Foreign balances go to the base currency at the last rate, both legs booked. */
  private sweep(currency: Currency): void {
    if (currency === this.base) return;
    const rate = this.rates.get(currency);
    const balance = this.ledger.balance(currency);
    if (rate !== undefined && balance !== 0n) this.ledger.convert(currency, this.base, balance, rate);
  }
}
