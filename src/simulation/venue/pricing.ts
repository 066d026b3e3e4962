// What a trade costs at the simulated venue: size, spread, impact, fee. The totals of slippage are kept here.
import { type Instrument, priceIncrement } from "#domain/instrument.js";
import type { BarBatch } from "#domain/market.js";
import { type Decimal, type MoneyScale, createMoneyScale, decimalOf, fineToMicro, notionalMicro, productFine } from "#domain/money.js";
import type { CostModel } from "./costs.js";
import type { Liquidity } from "./liquidity.js";
import type { TradeCost } from "./market.js";
import type { Resting } from "./state.js";

export class Pricing {
  readonly slippage = { spread: 0, impact: 0 };
  private readonly scales: readonly MoneyScale[];
  /** Fees as fractions of notional, exactly. */
  private readonly takerFee: Decimal;
  private readonly makerFee: Decimal;

  constructor(
    private readonly instruments: readonly Instrument[],
    private readonly costs: CostModel,
    private readonly liquidity: Liquidity,
  ) {
    this.scales = instruments.map(createMoneyScale);
    this.takerFee = fractionOf(costs.feeBps);
    this.makerFee = fractionOf(costs.makerFeeBps ?? costs.feeBps);
  }

  /** Absolute lots that volume lets be filled now. */
  size({ order, remaining }: Resting, batch: BarBatch, row: number): number {
    const { lotSize } = this.instruments[order.instrument] as Instrument;
    return Math.min(Math.abs(remaining), Math.floor(this.liquidity.left(batch, row) / lotSize + 1e-9));
  }

  /** What one who takes `size` lots pays or receives at a price. */
  taker({ order, remaining }: Resting, batch: BarBatch, row: number, price: number, size: number): TradeCost {
    const instrument = this.instruments[order.instrument] as Instrument;
    const spread = Math.max((price * this.costs.halfSpreadBps) / 1e4, priceIncrement(price, instrument) / 2);
    const impact = price * this.liquidity.impact(batch, row, size * instrument.lotSize);
    return this.onGrid(instrument, remaining > 0, remaining > 0 ? price + spread + impact : price - spread - impact, spread);
  }

  /** Counts the trade of `size` lots at `price` before costs; `rate` turns its currency into the base. Returns the fee, micro-units. */
  book(batch: BarBatch, row: number, price: number, size: number, cost: TradeCost, rate: number): bigint {
    const i = batch.instrument[row] as number;
    this.liquidity.take(batch, row, size * (this.instruments[i] as Instrument).lotSize);
    return this.count(i, price, size, cost, rate);
  }

  /** Absolute lots of `units` displayed that may be taken now. */
  within({ order, remaining }: Resting, units: number): number {
    const { lotSize } = this.instruments[order.instrument] as Instrument;
    const most = Math.min(units, this.liquidity.room(order.instrument));
    return Math.min(Math.abs(remaining), Math.floor(most / lotSize + 1e-9));
  }

  /** What one who takes a displayed price pays or receives: the price itself. `spread`: half of it, currency per unit. */
  displayed({ order, remaining }: Resting, price: number, spread: number): TradeCost {
    return this.onGrid(this.instruments[order.instrument] as Instrument, remaining > 0, price, spread);
  }

  /** As `book`, of a trade with what was displayed. */
  bookDisplayed(i: number, price: number, size: number, cost: TradeCost, rate: number): bigint {
    this.liquidity.takeDisplayed(i, size * (this.instruments[i] as Instrument).lotSize);
    return this.count(i, price, size, cost, rate);
  }

  /** Rounded against the trader. */
  private onGrid({ tickSize }: Instrument, buys: boolean, price: number, spread: number): TradeCost {
    const exact = price / tickSize;
    const tolerance = 1e-9 + Math.abs(exact) * 1e-13; // a price on the grid stays where it is
    return { ticks: buys ? Math.ceil(exact - tolerance) : Math.floor(exact + tolerance), spread, maker: false };
  }

  private count(i: number, price: number, size: number, cost: TradeCost, rate: number): bigint {
    const { tickSize, lotSize } = this.instruments[i] as Instrument;
    const units = size * lotSize;
    this.slippage.spread += cost.spread * units * rate;
    this.slippage.impact += Math.max(0, Math.abs(cost.ticks * tickSize - price) - cost.spread) * units * rate;
    const notional = notionalMicro(cost.ticks, size, this.scales[i] as MoneyScale);
    return fineToMicro(productFine({ digits: notional, places: 6 }, cost.maker ? this.makerFee : this.takerFee));
  }

  load(slippage: { readonly spread: number; readonly impact: number }): void {
    Object.assign(this.slippage, slippage);
  }
}

function fractionOf(bps: number): Decimal {
  const { digits, places } = decimalOf(bps);
  return { digits, places: places + 4 };
}
