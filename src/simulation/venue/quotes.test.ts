// Orders against recorded quotes: what is displayed is what can be had, at the displayed price, and nothing is had twice.
import { describe, expect, it } from "vitest";
import type { Session } from "#domain/session.js";
import { MINUTE_US, type Micros, SECOND_US, isoDateOrThrow } from "#domain/time.js";
import { BENCH_START, type BenchOptions, type BenchQuote, VenueBench } from "#test/fixtures/venue-bench.js";

const session = (from: number, to: number): Session => ({
  date: isoDateOrThrow("1970-01-01"),
  openAt: (BENCH_START + from) as Micros,
  closeAt: (BENCH_START + to) as Micros,
  early: false,
});
const DAY = session(0, 10 * MINUTE_US);
const NEXT = session(20 * MINUTE_US, 30 * MINUTE_US);

function quoted(quotes: readonly BenchQuote[], options: BenchOptions = {}): VenueBench {
  const bench = new VenueBench({ quoted: [1, 0], ...options, rules: { sessions: [DAY, NEXT], ...options.rules } });
  bench.quote(quotes);
  return bench;
}

const at = (
  seconds: number,
  bid: number | undefined,
  ask: number | undefined,
  sizes: readonly [number, number] = [1000, 1000],
): BenchQuote => ({
  at: seconds * SECOND_US,
  ...(bid === undefined ? {} : { bid }),
  ...(ask === undefined ? {} : { ask }),
  bidSize: sizes[0],
  askSize: sizes[1],
});
const run = (bench: VenueBench, seconds: number): void => bench.run(BENCH_START + seconds * SECOND_US);
const later = (seconds: number) => ({ createdAt: BENCH_START + seconds * SECOND_US });

describe("a market order on quotes", () => {
  it("takes the far side that stands when it arrives, at that price, with no modelled spread or impact", () => {
    const bench = quoted([at(0, 99, 101), at(5, 98, 103)], { costs: { latencyUs: SECOND_US, halfSpreadBps: 50, impactBps: 500 } });
    const [buy, sell] = [bench.order(10, later(3)), bench.order(-10, later(4))];
    run(bench, 20);
    expect([bench.story(buy), bench.story(sell)]).toEqual([["10 at 101"], ["-10 at 98"]]);
    expect(bench.fills().map((f) => (f.at - BENCH_START) / SECOND_US)).toEqual([4, 5]);
    expect(bench.venue.slippage.spread).toBeCloseTo(10 * 0.01 + 10 * 0.025, 9);
    expect(bench.venue.slippage.impact).toBeCloseTo(0, 9);
  });

  it("takes no more than is displayed; the rest waits for what is shown anew, not for the same units told again", () => {
    const bench = quoted([
      at(0, 99, 101, [5, 40]),
      at(2, 98, 101, [5, 40]),
      at(4, 99, 101, [5, 55]),
      at(6, 99, 102, [5, 30]),
      at(8, 99, 101, [5, 40]),
    ]);
    const order = bench.order(100);
    run(bench, 20);
    expect(bench.story(order)).toEqual(["40 at 101", "15 at 101", "30 at 102", "15 at 101"]);
  });

  it("shares what is displayed among all orders of the account, in their order", () => {
    const bench = quoted([at(0, 99, 101, [0, 50])]);
    const [a, b] = [bench.order(30), bench.order(30)];
    run(bench, 1);
    expect([bench.story(a), bench.story(b)]).toEqual([["30 at 101"], ["20 at 101"]]);
  });

  it("waits while nobody quotes on its side, outside of sessions, and through a halt until the next quote", () => {
    const halts = new Map([[0 as never, [{ from: BENCH_START + 4 * SECOND_US, to: BENCH_START + 8 * SECOND_US }]]]);
    const rows = [at(0, 99, undefined), at(3, 99, 101), at(6, 99, 100), at(9, 99, 102)];
    const bench = quoted(rows, { rules: { halts } });
    const [soon, late] = [bench.order(1, later(1)), bench.order(1, later(5))];
    run(bench, 60);
    expect([bench.story(soon), bench.story(late)]).toEqual([["1 at 101"], ["1 at 102"]]);
    const night = quoted([at(599, 99, 101), at(700, 99, 105), at(1201, 99, 103)]);
    const order = night.order(1, later(650));
    run(night, 1300);
    expect(night.story(order)).toEqual(["1 at 103"]);
  });

  it("waits where a quote is too old to be believed; what was taken of it has not come back behind the gap", () => {
    const rows = [at(0, 99, 101, [9, 40]), at(40, 99, 101, [9, 60]), at(41, 99, 105, [9, 60])];
    const bench = quoted(rows, { maxAge: 10 * SECOND_US });
    const [soon, late] = [bench.order(30, later(9)), bench.order(80, later(10))];
    const stop = bench.order(-1, { terms: { trigger: 99 }, ...later(12) });
    run(bench, 60);
    expect([bench.story(soon), bench.story(late)]).toEqual([["30 at 101"], ["30 at 101", "50 at 105"]]);
    expect(bench.fills(late).map((f) => (f.at - BENCH_START) / SECOND_US)).toEqual([40, 41]);
    expect(bench.fills(stop).map((f) => (f.at - BENCH_START) / SECOND_US)).toEqual([40]);
  });

  it("pays the worse side of a crossed quote, and the one price of a locked one", () => {
    const bench = quoted([at(0, 103, 101), at(5, 100, 100)]);
    const [buy, sell] = [bench.order(1), bench.order(-1)];
    run(bench, 1);
    const locked = bench.order(1, later(6));
    run(bench, 20);
    expect([bench.story(buy), bench.story(sell), bench.story(locked)]).toEqual([["1 at 103"], ["-1 at 101"], ["1 at 100"]]);
  });

  it("takes no more of a bar than the share of its trailing volume, and meets no bar", () => {
    const bench = quoted([at(0, 99, 101), at(62, 99, 103), at(65, 99, 104)], { costs: { participation: 0.1 } });
    const bar = { o: 50, h: 50, l: 50, c: 50, v: 200 };
    bench.play([bar]);
    const order = bench.order(30);
    bench.play([bar]);
    bench.play([bar]);
    expect(bench.story(order)).toEqual(["20 at 101", "10 at 104"]);
  });

  it("is filled by bars where the instrument has no quotes", () => {
    const bench = quoted([at(0, 99, 101)]);
    const order = bench.order(1, { instrument: 1 });
    bench.play([{ o: 50, h: 50, l: 50, c: 50, instrument: 1 }]);
    expect(bench.fills(order)[0]?.price).toBe(51);
  });

  it("on a grid coarser than the quotes is rounded against who trades", () => {
    const bench = quoted([at(0, 99.4, 100.2)]);
    const [buy, sell] = [bench.order(1), bench.order(-1)];
    run(bench, 1);
    expect([bench.story(buy), bench.story(sell)]).toEqual([["1 at 101"], ["-1 at 99"]]);
  });
});

describe("a limit order on quotes", () => {
  it("takes on arrival at the displayed price, and rests with what is left; a touch does not fill it, a cross does, at its limit", () => {
    const rows = [at(0, 99, 101, [9, 10]), at(2, 99, 103, [9, 90]), at(4, 99, 102, [9, 90]), at(6, 99, 100, [9, 25])];
    const bench = quoted(rows, { costs: { feeBps: 100, makerFeeBps: 0 } });
    const order = bench.order(50, { limit: 102 });
    run(bench, 20);
    expect(bench.story(order)).toEqual(["accepted", "10 at 101", "25 at 102"]);
    expect(bench.fills().map((f) => f.feeMicro > 0n)).toEqual([true, false]);
  });

  it("that rested before the first quote of the session gets its limit, not the lucky open", () => {
    const bench = quoted([at(1201, 90, 91)]);
    const order = bench.order(5, { limit: 100, ...later(700) });
    run(bench, 1300);
    expect(bench.story(order)).toEqual(["accepted", "5 at 100"]);
  });

  it("post-only is sent back when it would take, and provides otherwise", () => {
    const bench = quoted([at(0, 99, 101), at(5, 98, 99)]);
    const [takes, rests] = [101, 100].map((limit) => bench.order(1, { limit, terms: { postOnly: true } })) as [never, never];
    run(bench, 20);
    expect(bench.story(takes)).toEqual(["accepted", "cancelled: it would have taken liquidity"]);
    expect(bench.story(rests)).toEqual(["accepted", "1 at 100"]);
  });
});

describe("times in force on quotes", () => {
  it("fok is filled whole by what is displayed or not at all; ioc takes what is there", () => {
    const bench = quoted([at(0, 99, 101, [0, 10])]);
    const fok = bench.order(11, { terms: { timeInForce: "fok" } });
    run(bench, 1);
    const ioc = bench.order(11, { terms: { timeInForce: "ioc" }, ...later(2) });
    run(bench, 3);
    const none = bench.order(1, { limit: 105, terms: { timeInForce: "ioc" }, ...later(4) });
    run(bench, 9);
    expect(bench.story(fok)).toEqual(["accepted", "cancelled: it could not be filled whole"]);
    expect(bench.story(ioc)).toEqual(["accepted", "10 at 101", "cancelled: the rest was not there at once"]);
    expect(bench.story(none)).toEqual(["accepted", "cancelled: nothing is displayed"]);
  });

  it("at-open takes the first quote of the next session that shows its side, at-close the one that stands at the end, and day ends there", () => {
    const rows = [
      at(0, 99, 101),
      at(500, 97, 102),
      at(599, 96, 103),
      at(1201, 95, undefined),
      at(1202, 95, 104, [9, 9]),
      at(1203, 95, 100),
    ];
    const bench = quoted(rows);
    const opening = bench.order(20, { terms: { timeInForce: "at-open" }, ...later(30) });
    const closing = bench.order(-2, { terms: { timeInForce: "at-close" }, ...later(31) });
    const day = bench.order(3, { limit: 90, terms: { timeInForce: "day" }, ...later(32) });
    run(bench, 1300);
    expect(bench.story(opening)).toEqual(["accepted", "9 at 104", "expired: the auction is over"]);
    expect(bench.story(closing)).toEqual(["accepted", "-2 at 96"]);
    expect(bench.fills(closing)[0]?.at).toBe(DAY.closeAt - 1);
    expect(bench.story(day)).toEqual(["accepted", "expired: its time is over"]);
  });

  it("a stop is woken by the side that executes it, and trades there; a trail follows that side", () => {
    const bench = quoted([at(0, 99, 101), at(2, 97, 103), at(4, 105, 107), at(6, 102, 108), at(8, 101, 110)]);
    const stop = bench.order(-1, { terms: { trigger: 97 } });
    const far = bench.order(-1, { terms: { trigger: 96 } });
    const trail = bench.order(-1, { terms: { trail: 4 } });
    const buy = bench.order(1, { terms: { trigger: 103 } });
    run(bench, 20);
    expect(bench.story(stop)).toEqual(["accepted", "triggered", "-1 at 97"]);
    expect(bench.story(far)).toEqual(["accepted"]);
    expect(bench.story(trail)).toEqual(["accepted", "triggered", "-1 at 101"]);
    expect(bench.story(buy)).toEqual(["accepted", "triggered", "1 at 103"]);
  });

  it("a bracket protects from the moment of its parent's fill, and its exits share one size", () => {
    const bench = quoted([at(0, 99, 101), at(3, 103, 104), at(5, 99, 100), at(9, 96, 97)]);
    const parent = bench.order(10, later(1));
    const exit = { id: "g", kind: "bracket", parent: parent.id } as const;
    const profit = bench.order(-10, { limit: 110, terms: { reduceOnly: true, group: exit }, ...later(1) });
    const loss = bench.order(-10, { terms: { trigger: 97, reduceOnly: true, group: exit }, ...later(1) });
    run(bench, 20);
    expect(bench.story(parent)).toEqual(["10 at 101"]);
    expect(bench.story(loss)).toEqual(["accepted", "triggered", "-10 at 96"]);
    expect(bench.story(profit).at(-1)).toBe("cancelled: another of its group has filled");
  });

  it("what stood before a split is of another basis: orders wait for the next quote", () => {
    const bench = quoted([at(0, 99, 101), at(10, 49, 51)]);
    run(bench, 1);
    const now = (BENCH_START + 2 * SECOND_US) as Micros;
    bench.venue.reference({ kind: "split", at: now, seenAt: now, instrument: 0 as never, ratio: 2 });
    const order = bench.order(1, later(3));
    run(bench, 20);
    expect(bench.story(order)).toEqual(["1 at 51"]);
  });
});

it("goes no further than the next word that is heard: who answers a fill meets the quotes of his own time", () => {
  const bench = quoted([at(0, 99, 101), at(10, 99, 105)], { costs: { latencyUs: 2 * SECOND_US } });
  bench.order(1, later(0));
  bench.venue.advance(BENCH_START + 60 * SECOND_US);
  const heard = bench.venue.take();
  expect((heard?.seenAt ?? 0) - BENCH_START).toBe(4 * SECOND_US);
  const answer = bench.order(-1, { createdAt: heard?.seenAt as number });
  run(bench, 60);
  expect(bench.fills(answer)[0]?.at).toBe(BENCH_START + 6 * SECOND_US);
});
