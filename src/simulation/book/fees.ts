// What a fill costs at a venue: basis points of its notional, exactly.
import { type Decimal, decimalOf, fineToMicro, type MoneyScale, notionalMicro, productFine } from "#domain/money.js";

export class Fees {
  private readonly maker: Decimal;
  private readonly taker: Decimal;

  /** Negative is a rebate. */
  constructor(makerBps: number, takerBps: number) {
    this.maker = fractionOf(makerBps);
    this.taker = fractionOf(takerBps);
  }

  /** Micro-units of the instrument's currency. */
  of(ticks: number, lots: number, scale: MoneyScale, isMaker: boolean): bigint {
    const notional = { digits: notionalMicro(ticks, lots, scale), places: 6 };
    return fineToMicro(productFine(notional, isMaker ? this.maker : this.taker));
  }
}

/** Basis points as a fraction, exactly. */
function fractionOf(bps: number): Decimal {
  const { digits, places } = decimalOf(bps);
  return { digits, places: places + 4 };
}
