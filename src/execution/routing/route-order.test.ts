import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { routeOrder, type RoutingOptions, type VenueBook } from "./route-order.js";

const plain: RoutingOptions = { limit: null, driftBpsPerMs: 0 };

/** Books of one side, some empty, with fees, rebates and latencies; prices of cents around 100. */
const bookOf = (side: 1 | -1, venue: string): fc.Arbitrary<VenueBook> =>
  fc
    .record({
      steps: fc.array(fc.record({ ticks: fc.nat(6), lots: fc.integer({ min: 1, max: 40 }) }), { maxLength: 5 }),
      feeBps: fc.integer({ min: -3, max: 30 }),
      latencyUs: fc.nat(3000),
    })
    .map(({ steps, feeBps, latencyUs }) => {
      let price = 10_000;
      const levels = steps.map(({ ticks, lots }) => ({ price: (price += side * ticks) / 100, lots }));
      return { venue, levels, feeBps, latencyUs };
    });

const problem = fc.constantFrom<1 | -1>(1, -1).chain((side) =>
  fc.record({
    side: fc.constant(side),
    lots: fc.integer({ min: 1, max: 250 }),
    books: fc.tuple(bookOf(side, "A"), bookOf(side, "B"), bookOf(side, "C")),
    options: fc.record({
      limit: fc.option(fc.integer({ min: 9_985, max: 10_015 }).map((ticks) => ticks / 100)),
      driftBpsPerMs: fc.constantFrom(0, 0.5, 4),
    }),
  }),
);

/** What a lot of the level costs, by its definition. */
const unitCost = (side: number, book: VenueBook, price: number, { driftBpsPerMs }: RoutingOptions): number =>
  side * price + (price * (book.feeBps + (driftBpsPerMs * book.latencyUs) / 1000)) / 1e4;

describe("the router", () => {
  it("takes the cheapest lots first, after fees", () => {
    const books: VenueBook[] = [
      {
        venue: "near",
        levels: [
          { price: 100, lots: 5 },
          { price: 100.02, lots: 5 },
        ],
        feeBps: 3,
        latencyUs: 100,
      },
      {
        venue: "far",
        levels: [
          { price: 100.01, lots: 4 },
          { price: 100.05, lots: 50 },
        ],
        feeBps: 0,
        latencyUs: 4000,
      },
    ];
    const { routes, left, cost } = routeOrder(12, books, plain);
    expect(routes).toEqual([
      { venue: "near", lots: 5, limit: 100 },
      { venue: "far", lots: 7, limit: 100.05 },
    ]);
    expect(left).toBe(0);
    expect(cost).toBeCloseTo(4 * 100.01 + 5 * 100.03 + 3 * 100.05, 9);
    // Waiting 4 ms at 2 bps a millisecond is worth 8 cents: the near one first, up to both of its levels.
    expect(routeOrder(8, books, { ...plain, driftBpsPerMs: 2 }).routes).toEqual([{ venue: "near", lots: 8, limit: 100.02 }]);
  });

  it("is never dearer than the best single venue, conserves the order, and keeps limit and depth", () => {
    fc.assert(
      fc.property(problem, ({ side, lots, books, options }) => {
        const { routes, left, cost } = routeOrder(side * lots, books, options);
        expect(routes.reduce((sum, route) => sum + route.lots, 0) + left).toBe(side * lots);
        for (const { venue, lots: part, limit } of routes) {
          const book = books.find((one) => one.venue === venue) as VenueBook;
          expect(part * side).toBeGreaterThan(0);
          const within = book.levels.filter(({ price }) => side * price <= side * limit);
          expect(within.reduce((sum, level) => sum + level.lots, 0)).toBeGreaterThanOrEqual(part * side);
          if (options.limit !== null) expect(side * limit).toBeLessThanOrEqual(side * options.limit);
        }
        for (const book of books) {
          const alone = routeOrder(side * lots, [book], options);
          expect(Math.abs(left)).toBeLessThanOrEqual(Math.abs(alone.left));
          if (alone.left === left) expect(cost).toBeLessThanOrEqual(alone.cost + 1e-7);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("is the optimum: no other choice of the same lots costs less", () => {
    fc.assert(
      fc.property(problem, ({ side, lots, books, options }) => {
        const { left, cost } = routeOrder(side * lots, books, options);
        const units = books
          .flatMap((book) => book.levels.flatMap(({ price, lots: there }) => Array.from({ length: there }, () => ({ book, price }))))
          .filter(({ price }) => options.limit === null || side * price <= side * options.limit)
          .map(({ book, price }) => unitCost(side, book, price, options))
          .sort((a, b) => a - b);
        const best = units.slice(0, lots).reduce((sum, one) => sum + one, 0);
        expect(Math.abs(left)).toBe(Math.max(0, lots - units.length));
        expect(cost).toBeCloseTo(best, 6);
      }),
      { numRuns: 200 },
    );
  });

  it("gives equal books equal routes: the faster, then the first", () => {
    const level = [{ price: 50, lots: 10 }];
    const [a, b, c] = [
      { venue: "a", levels: level, feeBps: 1, latencyUs: 200 },
      { venue: "b", levels: level, feeBps: 1, latencyUs: 100 },
      { venue: "c", levels: level, feeBps: 1, latencyUs: 100 },
    ];
    expect(routeOrder(-15, [a, b, c], plain).routes.map(({ venue, lots }) => [venue, lots])).toEqual([
      ["b", -10],
      ["c", -5],
    ]);
  });

  it("refuses levels that are no book", () => {
    const book = (levels: VenueBook["levels"]): VenueBook[] => [{ venue: "x", levels, feeBps: 0, latencyUs: 0 }];
    for (const levels of [
      [{ price: Number.NaN, lots: 1 }],
      [{ price: 10, lots: 0 }],
      [{ price: 10, lots: 0.5 }],
      [
        { price: 10, lots: 1 },
        { price: 9, lots: 1 },
      ],
    ])
      expect(() => routeOrder(1, book(levels), plain)).toThrow(RangeError);
    expect(routeOrder(0, book([{ price: 10, lots: 1 }]), plain)).toEqual({ routes: [], left: 0, cost: 0 });
    expect(routeOrder(-3, [], plain)).toEqual({ routes: [], left: -3, cost: 0 });
  });
});
