import { describe, expect, it } from "vitest";
import fc from "fast-check";
import type { Currency, Instrument, InstrumentId, InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import { type BarRow, toBarBatch } from "#domain/market.js";
import type { Order, OrderId, RiskDecision } from "#domain/order.js";
import { DAY_US, HOUR_US, type Micros, SECOND_US } from "#domain/time.js";
import type { Signals } from "#domain/signal.js";
import { approve } from "#risk/approve.js";
import { BUILDING_SESSIONS, type Expectation, distanceTo, limits, percentilesOf } from "#monitoring/expectation.js";
import { SessionWatch, type WatchFindings } from "#monitoring/session-watch.js";

const NAMES = 10;
const instruments = Array.from(
  { length: NAMES },
  (_, i): Instrument => ({
    id: `N${i}` as InstrumentId,
    venue: "XNYS",
    currency: "USD" as Currency,
    tickSize: 0.01,
    relativeTick: null,
    lotSize: 1,
    sector: null,
  }),
);
const expected: Expectation = {
  from: "2020-01-01",
  to: "2021-01-01",
  returns: Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 0.01 : -0.01)),
  baseline: [],
  cash: [],
  mostTurnover: 0.4,
  leastPositions: 8,
  mostPositions: 12,
  refusedShare: 0.01,
  predictions: Array.from({ length: 101 }, (_, k) => k / 100),
  mostShift: 0.2,
};
const openOf = (day: number): Micros => (day * DAY_US + 14 * HOUR_US) as Micros;
const closeOf = (day: number): Micros => (day * DAY_US + 21 * HOUR_US) as Micros;
const markOf = (day: number): Micros => (closeOf(day) + 300 * SECOND_US) as Micros;
const costs = { feeBps: 5, halfSpreadBps: 2, impactBps: 0, latencyUs: 0 };

function watchOf(from = 1): SessionWatch {
  return new SessionWatch({ instruments, costs, expected, rate: () => 1, from: openOf(from) });
}

const bar = (day: number, i: number): BarRow => ({
  instrument: i as InstrumentIx,
  openAt: openOf(day),
  at: closeOf(day),
  seenAt: closeOf(day),
  open: 100,
  high: 102,
  low: 99,
  close: 101,
  volume: 10_000,
});

function print(watch: SessionWatch, rows: readonly BarRow[], seenAt?: Micros): void {
  if (rows.length === 0) return;
  const batch = toBarBatch(rows);
  const at = rows[0]?.at as Micros;
  watch.event({ kind: "market", at, seenAt: seenAt ?? at, batch, start: 0, end: rows.length, nextRow: rows.length });
}
const all = (day: number, names = NAMES): BarRow[] => Array.from({ length: names }, (_, i) => bar(day, i));
const mark = (watch: SessionWatch, day: number, more = {}): WatchFindings =>
  watch.mark({ at: markOf(day), since: openOf(day), netReturn: 0.001, turnover: 0.1, positions: 10, ...more });
const kinds = ({ alerts }: WatchFindings): string[] => alerts.map(({ alert }) => alert);

const order = (id: string, day: number, lots: number): Order => ({
  id: id as OrderId,
  instrument: 3 as InstrumentIx,
  lots: lots as Lots,
  type: "market",
  limit: null,
  createdAt: markOf(day),
});
const approved = (id: string, day: number, lots = 10): RiskDecision => ({ verdict: "approve", order: approve(order(id, day, lots)) });
const refused = (id: string): RiskDecision => ({ verdict: "refuse", order: order(id, 1, 1), rule: "r", detail: "d" });

function fill(watch: SessionWatch, id: string, day: number, ticks: number, lots = 10): void {
  const at = openOf(day);
  const price = { price: ticks as Ticks, lots: lots as Lots, feeMicro: 500_000n };
  watch.event({ kind: "fill", at, seenAt: at, fillId: `f${id}`, order: id as OrderId, instrument: 3 as InstrumentIx, ...price });
}

describe("the watch over a session", () => {
  it("says nothing while everything is as it was", () => {
    const watch = watchOf();
    for (let day = 1; day < 30; day++) {
      watch.decision([approved(`o${day}`, day - 1)]);
      fill(watch, `o${day}`, day, 10_002);
      print(watch, all(day));
      expect(kinds(mark(watch, day)), `day ${day}`).toEqual([]);
    }
  });

  it("measures what a fill cost against the model, and says when its price is far away", () => {
    const watch = watchOf();
    watch.decision([approved("near", 0), approved("far", 0), approved("sale", 0, -10)]);
    fill(watch, "near", 1, 10_002);
    print(watch, all(1));
    const near = mark(watch, 1);
    expect(near.modelled).toBeCloseTo(10 * 0.02 + 10 * 100.02 * 0.0005, 9);
    expect(near.realised).toBeCloseTo(10 * 0.02 + 0.5, 9);
    // 0.25 % and twice the modelled 2 bps are allowed.
    fill(watch, "far", 2, 10_032);
    fill(watch, "sale", 2, 9_998, -10);
    print(watch, all(2));
    const far = mark(watch, 2);
    expect(kinds(far)).toEqual(["fill-price"]);
    expect(far.alerts[0]?.detail).toMatch(/N3/);
    expect(far.realised).toBeCloseTo(10 * 0.32 + 10 * 0.02 + 1, 9);
  });

  it("says when a fill happened though nothing was printed", () => {
    const watch = watchOf();
    watch.decision([approved("ghost", 0)]);
    fill(watch, "ghost", 1, 10_002);
    for (let day = 1; day < 5; day++)
      print(
        watch,
        all(day).filter(({ instrument }) => instrument !== 3),
      );
    const found = [1, 2, 3, 4, 5].flatMap((day) => kinds(mark(watch, day)));
    expect(found).toContain("fill-price");
  });

  it("says when many orders are refused or rejected, and not for a handful", () => {
    const few = watchOf();
    few.decision([refused("a"), refused("b")]);
    print(few, all(1));
    expect(kinds(mark(few, 1))).toEqual([]);
    const watch = watchOf();
    watch.decision([...Array.from({ length: 38 }, (_, i) => approved(`o${i}`, 0)), refused("a"), refused("b")]);
    print(watch, all(1));
    expect(kinds(mark(watch, 1))).toEqual([]); // five in a hundred
    watch.event({ kind: "order-rejected", at: openOf(2), seenAt: openOf(2), order: "o1" as OrderId, reason: "no" });
    print(watch, all(2));
    expect(kinds(mark(watch, 2))).toEqual(["refused-share"]);
  });

  it("says when turnover or positions leave the backtest's range, once the portfolio is built", () => {
    const watch = watchOf();
    for (let day = 1; day <= BUILDING_SESSIONS; day++) {
      print(watch, all(day));
      expect(kinds(mark(watch, day, { turnover: 2, positions: 1 }))).toEqual([]);
    }
    const later = (day: number, more: object): string[] => {
      print(watch, all(day));
      return kinds(mark(watch, day, more));
    };
    expect(later(11, { turnover: 0.4 * limits.turnoverTimes })).toEqual([]);
    expect(later(12, { turnover: 0.4 * limits.turnoverTimes + 0.001 })).toEqual(["turnover"]);
    expect(later(13, { positions: 6 })).toEqual([]);
    expect(later(14, { positions: 5 })).toEqual(["positions"]);
    expect(later(15, { positions: 15 })).toEqual([]);
    expect(later(16, { positions: 16 })).toEqual(["positions"]);
    // What stays as it is was said, also by who goes on with it; what leaves the range anew is news.
    expect(later(17, { positions: 16 })).toEqual([]);
    const other = watchOf();
    other.load(watch.save());
    print(other, all(18));
    expect(kinds(mark(other, 18, { positions: 16 }))).toEqual([]);
    print(other, all(19));
    expect(kinds(mark(other, 19, { positions: 0 }))).toEqual(["positions"]);
    expect(later(18, { positions: 15 })).toEqual([]);
    expect(later(19, { positions: 16 })).toEqual(["positions"]);
  });

  it("says when names fall silent, and when bars come late", () => {
    const watch = watchOf();
    print(watch, all(1));
    mark(watch, 1);
    print(watch, all(2, NAMES - 1));
    expect(mark(watch, 2)).toMatchObject({ silent: 1, alerts: [] });
    print(watch, all(3, NAMES - 3));
    const silent = mark(watch, 3);
    expect(silent.silent).toBe(2);
    expect(kinds(silent)).toEqual(["stale-feed"]);
    const quiet = watchOf();
    expect([1, 2, 3].flatMap((day) => kinds(mark(quiet, day)))).toEqual(["stale-feed", "stale-feed", "stale-feed"]);
    print(watch, all(4));
    print(watch, [{ ...bar(3, NAMES - 1), seenAt: markOf(3) }], (markOf(3) + 1) as Micros);
    expect(kinds(mark(watch, 4))).toEqual(["late-bars"]);
  });

  it("says when a day's return is far beyond the backtest's", () => {
    const watch = watchOf();
    print(watch, all(1));
    expect(kinds(mark(watch, 1, { netReturn: -0.0499 }))).toEqual([]);
    print(watch, all(2));
    expect(kinds(mark(watch, 2, { netReturn: -0.051 }))).toEqual(["pnl-jump"]);
  });

  it("says when predictions leave their law", () => {
    const watch = watchOf();
    const said = (values: readonly number[]): void =>
      watch.signals({ asOf: markOf(0), expectedReturn: Float64Array.from(values) } as Signals);
    said([0.1, 0.3, 0.5, 0.7, 0.9]);
    said([Number.NaN, Number.NaN]);
    print(watch, all(1));
    expect(kinds(mark(watch, 1))).toEqual([]);
    said([0.6, 0.7, 0.8, 0.9]);
    print(watch, all(2));
    expect(kinds(mark(watch, 2))).toEqual(["prediction-shift"]);
  });

  it("goes on from what it saved as if nothing had been", () => {
    const days = Array.from({ length: 12 }, (_, i) => i + 1);
    const one = (watch: SessionWatch, day: number): WatchFindings => {
      watch.decision([approved(`o${day}`, day - 1), ...(day % 3 === 0 ? [refused(`r${day}`)] : [])]);
      fill(watch, `o${day}`, day, day % 4 === 0 ? 10_090 : 10_002);
      print(watch, all(day, day % 5 === 0 ? 6 : NAMES));
      return mark(watch, day);
    };
    const straight = watchOf();
    const whole = days.map((day) => one(straight, day));
    let watch = watchOf();
    const parts = days.map((day) => {
      const next = watchOf();
      next.load(
        JSON.parse(JSON.stringify(watch.save(), (_, value: unknown) => (typeof value === "bigint" ? Number(value) : value))) as never,
      );
      watch = next;
      return one(watch, day);
    });
    expect(parts).toEqual(whole);
    expect(whole.flatMap(kinds).length).toBeGreaterThan(3);
  });
});

describe("the distance of predictions from their law", () => {
  it("is zero for the law itself, one for another place, and never outside [0, 1]", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 }), (values) => {
        const law = percentilesOf(values) as readonly number[];
        const own = distanceTo(law, values);
        expect(own).toBeGreaterThanOrEqual(0);
        // Percentiles of few values stand between them.
        expect(own).toBeLessThanOrEqual(1 / values.length + 0.011);
        expect(
          distanceTo(
            law,
            values.map((value) => value + 3),
          ),
        ).toBe(1);
      }),
      { numRuns: 100 },
    );
    expect(percentilesOf([Number.NaN])).toBeNull();
    expect(distanceTo([0, 1], [])).toBeNaN();
  });
});
