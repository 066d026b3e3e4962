// What an order of ours may still trade at an exchange, and what is said when it does or may no more.
import { runAuction } from "./auction.js";
import type { OwnOrder } from "./own-order.js";

/** Why an order ended without having been filled whole. */
export type Ending = "cancelled" | "expired";

/** What the exchange says, at its own time. */
export interface ExchangeReports {
  /** An order stands, or sleeps until its trigger or its auction, or is tried at once. Market orders are told by their fills alone. */
  accepted(own: OwnOrder, at: number): void;
  triggered(own: OwnOrder, at: number): void;
  filled(own: OwnOrder, lots: number, ticks: number, at: number, isMaker: boolean): void;
  ended(own: OwnOrder, at: number, ending: Ending, reason: string): void;
  /** Signed lots held, for orders that only reduce. */
  held(): number;
}

export class OwnTrading {
  constructor(private readonly reports: ExchangeReports) {}

  fill(own: OwnOrder, lots: number, ticks: number, at: number, isMaker: boolean): void {
    own.remaining -= lots;
    own.fills++;
    this.reports.filled(own, lots, ticks, at, isMaker);
  }

  /** Lots that an order may trade: of one that only reduces, no more than is held. */
  room(own: OwnOrder): number {
    if (own.order.terms?.reduceOnly !== true) return own.remaining;
    return Math.min(own.remaining, Math.max(0, -own.side * this.reports.held()));
  }

  /** True when nothing is left of an order, or nothing that it may still do; the latter is told. */
  isDone(own: OwnOrder, at: number): boolean {
    if (own.remaining === 0) return true;
    if (own.order.terms?.reduceOnly !== true || this.room(own) > 0) return false;
    this.reports.ended(own, at, "cancelled", "reduce-only, and nothing is left to reduce");
    return true;
  }

  /** Of one side in an auction at `ticks`: `entered` came for it, `resting` stood in the book. */
  auction(entered: readonly OwnOrder[], resting: OwnOrder[], ticks: number, lots: number, at: number): void {
    runAuction([...entered, ...resting], ticks, lots, (own, size) => {
      const fits = Math.min(size, this.room(own));
      if (fits > 0) this.fill(own, fits, ticks, at, false);
      return fits;
    });
    for (let k = resting.length - 1; k >= 0; k--) if (this.isDone(resting[k] as OwnOrder, at)) resting.splice(k, 1);
  }
}
