// Worst cases of an account with orders out: for each limit, the subset of working orders that hurts it most is taken to fill.
import type { Order } from "#domain/order.js";
import type { PortfolioView } from "#domain/portfolio-view.js";

/** Exposure while a batch is reviewed: held, working, and what the batch has been granted so far. */
export class Exposure {
  /** Lots that may still be bought, per instrument: working orders and this batch. */
  private readonly buys: Float64Array;
  /** Lots that may still be sold (negative). */
  private readonly sells: Float64Array;
  /** Cash spent if every buy fills and no sale does, base currency. */
  private committed = 0;
  /** Sum over instruments of the larger of |all buys fill| and |all sales fill|, base currency. */
  private gross = 0;
  private turnover: number;

  constructor(private readonly view: PortfolioView) {
    this.buys = Float64Array.from(view.workingBuys);
    this.sells = Float64Array.from(view.workingSells);
    this.turnover = view.tradedSinceMark;
    for (let i = 0; i < view.lots.length; i++) {
      const worst = this.worst(i);
      if (worst === 0) continue; // also skips instruments without a price yet
      const value = view.lotValue[i] as number;
      this.gross += worst * value;
      this.committed += (this.buys[i] as number) * value;
      this.turnover += ((this.buys[i] as number) - (this.sells[i] as number)) * value;
    }
  }

  /** True when the order cannot enlarge a position whatever subset of working orders fills. */
  reduces(order: Order): boolean {
    return Math.abs(order.lots) <= this.reducible(order);
  }

  /**
   * Lots on the order's side before it, if all working orders of that side fill and none of the other: what is held on the
   * other side counts negative, since the order closes that first.
   */
  sameSide(order: Order): number {
    const i = order.instrument;
    const held = this.view.lots[i] as number;
    return order.lots > 0 ? held + (this.buys[i] as number) : -(held + (this.sells[i] as number));
  }

  /** Absolute lots of the order that only reduce, whatever subset of working orders fills. */
  reducible(order: Order): number {
    const held = this.view.lots[order.instrument] as number;
    return order.lots > 0 === held > 0 ? 0 : Math.max(0, -this.sameSide(order));
  }

  /** Lots on the order's side before it, if none of the working orders of that side fill and all of the other do. */
  fewest(order: Order): number {
    const i = order.instrument;
    const held = this.view.lots[i] as number;
    return order.lots > 0 ? held + (this.sells[i] as number) : -(held + (this.buys[i] as number));
  }

  get committedCash(): number {
    return this.committed;
  }

  get grossExposure(): number {
    return this.gross;
  }

  get traded(): number {
    return this.turnover;
  }

  /** Counts a granted order towards all limits. */
  add(order: Order): void {
    const i = order.instrument;
    const value = this.view.lotValue[i] as number;
    const before = this.worst(i);
    if (order.lots > 0) {
      this.buys[i] = (this.buys[i] as number) + order.lots;
      this.committed += order.lots * value;
    } else {
      this.sells[i] = (this.sells[i] as number) + order.lots;
    }
    this.gross += (this.worst(i) - before) * value;
    this.turnover += Math.abs(order.lots) * value;
  }

  /** Largest absolute position that any subset of fills can lead to. */
  worst(i: number): number {
    const held = this.view.lots[i] as number;
    return Math.max(Math.abs(held + (this.buys[i] as number)), Math.abs(held + (this.sells[i] as number)), Math.abs(held));
  }
}
