// A market maker of few rules, to try a venue with: one order a side, a given distance behind the best price that is seen, moved when that moves.
// It quotes no further on a side once it holds its most, and then sells or buys back at the other side's best price. No advice to anybody.
import type { InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import type { Order, OrderId } from "#domain/order.js";
import type { Micros } from "#domain/time.js";
import type { VenueEvent } from "#domain/venue-event.js";

export interface QuoterSettings {
  /** Between two looks at the book, microseconds. */
  readonly everyUs: number;
  /** Size of a quote. */
  readonly lots: number;
  /** Behind the best price of its side: 0 joins it. */
  readonly offsetTicks: number;
  /** At so much on either side it quotes no further and closes its position. */
  readonly mostLots: number;
}

/** What it sees: best prices in ticks, NaN when there is none. */
export interface SeenQuote {
  readonly bid: number;
  readonly ask: number;
}

export interface OrderDesk {
  submit(order: Order): void;
  cancel(id: OrderId): void;
}

interface Working {
  readonly id: OrderId;
  readonly ticks: number;
  left: number;
  isCancelling: boolean;
}

export class Quoter {
  /** Signed lots, from what was heard. */
  position = 0;
  private readonly quotes: { buy: Working | null; sell: Working | null } = { buy: null, sell: null };
  private closing: Working | null = null;
  private count = 0;

  constructor(
    private readonly settings: QuoterSettings,
    private readonly instrument: InstrumentIx,
    private readonly desk: OrderDesk,
  ) {}

  heard(event: VenueEvent): void {
    if (event.kind === "fill") {
      this.position += event.lots;
      const working = this.find(event.order);
      if (working !== null && (working.left -= Math.abs(event.lots)) === 0) this.forget(event.order);
    } else if (event.kind === "order-cancelled" || event.kind === "order-rejected" || event.kind === "order-expired")
      this.forget(event.order);
  }

  look(now: Micros, { bid, ask }: SeenQuote): void {
    if (Number.isNaN(bid) || Number.isNaN(ask)) return;
    const { offsetTicks, mostLots } = this.settings;
    this.quote("buy", bid - offsetTicks, this.position < mostLots, now);
    this.quote("sell", ask + offsetTicks, this.position > -mostLots, now);
    if (Math.abs(this.position) >= mostLots && this.closing === null) {
      const ticks = this.position > 0 ? bid : ask;
      this.closing = this.submit(-this.position, ticks, now, { timeInForce: "ioc" });
    }
  }

  private quote(side: "buy" | "sell", ticks: number, isAllowed: boolean, now: Micros): void {
    const working = this.quotes[side];
    if (working === null) {
      if (isAllowed)
        this.quotes[side] = this.submit(side === "buy" ? this.settings.lots : -this.settings.lots, ticks, now, { postOnly: true });
    } else if (!working.isCancelling && (working.ticks !== ticks || !isAllowed)) {
      working.isCancelling = true;
      this.desk.cancel(working.id);
    }
  }

  private submit(lots: number, ticks: number, now: Micros, terms: NonNullable<Order["terms"]>): Working {
    const id = `q${++this.count}` as OrderId;
    const { instrument } = this;
    this.desk.submit({ id, instrument, lots: lots as Lots, type: "limit", limit: ticks as Ticks, createdAt: now, terms });
    return { id, ticks, left: Math.abs(lots), isCancelling: false };
  }

  private find(id: OrderId): Working | null {
    return [this.quotes.buy, this.quotes.sell, this.closing].find((working) => working?.id === id) ?? null;
  }

  private forget(id: OrderId): void {
    if (this.quotes.buy?.id === id) this.quotes.buy = null;
    if (this.quotes.sell?.id === id) this.quotes.sell = null;
    if (this.closing?.id === id) this.closing = null;
  }
}
