import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import type { ApprovedOrder, OrderId, OrderTerms, OrderType } from "#domain/order.js";
import { isFinal } from "#domain/order-state.js";
import type { Micros } from "#domain/time.js";
import type { Fill, VenueEvent } from "#domain/venue-event.js";
import { WorkingOrders } from "#engine/working-orders.js";
import { RoutedVenue } from "#execution/routing/routed-venue.js";
import { approve } from "#risk/approve.js";
import { approveParts } from "#risk/approve-parts.js";
import { ASK_LEVEL, BID_LEVEL } from "#simulation/book/tape.js";
import { venueContract } from "#test/contracts/venue.js";
import { COIN, type TapeRow, hear } from "#test/fixtures/book-bench.js";
import { type Course, FakePlace } from "#test/fixtures/fake-place.js";
import { bookPlace } from "#test/fixtures/routed-bench.js";

const IX = 0 as InstrumentIx;
const FULL: Course = { accepts: true, isUnanswered: false, fills: [{ waitUs: 5, part: 1 }], end: "rests", endWaitUs: 3, holdsOn: false };
const REFUSES: Course = { ...FULL, fills: [], end: "order-rejected" };
const HALF: Course = { ...FULL, fills: [{ waitUs: 5, part: 0.5 }], end: "order-cancelled" };
const RESTS: Course = { ...FULL, fills: [] };

interface Wanted {
  readonly lots: number;
  /** Left out: market or limit. */
  readonly type?: OrderType;
  readonly limit: number | null;
  readonly terms: OrderTerms;
}

const orderOf = ({ lots, type, limit, terms }: Wanted, at: number, nth = 0): ApprovedOrder =>
  approve({
    id: `p${nth}` as OrderId,
    instrument: IX,
    lots: lots as Lots,
    type: type ?? (limit === null ? "market" : "limit"),
    limit: limit as Ticks | null,
    createdAt: at as Micros,
    terms,
  });

function routerOf(...places: readonly FakePlace[]): RoutedVenue {
  const fees = { makerFeeBps: 0, takerFeeBps: 0 };
  return new RoutedVenue({
    instruments: [COIN],
    places: places.map((one) => one.place(fees)),
    approveParts,
    driftBpsPerMs: 0,
    triggerOn: "trade",
  });
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const kinds = (events: readonly VenueEvent[]): string[] => events.map(({ kind }) => kind);
const lotsOf = (events: readonly (VenueEvent | ApprovedOrder)[]): number[] => events.flatMap((one) => ("lots" in one ? [one.lots] : []));

describe("an order at two venues", () => {
  it("goes where the books show it, under ids of its own, and is filled as one", () => {
    const [a, b] = [new FakePlace("a", [FULL], [30]), new FakePlace("b", [FULL], [20, 50])];
    const venue = routerOf(a, b);
    venue.submit(orderOf({ lots: 60, limit: null, terms: {} }, 10));
    venue.submit(orderOf({ lots: 60, limit: null, terms: {} }, 10));
    const heard = hear(venue, 100);
    expect([a, b].map(({ received }) => received.map(({ id, lots }) => [id, lots]))).toEqual([[["p0@a.0", 30]], [["p0@b.0", 30]]]);
    expect(kinds(heard)).toEqual(["order-accepted", "fill", "fill"]);
    expect(heard.flatMap((event) => (event.kind === "fill" ? [[event.order, event.fillId]] : []))).toEqual([
      ["p0", "a/f0"],
      ["p0", "b/f0"],
    ]);
    expect(venue.tallies.map(({ orders, filledLots, feeMicro }) => [orders, filledLots, feeMicro])).toEqual([
      [1, 30, 1n],
      [1, 30, 1n],
    ]);
  });

  it("goes to the other when one refuses, and is refused only when all do", () => {
    const [a, b] = [new FakePlace("a", [REFUSES], [60]), new FakePlace("b", [FULL], [1, 100])];
    const venue = routerOf(a, b);
    venue.submit(orderOf({ lots: 60, limit: null, terms: {} }, 10));
    expect(lotsOf(hear(venue, 100))).toEqual([60]);
    const none = routerOf(new FakePlace("a", [REFUSES], [60]), new FakePlace("b", [REFUSES], [60]));
    none.submit(orderOf({ lots: -60, limit: null, terms: {} }, 10));
    const heard = hear(none, 100);
    expect(heard).toMatchObject([{ kind: "order-rejected", order: "p0", reason: "b: as planned" }]);
  });

  it("hears a fill once, and one that comes behind the end of its part as well: then the other part is called back", async () => {
    const fill = (venue: FakePlace, lots: number, at: number, fillId: string): void => {
      const { id } = venue.received[0] as ApprovedOrder;
      const what = { order: id, instrument: IX, lots: lots as Lots, price: 100 as Ticks, feeMicro: 0n };
      venue.say({ kind: "fill", at: at as Micros, seenAt: at as Micros, fillId, ...what });
    };
    const [a, b] = [new FakePlace("a", [{ ...HALF, fills: [] }], [60]), new FakePlace("b", [RESTS], [1, 100])];
    const venue = routerOf(a, b);
    venue.submit(orderOf({ lots: 60, limit: null, terms: {} }, 10));
    expect(kinds(hear(venue, 30))).toEqual(["order-accepted"]); // a has given all of it back, and b has it now
    fill(b, 20, 40, "x");
    fill(b, 20, 41, "x");
    expect(lotsOf(hear(venue, 50))).toEqual([20]);
    expect(venue.tallies[1]?.filledLots).toBe(20);
    fill(a, 40, 60, "late");
    expect(lotsOf(hear(venue, 90))).toEqual([40]);
    expect((await venue.snapshot()).open).toEqual([]);
  });

  it("is forgotten at the end of the session after the one in which it ended", () => {
    const venue = routerOf(new FakePlace("a", [FULL, RESTS], [60]));
    venue.submit(orderOf({ lots: 60, limit: null, terms: {} }, 10));
    venue.submit(orderOf({ lots: 60, limit: 90, terms: {} }, 10, 1));
    hear(venue, 100);
    const known = (): string[] => venue.save().orders.map(({ order }) => order.id);
    venue.accrue(100 as Micros);
    expect(known()).toEqual(["p0", "p1"]);
    venue.accrue(200 as Micros);
    expect(known()).toEqual(["p1"]);
    venue.cancel("p1" as OrderId);
    expect(kinds(hear(venue, 300))).toEqual(["order-cancelled"]);
  });

  it("ends as cancelled when nobody has the rest of it", () => {
    const [a, b] = [new FakePlace("a", [HALF], [60]), new FakePlace("b", [HALF], [60])];
    const venue = routerOf(a, b);
    venue.submit(orderOf({ lots: 60, limit: null, terms: {} }, 10));
    const heard = hear(venue, 100);
    expect(kinds(heard)).toEqual(["order-accepted", "fill", "fill", "order-cancelled"]);
    expect(lotsOf(heard)).toEqual([30, 15]);
  });

  it("is told as cancelled only when both have cancelled, and calls back the one when the other will not have its part", () => {
    const [a, b] = [new FakePlace("a", [RESTS], [30]), new FakePlace("b", [{ ...RESTS, endWaitUs: 50 }], [30])];
    const venue = routerOf(a, b);
    const order = orderOf({ lots: 60, limit: 100, terms: {} }, 10);
    venue.submit(order);
    hear(venue, 20);
    venue.cancel(order.id);
    expect(kinds(hear(venue, 60))).toEqual([]);
    expect(hear(venue, 100)).toMatchObject([{ kind: "order-cancelled", order: "p0", reason: "on request" }]);
    const [c, d] = [new FakePlace("c", [RESTS], [30]), new FakePlace("d", [{ ...RESTS, end: "order-expired", endWaitUs: 40 }], [30])];
    const other = routerOf(c, d);
    other.submit(orderOf({ lots: 60, limit: 100, terms: {} }, 10));
    expect(hear(other, 200)).toMatchObject([{ kind: "order-accepted" }, { kind: "order-cancelled", reason: "d: as planned" }]);
  });

  it("rests where resting is cheapest with what nobody shows, and whole when it may not take", () => {
    const [a, b] = [new FakePlace("a", [RESTS], [10]), new FakePlace("b", [RESTS], [10])];
    const places = [a.place({ makerFeeBps: 1, takerFeeBps: 0 }), b.place({ makerFeeBps: -1, takerFeeBps: 0 })];
    const venue = new RoutedVenue({ instruments: [COIN], places, approveParts, driftBpsPerMs: 0, triggerOn: "trade" });
    venue.submit(orderOf({ lots: 60, limit: 100, terms: {} }, 10));
    venue.submit(orderOf({ lots: 60, limit: 100, terms: { postOnly: true } }, 10, 1));
    expect([lotsOf(a.received), lotsOf(b.received)]).toEqual([[10], [50, 60]]);
  });
});

const QUIET: readonly TapeRow[] = [
  [1, BID_LEVEL, 99, 15],
  [1, ASK_LEVEL, 101, 15],
  [1, BID_LEVEL, 98, 100],
  [1, ASK_LEVEL, 102, 100],
];

venueContract("two venues behind a router", () => {
  const places = [bookPlace({ name: "near", latencyUs: 3, rows: QUIET }, 2), bookPlace({ name: "far", latencyUs: 11, rows: QUIET }, 2)];
  const venue = new RoutedVenue({ instruments: [COIN, COIN], places, approveParts, driftBpsPerMs: 0, triggerOn: "trade" });
  const heard: VenueEvent[] = [];
  let now = 10;
  hear(venue, now);
  return {
    venue,
    now: () => now as Micros,
    pass: () => {
      heard.push(...hear(venue, (now += 100)));
      return Promise.resolve();
    },
    heard: () => heard,
  };
});

describe("recorded books in step", () => {
  it("what one gives back comes to the other before that goes on", () => {
    // The level at `gone` leaves while the order is on its way; at `there` the price gets worse soon after the second try has come.
    const gone = bookPlace({ name: "gone", latencyUs: 10, rows: [...QUIET, [12, ASK_LEVEL, 101, 0], [12, ASK_LEVEL, 102, 0]] });
    const there = bookPlace({
      name: "there",
      latencyUs: 5,
      rows: [
        [1, BID_LEVEL, 99, 10],
        [1, ASK_LEVEL, 103, 50],
        [20, ASK_LEVEL, 103, 40],
        [36, ASK_LEVEL, 103, 0],
        [36, ASK_LEVEL, 110, 50],
      ],
    });
    const venue = new RoutedVenue({ instruments: [COIN], places: [gone, there], approveParts, driftBpsPerMs: 0, triggerOn: "trade" });
    hear(venue, 10);
    venue.submit(orderOf({ lots: 15, limit: null, terms: {} }, 10));
    const heard = hear(venue, 1_000);
    expect(heard.slice(1)).toMatchObject([
      { kind: "fill", at: 35, seenAt: 40, price: 103, lots: 15, fillId: "there/p0@there.1/1", order: "p0" },
    ]);
  });
});

const course: fc.Arbitrary<Course> = fc.record({
  accepts: fc.boolean(),
  isUnanswered: fc.boolean(),
  fills: fc.array(fc.record({ waitUs: fc.integer({ min: 0, max: 30 }), part: fc.constantFrom(0.3, 0.7, 1) }), { maxLength: 3 }),
  end: fc.constantFrom("order-cancelled", "order-expired", "order-rejected", "rests"),
  endWaitUs: fc.integer({ min: 0, max: 30 }),
  holdsOn: fc.boolean(),
});

const wanted: fc.Arbitrary<Wanted> = fc
  .record({
    lots: fc.integer({ min: 1, max: 90 }),
    isBuy: fc.boolean(),
    limit: fc.constantFrom(null, 99, 100, 101, 120),
    terms: fc.constantFrom<OrderTerms>({}, { timeInForce: "ioc" }, { postOnly: true }, { timeInForce: "day" }),
    /** What a router holds: until a trigger, because it only reduces, or as one of a group. */
    trigger: fc.constantFrom(null, null, 98, 100, 103),
    held: fc.constantFrom<OrderTerms>({}, {}, { reduceOnly: true }, { group: { id: "g", kind: "oco" } }),
  })
  .map(({ lots, isBuy, limit, terms, trigger, held }) => {
    const kept = trigger === null && Object.keys(held).length === 0 ? terms : {};
    return {
      lots: isBuy ? lots : -lots,
      ...(trigger === null ? {} : { type: limit === null ? ("stop" as const) : ("stop-limit" as const) }),
      limit,
      terms: { ...(limit === null ? {} : kept), ...held, ...(trigger === null ? {} : { trigger: trigger as Ticks }) },
    };
  });

const print = fc.record({ seenAt: fc.integer({ min: 1, max: 120 }), ticks: fc.integer({ min: 97, max: 104 }) });

describe("whatever the venues answer", () => {
  it("children are never more than their order, their fills are its fills, and the engine's book of orders takes every word", async () => {
    const world = fc.record({
      places: fc.array(
        fc.record({
          courses: fc.array(course, { minLength: 1, maxLength: 3 }),
          lots: fc.integer({ min: 1, max: 60 }),
          prints: fc.array(print, { maxLength: 4 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      orders: fc.array(
        fc.record({ order: wanted, at: fc.integer({ min: 1, max: 60 }), cancelAfter: fc.option(fc.integer({ min: 0, max: 60 })) }),
        {
          minLength: 1,
          maxLength: 4,
        },
      ),
    });
    await fc.assert(
      fc.asyncProperty(world, async ({ places, orders }) => {
        const fakes = places.map(
          ({ courses, lots, prints }, k) =>
            new FakePlace(
              `v${k}`,
              courses,
              [lots, lots],
              prints.toSorted((a, b) => a.seenAt - b.seenAt),
            ),
        );
        const venue = routerOf(...fakes);
        const book = new WorkingOrders(1);
        const ends = new Map<OrderId, number>();
        const acts = orders.flatMap(({ order, at, cancelAfter }, nth) => [
          { at, act: () => send(order, at, nth) },
          ...(cancelAfter === null ? [] : [{ at: at + cancelAfter, act: () => recall(nth) }]),
        ]);
        const send = (order: Wanted, at: number, nth: number): void => {
          const approved = orderOf(order, at, nth);
          book.add(approved);
          venue.submit(approved);
          venue.submit(approved);
        };
        const recalled = new Map<number, number>();
        const childrenOf = (nth: number): ApprovedOrder[] =>
          fakes.flatMap(({ received }) => received.filter(({ id }) => id.startsWith(`p${nth}@`)));
        const recall = (nth: number): void => {
          if (!recalled.has(nth)) recalled.set(nth, childrenOf(nth).length);
          book.cancelling(`p${nth}` as OrderId);
          venue.cancel(`p${nth}` as OrderId);
        };
        const told: Fill[] = [];
        const listen = (to: number): void => {
          for (const event of hear(venue, to)) {
            if (event.kind === "fill") {
              expect(book.fill(event)).toBeNull();
              told.push(event);
            } else if ("order" in event) {
              expect(book.hear(event)).toBeNull();
              if (event.kind === "order-cancelled" || event.kind === "order-expired" || event.kind === "order-rejected")
                ends.set(event.order, (ends.get(event.order) ?? 0) + 1);
            }
          }
        };
        for (const { at, act } of acts.toSorted((x, y) => x.at - y.at)) {
          listen(at);
          act();
        }
        // What still rests is called back, twice, since a venue may hold on once.
        for (let k = 0; k < 8; k++) {
          listen(1_000 + k * 200);
          orders.forEach((_, nth) => recall(nth));
        }
        listen(10_000);
        const children = fakes.flatMap(({ received }) => received);
        const done = fakes.flatMap(({ fills }) => fills);
        orders.forEach(({ order }, nth) => {
          const id = `p${nth}`;
          const known = book.find(id as OrderId);
          expect(known !== undefined && isFinal(known.state), `${id} is ${known?.state}`).toBe(true);
          const own = told.filter((fill) => fill.order === id);
          const filled = sum(lotsOf(own));
          expect(Math.abs(filled)).toBeLessThanOrEqual(Math.abs(order.lots));
          expect(ends.get(id as OrderId) ?? 0).toBe(filled === order.lots ? 0 : 1);
          expect(filled).toBe(sum(lotsOf(done.filter((fill) => fill.order.startsWith(`${id}@`)))));
          expect(childrenOf(nth).length, "nothing is sent once an order is called back").toBe(recalled.get(nth));
          for (const child of childrenOf(nth))
            expect(child).toMatchObject({ type: order.limit === null ? "market" : "limit", limit: order.limit });
        });
        let position = 0;
        for (const { order: id, lots } of told) {
          if (orders[Number(id.slice(1))]?.order.terms.reduceOnly === true) expect(Math.sign(position)).toBe(-Math.sign(lots));
          if (orders[Number(id.slice(1))]?.order.terms.reduceOnly === true) expect(Math.abs(lots)).toBeLessThanOrEqual(Math.abs(position));
          position += lots;
        }
        expect(new Set(told.map(({ fillId }) => fillId)).size).toBe(told.length);
        expect(new Set(children.map(({ id }) => id)).size).toBe(children.length);
        const { open, positions } = await venue.snapshot();
        expect(open).toEqual([]);
        expect(sum(lotsOf(positions as unknown as ApprovedOrder[]))).toBe(sum(lotsOf(told)));
        expect([...(await venue.fillsSince(0 as Micros))].map(({ fillId }) => fillId).sort()).toEqual(
          told.map(({ fillId }) => fillId).sort(),
        );
        expect(sum(venue.tallies.map(({ filledLots }) => filledLots))).toBe(sum(lotsOf(told).map(Math.abs)));
      }),
      { numRuns: 300 },
    );
  });

  it("no part is approved beyond its order", () => {
    const order = orderOf({ lots: 10, limit: null, terms: {} }, 1);
    const part = (lots: number): { id: OrderId; lots: Lots } => ({ id: "x" as OrderId, lots: lots as Lots });
    expect(approveParts(order, 4, [part(2), part(4)], false).map(({ lots }) => lots)).toEqual([2, 4]);
    for (const [out, lots] of [
      [4, [2, 5]],
      [0, [-1]],
      [0, [0]],
      [-1, [11]],
      [0, [0.5]],
    ] as const)
      expect(() => approveParts(order, out, lots.map(part), false)).toThrow("no part of order p0");
  });
});
