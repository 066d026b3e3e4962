import { describe, expect, it } from "vitest";
import type { Ticks } from "#domain/instrument.js";
import type { Micros } from "#domain/time.js";
import { venueContract } from "#test/contracts/venue.js";
import { BookBench, tapeOf, type TapeRow } from "#test/fixtures/book-bench.js";
import { constantLatency } from "./latency-model.js";
import { fifo, powerQueue } from "./queue-model.js";
import * as row from "./tape.js";

/** A book of 100 lots at 99 and 98, 101 and 102, then the rows given. */
function book(...rows: readonly TapeRow[]): ReturnType<typeof tapeOf> {
  const start: readonly TapeRow[] = [
    [1, row.BID_LEVEL, 99, 100],
    [1, row.BID_LEVEL, 98, 100],
    [1, row.ASK_LEVEL, 101, 100],
    [1, row.ASK_LEVEL, 102, 100],
  ];
  return tapeOf([...start, ...rows]);
}

venueContract("books", () => {
  const bench = new BookBench([book(), book()], { latency: constantLatency(7, 5) }).run(10);
  return {
    venue: bench.venue,
    now: () => bench.now as Micros,
    pass: () => {
      bench.run(bench.now + 100);
      return Promise.resolve();
    },
    heard: () => bench.heard,
  };
});

describe("an order that takes", () => {
  it("walks the book, and what it took is not there for the next one until more is displayed", () => {
    const bench = new BookBench([book([10, row.ASK_LEVEL, 101, 130])]).run(5);
    const first = bench.order(150);
    const second = bench.order(60);
    bench.run(6);
    expect(bench.traded(first)).toEqual(["100@101", "50@102"]);
    expect(bench.traded(second)).toEqual(["50@102"]);
    expect(bench.ending(second)).toBe("order-cancelled: the book offered no more");
    const third = (bench.run(11), bench.order(40));
    bench.run(12);
    expect(bench.traded(third)).toEqual(["30@101"]);
    // A level that shrinks below what we took of it holds nothing for us, also when some of it comes back.
    const shrunk = new BookBench([book([10, row.ASK_LEVEL, 101, 60], [11, row.ASK_LEVEL, 101, 65])]).run(5);
    shrunk.order(80, { limit: 101, terms: { timeInForce: "ioc" } });
    shrunk.run(12);
    const again = shrunk.order(80, { limit: 101, terms: { timeInForce: "ioc" } });
    shrunk.run(13);
    expect(shrunk.traded(again)).toEqual(["5@101"]);
    expect(bench.venue.depth(third.instrument, "ask", 2)).toEqual([
      { ticks: 101, lots: 0 },
      { ticks: 102, lots: 0 },
    ]);
  });

  it("rests with what its limit leaves, unless it is IOC; FOK takes all or nothing", () => {
    const bench = new BookBench([book()]).run(5);
    const [gtc, ioc] = [bench.order(30, { limit: 101 }), bench.order(100, { limit: 101, terms: { timeInForce: "ioc" } })];
    const [fok, whole] = [
      bench.order(101, { limit: 102, terms: { timeInForce: "fok" } }),
      bench.order(100, { limit: 102, terms: { timeInForce: "fok" } }),
    ];
    const rest = bench.order(5, { limit: 102 });
    bench.run(6);
    expect([gtc, ioc, fok, whole, rest].map((order) => bench.traded(order))).toEqual([["30@101"], ["70@101"], [], ["100@102"], []]);
    expect(bench.ending(ioc)).toContain("offered no more");
    expect(bench.ending(fok)).toContain("whole at once");
  });

  it("is refused as post-only, and never enlarges or turns a position as reduce-only", () => {
    const bench = new BookBench([book()]).run(5);
    const post = bench.order(5, { limit: 101, terms: { postOnly: true } });
    const nothing = bench.order(-5, { terms: { reduceOnly: true } });
    bench.order(20);
    const half = bench.order(-50, { terms: { reduceOnly: true } });
    bench.run(6);
    expect(bench.ending(post)).toContain("post-only");
    expect(bench.traded(nothing)).toEqual([]);
    expect(bench.traded(half)).toEqual(["-20@99"]);
    expect(bench.ending(half)).toContain("nothing is left to reduce");
  });
});

describe("an order that rests", () => {
  it("waits for the queue ahead of it, risk-averse: a cancellation ahead does not help until the level is that small", () => {
    const bench = new BookBench([
      book([10, row.BID_LEVEL, 99, 60], [11, row.SOLD, 99, 59], [12, row.SOLD, 99, 3], [13, row.SOLD, 99, 9]),
    ]).run(5);
    const buy = bench.order(10, { limit: 99 });
    bench.run(20);
    expect(bench.fills(buy).map(({ at, lots }) => [at, lots])).toEqual([
      [12, 2],
      [13, 8],
    ]);
  });

  it("has cancellations shared out by the model of chance", () => {
    // 100 ahead and 100 behind; 100 go away: half of them stood ahead.
    const rows: readonly TapeRow[] = [
      [10, row.BID_LEVEL, 99, 200],
      [11, row.BID_LEVEL, 99, 100],
      [12, row.SOLD, 99, 55],
    ];
    const bench = new BookBench([book(...rows)], { queue: powerQueue(1) }).run(5);
    const buy = bench.order(10, { limit: 99 });
    bench.run(20);
    expect(bench.traded(buy)).toEqual(["5@99"]);
  });

  it("shares one print with our other orders: the better price first, then who came first", () => {
    const bench = new BookBench([book([10, row.SOLD, 99, 130])]).run(5);
    const [second, third, best] = [bench.order(12, { limit: 99 }), bench.order(30, { limit: 99 }), bench.order(5, { limit: 100 })];
    bench.run(20);
    expect([best, second, third].map((order) => bench.traded(order))).toEqual([["5@100"], ["12@99"], ["13@99"]]);
    const tight = new BookBench([book([10, row.SOLD, 99, 20])]).run(5);
    const [low, high] = [tight.order(30, { limit: 100 }), tight.order(30, { limit: 99 })];
    tight.run(20);
    expect(tight.traded(low)).toEqual(["20@100"]);
    expect(tight.traded(high)).toEqual([]);
    const level = new BookBench([book([10, row.SOLD, 99, 108])]).run(5);
    const [first, last] = [level.order(6, { limit: 99 }), level.order(6, { limit: 99 })];
    level.run(20);
    expect([first, last].map((order) => level.traded(order))).toEqual([["6@99"], ["2@99"]]);
  });

  it("trades at its own price with what comes to it on the other side, no more than is displayed there", () => {
    const bench = new BookBench([book([10, row.ASK_LEVEL, 100, 7], [11, row.ASK_LEVEL, 100, 9], [12, row.ASK_LEVEL, 99, 50])]).run(5);
    const buy = bench.order(20, { limit: 100 });
    bench.run(20);
    expect(bench.traded(buy)).toEqual(["7@100", "2@100", "11@100"]);
  });

  it("is known order by order where the recording tells them", () => {
    const tape = tapeOf([
      [1, row.BID_ORDER, 99, 40, 1],
      [1, row.BID_ORDER, 99, 60, 2],
      [1, row.ASK_ORDER, 101, 10, 3],
      [2, row.EVENT_END],
      [10, row.BID_ORDER, 99, 500, 4], // behind ours
      [11, row.ORDER_CUT, 99, 60, 2], // cancelled ahead
      [12, row.BID_ORDER, 99, 15, 1], // smaller, same place
      [13, row.SOLD, 99, 20], // 15 ahead, 5 for us
      [13, row.ORDER_CUT, 99, 15, 1],
      [13, row.ORDER_CUT, 99, 5, 4],
      [13, row.EVENT_END],
      [14, row.SOLD, 99, 9],
    ]);
    const bench = new BookBench([tape], { queue: fifo }).run(5);
    const buy = bench.order(12, { limit: 99 });
    bench.run(20);
    expect(bench.fills(buy).map(({ at, lots }) => [at, lots])).toEqual([
      [13, 5],
      [14, 7],
    ]);
    expect(() => new BookBench([tape])).toThrow(/tells single orders/);
  });
});

describe("the venue", () => {
  it("takes a request one entry latency later, tells one response latency later, and lets nothing overtake", () => {
    const bench = new BookBench([book([30, row.ASK_LEVEL, 101, 0])], { latency: constantLatency(20, 5) }).run(10);
    const late = bench.order(1, { limit: 101, terms: { timeInForce: "ioc" } });
    bench.venue.cancel(late.id);
    bench.run(34);
    expect(bench.heard).toEqual([]);
    bench.run(35);
    // The level was gone at 30, before the order of that moment.
    expect(bench.heard.map(({ kind, at, seenAt }) => [kind, at, seenAt])).toEqual([
      ["order-accepted", 30, 35],
      ["order-cancelled", 30, 35],
    ]);
  });

  it("stops where something is heard, so that a reaction does not come to a market that has gone on", () => {
    const bench = new BookBench([book([20, row.SOLD, 98, 50], [40, row.SOLD, 97, 50])], { latency: constantLatency(2, 3) }).run(5);
    bench.order(5, { limit: 100 });
    bench.run(15);
    expect(bench.heard.map(({ kind, seenAt }) => [kind, seenAt])).toEqual([["order-accepted", 10]]);
    expect(bench.venue.advance(100)).toBe(23);
    expect(bench.venue.advance(100)).toBe(23);
    bench.venue.take();
    bench.now = 23;
    const reaction = bench.order(5, { limit: 100 });
    bench.run(100);
    expect(bench.fills(reaction).map(({ at }) => at)).toEqual([40]);
  });

  it("knows every fill again, and what is left of the money", async () => {
    const bench = new BookBench([book([20, row.SOLD, 98, 50])], { takerFeeBps: 5 }).run(5);
    bench.order(100);
    bench.order(5, { limit: 100 });
    bench.run(100);
    expect(await bench.venue.fillsSince(0 as Micros)).toEqual(bench.fills());
    expect((await bench.venue.fillsSince(6 as Micros)).map(({ at }) => at)).toEqual([20]);
    // 100 lots of 0.001 at 10.1 with their fee, 5 at 10.0.
    expect((await bench.venue.snapshot()).cash).toEqual([{ currency: "USD", amountMicro: -1_010_505n - 50_000n }]);
  });

  it("charges takers, and pays makers where their fee is negative", () => {
    const bench = new BookBench([book([10, row.SOLD, 98, 100])], { makerFeeBps: -1, takerFeeBps: 5 }).run(5);
    const [taker, maker] = [bench.order(100), bench.order(10, { limit: 100 })];
    bench.run(20);
    // 100 lots of 0.001 at 10.1: 1.01, and 5 basis points of it; 10 lots at 10.0: 0.1.
    expect(bench.fills(taker)[0]?.feeMicro).toBe(505n);
    expect(bench.fills(maker)[0]?.feeMicro).toBe(-10n);
  });

  it("trades nothing while it is halted, and then what overlaps", () => {
    const rows: readonly TapeRow[] = [
      [10, row.HALT],
      [12, row.ASK_LEVEL, 99, 30],
      [14, row.SOLD, 99, 500],
      [20, row.RESUME],
    ];
    const bench = new BookBench([book(...rows)]).run(11);
    const [market, limit] = [bench.order(5), bench.order(40, { limit: 100 })];
    bench.run(19);
    expect(bench.fills()).toEqual([]);
    expect(bench.ending(market)).toContain("suspended");
    bench.run(21);
    expect(bench.fills(limit).map(({ at, lots, price }) => [at, lots, price])).toEqual([[20, 30, 100]]);
  });

  it("holds orders for an auction and fills those that its price leaves in the money, no more than traded", () => {
    const bench = new BookBench([book([20, row.OPEN_CROSS, 100, 50])]).run(5);
    const open = { terms: { timeInForce: "at-open" } } as const;
    const [atPrice, better, market] = [
      bench.order(10, { limit: 100, ...open }),
      bench.order(30, { limit: 101, ...open }),
      bench.order(40, open),
    ];
    const [resting, later] = [bench.order(-7, { limit: 99 + 1 }), bench.order(9, { terms: { timeInForce: "at-close" } })];
    bench.run(30);
    expect([atPrice, better, market, resting, later].map((order) => bench.traded(order))).toEqual([[], ["10@100"], ["40@100"], [], []]);
    expect(bench.ending(atPrice)).toContain("auction is over");
    expect(bench.ending(later)).toBeUndefined();
  });

  it("wakes stops at the last print, or at the quote; a trailing stop follows", () => {
    const rows: readonly TapeRow[] = [
      [10, row.BOUGHT, 101, 1],
      [11, row.BOUGHT, 105, 1],
      [12, row.SOLD, 103, 1],
      [13, row.SOLD, 102, 1],
    ];
    const bench = new BookBench([book(...rows)]).run(5);
    const stop = bench.order(5, { type: "stop", terms: { trigger: 104 as Ticks } });
    const limited = bench.order(5, { type: "stop-limit", limit: 100, terms: { trigger: 104 as Ticks } });
    const trailing = bench.order(-5, { type: "trailing-stop", terms: { trail: 3 as Ticks } });
    bench.run(20);
    const woken = bench.heard.flatMap((event) => (event.kind === "order-triggered" ? [event.order] : []));
    expect(woken).toEqual([stop.id, limited.id, trailing.id]);
    expect(bench.fills(stop).map(({ at, price }) => [at, price])).toEqual([[11, 101]]);
    expect(bench.traded(limited)).toEqual([]);
    expect(bench.fills(trailing).map(({ at, price }) => [at, price])).toEqual([[13, 99]]);
    const quoted = new BookBench([book([10, row.BOUGHT, 500, 1], [12, row.ASK_LEVEL, 101, 0])], { triggerOn: "quote" }).run(5);
    const byQuote = quoted.order(5, { type: "stop", terms: { trigger: 102 as Ticks } });
    quoted.run(20);
    expect(quoted.fills(byQuote).map(({ at, price }) => [at, price])).toEqual([[12, 102]]);
  });

  it("ends day orders with the session, and refuses what makes no sense", () => {
    const bench = new BookBench([book([20, row.SESSION_END])]).run(5);
    const day = bench.order(5, { limit: 90, terms: { timeInForce: "day" } });
    const bad = [bench.order(0.5), bench.order(5, { type: "limit" }), bench.order(5, { terms: { trigger: 3 as Ticks } })];
    const elsewhere = bench.order(5, { instrument: 7 });
    bench.run(30);
    expect(bench.ending(day)).toBe("order-expired: the session is over");
    expect(bench.heard.find(({ kind }) => kind === "order-expired")?.at).toBe(20);
    for (const order of [...bad, elsewhere]) expect(bench.ending(order)).toContain("order-rejected");
  });

  it("knows nothing of a book that was cleared: nothing is taken there, and prints still count", () => {
    const bench = new BookBench([book([10, row.CLEAR], [12, row.SOLD, 97, 4])]).run(5);
    const rests = bench.order(3, { limit: 98 });
    bench.run(11);
    const taker = bench.order(3);
    bench.run(20);
    expect(bench.traded(taker)).toEqual([]);
    expect(bench.traded(rests)).toEqual(["3@98"]);
  });
});
