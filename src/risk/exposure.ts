// Worst cases of an account with orders out: for each limit, the subset of working orders that hurts it most is taken to fill.
// A reduce-only order hurts none by itself; but one that protects a position may close it before an ordinary sale fills, which is short then.
import type { Order } from "#domain/order.js";
import { protects } from "#domain/order-state.js";
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
  /** Instruments with an order out that may close the position at any moment. */
  private readonly guarded = new Set<number>();

  constructor(private readonly view: PortfolioView) {
    this.buys = Float64Array.from(view.workingBuys);
    this.sells = Float64Array.from(view.workingSells);
    this.turnover = view.tradedSinceMark;
    for (const { order } of view.working) if (protects(order)) this.guarded.add(order.instrument);
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
    const held = order.terms?.reduceOnly ? (this.view.lots[i] as number) : this.heldBefore(i, order.lots);
    return order.lots > 0 ? held + (this.buys[i] as number) : -(held + (this.sells[i] as number));
  }

  /** True when orders out on that side may turn the position round already: one more that closes it first would leave them all beyond zero. */
  isTurning(order: Order): boolean {
    const i = order.instrument;
    return Math.abs((order.lots > 0 ? this.buys : this.sells)[i] as number) > Math.abs(this.view.lots[i] as number);
  }

  /** What is held when an order of that side fills, in the worst case: what protects the position may have closed it. */
  private heldBefore(i: number, side: number): number {
    const held = this.view.lots[i] as number;
    return held * side < 0 && this.guarded.has(i) ? 0 : held;
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
    if (protects(order)) {
      this.guarded.add(i);
      this.gross += (this.worst(i) - before) * value;
      return;
    }
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
    const [most, least] = [this.heldBefore(i, 1) + (this.buys[i] as number), this.heldBefore(i, -1) + (this.sells[i] as number)];
    return Math.max(Math.abs(most), Math.abs(least), Math.abs(held));
  }
}
