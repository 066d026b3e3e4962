// Each kind of order at the simulated venue, on bars whose prices and sizes are worked out by hand. A buyer meets open, high, low, close; a seller
// open, low, high, close. Without costs a taker pays one tick more than the print, and gets one less: half a tick of spread, on the grid.
import { describe, expect, it } from "vitest";
import type { IsoDate, Micros } from "#domain/time.js";
import { HOUR_US, MINUTE_US, SECOND_US } from "#domain/time.js";
import type { Session } from "#domain/session.js";
import { type BenchBar, type BenchOptions, SHARE, VenueBench } from "#test/fixtures/venue-bench.js";
import type { InstrumentId, InstrumentIx } from "#domain/instrument.js";

const bar = (o: number, h: number, l: number, c: number, v?: number): BenchBar => ({ o, h, l, c, ...(v === undefined ? {} : { v }) });
const STILL = bar(1000, 1000, 1000, 1000);

/** A bench that holds so many lots. */
function holding(lots: number, options: BenchOptions = {}): VenueBench {
  const bench = new VenueBench(options);
  bench.order(lots);
  bench.play([bar(1000, 1000, 1000, 1000, 100_000)]);
  bench.heard.length = 0;
  return bench;
}

describe("a stop", () => {
  it("sleeps until a print reaches it, and then takes at its trigger and what taking costs", () => {
    const bench = holding(100);
    const stop = bench.order(-100, { terms: { trigger: 950 } });
    bench.play([bar(1000, 1010, 951, 990)]);
    expect(bench.story(stop)).toEqual(["accepted"]);
    bench.play([bar(990, 995, 900, 980)]);
    expect(bench.story(stop)).toEqual(["accepted", "triggered", "-100 at 949"]);
    expect(bench.fills(stop)[0]?.at).toBe(bench.now - MINUTE_US + 20 * SECOND_US);
  });

  it("is met where a gap ends, not where it would have liked", () => {
    const bench = holding(100);
    const stop = bench.order(-100, { terms: { trigger: 950 } });
    bench.play([STILL]);
    bench.play([bar(900, 1000, 890, 980)]);
    expect(bench.fills(stop).map((f) => f.price)).toEqual([899]);
  });

  it("to buy mirrors that", () => {
    const bench = holding(-100);
    const stop = bench.order(100, { terms: { trigger: 1050 } });
    bench.play([bar(1000, 1060, 900, 1000)]);
    expect(bench.fills(stop).map((f) => f.price)).toEqual([1051]);
  });

  it("beyond its trigger on arrival takes at once", () => {
    const bench = holding(100);
    const stop = bench.order(-100, { terms: { trigger: 1005 }, createdAt: bench.now + 5 * SECOND_US });
    bench.play([bar(1000, 1010, 990, 1000)]);
    expect(bench.fills(stop).map((f) => [f.at - bench.now + MINUTE_US, f.price])).toEqual([[5 * SECOND_US, 999]]);
  });

  it("with a limit is not filled beyond it, rests, and is filled when the market comes back through it", () => {
    const bench = holding(100);
    const near = bench.order(-50, { limit: 945, terms: { trigger: 950 } });
    const gapped = bench.order(-50, { limit: 960, terms: { trigger: 970 } });
    bench.play([bar(940, 944, 930, 940)]);
    expect([bench.story(near), bench.story(gapped)]).toEqual([
      ["accepted", "triggered"],
      ["accepted", "triggered"],
    ]);
    bench.play([bar(941, 960, 940, 955)]);
    expect([bench.fills(near)[0]?.price, bench.fills(gapped)[0]?.price]).toEqual([945, undefined]);
    bench.play([bar(955, 961, 950, 955)]);
    expect(bench.fills(gapped)[0]?.price).toBe(960);
  });

  it("that trails follows the market in its favor only, through bars and within one", () => {
    const bench = holding(100);
    const stop = bench.order(-100, { terms: { trail: 50 } });
    bench.play([bar(1000, 1020, 980, 1010)]); // best 1020
    bench.play([bar(1010, 1100, 971, 1060)]); // the low is no 970; then best 1100, and 1060 is above 1050
    expect(bench.story(stop)).toEqual(["accepted"]);
    bench.play([bar(1060, 1065, 1055, 1060)]);
    bench.play([bar(1060, 1070, 1040, 1060)]);
    expect(bench.story(stop)).toEqual(["accepted", "triggered", "-100 at 1049"]);
  });

  it("that trails and is turned by the close of the bar of its best price", () => {
    const bench = holding(-100);
    const stop = bench.order(100, { terms: { trail: 30 } });
    bench.play([bar(1000, 1029, 900, 940)]); // best 900: 930 is passed on the way to the close
    expect(bench.story(stop)).toEqual(["accepted", "triggered", "100 at 931"]);
  });

  it("keeps its distance through a split", () => {
    const bench = holding(100);
    const trailing = bench.order(-50, { terms: { trail: 51 } });
    const fixed = bench.order(-50, { terms: { trigger: 901 } });
    bench.play([STILL]);
    const at = bench.now as Micros;
    bench.venue.reference({ kind: "split", at, seenAt: at, instrument: 0 as InstrumentIx, ratio: 2 });
    bench.play([bar(500, 500, 475, 490)]); // 500 - 26 is not reached
    expect([bench.story(trailing), bench.story(fixed)]).toEqual([["accepted"], ["accepted"]]);
    bench.play([bar(490, 490, 450, 490)]);
    expect([bench.story(trailing).at(-1), bench.story(fixed).at(-1)]).toEqual(["-100 at 473", "-100 at 449"]);
  });
});

describe("a time in force", () => {
  const limited = { costs: { participation: 0.1 } };

  it("of a moment fills what is there at once, and the rest is cancelled; or whole, or not at all", () => {
    const bench = new VenueBench(limited);
    bench.play([bar(1000, 1000, 1000, 1000, 1000)]);
    const ioc = bench.order(150, { terms: { timeInForce: "ioc" } });
    bench.play([bar(1000, 1000, 1000, 1000, 1000)]);
    const fok = bench.order(150, { terms: { timeInForce: "fok" } });
    bench.play([bar(1000, 1000, 1000, 1000, 1000)]);
    const whole = bench.order(100, { terms: { timeInForce: "fok" } });
    bench.play([bar(1000, 1000, 1000, 1000, 1000)]);
    const far = bench.order(100, { limit: 990, terms: { timeInForce: "ioc" } });
    bench.play([bar(1000, 1000, 900, 1000, 1000)]);
    expect(bench.story(ioc)).toEqual(["accepted", "100 at 1001", "cancelled: the rest was not there at once"]);
    expect(bench.story(fok)).toEqual(["accepted", "cancelled: it could not be filled whole"]);
    expect(bench.story(whole)).toEqual(["accepted", "100 at 1001"]);
    expect(bench.story(far)).toEqual(["accepted", "cancelled: nothing to take at its limit"]);
  });

  const hour = (n: number): Session => ({
    date: "2020-01-01" as IsoDate,
    openAt: (n * HOUR_US) as Micros,
    closeAt: (n * HOUR_US + 3 * MINUTE_US) as Micros,
    early: false,
  });

  /** Two sessions of three one-minute bars each, an hour apart. */
  function twoSessions(): { bench: VenueBench; session: (bars: readonly BenchBar[]) => void } {
    const bench = new VenueBench({ rules: { sessions: [hour(1), hour(2)] } });
    return {
      bench,
      session(bars) {
        for (const each of bars) bench.play([each]);
        bench.now += HOUR_US - bars.length * MINUTE_US;
        bench.venue.advance(bench.now);
      },
    };
  }

  it("of a day ends with the session, or with the one that comes", () => {
    const { bench, session } = twoSessions();
    const day = bench.order(10, { limit: 900, terms: { timeInForce: "day" } });
    const gtc = bench.order(10, { limit: 900 });
    session([STILL, STILL, bar(1000, 1000, 901, 1000)]);
    session([bar(1000, 1000, 800, 1000), STILL, STILL]);
    expect(bench.story(day)).toEqual(["accepted", "expired: its time is over"]);
    expect(bench.heard.find((e) => e.kind === "order-expired")?.at).toBe(hour(1).closeAt);
    expect(bench.story(gtc)).toEqual(["accepted", "10 at 900"]);
  });

  it("of an auction trades in that print alone", () => {
    const { bench, session } = twoSessions();
    const open = bench.order(10, { terms: { timeInForce: "at-open" }, createdAt: bench.now + SECOND_US });
    const close = bench.order(20, { terms: { timeInForce: "at-close" } });
    const dear = bench.order(20, { limit: 1011, terms: { timeInForce: "at-close" } });
    session([STILL, STILL, bar(1000, 1000, 1000, 1020)]);
    expect(bench.story(open)).toEqual(["accepted"]); // it came too late for this session's
    expect(bench.story(close)).toEqual(["accepted", "20 at 1021"]);
    expect(bench.fills(close)[0]?.at).toBe(hour(1).closeAt - 1);
    expect(bench.story(dear)).toEqual(["accepted", "expired: the auction was beyond its limit"]);
    session([bar(1030, 1030, 1030, 1030), STILL, STILL]);
    expect(bench.fills(open).map((f) => [f.at, f.price])).toEqual([[hour(2).openAt, 1031]]);
  });

  it("without sessions ends with the bar, which is one", () => {
    const bench = new VenueBench();
    const day = bench.order(10, { limit: 900, terms: { timeInForce: "day" } });
    const close = bench.order(10, { terms: { timeInForce: "at-close" } });
    bench.play([bar(1000, 1100, 950, 1050)]);
    bench.play([bar(1000, 1100, 850, 1050)]);
    expect(bench.story(day)).toEqual(["accepted", "expired: its time is over"]);
    expect(bench.story(close)).toEqual(["accepted", "10 at 1051"]);
  });
});

describe("an order that must not", () => {
  it("take is cancelled where it would, and pays the maker's fee where it waits", () => {
    const bench = new VenueBench({ costs: { feeBps: 10, makerFeeBps: -2 } });
    const arrives = { createdAt: bench.now + SECOND_US };
    const crossing = bench.order(100, { limit: 1001, terms: { postOnly: true }, ...arrives });
    const waiting = bench.order(100, { limit: 1000, terms: { postOnly: true }, ...arrives });
    bench.play([bar(1000, 1005, 990, 1000)]);
    expect(bench.story(crossing)).toEqual(["accepted", "cancelled: it would have taken liquidity"]);
    expect(bench.story(waiting)).toEqual(["accepted", "100 at 1000"]);
    expect(bench.fills(waiting)[0]?.feeMicro).toBe(-200_000n); // 2 bps of 1000.00
  });

  it("enlarge is cut to what is held, and goes when nothing is", () => {
    const bench = holding(60);
    const exit = bench.order(-100, { terms: { reduceOnly: true } });
    bench.play([STILL]);
    expect(bench.story(exit)).toEqual(["accepted", "-60 at 999", "cancelled: nothing is left to reduce"]);
    const late = bench.order(-10, { terms: { reduceOnly: true } });
    bench.play([STILL]);
    expect(bench.story(late)).toEqual(["accepted", "rejected: nothing is left to reduce"]);
  });
});

describe("orders that know of one another", () => {
  it("of an OCO: what one fills the others lack, until one lacks all", () => {
    const bench = new VenueBench({ costs: { participation: 0.4 } });
    bench.play([bar(1000, 1000, 1000, 1000, 1000)]);
    bench.order(100);
    bench.play([bar(1000, 1000, 1000, 1000, 100)]);
    const group = { id: "g", kind: "oco" } as const;
    const target = bench.order(-100, { limit: 1050, terms: { reduceOnly: true, group } });
    const stop = bench.order(-100, { terms: { trigger: 950, reduceOnly: true, group } });
    bench.play([bar(1000, 1060, 1000, 1000, 30)]);
    expect(bench.story(target)).toEqual(["accepted", "-30 at 1050"]);
    expect(bench.story(stop)).toEqual(["accepted"]);
    bench.play([bar(1000, 1000, 900, 900, 1000)]);
    expect(bench.story(stop).slice(1)).toEqual(["triggered", "-70 at 949"]);
    expect(bench.story(target).at(-1)).toBe("cancelled: another of its group has filled");
    expect(bench.venue.holdings.lots[0]).toBe(0);
  });

  it("of an OCO: a fill of one that is whole cancels the others", () => {
    const bench = holding(100);
    const group = { id: "g", kind: "oco" } as const;
    const target = bench.order(-100, { limit: 1100, terms: { group } });
    const stop = bench.order(-100, { terms: { trigger: 950, group } });
    bench.play([bar(1000, 1200, 900, 1000)]); // both were reached: a seller meets the low first
    expect(bench.story(stop)).toEqual(["accepted", "triggered", "-100 at 949"]);
    expect(bench.story(target)).toEqual(["accepted", "cancelled: another of its group has filled"]);
  });

  it("of an OCO: one that arrives behind a fill of another lacks that, too, or all", () => {
    const bench = holding(100);
    const group = { id: "g", kind: "oco" } as const;
    const target = bench.order(-30, { limit: 1050, terms: { group } });
    bench.play([bar(1000, 1060, 1000, 1000)]);
    const stop = bench.order(-100, { terms: { trigger: 950, group } });
    bench.venue.load(bench.venue.save());
    bench.play([bar(1000, 1000, 900, 900)]);
    const none = bench.order(-100, { limit: 900, terms: { group } });
    bench.play([STILL]);
    expect([bench.story(target).at(-1), bench.story(stop).at(-1), bench.story(none)]).toEqual([
      "-30 at 1050",
      "-70 at 949",
      ["cancelled: another of its group has filled"],
    ]);
  });

  it("of a bracket: sleep until the parent fills, protect what it filled, and take its rest with them", async () => {
    const bench = new VenueBench({ costs: { participation: 0.4 } });
    bench.play([bar(1000, 1000, 1000, 1000, 100)]);
    const parent = bench.order(100, { limit: 1001 });
    const group = { id: "g", kind: "bracket", parent: parent.id } as const;
    const target = bench.order(-100, { limit: 1050, terms: { reduceOnly: true, group } });
    const stop = bench.order(-100, { terms: { trigger: 950, reduceOnly: true, group } });
    bench.play([bar(1000, 1040, 1000, 1040, 100)]);
    expect([bench.story(parent), bench.story(target), bench.story(stop)]).toEqual([
      ["accepted", "40 at 1001"],
      ["accepted", "triggered"],
      ["accepted"],
    ]);
    bench.play([bar(1040, 1060, 1040, 1060, 100)]);
    expect(bench.story(target).slice(2)).toEqual(["-40 at 1050", "cancelled: its parent has not filled more"]);
    expect(bench.story(stop).at(-1)).toBe("cancelled: another of its group has filled");
    expect(bench.story(parent).at(-1)).toBe("cancelled: its exit has filled");
    expect(bench.venue.holdings.lots[0]).toBe(0);
    expect((await bench.venue.snapshot()).open).toEqual([]);
  });

  it("of a bracket: go with a parent that ends without a fill, and never come without one", () => {
    const bench = new VenueBench();
    const parent = bench.order(100, { limit: 900 });
    const child = bench.order(-100, { limit: 1000, terms: { reduceOnly: true, group: { id: "g", kind: "bracket", parent: parent.id } } });
    bench.venue.cancel(parent.id);
    bench.play([STILL]);
    expect(bench.story(child)).toEqual(["accepted", "cancelled: its parent is gone"]);
    const orphan = bench.order(-100, { limit: 1000, terms: { reduceOnly: true, group: { id: "h", kind: "bracket", parent: parent.id } } });
    bench.play([STILL]);
    expect(bench.story(orphan)).toEqual(["rejected: its parent does not work"]);
  });
});

describe("rules of the market", () => {
  const i = 0 as InstrumentIx;

  it("nothing trades while an instrument is halted, and stops are met where it goes on", () => {
    const from = 60 * MINUTE_US;
    const bench = holding(100, {
      rules: { halts: new Map([[i, [{ from: from + MINUTE_US, to: from + 2 * MINUTE_US + 30 * SECOND_US }]]]) },
    });
    const market = bench.order(10);
    const stop = bench.order(-100, { terms: { trigger: 900 } });
    bench.play([bar(1000, 1000, 800, 1000)]);
    expect(bench.fills()).toEqual([]);
    bench.play([bar(850, 860, 840, 855)]); // it goes on at the half: the last print is the worse leg, for each
    expect([bench.fills(market)[0]?.price, bench.fills(stop)[0]?.price]).toEqual([861, 839]);
    expect(new Set(bench.fills().map((f) => f.at))).toEqual(new Set([from + 2 * MINUTE_US + 30 * SECOND_US]));
    expect(bench.venue.haltedOrders).toBe(2); // each once, however many bars the halt takes
  });

  it("a recalled short pays the fee of its day, grows no further, and nobody is bought in", () => {
    const from = 60 * MINUTE_US;
    const day = 24 * HOUR_US;
    const terms = [
      { from: 0, lots: Number.POSITIVE_INFINITY, feeBps: 365 },
      { from: from + day / 2, lots: 0, feeBps: 3 * 365 },
    ];
    const bench = new VenueBench({ rules: { borrow: new Map([[i, terms]]) } });
    bench.order(-100);
    bench.play([STILL]);
    bench.venue.accrue(from as Micros);
    bench.venue.accrue((from + day) as Micros);
    // 0.01 % a day for a half, 0.03 % for the other, of 1,000.00.
    expect(bench.venue.holdings.ledger.totals().get(bench.venue.holdings.base)?.borrow).toBe(-200_000n);
    expect(bench.venue.holdings.lots[0]).toBe(-100);
    bench.now = from + day;
    const more = bench.order(-1);
    const cover = bench.order(30);
    bench.play([STILL]);
    expect(bench.story(more)).toEqual(["rejected: no more can be borrowed"]);
    expect(bench.story(cover)).toEqual(["30 at 1001"]);
  });

  it("all that is funded at one moment is, by its own rate or by the one for all, and none twice after a restart", () => {
    const at = 60 * MINUTE_US + 90 * SECOND_US;
    const two = [SHARE, { ...SHARE, id: "T" as InstrumentId }];
    for (const rules of [
      {
        funding: [
          { instrument: i, at, rate: 0.001 },
          { instrument: 1 as InstrumentIx, at, rate: -0.002 },
        ],
      },
      { funding: [{ instrument: null, at, rate: 0.001 }] },
    ]) {
      const bench = new VenueBench({ instruments: two, rules });
      bench.order(10);
      bench.order(-10, { instrument: 1 });
      const both = (): BenchBar[] => [STILL, { ...STILL, instrument: 1 }];
      bench.play(both());
      for (let bars = 0; bars < 2; bars++) {
        const next = new VenueBench({ instruments: two, rules });
        next.venue.load(bench.venue.save());
        bench.replaceVenue(next);
        bench.play(both());
      }
      const paid = bench.heard.flatMap((e) => (e.kind === "cash" ? [e.amountMicro] : []));
      expect(paid).toEqual(rules.funding.length === 2 ? [-100_000n, -200_000n] : [-100_000n, 100_000n]);
    }
  });

  it("no more is sold short than can be borrowed, at the instrument's own fee", () => {
    const bench = holding(50, { rules: { borrow: new Map([[i, [{ from: 0, lots: 30, feeBps: 3650 }]]]) } });
    const sale = bench.order(-100);
    bench.play([STILL]);
    expect(bench.story(sale)).toEqual(["-80 at 999", "cancelled: no more can be borrowed"]);
    bench.venue.accrue(bench.now as Micros);
    bench.venue.accrue((bench.now + 24 * HOUR_US) as Micros);
    expect(bench.venue.holdings.ledger.totals().get(bench.venue.holdings.base)?.borrow).toBe(-300_000n); // 0.1 % of 300.00
  });

  it("funding is paid by the long to the short, at its moment, between the fills", () => {
    const at = 60 * MINUTE_US + 90 * SECOND_US;
    const bench = holding(50, { rules: { funding: [{ instrument: i, at, rate: 0.001 }] } });
    bench.order(-100, { createdAt: at + 1 });
    bench.play([STILL]);
    const cash = bench.heard.filter((e) => e.kind === "cash");
    expect(cash.map((e) => [e.at, e.reason, e.amountMicro])).toEqual([[at, "funding", -500_000n]]); // 0.1 % of 500.00
    bench.play([STILL]);
    expect(bench.heard.filter((e) => e.kind === "cash").length).toBe(1);
  });

  it("nothing is funded past the end of what is told", () => {
    const bench = holding(50, { rules: { funding: [{ instrument: i, at: 60 * MINUTE_US + 24 * HOUR_US, rate: 0.001 }] } });
    bench.run(Number.POSITIVE_INFINITY);
    expect(bench.heard.filter((e) => e.kind === "cash")).toEqual([]);
    expect(bench.venue.save().funded).toBe(0);
  });

  it("what is no order is rejected with what is wrong", () => {
    const bench = new VenueBench();
    const orders = [
      bench.order(10, { type: "limit" }),
      bench.order(10, { type: "stop-limit", limit: 5 }),
      bench.order(10, { terms: { postOnly: true } }),
      bench.order(10, { terms: { trail: 0 } }),
    ];
    bench.play([STILL]);
    expect(orders.map((order) => bench.story(order))).toEqual([
      ["rejected: a limit order has no limit"],
      ["rejected: a stop-limit order has no trigger"],
      ["rejected: a market order cannot be post-only"],
      ["rejected: a trail of 0 ticks is no distance"],
    ]);
  });
});
