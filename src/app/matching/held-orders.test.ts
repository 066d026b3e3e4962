import { describe, expect, it } from "vitest";
import type { Ticks } from "#domain/instrument.js";
import type { OrderId, OrderTerms } from "#domain/order.js";
import { ASK_LEVEL, BID_LEVEL, BOUGHT, SESSION_END, SOLD } from "#simulation/book/tape.js";
import type { TapeRow } from "#test/fixtures/book-bench.js";
import { RoutedBench } from "#test/fixtures/routed-bench.js";

/** 10 lots a side at 99 and 101, 30 behind them. */
const QUIET: readonly TapeRow[] = [
  [1, BID_LEVEL, 99, 10],
  [1, ASK_LEVEL, 101, 10],
  [1, BID_LEVEL, 98, 30],
  [1, ASK_LEVEL, 102, 30],
];
const near = (...rows: TapeRow[]) => ({ name: "near", latencyUs: 3, rows: [...QUIET, ...rows] });
const far = (...rows: TapeRow[]) => ({ name: "far", latencyUs: 20, rows: [...QUIET, ...rows] });
const ticks = (value: number): Ticks => value as Ticks;
const stop = (trigger: number, terms: OrderTerms = {}) => ({ type: "stop" as const, terms: { ...terms, trigger: ticks(trigger) } });
const childrenOf = ({ venue }: RoutedBench): number => venue.tallies.reduce((sum, { orders }) => sum + orders, 0);

describe("a stop at several venues", () => {
  it("is woken by the print of any of them, is sent then, and takes what the books of all show", () => {
    const bench = new RoutedBench([near([90, SOLD, 96, 1]), far([50, SOLD, 97, 1])]).run(10);
    const order = bench.order(-15, stop(97));
    bench.run(49);
    expect(childrenOf(bench)).toBe(0);
    expect(bench.run(200).story(order)).toEqual(["10 accepted", "50 triggered", "56 -10@99", "90 -5@99"]);
  });

  it("wakes at once when the last print was there before it came, and by no print that was seen earlier still", () => {
    const bench = new RoutedBench([near([5, SOLD, 97, 1], [6, BOUGHT, 101, 1]), far([7, SOLD, 98, 1])]).run(10);
    const [there, not] = [bench.order(-5, stop(98)), bench.order(-5, stop(97))];
    bench.run(100);
    expect(bench.story(there)).toEqual(["10 accepted", "10 triggered", "16 -5@99"]);
    expect(bench.story(not)).toEqual(["10 accepted"]);
  });

  it("trails the best print of all, and follows no print back", () => {
    const bench = new RoutedBench([near([20, BOUGHT, 104, 1], [40, SOLD, 103, 1]), far([30, SOLD, 100, 1], [60, SOLD, 101, 1])]).run(10);
    const order = bench.order(-5, { type: "trailing-stop", terms: { trail: ticks(4) } });
    expect(bench.run(29).story(order)).toEqual(["10 accepted"]);
    expect(bench.run(50).story(order)).toEqual(["10 accepted", "30 triggered", "36 -5@99"]);
  });

  it("may look at quotes: a seller at the highest bid, which is not there while one venue still bids more", () => {
    const falls: readonly TapeRow[] = [
      [30, BID_LEVEL, 99, 0],
      [30, BID_LEVEL, 98, 0],
      [30, BID_LEVEL, 95, 40],
    ];
    const later = falls.map(([, ...row]): TapeRow => [50, ...row]);
    const bench = new RoutedBench([near(...falls), far(...later)], "quote").run(10);
    const order = bench.order(-5, stop(97));
    expect(bench.run(100).story(order)).toEqual(["10 accepted", "50 triggered", "56 -5@95"]);
  });

  it("with a limit rests where resting is cheapest once it is awake; cancelled before, it never leaves", () => {
    const bench = new RoutedBench([
      { ...near([30, BOUGHT, 101, 1]), makerFeeBps: 2 },
      { ...far(), makerFeeBps: -1 },
    ]).run(10);
    const limit = { type: "stop-limit" as const, limit: 100, terms: { trigger: ticks(101) } };
    const [order, never] = [bench.order(5, limit), bench.order(5, { ...limit, terms: { trigger: ticks(110) } })];
    bench.run(100);
    bench.venue.cancel(never.id);
    bench.run(101);
    expect(bench.story(order)).toEqual(["10 accepted", "30 triggered"]);
    expect(bench.story(never)).toEqual(["10 accepted", "100 cancelled: on request"]);
    expect(bench.venue.tallies.map(({ orders }) => orders)).toEqual([0, 1]);
  });
});

describe("whole or not at all at several venues", () => {
  it("goes to the one that shows all of it, and the cheapest of them", () => {
    const bench = new RoutedBench([near([2, ASK_LEVEL, 102, 0]), far()]).run(10);
    const order = bench.order(25, { limit: 102, terms: { timeInForce: "fok" } });
    expect(bench.run(100).story(order)).toEqual(["50 accepted", "50 10@101", "50 15@102"]);
    expect(bench.venue.tallies.map(({ orders }) => orders)).toEqual([0, 1]);
  });

  it("is cancelled where only their sum would do, and sent to the next where the first has lost it meanwhile", () => {
    const bench = new RoutedBench([near([12, ASK_LEVEL, 101, 1], [12, ASK_LEVEL, 102, 0]), far()]).run(10);
    const sum = bench.order(70, { terms: { timeInForce: "fok" } });
    const next = bench.order(30, { terms: { timeInForce: "fok" } });
    bench.run(100);
    expect(bench.story(sum)).toEqual(["10 cancelled: no venue displays all of it"]);
    expect(bench.story(next)).toEqual(["16 accepted", "56 10@101", "56 20@102"]);
  });
});

describe("what only reduces at several venues", () => {
  it("knows the position over all of them, and sells no more of it", () => {
    const bench = new RoutedBench([near(), { ...far(), makerFeeBps: 0, takerFeeBps: -5 }]).run(10);
    bench.order(30);
    bench.run(100);
    expect(bench.venue.tallies.map(({ filledLots }) => filledLots)).toEqual([10, 20]);
    const order = bench.order(-200, { terms: { reduceOnly: true } });
    bench.run(300);
    expect(bench.fills(order).reduce((sum, { lots }) => sum + lots, 0)).toBe(-30);
    expect(bench.story(order).at(-1)).toContain("cancelled: reduce-only, and nothing is left to reduce");
    const none = bench.order(-5, { limit: 90, terms: { reduceOnly: true } });
    expect(bench.run(400).story(none)).toEqual(["300 accepted", "300 cancelled: reduce-only, and nothing is left to reduce"]);
  });

  it("waits at its limit without a queue, takes what comes, and does not try for the same again and again", () => {
    const gone: TapeRow[] = [
      [100, BID_LEVEL, 103, 6],
      [101, BID_LEVEL, 103, 0],
      [200, BID_LEVEL, 103, 4],
      [600, BID_LEVEL, 103, 9],
    ];
    const bench = new RoutedBench([near(), far(...gone)]).run(10);
    bench.order(10);
    bench.run(50);
    const order = bench.order(-10, { limit: 103, terms: { reduceOnly: true } });
    bench.run(1_000);
    // 6 were shown and gone before it came; 4 of a level that stays are taken once; the 5 that join it, too.
    expect(bench.story(order)).toEqual(["50 accepted", "240 -4@103", "640 -5@103"]);
    expect(childrenOf(bench)).toBe(1 + 3);
    bench.venue.cancel(order.id);
    expect(bench.run(1_001).story(order).at(-1)).toBe("1000 cancelled: on request");
  });

  it("goes first: an order that could turn the position under it waits, and one that rests is called back", () => {
    const bench = new RoutedBench([near(), far()]).run(10);
    bench.order(30);
    bench.run(100);
    const rests = bench.order(-10, { limit: 130 });
    bench.run(200);
    const reduces = bench.order(-30, { terms: { reduceOnly: true } });
    const turns = bench.order(-40);
    expect(bench.run(1_000).story(rests)).toEqual(["106 accepted", "206 cancelled: what only reduces goes first"]);
    let position = 30;
    for (const { order, lots } of bench.fills().slice(bench.fills().findIndex((fill) => fill.order === reduces.id))) {
      if (order === reduces.id) expect(position + lots).toBeGreaterThanOrEqual(0);
      position += lots;
    }
    expect(bench.fills(reduces).reduce((sum, { lots }) => sum + lots, 0)).toBe(-30);
    expect(bench.fills(turns).reduce((sum, { lots }) => sum + lots, 0)).toBe(-40);
    expect(position).toBe(-40);
  });

  it("calls nobody back for what must be filled whole, cannot be, and ends", () => {
    const bench = new RoutedBench([near(), far()]).run(10);
    bench.order(30);
    bench.run(100);
    const rests = bench.order(-10, { limit: 130 });
    bench.run(200);
    const whole = bench.order(-25, { terms: { reduceOnly: true, timeInForce: "fok" } });
    bench.run(1_000);
    expect(bench.story(whole)).toEqual(["200 accepted", "200 cancelled: it could not be filled whole at once"]);
    expect(bench.story(rests)).toEqual(["106 accepted"]);
  });

  it("calls back the oldest first, whether the router was loaded or never stopped", () => {
    const parts = [near([120, BOUGHT, 101, 1]), far()];
    const whole = new RoutedBench(parts).run(10);
    whole.order(30);
    whole.run(100);
    // The first rests later than the second.
    const first = whole.order(-5, { type: "stop-limit", limit: 130, terms: { trigger: ticks(101) } });
    const second = whole.order(-5, { limit: 131 });
    whole.run(200);
    const loaded = new RoutedBench(parts);
    loaded.venue.load(structuredClone(whole.venue.save()));
    loaded.now = 200;
    const ended = (bench: RoutedBench): unknown[] => {
      bench.order(-30, { id: "reduces", terms: { reduceOnly: true } });
      return bench.run(1_000).heard.flatMap((event) => (event.kind === "order-cancelled" ? [event.order] : []));
    };
    expect(ended(whole)).toEqual([first.id, second.id]);
    expect(ended(loaded)).toEqual([first.id, second.id]);
  });

  it("is cut by what is already on its way, and cannot be post-only", () => {
    const bench = new RoutedBench([near(), far()]).run(10);
    bench.order(30);
    bench.run(100);
    const [first, second] = [bench.order(-20), bench.order(-30, { terms: { reduceOnly: true } })];
    const post = bench.order(-30, { limit: 120, terms: { reduceOnly: true, postOnly: true } });
    bench.run(300);
    expect([first, second].map((order) => bench.fills(order).reduce((sum, { lots }) => sum + lots, 0))).toEqual([-20, -10]);
    expect(bench.story(post)).toEqual([expect.stringContaining("100 rejected: what only reduces")]);
  });
});

describe("a group at several venues", () => {
  const oco: OrderTerms = { reduceOnly: true, group: { id: "g", kind: "oco" } };

  it("fills together no more than the largest: what one has, the other lacks", async () => {
    const bench = new RoutedBench([near([200, BID_LEVEL, 105, 12], [230, BID_LEVEL, 105, 0], [400, SOLD, 95, 1]), far()]).run(10);
    bench.order(30);
    bench.run(100);
    const [loss, gain] = [bench.order(-30, stop(95, oco)), bench.order(-30, { limit: 105, terms: oco })];
    bench.run(300);
    expect(bench.story(gain)).toEqual(["100 accepted", "206 -12@105"]);
    expect((await bench.venue.snapshot()).open).toEqual([
      { id: loss.id, instrument: 0, remaining: -18 },
      { id: gain.id, instrument: 0, remaining: -18 },
    ]);
    bench.run(900);
    expect(bench.story(loss).slice(0, 3)).toEqual(["100 accepted", "400 triggered", "406 -10@99"]);
    expect(bench.fills(loss).reduce((sum, { lots }) => sum + lots, 0)).toBe(-18);
    expect(bench.story(gain).at(-1)).toContain("cancelled: another of its group has filled");
    expect((await bench.venue.snapshot()).open).toEqual([]);
    expect((await bench.venue.snapshot()).positions).toEqual([]);
  });

  it("that waits for its parent trades no more than that has filled, and takes back what it lacks", () => {
    const bench = new RoutedBench([near([100, ASK_LEVEL, 100, 4], [101, ASK_LEVEL, 100, 0]), far([400, SOLD, 90, 1])]).run(10);
    const parent = bench.order(20, { limit: 100, id: "parent" });
    const exit: OrderTerms = { reduceOnly: true, group: { id: "b", kind: "bracket", parent: "parent" as OrderId } };
    const [loss, gain] = [bench.order(-20, stop(95, exit)), bench.order(-20, { limit: 120, terms: exit })];
    bench.run(300);
    expect(bench.story(gain)).toEqual(["10 accepted", "103 triggered"]);
    expect(bench.story(loss)).toEqual(["10 accepted"]);
    bench.run(900);
    expect(bench.story(loss)).toEqual(["10 accepted", "400 triggered", "406 -4@99", expect.stringContaining("406 cancelled: reduce-only")]);
    expect(bench.story(parent).at(-1)).toContain("cancelled: its exit has filled");
    expect(bench.story(gain).at(-1)).toContain("cancelled");
    const orphan = bench.order(-5, { limit: 90, terms: exit });
    expect(bench.run(950).story(orphan)).toEqual(["900 rejected: its parent does not work"]);
  });

  it("goes with a parent that ends without a fill", () => {
    const bench = new RoutedBench([near(), far()]).run(10);
    const parent = bench.order(20, { limit: 90, id: "parent" });
    const child = bench.order(-20, stop(80, { reduceOnly: true, group: { id: "b", kind: "bracket", parent: parent.id } }));
    bench.run(100);
    bench.venue.cancel(parent.id);
    expect(bench.run(200).story(child)).toEqual(["10 accepted", "106 cancelled: its parent is gone"]);
  });
});

describe("the end of a session", () => {
  it("ends what is held for the day, at the first venue that closes", () => {
    const bench = new RoutedBench([near(), far([50, SESSION_END])]).run(10);
    const [day, stays] = [bench.order(5, stop(110, { timeInForce: "day" })), bench.order(5, stop(110))];
    bench.run(60);
    expect(bench.story(day)).toEqual(["10 accepted", "50 expired: the session is over"]);
    expect(bench.story(stays)).toEqual(["10 accepted"]);
    const late = bench.order(5, stop(110, { timeInForce: "day" }));
    expect(bench.run(100).story(late)).toEqual(["60 accepted"]);
  });
});
