// The markets of several venues as one: the last print anywhere, and the best quote of all. What wakes the stops that a router holds.
import type { InstrumentIx } from "#domain/instrument.js";
import type { Place, SeenPrint, SeenTrading } from "./place.js";

/** The last print anywhere, or the best quote that the order would meet (a buyer the lowest ask, a seller the highest bid). */
export type RouterTrigger = "trade" | "quote";

export class MergedMarket {
  constructor(
    private readonly places: readonly Place[],
    readonly triggerOn: RouterTrigger,
  ) {}

  /** The next moment after this one at which something is seen at any of them. */
  nextAt(instrument: InstrumentIx, after: number): number {
    return this.places.reduce((first, { market }) => Math.min(first, market.nextAt(instrument, after)), Number.POSITIVE_INFINITY);
  }

  /** What was seen of all; at one moment in the order of the places. A session is over when the first of them ends. */
  trading(instrument: InstrumentIx, after: number, to: number): SeenTrading {
    const each = this.places.map(({ market }) => market.trading(instrument, after, to));
    return { prints: each.flatMap(({ prints }) => prints), isSessionOver: each.some(({ isSessionOver }) => isSessionOver) };
  }

  /** Ticks; NaN as long as there is none. */
  price(instrument: InstrumentIx, side: number, now: number): number {
    return this.triggerOn === "quote" ? this.opposite(instrument, side, now) : this.lastPrint(instrument, now);
  }

  /** What an order would meet at best, ticks; NaN when nothing is displayed. */
  opposite(instrument: InstrumentIx, side: number, now: number): number {
    let best = Number.NaN;
    for (const { market } of this.places) {
      const ticks = market.best(instrument, side > 0 ? "ask" : "bid", now);
      if (Number.isNaN(best) || (best - ticks) * side > 0) best = ticks;
    }
    return best;
  }

  private lastPrint(instrument: InstrumentIx, now: number): number {
    let last: SeenPrint | null = null;
    for (const { market } of this.places) {
      const print = market.lastPrint(instrument, now);
      if (print !== null && (last === null || print.seenAt >= last.seenAt)) last = print;
    }
    return last?.ticks ?? Number.NaN;
  }
}
