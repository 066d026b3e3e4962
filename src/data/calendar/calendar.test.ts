// Independent references: exchange_calendars 4.13.2 and pandas_market_calendars 5.5.0 (test/reference/calendar), Lean's market-hours
// files and real bars (shared data, skipped where it is absent).
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dateOfDayNumber, dayNumber, isoDateOrThrow } from "#domain/time.js";
import { calendarByName } from "./calendar.js";
import { microsToZoned } from "./zone.js";
import { sharedData } from "#test/needs.js";

interface ReferenceYear {
  readonly sessions: number;
  readonly sha256: string;
  readonly closedWeekdays: readonly string[];
  readonly hours: Record<string, [string, string]>;
  readonly otherHours?: Record<string, [string, string]>;
}
const reference = JSON.parse(
  readFileSync(new URL("../../../test/reference/calendar/calendar-reference.json", import.meta.url), "utf8"),
) as {
  XNYS: Record<string, ReferenceYear>;
  XBOM: Record<string, ReferenceYear>;
};
const folder = sharedData();
const hasShared = folder !== null;
const shared = pathToFileURL(folder ?? "/");

const day = isoDateOrThrow;
const nyse = calendarByName("XNYS");
const nse = calendarByName("XNSE");
const hash = (dates: readonly string[]): string => createHash("sha256").update(dates.join("\n")).digest("hex");

/** MM-DD -> [open, close] local, of the sessions whose hours are not the regular ones. */
function unusualHours(name: string, year: string, regular: string): Record<string, [string, string]> {
  const calendar = calendarByName(name);
  const out: Record<string, [string, string]> = {};
  for (const session of calendar.sessions(day(`${year}-01-01`), day(`${year}-12-31`))) {
    const open = microsToZoned(session.openAt, calendar.timezone);
    const close = microsToZoned(session.closeAt, calendar.timezone);
    expect([open.slice(0, 10), close.slice(0, 10)]).toEqual([session.date, session.date]);
    const hours: [string, string] = [open.slice(11, 16), close.slice(11, 16)];
    if (hours.join() !== regular) out[session.date.slice(5)] = hours;
  }
  return out;
}

describe("the New York calendar", () => {
  it("has the sessions of exchange_calendars, every day of 1990 to 2030", () => {
    expect(Object.keys(reference.XNYS)).toHaveLength(41);
    for (const [year, expected] of Object.entries(reference.XNYS)) {
      const dates = nyse.sessions(day(`${year}-01-01`), day(`${year}-12-31`)).map((s) => s.date);
      const closed = [];
      for (let d = dayNumber(day(`${year}-01-01`)); d <= dayNumber(day(`${year}-12-31`)); d++) {
        const date = dateOfDayNumber(d);
        if ((d + 3) % 7 < 5 && nyse.sessionOf(date) === null) closed.push(date.slice(5));
      }
      expect({ year, closed }).toEqual({ year, closed: expected.closedWeekdays });
      expect([year, dates.length, hash(dates)]).toEqual([year, expected.sessions, expected.sha256]);
    }
  });

  it("has the hours of exchange_calendars, and the unforeseen ones from pandas_market_calendars that it leaves out", () => {
    // From pandas_market_calendars: it knows these, exchange_calendars does not. Lean's hourly bars begin at noon on 2002-09-11.
    const unforeseen = ["1994-02-11", "1995-12-18", "1996-01-08", "1997-10-27", "2002-09-11"];
    for (const [year, expected] of Object.entries(reference.XNYS)) {
      const hours = { ...expected.hours };
      for (const [date, value] of Object.entries(expected.otherHours ?? {}))
        if (unforeseen.includes(`${year}-${date}`)) hours[date] = value;
      expect({ year, hours: unusualHours("XNYS", year, "09:30,16:00") }).toEqual({ year, hours });
    }
  });

  it("differs from pandas_market_calendars only by minutes, and on the last day of 1999", () => {
    const differences = [];
    for (const [year, expected] of Object.entries(reference.XNYS)) {
      const ours = unusualHours("XNYS", year, "09:30,16:00");
      for (const [date, theirs] of Object.entries(expected.otherHours ?? {})) {
        if (theirs.join() !== (ours[date] ?? ["09:30", "16:00"]).join()) differences.push(`${year}-${date} ${theirs.join(" ")}`);
      }
    }
    expect(differences).toEqual([
      "1990-12-27 09:31 16:00",
      "1991-01-17 09:31 16:00",
      "1991-02-25 09:31 16:00",
      "1999-12-31 09:30 16:00", // exchange_calendars says 13:00, and so do that day's bars
      "2001-09-17 09:33 16:00",
      "2001-10-08 09:31 16:00",
      "2003-03-20 09:32 16:00",
      "2004-06-07 09:32 16:00",
      "2005-06-01 09:30 15:56",
      "2006-12-27 09:32 16:00",
    ]);
  });

  it("marks half days, and nothing else, as early", () => {
    expect(nyse.sessionOf(day("2014-11-28"))?.early).toBe(true);
    expect(nyse.sessionOf(day("2014-11-26"))?.early).toBe(false);
    expect(nyse.sessionOf(day("2002-09-11"))?.early).toBe(false); // opened late, closed as usual
  });

  it.skipIf(!hasShared)("agrees with Lean's holidays and early closes", () => {
    const rows = (file: string): string[][] =>
      readFileSync(new URL(`market_calendars/${file}`, shared), "utf8")
        .trim()
        .split("\n")
        .map((line) => line.split(","));
    const holidays = new Set(
      rows("holidays.csv")
        .filter((r) => r[0] === "Equity-usa-[*]")
        .map((r) => r[1] as string),
    );
    const early = new Map(
      rows("early_closes.csv")
        .filter((r) => r[0] === "Equity-usa-[*]")
        .map((r) => [r[1] as string, r[2] as string]),
    );
    expect(holidays.size).toBeGreaterThan(250);
    const surplus = [...holidays].filter((date) => nyse.sessionOf(day(date)) !== null);
    expect(surplus).toEqual([]); // 2011-01-01 and 2022-01-01 are Saturdays: no session either way
    const missing = [];
    for (let d = dayNumber(day("1998-01-01")); d <= dayNumber(day("2028-12-31")); d++) {
      const date = dateOfDayNumber(d);
      if ((d + 3) % 7 < 5 && nyse.sessionOf(date) === null && !holidays.has(date)) missing.push(date);
    }
    expect(missing).toEqual([]);
    // Lean lists 2017-12-24, a Sunday; and begins its early closes with the Friday after Thanksgiving 1999.
    expect([...early].filter(([date]) => nyse.sessionOf(day(date))?.early !== true).map(([date]) => date)).toEqual(["2017-12-24"]);
    const unlisted = nyse.sessions(day("1998-01-01"), day("2028-12-31")).filter((s) => s.early && !early.has(s.date));
    expect(unlisted.map((s) => s.date)).toEqual(["1998-11-27", "1998-12-24", "1999-12-31"]);
  });

  it.skipIf(!hasShared)("agrees with Lean's market-hours database on zone and regular hours", () => {
    const text = gunzipSync(readFileSync(new URL("market_calendars/market-hours-database.json.gz", shared))).toString("utf8");
    const entries = (JSON.parse(text) as { entries: Record<string, Record<string, unknown>> }).entries;
    for (const [name, calendar] of [
      ["Equity-usa-[*]", nyse],
      ["Equity-india-[*]", nse],
    ] as const) {
      const entry = entries[name] as Record<string, unknown>;
      expect(entry["exchangeTimeZone"]).toBe(calendar.timezone);
      const market = (entry["monday"] as { start: string; end: string; state: string }[]).find((s) => s.state === "market");
      const session = calendar.next(day("2019-06-16"));
      expect([market?.start, market?.end]).toEqual(
        [session.openAt, session.closeAt].map((at) => microsToZoned(at, calendar.timezone).slice(11)),
      );
    }
  });

  it.skipIf(!hasShared)("has a session for every day on which IBM traded from 1998 to 2021, and no other", () => {
    const text = gunzipSync(readFileSync(new URL("us_equity_unadjusted_lean/daily/ibm.csv.gz", shared))).toString("utf8");
    const traded = text
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.slice(0, 10));
    const sessions = nyse.sessions(day(traded[0] as string), day(traded.at(-1) as string)).map((s) => s.date as string);
    const tradedSet = new Set(traded);
    expect(traded.filter((date) => nyse.sessionOf(day(date)) === null)).toEqual([]);
    expect(sessions.filter((date) => !tradedSet.has(date))).toEqual([]);
  });
});

describe("the Indian calendar", () => {
  it("is the table of exchange_calendars plus the special sessions of the exchange's circulars", () => {
    expect(Object.keys(reference.XBOM)).toHaveLength(12);
    const special = new Set<string>();
    for (const [year, expected] of Object.entries(reference.XBOM)) {
      const closed = new Set(expected.closedWeekdays.map((date) => `${year}-${date}`));
      const regular: string[] = [];
      for (const session of nse.sessions(day(`${year}-01-01`), day(`${year}-12-31`))) {
        const weekend = (dayNumber(session.date) + 3) % 7 >= 5;
        if (weekend || closed.has(session.date)) special.add(session.date);
        else regular.push(session.date);
      }
      expect([year, regular.length, hash(regular)]).toEqual([year, expected.sessions, expected.sha256]);
      expect(Object.keys(unusualHours("XNSE", year, "09:15,15:30")).every((date) => special.has(`${year}-${date}`))).toBe(true);
    }
    expect(special.size).toBe(18);
    expect(unusualHours("XNSE", "2021", "09:15,15:30")).toEqual({ "11-04": ["18:15", "19:15"] });
    expect(nse.sessionOf(day("2021-11-04"))?.early).toBe(true);
    expect(nse.sessionOf(day("2026-02-01"))?.early).toBe(false);
  });

  it("says in one sentence that it does not know a year outside its table", () => {
    expect(() => nse.sessionOf(day("2014-12-31"))).toThrow(/XNSE knows the years 2015 to 2026, not 2014/);
    expect(() => nse.sessions(day("2026-01-01"), day("2027-01-05"))).toThrow(/not 2027/);
    expect(() => nse.next(day("2026-12-31"))).toThrow(/not 2027/);
  });

  it.skipIf(!hasShared)("has a session for every day of the NIFTY 50 bars of 2020-10 to 2024, and no other", () => {
    const folder = new URL("nse_nifty50_daily_2020_2025/bars/", shared);
    const traded = new Set<string>();
    for (const file of readdirSync(folder)) {
      for (const line of gunzipSync(readFileSync(new URL(file, folder)))
        .toString("utf8")
        .split("\n")) {
        if (/^\d{4}-/.test(line)) traded.add(line.slice(0, 10));
      }
    }
    const dates = [...traded].sort();
    expect(dates.length).toBeGreaterThan(1000);
    expect(nse.sessions(day(dates[0] as string), day(dates.at(-1) as string)).map((s) => s.date)).toEqual(dates);
  });
});

describe("every calendar", () => {
  it("names the known ones when asked for another", () => {
    expect(() => calendarByName("XLON")).toThrow('There is no calendar "XLON"; known are XNYS, XNSE, 24/7.');
    expect(() => calendarByName("toString")).toThrow(/no calendar/);
  });

  it("never closes when it is 24/7", () => {
    const session = calendarByName("24/7").sessionOf(day("2024-02-29"));
    expect(session).toMatchObject({ date: "2024-02-29", early: false });
    expect((session?.closeAt ?? 0) - (session?.openAt ?? 0)).toBe(86_400_000_000);
    expect(calendarByName("24/7").sessions(day("2023-12-30"), day("2024-03-01"))).toHaveLength(63);
  });

  it("gives next and previous as neighbors in the list of sessions", () => {
    const names = fc.constantFrom("XNYS", "XNSE", "24/7");
    const first = dayNumber(day("2015-02-01"));
    fc.assert(
      fc.property(names, fc.integer({ min: first, max: dayNumber(day("2026-12-01")) }), (name, d) => {
        const calendar = calendarByName(name);
        const date = dateOfDayNumber(d);
        const around = calendar.sessions(dateOfDayNumber(d - 15), dateOfDayNumber(d + 15));
        expect(calendar.next(date)).toBe(around.find((s) => s.date > date));
        expect(calendar.previous(date)).toBe(around.findLast((s) => s.date < date));
        expect(calendar.sessionOf(date)).toBe(around.find((s) => s.date === date) ?? null);
        expect(calendar.sessions(date, date)).toEqual(around.filter((s) => s.date === date));
      }),
      { seed: 1 },
    );
  });

  it("is empty when the range is reversed", () => {
    expect(nyse.sessions(day("2020-01-02"), day("2020-01-01"))).toEqual([]);
  });
});
