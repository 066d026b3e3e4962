import { describe, expect, it } from "vitest";
import { routeOrder, type VenueBook } from "#execution/routing/route-order.js";
import type { InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import type { OrderId } from "#domain/order.js";
import type { Micros } from "#domain/time.js";
import { approve } from "#risk/approve.js";
import { BookVenue } from "#simulation/book/book-venue.js";
import { constantLatency } from "#simulation/book/latency-model.js";
import { riskAverse } from "#simulation/book/queue-model.js";
import { SeenBook } from "#simulation/book/seen-book.js";
import { ASK_LEVEL, BID_LEVEL } from "#simulation/book/tape.js";
import { COIN, tapeOf } from "#test/fixtures/book-bench.js";

const IX = 0 as InstrumentIx;

describe("one instrument at two venues", () => {
  it("is bought where the router says, at what it said, by the books that were seen", () => {
    const places = [
      {
        id: "near",
        feeBps: 5,
        latencyUs: 10,
        asks: [
          [1000, 40],
          [1001, 40],
        ],
      },
      {
        id: "far",
        feeBps: 0,
        latencyUs: 300,
        asks: [
          [1000, 30],
          [1003, 500],
        ],
      },
    ] as const;
    const open = places.map(({ id, feeBps, latencyUs, asks }) => {
      const tape = tapeOf([[1, BID_LEVEL, 990, 10], ...asks.map(([ticks, lots]) => [1, ASK_LEVEL, ticks, lots] as const)], 5);
      const venue = new BookVenue({
        id,
        instruments: [COIN],
        base: COIN.currency,
        startingCashMicro: 0n,
        tapes: [{ instrument: IX, tape, latency: constantLatency(latencyUs, latencyUs) }],
        queue: riskAverse,
        makerFeeBps: 0,
        takerFeeBps: feeBps,
        triggerOn: "trade",
      });
      const seen = new SeenBook(id, IX, tape);
      seen.advance(3);
      expect(seen.depth("ask", 5)).toEqual([]); // it happened at 1, and is seen at 6
      seen.advance(10);
      venue.advance(10);
      return { venue, seen, feeBps, latencyUs };
    });
    const books = open.map(({ seen, feeBps, latencyUs }): VenueBook => {
      const levels = seen.depth("ask", 10).map(({ ticks, lots }) => ({ price: ticks * COIN.tickSize, lots }));
      return { venue: seen.venue, levels, feeBps, latencyUs };
    });
    const { routes, cost } = routeOrder(100, books, { limit: null, driftBpsPerMs: 0 });
    let paid = 0;
    for (const { venue: name, lots, limit } of routes) {
      const { venue } = open.find((one) => one.venue.id === name) as (typeof open)[number];
      const order = { id: `r-${name}` as OrderId, instrument: IX, lots: lots as Lots, type: "limit", createdAt: 10 as Micros } as const;
      venue.submit(approve({ ...order, limit: Math.round(limit / COIN.tickSize) as Ticks, terms: { timeInForce: "ioc" } }));
      for (let at = 0; at < 1000; ) {
        at = venue.advance(1000);
        for (let event = venue.take(); event !== undefined; event = venue.take())
          if (event.kind === "fill") paid += event.lots * event.price * COIN.tickSize + Number(event.feeMicro) / 1e6 / COIN.lotSize;
      }
    }
    expect(routes.map(({ venue, lots }) => [venue, lots])).toEqual([
      ["near", 70],
      ["far", 30],
    ]);
    // Fees are whole millionths of a dollar, of an order of lots of 0.001.
    expect(paid).toBeCloseTo(cost, 1);
  });
});
