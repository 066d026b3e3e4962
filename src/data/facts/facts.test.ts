// The parts of fact sets one by one: times, lags, tables, settling, as-of, options and cash flows.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InstrumentIx } from "#domain/instrument.js";
import { DAY_US, dayNumber, formatMicros, isoDateOrThrow, type Micros } from "#domain/time.js";
import { factsAsOf } from "./as-of.js";
import { blackScholes } from "./black-scholes.js";
import { FactRows } from "./fact-rows.js";
import { addLag, isBusinessDay, parseLag } from "./lag.js";
import { endOfDay, parseMoment } from "./moments.js";
import { type ChainDay, type OptionRow, summarizeDay } from "./option-day.js";
import { knownAt } from "./read-fred.js";
import { parseNumber, splitCsv } from "./read-table.js";
import { settleRows } from "./settle-rows.js";
import { mergeTold } from "./told.js";

const place = { file: "f", row: 1, text: "row" };
const day = (text: string): Micros => endOfDay(isoDateOrThrow(text));

describe("times", () => {
  it("a day is known at the midnight that ends it, a moment to the microsecond", () => {
    expect(formatMicros(parseMoment("2016-06-30") as Micros)).toBe("2016-07-01T00:00:00Z");
    expect(formatMicros(parseMoment("2016-06-30T16:00:00.25-04:00") as Micros)).toBe("2016-06-30T20:00:00.250000Z");
    expect(parseMoment("20160630")).toBe(parseMoment("6/30/2016"));
    for (const wrong of ["", "2016-02-30", "yesterday", "2016-06-30T25:00:00Z", "0001-01-01"]) expect(parseMoment(wrong)).toBeNull();
  });

  it("business days pass over weekends and federal holidays", () => {
    const known = (date: string): string => formatMicros(addLag(day(date), parseLag("1b"))).slice(0, 10);
    expect(known("2015-06-29")).toBe("2015-07-01"); // Monday's is known when Tuesday is over
    expect(known("2015-07-02")).toBe("2015-07-07"); // Friday the 3rd stands for the 4th
    expect(known("2015-10-09")).toBe("2015-10-14"); // Columbus Day: the exchange trades, the government does not
    for (const holiday of ["2015-01-01", "2015-11-11", "2015-11-26", "2021-12-31", "2020-12-25"])
      expect(isBusinessDay(dayNumber(isoDateOrThrow(holiday)))).toBe(false);
  });

  it("a lag is never negative and grows with its count", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40_000 }),
        fc.integer({ min: 0, max: 90 }),
        fc.constantFrom("d", "b", "h"),
        (from, count, unit) => {
          const at = (from * DAY_US) as Micros;
          const [once, more] = [addLag(at, parseLag(`${count}${unit}`)), addLag(at, parseLag(`${count + 1}${unit}`))];
          expect(once).toBeGreaterThanOrEqual(at);
          expect(more).toBeGreaterThan(once);
        },
      ),
    );
    for (const wrong of ["", "-1d", "1w", "d", "1.5d"]) expect(() => parseLag(wrong)).toThrow(/is no lag/);
  });

  it("a monthly value is known after its month, however short the lag", () => {
    const at = day("2015-01-31");
    expect(knownAt(isoDateOrThrow("2015-01-01"), at, parseLag("5d"))).toBe(at);
    expect(formatMicros(knownAt(isoDateOrThrow("2015-01-01"), at, parseLag("45d")))).toBe("2015-02-16T00:00:00Z");
  });
});

describe("tables", () => {
  it("fields may be quoted, with commas and doubled quotes in them", () => {
    expect(splitCsv('a, "b, ""c""" ,,1')).toEqual(["a", 'b, "c"', "", "1"]);
  });
  it("what is not told is null, what is no number is NaN", () => {
    expect([".", "", "NA", "NaN", undefined].map(parseNumber)).toEqual([null, null, null, null, null]);
    expect(parseNumber("1e3")).toBe(1000);
    for (const wrong of ["abc", "1,000", "0x10", "1_0", "Infinity"]) expect(parseNumber(wrong)).toBeNaN();
  });
});

describe("settling", () => {
  it("keeps restatements, drops repetitions, refuses two values for one moment and what is seen before it happened", () => {
    const rows = new FactRows();
    const at = day("2015-03-31");
    const later = (days: number): Micros => (at + days * DAY_US) as Micros;
    expect(rows.add(place, "eps", "A", at, (at - 1) as Micros, 1)).toBe(false);
    expect(rows.add(place, "eps", "A", at, later(1), Number.NaN)).toBe(false);
    rows.add(place, "eps", "A", at, later(30), 1);
    rows.add(place, "eps", "A", at, later(31), 1);
    rows.add(place, "eps", "A", at, later(90), 0.8);
    rows.add(place, "eps", "B", at, later(30), 2);
    rows.add(place, "eps", "B", at, later(30), 3);
    const facts = settleRows(rows, new Set());
    expect([...facts.value]).toEqual([1, 2, 0.8]);
    expect([facts.restated, facts.repeated]).toEqual([1, 1]);
    expect(Object.fromEntries(rows.quarantined)).toEqual({ "seen-before-it-happened": 1, "not-finite": 1, "two-values-at-one-moment": 1 });
    const known = (moment: number): unknown => factsAsOf(facts, moment as Micros).map(({ symbol, value }) => [symbol, value]);
    expect(known(later(29))).toEqual([]);
    expect(known(later(30))).toEqual([
      ["A", 1],
      ["B", 2],
    ]);
    expect(known(later(90))).toEqual([
      ["A", 0.8],
      ["B", 2],
    ]);
  });

  it("events of one moment are all kept", () => {
    const rows = new FactRows();
    for (const value of [5, 5, 7]) rows.add(place, "insider.bought", "A", day("2015-03-31"), day("2015-04-01"), value);
    expect([...settleRows(rows, new Set(["insider.bought"])).value]).toEqual([5, 5, 7]);
  });

  it("the order of the rows in the files changes nothing, as long as no moment has two values", () => {
    const row = fc.record({
      symbol: fc.constantFrom("A", "B", null),
      at: fc.integer({ min: 0, max: 3 }),
      late: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(row, { selector: (r) => JSON.stringify(r) }), fc.nat(), (list, turn) => {
        const settle = (order: typeof list) => {
          const rows = new FactRows();
          for (const { symbol, at, late } of order) rows.add(place, "f", symbol, at as Micros, (at + late) as Micros, (at * 7 + late) % 3);
          const { fields: _, ...facts } = settleRows(rows, new Set());
          return facts;
        };
        const k = list.length === 0 ? 0 : turn % list.length;
        expect(settle([...list.slice(k), ...list.slice(0, k)])).toEqual(settle(list));
      }),
    );
  });
});

describe("what a run is told", () => {
  it("merges references and sets by the moment of becoming known, references first", () => {
    const rows = new FactRows();
    for (const [seen, value] of [
      [1, 10],
      [5, 50],
      [5, 51],
    ] as const)
      rows.add(place, value === 51 ? "g" : "f", null, seen as Micros, seen as Micros, value);
    const table = settleRows(rows, new Set());
    const split = { kind: "split", at: 5 as Micros, seenAt: 5 as Micros, instrument: 0 as InstrumentIx, ratio: 2 } as const;
    const told = mergeTold([split], [table]);
    const events = Array.from({ length: told.length }, (_, i) => told.at(i));
    expect(events.map((event) => (event?.kind === "fact" ? event.value : event?.kind))).toEqual([10, "split", 50, 51]);
    expect(told.at(4)).toBeUndefined();
    expect(mergeTold([split], [])).toEqual([split]);
  });
});

describe("a day of options", () => {
  const row = (over: Partial<OptionRow>): OptionRow => ({
    days: 10,
    expiry: isoDateOrThrow("2015-01-15"),
    strike: 100,
    call: true,
    volume: 1,
    openInterest: null,
    iv: 0.2,
    delta: 0.5,
    close: null,
    ...over,
  });
  const chain = (...rows: OptionRow[]): ChainDay => ({ place, underlying: 100, rows });

  it("sums both sides, takes the strike at the money, and leaves out what the rows do not support", () => {
    const { values } = summarizeDay(
      chain(row({ volume: 3 }), row({ call: false, volume: 4, iv: 0.3, delta: -0.5 }), row({ days: 70, iv: 0.4 })),
    );
    expect(values.get("options.call_volume")).toBe(4);
    expect(values.get("options.put_volume")).toBe(4);
    expect(values.get("options.iv_atm_near")).toBeCloseTo(0.25);
    expect(values.get("options.iv_atm_far")).toBe(0.4);
    expect([values.get("options.days_near"), values.get("options.days_far")]).toEqual([10, 70]);
    expect(values.has("options.call_open_interest")).toBe(false);
    expect(values.has("options.iv_put_25")).toBe(false);
  });

  it("a volatility of 0, or one that contradicts the price, was not computed", () => {
    const { values, flags } = summarizeDay(chain(row({ iv: 0 }), row({ iv: 1.2, close: 2 }), row({ volume: 0, iv: 0 })));
    expect(values.has("options.iv_atm_near")).toBe(false);
    expect(flags).toEqual(expect.arrayContaining(["some-volatilities-not-computed", "some-volatilities-contradict-prices"]));
  });

  it("strikes that a split left behind are not at the money", () => {
    expect(summarizeDay({ ...chain(row({ strike: 700 })), underlying: 100 }).values.has("options.iv_atm_near")).toBe(false);
  });

  it("prices as Black and Scholes: 7.9656 at 100, 20 % and a year; parity holds", () => {
    expect(blackScholes(true, 100, 100, 0.2, 1)).toBeCloseTo(7.9656, 4);
    expect(blackScholes(true, 100, 90, 0.2, 1) - blackScholes(false, 100, 90, 0.2, 1)).toBeCloseTo(10, 9);
  });
});
