import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Currency, InstrumentIx } from "#domain/instrument.js";
import { DAY_US, MINUTE_US, type Micros, SECOND_US } from "#domain/time.js";
import { venueContract } from "#test/contracts/venue.js";
import { createFakeTime } from "#test/fixtures/fake-time.js";
import { createFakeVenue } from "#test/fixtures/fake-venue.js";
import { type BenchBar, SHARE, VenueBench } from "#test/fixtures/venue-bench.js";
import type { VenueEvent } from "#domain/venue-event.js";

const STILL: BenchBar = { o: 100, h: 101, l: 99, c: 100 };

venueContract("simulated", () => {
  const bench = new VenueBench({ costs: { latencyUs: 5000, participation: 0.5 } });
  return {
    venue: bench.venue,
    now: () => bench.now as Micros,
    pass: () => {
      bench.play([STILL, { ...STILL, instrument: 1 }]);
      return Promise.resolve();
    },
    heard: () => bench.heard,
  };
});

venueContract(
  "fake (the tests' own)",
  () => {
    const time = createFakeTime(1000);
    const venue = createFakeVenue({ time, price: () => 100, delays: () => [50, 10] });
    const heard: VenueEvent[] = [];
    void (async () => {
      for await (const event of venue.events) heard.push({ ...event, seenAt: time.now() });
    })();
    return { venue, now: () => time.now(), pass: () => time.run(time.sleep(time.now() + 5000, 4)), heard: () => heard };
  },
  { "never fills a limit order at a worse price": "it lets every limit order rest until it is cancelled" },
);

describe("a market order at the simulated venue", () => {
  it("meets the open of the next bar, half the spread and the impact against it, rounded against it", () => {
    const bench = new VenueBench({ costs: { halfSpreadBps: 10, impactBps: 100 } });
    bench.play([{ o: 5000, h: 5000, l: 5000, c: 5000, v: 400 }]); // trailing volume: 400
    const buy = bench.order(100);
    const sell = bench.order(-100);
    bench.play([{ o: 5000, h: 5200, l: 4800, c: 5000, v: 400 }]);
    // spread 0.1 % of 50.00 = 5 ticks; impact 1 % * sqrt(100/400) = 25 ticks
    expect(bench.fills(buy).map((f) => [f.lots, f.price])).toEqual([[100, 5030]]);
    expect(bench.fills(sell).map((f) => [f.lots, f.price])).toEqual([[-100, 4970]]);
  });

  it("pays at least half a tick of spread, which is a whole one on the grid", () => {
    const bench = new VenueBench();
    const buy = bench.order(1);
    const sell = bench.order(-1);
    bench.play([STILL]);
    expect([bench.fills(buy)[0]?.price, bench.fills(sell)[0]?.price]).toEqual([101, 99]);
  });

  it("never sells at a price of nothing: it waits", () => {
    const bench = new VenueBench({ costs: { halfSpreadBps: 6000 } });
    const sell = bench.order(-10);
    bench.play([{ o: 1, h: 1, l: 1, c: 1 }]);
    expect(bench.fills(sell)).toEqual([]);
    bench.play([{ o: 100, h: 100, l: 100, c: 100 }]);
    expect(bench.fills(sell).map((f) => f.price)).toEqual([40]);
  });

  it("rests while nothing trades, and takes no more than a share of the trailing volume and of what was printed", () => {
    const bench = new VenueBench({ costs: { participation: 0.1 } });
    bench.play([{ ...STILL, v: 1000 }]);
    const order = bench.order(300);
    const steps = [0, 50, 5000, 1000];
    for (const v of steps) bench.play([{ ...STILL, v }]);
    // trailing before each bar: 1000, 950, 905, 1109.75 (each bar moves it by a twentieth)
    expect(bench.fills(order).map((f) => f.lots)).toEqual([50, 90, 110]);
  });

  it("is not limited by volume only where none was ever reported", () => {
    const bench = new VenueBench({ costs: { participation: 0.1 } });
    const first = bench.order(5000);
    bench.play([{ ...STILL, v: Number.NaN }]);
    expect(bench.fills(first).map((f) => f.lots)).toEqual([5000]);
    bench.play([{ ...STILL, v: 1000 }]);
    const second = bench.order(5000);
    bench.play([{ ...STILL, v: Number.NaN }]);
    expect(bench.fills(second).map((f) => f.lots)).toEqual([100]);
  });

  it("that arrives within a bar gets the last print, but never the better leg", () => {
    const arrivals = [10, 25, 45].map((seconds) => {
      const bench = new VenueBench();
      const orders = [
        bench.order(1, { createdAt: bench.now + seconds * SECOND_US }),
        bench.order(-1, { createdAt: bench.now + seconds * SECOND_US }),
      ];
      bench.play([{ o: 1000, h: 1100, l: 900, c: 1040 }]);
      return orders.map((order) => bench.fills(order)[0]?.price);
    });
    expect(arrivals).toEqual([
      [1001, 999], // the open
      [1101, 899], // the worse leg
      [1041, 1039], // the close: the better leg is nobody's
    ]);
  });

  it("never trades on a bar that had ended when it arrived", () => {
    const bench = new VenueBench({ costs: { latencyUs: 10 * SECOND_US } });
    const order = bench.order(1, { createdAt: bench.now + MINUTE_US - 5 * SECOND_US });
    bench.play([STILL]);
    expect(bench.fills(order)).toEqual([]);
    bench.play([{ o: 200, h: 200, l: 200, c: 200 }]);
    bench.play([STILL]);
    const [fill] = bench.fills(order);
    expect(fill?.at).toBe(bench.now - 2 * MINUTE_US + 5 * SECOND_US);
    expect(fill?.seenAt).toBe((fill?.at ?? 0) + 10 * SECOND_US);
  });

  it("pays fees to the nearest micro-unit, halves to the even one", () => {
    const fees = [1, 3, 5].map((lots) => {
      const bench = new VenueBench({ costs: { feeBps: 0.5 } }); // half of 1/10,000 of 0.01: 0.5 micro-units a lot
      bench.order(lots);
      bench.play([{ o: 0.5, h: 0.5, l: 0.5, c: 0.5 }]);
      return bench.fills()[0]?.feeMicro;
    });
    expect(fees).toEqual([0n, 2n, 2n]);
  });

  it("uses the market's own increment where the tick is not known", () => {
    const bench = new VenueBench({ instruments: [{ ...SHARE, tickSize: 1e-6, relativeTick: 1e-4 }] });
    bench.order(1);
    bench.play([{ o: 10_000, h: 10_000, l: 10_000, c: 10_000 }]);
    expect(bench.fills()[0]?.price).toBe(100_005_000); // 100 plus half of one basis point
  });
});

describe("a limit order at the simulated venue", () => {
  it.each([
    ["touched", 95, []],
    ["traded through", 94, [95]],
  ])("that is only %s fills accordingly", (_, low, prices) => {
    const bench = new VenueBench();
    const buy = bench.order(10, { limit: 95 });
    bench.play([{ o: 100, h: 101, l: low, c: 100 }]);
    expect(bench.fills(buy).map((f) => f.price)).toEqual(prices);
  });

  it("mirrors that for sales", () => {
    const bench = new VenueBench();
    const sell = bench.order(-10, { limit: 105 });
    bench.play([{ o: 100, h: 105, l: 99, c: 100 }]);
    expect(bench.fills(sell)).toEqual([]);
    bench.play([{ o: 100, h: 106, l: 99, c: 100 }]);
    expect(bench.fills(sell).map((f) => f.price)).toEqual([105]);
  });

  it("that rested over a gap gets its limit, not the lucky open", () => {
    const bench = new VenueBench();
    const buy = bench.order(10, { limit: 95, createdAt: bench.now - 1 });
    bench.play([{ o: 80, h: 82, l: 79, c: 80 }]);
    expect(bench.fills(buy).map((f) => f.price)).toEqual([95]);
  });

  it("takes at once only when its limit covers spread and impact", () => {
    const price = (limit: number): number[] => {
      const bench = new VenueBench({ costs: { impactBps: 100 } });
      const buy = bench.order(1000, { limit }); // all of the volume: impact 1 % of 10.00 is 10 ticks, half a tick of spread
      bench.play([{ o: 1000, h: 1010, l: 1000, c: 1000, v: 1000 }]);
      return bench.fills(buy).map((f) => f.price);
    };
    expect([price(1011), price(1010), price(1001)]).toEqual([[1011], [1010], [1001]]);
    // 1010 and 1001 were traded through (the market printed 1000): filled at the limit. What was only quoted is not:
    expect(price(1000)).toEqual([]);
  });

  it("fills no bar's volume twice, whatever number of orders share it", () => {
    const bench = new VenueBench({ costs: { participation: 0.5 } });
    bench.play([{ ...STILL, v: 100 }]);
    const orders = [bench.order(40), bench.order(40), bench.order(10, { limit: 103 }), bench.order(-30)];
    bench.play([{ ...STILL, v: 100 }]);
    expect(orders.map((order) => bench.fills(order).map((f) => f.lots))).toEqual([[40], [10], [], []]);
  });
});

describe("a cancellation at the simulated venue", () => {
  const latencyUs = 5 * SECOND_US;

  it("races a fill: what trades before it arrives is filled, what trades after is not", () => {
    for (const [cancelAfter, filled] of [
      [10, true],
      [16, true],
      [12, true],
      [2, false],
    ] as const) {
      const bench = new VenueBench({ costs: { latencyUs } });
      const buy = bench.order(10, { limit: 95, createdAt: bench.now - MINUTE_US });
      // A buyer meets the high at 20 s and the low at 40 s.
      const low = { o: 100, h: 101, l: 90, c: 100 };
      bench.play([low], [{ after: (cancelAfter + 26) * SECOND_US, act: () => bench.venue.cancel(buy.id) }]);
      bench.play([STILL]);
      const kinds = bench.heard.map((event) => event.kind);
      expect(kinds, `cancelled after ${cancelAfter + 26} s`).toEqual(["order-accepted", filled ? "fill" : "order-cancelled"]);
    }
  });

  it("of a part-filled order comes after its fills, and says so once", () => {
    const bench = new VenueBench({ costs: { latencyUs, participation: 0.1 } });
    const buy = bench.order(1000, { createdAt: bench.now - MINUTE_US });
    bench.play([{ ...STILL, v: 1000 }], [{ after: 30 * SECOND_US, act: () => bench.venue.cancel(buy.id) }]);
    bench.play([{ ...STILL, v: 1000 }]);
    bench.play([{ ...STILL, v: 1000 }]);
    expect(bench.heard.map((event) => [event.kind, event.at % MINUTE_US, event.seenAt % MINUTE_US])).toEqual([
      ["fill", 0, latencyUs],
      ["order-cancelled", 35 * SECOND_US, 40 * SECOND_US],
    ]);
  });

  it("is carried out while no bar is open", () => {
    const bench = new VenueBench({ costs: { latencyUs } });
    const order = bench.order(10);
    bench.venue.cancel(order.id);
    bench.venue.advance(bench.now + MINUTE_US);
    bench.listen(bench.now + MINUTE_US);
    expect(bench.heard.map((event) => event.kind)).toEqual(["order-cancelled"]);
  });
});

describe("corporate actions at the simulated venue", () => {
  const i = 0 as InstrumentIx;

  it("rescale what rests, never to a worse limit", () => {
    const bench = new VenueBench();
    const buy = bench.order(9, { limit: 101, createdAt: bench.now - 1 });
    const sell = bench.order(-9, { limit: 1001, createdAt: bench.now - 1 });
    bench.venue.reference({ kind: "split", at: bench.now as Micros, seenAt: bench.now as Micros, instrument: i, ratio: 2 });
    bench.play([{ o: 60, h: 502, l: 49, c: 60 }]);
    expect(bench.fills(buy).map((f) => [f.lots, f.price])).toEqual([[18, 50]]);
    expect(bench.fills(sell).map((f) => [f.lots, f.price])).toEqual([[-18, 501]]);
  });

  it("take orders of a delisted name away, and pay what was held at the last price times one plus the final return", () => {
    const bench = new VenueBench();
    bench.order(100);
    bench.play([STILL]);
    const resting = bench.order(5, { limit: 50 });
    const cash = bench.venue.holdings.ledger.balance(SHARE.currency);
    bench.venue.reference({ kind: "delisting", at: bench.now as Micros, seenAt: bench.now as Micros, instrument: i, finalReturn: -0.4 });
    expect(bench.venue.holdings.ledger.balance(SHARE.currency) - cash).toBe(60_000_000n);
    bench.play([{ o: 10, h: 10, l: 10, c: 10 }]);
    expect(bench.fills(resting)).toEqual([]);
  });

  it("charge a short the dividend and the fee for borrowing, and a debt the interest", () => {
    const bench = new VenueBench({ costs: { borrowBps: 365, cashRate: [{ from: 0, rate: 0.0365 }] }, cash: 500_000_000n });
    bench.order(-100);
    bench.play([{ o: 101, h: 101, l: 101, c: 100 }]); // sold at 1.00: 100 received
    bench.venue.holdings.ledger.post(SHARE.currency, "deposit", -1_000_000_000n); // drawn out: 400 owed
    bench.venue.reference({ kind: "dividend", at: bench.now as Micros, seenAt: bench.now as Micros, instrument: i, amount: 0.25 });
    bench.venue.accrue(bench.now as Micros);
    bench.venue.accrue((bench.now + DAY_US) as Micros);
    const totals = bench.venue.holdings.ledger.totals().get(SHARE.currency);
    expect(totals).toMatchObject({ dividend: -25_000_000n, borrow: -10_000n, interest: -42_500n });
  });
});

describe("the simulated venue's memory", () => {
  it("goes on from what it saved as if nothing had happened, at any moment", () => {
    const bars = fc.array(
      fc.record({
        o: fc.integer({ min: 90, max: 110 }),
        up: fc.nat(10),
        down: fc.nat(10),
        c: fc.integer({ min: 95, max: 105 }),
        v: fc.nat(300),
      }),
      { minLength: 4, maxLength: 8 },
    );
    const orders = fc.array(
      fc.record({
        bar: fc.nat(6),
        lots: fc.integer({ min: -80, max: 80 }).filter((n) => n !== 0),
        limit: fc.option(fc.integer({ min: 92, max: 108 })),
        cancel: fc.boolean(),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(bars, orders, fc.nat(6), (rows, wishes, stopAt) => {
        const run = (interrupt: boolean) => {
          let bench = new VenueBench({
            costs: { latencyUs: 3 * SECOND_US, participation: 0.3, feeBps: 3, halfSpreadBps: 5, impactBps: 50 },
          });
          rows.forEach(({ o, up, down, c, v }, k) => {
            for (const wish of wishes)
              if (wish.bar === k) {
                const order = bench.order(wish.lots, { limit: wish.limit });
                if (wish.cancel) bench.venue.cancel(order.id);
              }
            if (interrupt && k === stopAt) {
              const state = structuredClone(bench.venue.save());
              const fresh = new VenueBench({
                costs: { latencyUs: 3 * SECOND_US, participation: 0.3, feeBps: 3, halfSpreadBps: 5, impactBps: 50 },
              });
              fresh.venue.load(state);
              bench = Object.assign(Object.create(Object.getPrototypeOf(bench) as object) as VenueBench, bench, { venue: fresh.venue });
            }
            bench.play([{ o, h: Math.max(o, c) + up, l: Math.min(o, c) - down, c, v }]);
          });
          bench.venue.accrue(bench.now as Micros);
          return { heard: bench.heard, state: bench.venue.save() };
        };
        expect(run(true)).toEqual(run(false));
      }),
      { numRuns: 100 },
    );
  });

  it("tells at once what was in flight when shares or money change their measure", () => {
    const bench = new VenueBench({ costs: { latencyUs: 5 * SECOND_US } });
    bench.order(10, { createdAt: bench.now - MINUTE_US });
    bench.play(
      [STILL],
      [
        {
          after: SECOND_US,
          act: () => {
            expect(bench.heard).toEqual([]);
            bench.venue.settle(bench.now + SECOND_US);
            bench.listen(bench.now + SECOND_US);
            expect(bench.heard.map((event) => event.seenAt)).toEqual([bench.now + SECOND_US]);
          },
        },
      ],
    );
  });

  it("knows an order again in the session after it was filled", () => {
    const bench = new VenueBench();
    const order = bench.order(10);
    bench.play([STILL]);
    bench.venue.accrue(bench.now as Micros);
    bench.venue.submit(order);
    bench.play([STILL]);
    expect(bench.fills().map((f) => f.lots)).toEqual([10]);
  });

  it("counts slippage in the base currency at the rate of the moment", () => {
    const eur = { ...SHARE, currency: "EUR" as Currency };
    const bench = new VenueBench({ costs: { halfSpreadBps: 100 }, instruments: [eur] });
    bench.venue.reference({ kind: "fx", at: 1 as Micros, seenAt: 1 as Micros, from: eur.currency, to: SHARE.currency, rate: 2 });
    bench.order(10);
    bench.play([{ o: 1000, h: 1000, l: 1000, c: 1000 }]);
    expect(bench.venue.slippage.spread).toBeCloseTo(10 * 0.1 * 2, 12);
  });
});
