// What a trade costs at the simulated venue: size, spread, impact, fee. The totals of slippage are kept here.
import { type Instrument, priceIncrement } from "#domain/instrument.js";
import type { BarBatch } from "#domain/market.js";
import { type Decimal, type MoneyScale, createMoneyScale, decimalOf, fineToMicro, notionalMicro, productFine } from "#domain/money.js";
import type { CostModel } from "./costs.js";
import type { Liquidity } from "./liquidity.js";
import type { Resting } from "./state.js";

export interface TradeCost {
  /** All costs included, on the grid, rounded against the trader; below 1 when there is no such price. */
  readonly ticks: number;
  /** Currency per unit. */
  readonly spread: number;
  readonly maker: boolean;
}

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
    const exact = (remaining > 0 ? price + spread + impact : price - spread - impact) / instrument.tickSize;
    const tolerance = 1e-9 + Math.abs(exact) * 1e-13; // a price on the grid stays where it is
    return { ticks: remaining > 0 ? Math.ceil(exact - tolerance) : Math.floor(exact + tolerance), spread, maker: false };
  }

  /** Counts the trade of `size` lots at `price` before costs; `rate` turns its currency into the base. Returns the fee, micro-units. */
  book(batch: BarBatch, row: number, price: number, size: number, cost: TradeCost, rate: number): bigint {
    const i = batch.instrument[row] as number;
    const instrument = this.instruments[i] as Instrument;
    const units = size * instrument.lotSize;
    this.liquidity.take(batch, row, units);
    this.slippage.spread += cost.spread * units * rate;
    this.slippage.impact += Math.max(0, Math.abs(cost.ticks * instrument.tickSize - price) - cost.spread) * units * rate;
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
