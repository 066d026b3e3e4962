// Readers of CSV, engine events, inferred delistings and adjustment as of a moment. Laws are property tests over random histories.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import type { Instrument, InstrumentIx } from "#domain/instrument.js";
import { type BarBatch, barRow, toBarBatch } from "#domain/market.js";
import { DAY_US, dateOfDayNumber, dayNumber, formatMicros, isoDateOrThrow as day, type Micros } from "#domain/time.js";
import { calendarByName } from "../calendar/calendar.js";
import { simpleRatio } from "./action-row.js";
import { readActionsCsv } from "./actions-csv.js";
import { adjustAsOf } from "./adjust.js";
import { inferDelistings, PERFORMANCE_DELISTING_RETURN } from "./infer-delistings.js";
import { actionTime, toReferenceEvents } from "./reference-events.js";
import { sharedData } from "#test/needs.js";

const nyse = calendarByName("XNYS");
const instruments = ["AAPL", "IBM"].map((id) => ({ id }) as unknown as Instrument);

describe("a CSV of actions", () => {
  it("gives splits, dividends and final returns, several from one line", () => {
    const lines = ["2014-06-09,AAPL,7,,", "2014-08-07,AAPL,1,0.47,", "2015-01-02,IBM,0.1,1.5,", "2016-01-04,ZQK,,,-1"];
    const text = `ex_date,symbol,split_ratio,dividend,final_return\n${lines.join("\n")}\n`;
    expect(readActionsCsv(text)).toEqual({
      problems: [],
      actions: [
        { kind: "split", exDate: "2014-06-09", symbol: "AAPL", ratio: 7 },
        { kind: "dividend", exDate: "2014-08-07", symbol: "AAPL", amount: 0.47 },
        { kind: "dividend", exDate: "2015-01-02", symbol: "IBM", amount: 1.5 },
        { kind: "split", exDate: "2015-01-02", symbol: "IBM", ratio: 0.1 },
        { kind: "delisting", exDate: "2016-01-04", symbol: "ZQK", finalReturn: -1 },
      ],
    });
  });

  it("turns inferred factors into simple ratios and amounts", () => {
    const header = "ex_date,symbol,factor,prev_date,prev_close_raw,prev_adj_close,kind_guess\n";
    const { actions, problems } = readActionsCsv(
      `${header}2015-03-30,GIL,0.499916,2015-03-27,59.73,29.86,split\r\n2015-04-21,GEVO,15.000000,2015-04-20,0.17,2.55,split
2015-05-13,BAM,0.666667,2015-05-12,54.45,36.30,split\n2015-04-27,WIN,0.327141,2015-04-24,7.83001,2.56152,split
2015-03-23,BRG,0.992453,2015-03-20,13.25,13.15,dividend_or_small\n2015-03-24,X,1.000000,2015-03-23,1,1,dividend_or_small\n`,
    );
    expect(problems).toEqual([]);
    expect(actions.map((a) => [a.symbol, a.kind, a.kind === "split" ? a.ratio : a.kind === "dividend" ? a.amount : a.finalReturn])).toEqual(
      [
        ["GIL", "split", 2],
        ["GEVO", "split", 1 / 15],
        ["BAM", "split", 1.5],
        ["WIN", "split", 1 / 0.327141], // a reverse split and a spin-off in one: no simple ratio
        ["BRG", "dividend", 0.1],
      ],
    );
  });

  it("reports each bad line and reads the rest", () => {
    const lines = [
      "2014-13-09,AAPL,7,",
      "2014-06-09,,7,",
      "2014-06-09,AAPL,-7,",
      "2014-06-09,AAPL,,abc",
      "2014-06-09,AAPL,,",
      "2014-06-09,AAPL",
      "2014-06-09,AAPL,2,",
    ];
    const { actions, problems } = readActionsCsv(`ex_date,symbol,split_ratio,dividend\n${lines.join("\n")}`);
    expect(actions).toHaveLength(1);
    expect(problems.map((p) => p.slice(0, 6))).toEqual([2, 3, 4, 5, 6, 7].map((n) => `Line ${n}`));
    expect(readActionsCsv("date,close\n2014-01-01,5\n").problems[0]).toMatch(/^The header "date,close" is not that of an actions file/);
    expect(readActionsCsv("").problems).toHaveLength(1);
  });

  const shared = sharedData();
  it.skipIf(shared === null)("reads the inferred actions of the whole US set without a problem", () => {
    const { actions, problems } = readActionsCsv(
      gunzipSync(readFileSync(`${shared}us_all_daily_2015_2017/corporate_actions_inferred.csv.gz`)).toString("utf8"),
    );
    expect(problems).toEqual([]);
    expect(actions.filter((a) => a.kind === "split")).toHaveLength(83); // 81 guessed as such, and two factors just above 1
    expect(actions.filter((a) => a.kind === "dividend")).toHaveLength(10_842);
    expect(actions.find((a) => a.symbol === "NFLX")).toMatchObject({ kind: "split", ratio: 7 });
  });
});

describe("a simple ratio", () => {
  it("is the fraction with the smallest denominator within the tolerance", () => {
    expect(simpleRatio(6.999986, 1e-5, 100)).toBe(7);
    expect(simpleRatio(0.6666667, 1e-6, 100)).toBe(2 / 3);
    expect(simpleRatio(1.0027, 1e-6, 100)).toBe(1.0027);
  });
});

describe("the events of actions", () => {
  it("come into force at local midnight of the ex-date, dividends before splits", () => {
    const events = toReferenceEvents(
      [
        { kind: "split", exDate: day("2014-06-09"), symbol: "AAPL", ratio: 7 },
        { kind: "dividend", exDate: day("2014-06-09"), symbol: "AAPL", amount: 1 },
        { kind: "dividend", exDate: day("2014-06-06"), symbol: "IBM", amount: 2 },
        { kind: "split", exDate: day("2014-06-06"), symbol: "NOBODY", ratio: 2 },
      ],
      instruments,
      nyse,
    );
    expect(events.map((e) => [e.kind, e.instrument, formatMicros(e.at)])).toEqual([
      ["dividend", 1, "2014-06-06T04:00:00.000001Z"],
      ["dividend", 0, "2014-06-09T04:00:00.000001Z"],
      ["split", 0, "2014-06-09T04:00:00.000002Z"],
    ]);
    expect(events.every((e) => e.seenAt === e.at)).toBe(true);
  });

  it("lie between the close of the session before and the opening of their own, in every calendar", () => {
    const dates = fc.integer({ min: dayNumber(day("2015-02-01")), max: dayNumber(day("2026-11-30")) }).map(dateOfDayNumber);
    fc.assert(
      fc.property(fc.constantFrom("XNYS", "XNSE", "24/7"), fc.constantFrom("split", "dividend"), dates, (name, kind, date) => {
        const calendar = calendarByName(name);
        const session = calendar.next(date);
        const at = actionTime(kind as "split", session.date, calendar);
        expect(at).toBeGreaterThan(calendar.previous(session.date).closeAt);
        expect(at).toBeLessThan(session.openAt + (name === "24/7" ? 3 : 0)); // where a session begins as the last one ends
      }),
      { seed: 1 },
    );
  });
});

describe("a name that falls silent", () => {
  const last = (instrument: number, date: string) => ({ instrument: instrument as InstrumentIx, date: day(date) });

  it("is delisted at the close of its fifth silent session, when that lies within the set", () => {
    const bars = [last(0, "2016-06-30"), last(1, "2016-06-23"), last(2, "2016-06-22"), last(3, "2015-12-23")];
    const events = inferDelistings(bars, day("2016-06-30"), nyse);
    expect(events.map((e) => [e.instrument, formatMicros(e.seenAt)])).toEqual([
      [3, "2015-12-31T21:00:00Z"], // 24 (half day), 28, 29, 30, 31
      [2, "2016-06-29T20:00:00Z"],
      [1, "2016-06-30T20:00:00Z"],
    ]);
    expect(events.every((e) => e.at === e.seenAt && e.finalReturn === PERFORMANCE_DELISTING_RETURN)).toBe(true);
    expect(inferDelistings(bars.slice(0, 1), day("2016-06-30"), nyse)).toEqual([]);
    expect(inferDelistings([last(0, "2016-06-24")], day("2016-06-30"), nyse, -1)).toEqual([]); // four sessions only
    expect(inferDelistings([last(0, "2016-01-04")], day("2016-06-30"), nyse, 0)[0]?.finalReturn).toBe(0);
  });
});

/** Daily bars from 2014-01-01 on, 24/7, with the given closes. */
function bars(closes: readonly number[]): BarBatch {
  const first = dayNumber(day("2014-01-01"));
  return toBarBatch(
    closes.map((close, i) => {
      const openAt = ((first + i) * DAY_US) as Micros;
      const at = (openAt + DAY_US) as Micros;
      return {
        instrument: 0 as InstrumentIx,
        openAt,
        at,
        seenAt: at,
        open: close,
        high: close * 1.1,
        low: close * 0.9,
        close,
        volume: 100,
      };
    }),
  );
}
const moment = (dayIndex: number): Micros => ((dayNumber(day("2014-01-01")) + dayIndex) * DAY_US + 1) as Micros;
const split = (dayIndex: number, ratio: number): ReferenceEvent => {
  return { kind: "split", at: moment(dayIndex), seenAt: moment(dayIndex), instrument: 0 as InstrumentIx, ratio };
};
const dividend = (dayIndex: number, amount: number): ReferenceEvent => {
  return { kind: "dividend", at: moment(dayIndex), seenAt: moment(dayIndex), instrument: 0 as InstrumentIx, amount };
};
const end = moment(1000);
const closes = fc.array(fc.double({ min: 10, max: 1000, noNaN: true }), { minLength: 1, maxLength: 30 });
const history = fc.array(
  fc.oneof(
    fc.tuple(fc.nat(30), fc.constantFrom(0.1, 0.5, 1.5, 2, 3, 7)).map(([d, ratio]) => split(d, ratio)),
    fc.tuple(fc.nat(30), fc.double({ min: 0.01, max: 0.9, noNaN: true })).map(([d, amount]) => dividend(d, amount)),
  ),
  { maxLength: 8 },
);

describe("adjusting as of a moment", () => {
  it("divides earlier prices by the split's ratio and leaves later ones alone", () => {
    const adjusted = adjustAsOf(bars([700, 707, 100, 101]), [split(2, 7)], end, "split");
    expect([...adjusted.close]).toEqual([100, 101, 100, 101]);
    expect([...adjusted.volume]).toEqual([700, 700, 100, 100]);
    expect(barRow(adjusted, 1).high).toBeCloseTo(111.1, 10);
  });

  it("turns closes into total returns on the full basis, and ignores dividends on the split basis", () => {
    const raw = bars([100, 99, 98]);
    const full = adjustAsOf(raw, [dividend(1, 2)], end, "full").close;
    expect((full[1] as number) / (full[0] as number)).toBeCloseTo(99 / (100 - 2), 14);
    expect([...adjustAsOf(raw, [dividend(1, 2)], end, "split").close]).toEqual([100, 99, 98]);
  });

  it("takes a dividend of a split's day as per old share, and one after it as per new share, even without a bar between", () => {
    const raw = bars([100, 50]); // 2:1
    const same = adjustAsOf(raw, [split(1, 2), dividend(1, 10)], end, "full").close;
    expect(same[0]).toBeCloseTo((100 * 0.9) / 2, 12);
    const later = [split(1, 2), { ...dividend(1, 10), at: (moment(1) + 1) as Micros }] as ReferenceEvent[];
    expect(adjustAsOf(raw, later, end, "full").close[0]).toBeCloseTo((100 / 2) * 0.8, 12);
  });

  it("knows no earlier price when a dividend eats all of it", () => {
    expect([...adjustAsOf(bars([100, 5]), [dividend(1, 100)], end, "full").close]).toEqual([Number.NaN, 5]);
  });

  it("does not depend on anything seen later", () => {
    fc.assert(
      fc.property(closes, history, fc.nat(30), fc.constantFrom("split", "full"), (values, events, cut, basis) => {
        const asOf = moment(cut);
        const raw = bars(values);
        const all = adjustAsOf(raw, events, asOf, basis as "split" | "full");
        const known = adjustAsOf(
          raw,
          events.filter((e) => e.seenAt <= asOf),
          asOf,
          basis as "split" | "full",
        );
        const prefix = adjustAsOf(bars(values.slice(0, all.length)), events, asOf, basis as "split" | "full");
        expect(all).toEqual(known);
        expect(all).toEqual(prefix);
        expect(all.length).toBe(Math.min(values.length, cut));
        // The last visible bar is as quoted, unless an action has come since.
        if (all.length > 0 && !events.some((e) => e.at > (all.at[all.length - 1] as number) && e.seenAt <= asOf)) {
          expect(all.close[all.length - 1]).toBe(values[all.length - 1]);
        }
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  it("gives the original back after a split and its reverse", () => {
    const ratio = fc.constantFrom(2, 3, 7, 10, 0.25, 1.5);
    fc.assert(
      fc.property(closes, ratio, fc.nat(15), fc.nat(15), (values, r, first, gap) => {
        // Between the two the shares trade at the other basis.
        const quoted = values.map((value, i) => (i >= first && i < first + gap ? value / r : value));
        const adjusted = adjustAsOf(bars(quoted), [split(first, r), split(first + gap, 1 / r)], end, "split");
        adjusted.close.forEach((value, i) => {
          expect(value / (values[i] as number)).toBeCloseTo(1, 12);
        });
        adjusted.volume.forEach((value, i) => {
          expect(value).toBeCloseTo(i >= first && i < first + gap ? 100 / r : 100, 9);
        });
      }),
      { seed: 3 },
    );
  });

  it("keeps every day's return but that of the action, on either basis", () => {
    fc.assert(
      fc.property(closes, history, fc.constantFrom("split", "full"), (values, events, basis) => {
        const adjusted = adjustAsOf(bars(values), events, end, basis as "split" | "full").close;
        for (let i = 1; i < values.length; i++) {
          if (events.some((e) => e.at === moment(i))) continue;
          expect((adjusted[i] as number) / (adjusted[i - 1] as number)).toBeCloseTo((values[i] as number) / (values[i - 1] as number), 9);
        }
      }),
      { seed: 4 },
    );
  });
});
