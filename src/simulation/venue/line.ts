// What the orders at the venue will do next, in the order of exchange time. Quotes come to stand meanwhile, and orders are asked again.
import { Heap } from "#base/heap.js";
import type { BarMarket } from "./bar-market.js";
import type { Action, Market } from "./market.js";
import type { QuoteMarket } from "./quote-market.js";
import type { RestingOrders } from "./resting-orders.js";
import type { Resting } from "./state.js";

export interface Due {
  readonly resting: Resting;
  readonly market: Market;
  readonly action: Action;
}

interface Waiting {
  readonly resting: Resting;
  readonly at: number;
  /** Of bars, which do not change; null: whoever looks at quotes is asked again at that time. */
  readonly action: Action | null;
  /** Among those of one instrument at one time. */
  readonly rank: number;
}

/** An order that looks at quotes. */
interface Looking {
  readonly resting: Resting;
  readonly rank: number;
  /** Time for which it waits in line; infinite while it does not. */
  at: number;
}

export interface LineParts {
  readonly orders: RestingOrders;
  /** Null while no bar is in progress. */
  readonly bars: BarMarket | null;
  /** Null where none are recorded. */
  readonly quotes: QuoteMarket | null;
  /** What lies before this moment is done. */
  readonly now: number;
  /** How far things may go; may come nearer meanwhile. */
  readonly until: () => number;
}

export class Line {
  private readonly line = new Heap<Waiting>(before);
  private readonly looking = new Map<number, Looking[]>();
  private clock: number;
  private pushed = 0;

  constructor(private readonly parts: LineParts) {
    this.clock = parts.now;
    for (const resting of parts.orders.values()) this.add(resting);
  }

  /** An order that may act on what it has not looked at yet. */
  add(resting: Resting): void {
    const { bars, quotes, until } = this.parts;
    const i = resting.order.instrument;
    if (quotes?.quotes.quoted[i] !== 1) {
      const action = bars?.next(resting, until()) ?? null;
      if (action !== null) this.line.push({ resting, at: action.at, action, rank: this.pushed++ });
      return;
    }
    const list = this.looking.get(i) ?? [];
    let one = list.find((other) => other.resting === resting);
    if (one === undefined) {
      one = { resting, rank: list.length, at: Number.POSITIVE_INFINITY };
      list.push(one);
      this.looking.set(i, list);
    }
    this.look(one, quotes);
  }

  /** The next that happens; null when nothing does as far as things may go. */
  next(): Due | null {
    const { orders, bars, quotes, until } = this.parts;
    for (;;) {
      const first = this.line.peek();
      const end = until();
      if (quotes !== null && quotes.quotes.comesBy(Math.min(end, first?.at ?? end))) {
        this.quote(quotes);
        continue;
      }
      if (first === undefined || first.at > end) return null;
      this.line.pop();
      const { resting, action, at } = first;
      this.clock = Math.max(this.clock, at);
      if (action !== null && bars !== null) {
        if (orders.get(resting.order.id) === resting) return { resting, market: bars, action }; // else another of its group has filled
      } else if (quotes !== null) {
        const one = this.looking.get(resting.order.instrument)?.[first.rank] as Looking;
        one.at = Number.POSITIVE_INFINITY;
        const found = this.found(one, quotes);
        if (found === null) continue;
        if (found.at <= this.clock) return { resting, market: quotes, action: found };
        this.wait(one, found.at);
      }
    }
  }

  /** The next quote stands, and who looks at it is asked. */
  private quote(market: QuoteMarket): void {
    const { quotes } = market;
    const at = quotes.nextAt;
    const looking = this.looking.get(quotes.nextInstrument);
    this.clock = Math.max(this.clock, at);
    if (looking !== undefined && this.parts.orders.anyTrails) for (const { resting } of looking) market.trail(resting, at);
    quotes.next();
    if (looking !== undefined) for (const one of looking) this.look(one, market);
  }

  private look(one: Looking, market: QuoteMarket): void {
    const found = this.found(one, market);
    if (found !== null) this.wait(one, found.at);
  }

  private found({ resting }: Looking, market: QuoteMarket): Action | null {
    const gone = this.parts.orders.get(resting.order.id) !== resting;
    return gone ? null : market.next(resting, this.clock);
  }

  /** Once in line it is asked again in any case. */
  private wait(one: Looking, at: number): void {
    if (at >= one.at) return;
    one.at = at;
    this.line.push({ resting: one.resting, at, action: null, rank: one.rank });
  }
}

function before(a: Waiting, b: Waiting): boolean {
  if (a.at !== b.at) return a.at < b.at;
  const [i, j] = [a.resting.order.instrument, b.resting.order.instrument];
  return i === j ? a.rank < b.rank : i < j;
}
