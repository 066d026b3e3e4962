// Splits a marketable order over the books of several venues by what a unit really costs there: its price, its fee, and what waiting for a slower
// answer is worth. Pure: it looks at books as they are told, and sends nothing.

/** Price and size of a level; both positive. Prices in the instrument's currency, sizes in whole lots. */
export interface BookLevel {
  readonly price: number;
  readonly lots: number;
}

export interface VenueBook {
  /** Unique among those given. */
  readonly venue: string;
  /** The side that the order takes, best first: asks for a buy, bids for a sale. */
  readonly levels: readonly BookLevel[];
  /** Fee of taking, basis points of the notional; negative is a rebate. */
  readonly feeBps: number;
  /** One way. */
  readonly latencyUs: number;
}

export interface RoutingOptions {
  /** Worst price that may be paid before fees, as a limit order's; null for none. */
  readonly limit: number | null;
  /** What the price is expected to run away while an order is on its way, basis points per millisecond. 0: speed is nothing. */
  readonly driftBpsPerMs: number;
}

export interface Route {
  readonly venue: string;
  /** Signed as the order; never 0. */
  readonly lots: number;
  /** Price of the worst level that it reaches into: the limit that this part is sent with. */
  readonly limit: number;
}

export interface Routing {
  /** In the order of the venues given. */
  readonly routes: readonly Route[];
  /** Signed lots that no book holds within the limit. */
  readonly left: number;
  /** Of what is routed, with fees and the worth of waiting: paid by a buy, received (negative) by a sale. Currency for one unit a lot. */
  readonly cost: number;
}

interface Offer {
  readonly book: number;
  readonly level: number;
  readonly price: number;
  readonly lots: number;
  /** Per lot; the lower the better for either side. */
  readonly effective: number;
}

/**
 * The cheapest way to trade `lots` (signed, whole) now. Levels of all books are taken by effective price, which is the optimum because a deeper level of a book
 * is never cheaper than the one before it: levels out of order are refused. Ties: faster first, then the order given, so that equal books always
 * give equal routes. Throws RangeError on lots that are not whole and on levels that are no book.
 */
export function routeOrder(lots: number, books: readonly VenueBook[], { limit, driftBpsPerMs }: RoutingOptions): Routing {
  if (!Number.isSafeInteger(lots)) throw new RangeError(`${lots} lots cannot be routed: whole lots can`);
  const side = lots < 0 ? -1 : 1;
  const offers = books
    .flatMap((book, at) => offersOf(book, at, side, driftBpsPerMs))
    .filter(({ price }) => limit === null || side * price <= side * limit);
  const latency = (offer: Offer): number => (books[offer.book] as VenueBook).latencyUs;
  offers.sort((a, b) => a.effective - b.effective || latency(a) - latency(b) || a.book - b.book || a.level - b.level);
  const taken = new Map<number, { lots: number; limit: number }>();
  let left = Math.abs(lots);
  let cost = 0;
  for (const { book, price, lots: there, effective } of offers) {
    if (left === 0) break;
    const now = Math.min(left, there);
    const before = taken.get(book);
    taken.set(book, { lots: (before?.lots ?? 0) + now, limit: price });
    cost += now * effective;
    left -= now;
  }
  const routes = books.flatMap(({ venue }, at): Route[] => {
    const part = taken.get(at);
    return part === undefined ? [] : [{ venue, lots: side * part.lots, limit: part.limit }];
  });
  return { routes, left: left === 0 ? 0 : side * left, cost };
}

function offersOf({ venue, levels, feeBps, latencyUs }: VenueBook, book: number, side: 1 | -1, driftBpsPerMs: number): Offer[] {
  const worse = (feeBps + (driftBpsPerMs * latencyUs) / 1_000) / 1e4;
  return levels.map(({ price, lots }, level) => {
    const before = levels[level - 1];
    if (!(price > 0) || !Number.isInteger(lots) || lots < 1 || (before !== undefined && side * (price - before.price) < 0))
      throw new RangeError(
        `level ${level} of ${venue} is no level of a book: price ${price}, ${lots} lots, after ${before?.price ?? "none"}`,
      );
    return { book, level, price, lots, effective: price * (side + worse) };
  });
}
