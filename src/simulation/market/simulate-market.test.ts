import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Delisting } from "#domain/corporate-action.js";
import type { BarBatch } from "#domain/market.js";
import { weekdays } from "#test/reference/market/weekdays.js";
import { type MarketSettings, type SimulatedMarket, simulateMarket } from "./simulate-market.js";

const plain = (over: Partial<MarketSettings> = {}): MarketSettings => ({
  seed: "unit",
  names: 12,
  sectors: 3,
  sessions: weekdays(300),
  oracleSharpe: 0,
  ...over,
});

const lines = (bars: BarBatch, market: SimulatedMarket, keep: (id: string) => boolean): string[] =>
  Array.from({ length: bars.length }, (_, r) => r)
    .filter((r) => keep(market.instruments[bars.instrument[r] as number]?.id ?? ""))
    .map((r) =>
      [
        market.instruments[bars.instrument[r] as number]?.id,
        bars.at[r],
        bars.open[r],
        bars.high[r],
        bars.low[r],
        bars.close[r],
        bars.volume[r],
      ].join(),
    );

describe("simulateMarket", () => {
  it("prints only possible bars, in order, on the tick, whatever is asked for", () => {
    const sessions = weekdays(120);
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.string(),
          names: fc.integer({ min: 1, max: 15 }),
          sectors: fc.integer({ min: 1, max: 11 }),
          count: fc.integer({ min: 1, max: 120 }),
          oracleSharpe: fc.constantFrom(0, 1, 3),
        }),
        ({ count, ...rest }) => {
          const market = simulateMarket({ ...rest, sessions: sessions.slice(0, count) });
          let before = { seenAt: -1, instrument: -1 };
          for (const batch of market.bars()) {
            expect(batch.length).toBeLessThanOrEqual(65_536);
            for (let r = 0; r < batch.length; r++) {
              const [o, h, l, c] = [batch.open[r], batch.high[r], batch.low[r], batch.close[r]] as [number, number, number, number];
              expect(l).toBeGreaterThan(0);
              expect(l <= o && l <= c && h >= o && h >= c).toBe(true);
              for (const price of [o, h, l, c]) expect(Math.round(price * 100) / 100).toBe(price);
              expect(Number.isInteger(batch.volume[r]) && (batch.volume[r] as number) >= 100).toBe(true);
              expect(batch.openAt[r] as number).toBeLessThan(batch.at[r] as number);
              expect(batch.seenAt[r] as number).toBeGreaterThanOrEqual(batch.at[r] as number);
              const now = { seenAt: batch.seenAt[r] as number, instrument: batch.instrument[r] as number };
              expect(now.seenAt > before.seenAt || (now.seenAt === before.seenAt && now.instrument > before.instrument)).toBe(true);
              before = now;
            }
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it("cuts batches at session ends and loses no row", () => {
    const market = simulateMarket(plain({ names: 200, sessions: weekdays(700) }));
    const batches = [...market.bars()];
    expect(batches.length).toBeGreaterThan(1);
    expect(batches.reduce((sum, batch) => sum + batch.length, 0)).toBe(market.allBars.length);
    for (let b = 1; b < batches.length; b++) {
      const last = batches[b - 1] as BarBatch;
      expect(last.seenAt[last.length - 1] as number).toBeLessThan(batches[b]?.seenAt[0] as number);
    }
  });

  it("gives the same market for the same seed and another for another", () => {
    const all = () => true;
    const [a, b, c] = [simulateMarket(plain()), simulateMarket(plain()), simulateMarket(plain({ seed: "other" }))];
    expect(lines(a.allBars, a, all)).toEqual(lines(b.allBars, b, all));
    expect(a.references).toEqual(b.references);
    expect(lines(a.allBars, a, all)).not.toEqual(lines(c.allBars, c, all));
  });

  it("only appends when the calendar grows, with an edge as well", () => {
    const long = simulateMarket(plain({ oracleSharpe: 2, names: 40 }));
    const short = simulateMarket(plain({ oracleSharpe: 2, names: 40, sessions: weekdays(200) }));
    const all = () => true;
    expect(lines(long.allBars, long, all).slice(0, short.allBars.length)).toEqual(lines(short.allBars, short, all));
    const end = short.settings.sessions[199]?.openAt as number;
    expect(long.references.filter((event) => event.at <= end)).toEqual(short.references);
  });

  it("keeps every company's path when more names are asked for and nothing is planted", () => {
    const [small, large] = [simulateMarket(plain()), simulateMarket(plain({ names: 30 }))];
    const known = new Set<string>(small.instruments.map((one) => one.id).filter((id) => id !== "SIM_INDEX"));
    expect(lines(large.allBars, large, (id) => known.has(id)).sort()).toEqual(lines(small.allBars, small, (id) => known.has(id)).sort());
  });

  it("stops printing a delisted name, tells the return at the next opening, and lists a successor later", () => {
    const market = simulateMarket(plain({ names: 60, sessions: weekdays(2000) }));
    const delistings = market.references.filter((event): event is Delisting => event.kind === "delisting");
    expect(delistings.length).toBeGreaterThan(3);
    const last = new Map<number, number>();
    const first = new Map<number, number>();
    for (let r = 0; r < market.allBars.length; r++) {
      const ix = market.allBars.instrument[r] as number;
      if (!first.has(ix)) first.set(ix, market.allBars.at[r] as number);
      last.set(ix, market.allBars.at[r] as number);
    }
    for (const event of delistings) {
      const end = market.settings.sessions.findIndex((session) => session.closeAt === last.get(event.instrument));
      expect(event.at).toBe(market.settings.sessions[end + 1]?.openAt);
      expect(event.finalReturn).toBeGreaterThanOrEqual(-1);
    }
    const successors = market.instruments.map((one, ix) => ({ id: one.id as string, ix })).filter(({ id }) => /_\d+_\d+$/.test(id));
    expect(successors.length).toBeGreaterThan(2);
    for (const { ix } of successors) expect(first.get(ix) as number).toBeGreaterThan(market.settings.sessions[0]?.closeAt as number);
    const printing = new Set(last.keys());
    expect(market.instruments.every((_, ix) => printing.has(ix))).toBe(true);
  });

  it("gives back the truth's total return from raw closes, splits, and dividends", () => {
    const market = simulateMarket(plain({ names: 40, sessions: weekdays(1500) }));
    const kinds = new Set(market.references.map((event) => event.kind));
    expect(kinds).toEqual(new Set(["split", "dividend", "delisting"]));
    const before = new Map<number, number>();
    const level = new Map<number, number>();
    let next = 0;
    for (let r = 0; r < market.allBars.length; r++) {
      const ix = market.allBars.instrument[r] as number;
      while (next < market.references.length && (market.references[next]?.at as number) <= (market.allBars.openAt[r] as number)) {
        const event = market.references[next++];
        if (event?.kind === "split") before.set(event.instrument, (before.get(event.instrument) as number) / event.ratio);
        if (event?.kind === "dividend") before.set(event.instrument, -event.amount + (before.get(event.instrument) as number));
      }
      if (ix === 0) continue;
      // A dividend is taken off the previous close here and added to the close there: the same to first order.
      const close = market.allBars.close[r] as number;
      level.set(ix, before.has(ix) ? ((level.get(ix) as number) * close) / (before.get(ix) as number) : 1);
      before.set(ix, close);
    }
    for (const [ix, value] of level) {
      const truth = [...(market.truth.totalReturnIndex[ix] as Float64Array)].findLast((v) => !Number.isNaN(v)) as number;
      expect(Math.abs(value / truth - 1)).toBeLessThan(0.01);
    }
  });

  it("consolidates shares before a tick becomes a large part of the price", () => {
    const market = simulateMarket(plain({ names: 100, sessions: weekdays(2000) }));
    const closes = [...market.allBars.close];
    expect(closes.filter((close) => close < 5).length / closes.length).toBeLessThan(2e-4);
    expect(market.references.some((event) => event.kind === "split" && event.ratio < 1)).toBe(true);
    expect(market.references.some((event) => event.kind === "split" && event.ratio > 1)).toBe(true);
  });

  it.each([
    ["no session", { sessions: [] }],
    ["sessions backwards", { sessions: weekdays(3).reverse() }],
    ["no names", { names: 0 }],
    ["twelve sectors", { sectors: 12 }],
    ["a negative Sharpe ratio", { oracleSharpe: -1 }],
    ["a Sharpe ratio that is no number", { oracleSharpe: Number.NaN }],
  ])("refuses %s", (_, over) => {
    expect(() => simulateMarket(plain(over))).toThrowError(expect.objectContaining({ code: "bad-config" }));
  });
});
