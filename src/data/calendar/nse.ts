// National Stock Exchange of India, from a table by year: its holidays follow the moon and the cabinet, so there is no rule to compute
// them. Holidays as in exchange_calendars 4.13.2 (XBOM; NSE and BSE close together); Lean's market-hours database agrees for 2015-2021
// except that it leaves out Muhurat weekdays, and from 2022 on it holds fixed-date holidays only. Special sessions: NSE circulars.
import type { Session } from "#domain/session.js";
import { dayNumber, isoDateOrThrow } from "#domain/time.js";
import { type Calendar, createYearlyCalendar, dayOf, localSession, weekday } from "./yearly-calendar.js";

const TIMEZONE = "Asia/Kolkata";
const OPEN = 9 * 60 + 15;
const CLOSE = 15 * 60 + 30;

/** Weekdays without a regular session, MM-DD. Muhurat weekdays are here too: their one hour is a special session. */
const holidays: ReadonlyMap<number, string> = new Map([
  [2015, "01-26 02-17 03-06 04-02 04-03 04-14 05-01 09-17 09-25 10-02 10-22 11-11 11-12 11-25 12-25"],
  [2016, "01-26 03-07 03-24 03-25 04-14 04-15 04-19 07-06 08-15 09-05 09-13 10-11 10-12 10-31 11-14"],
  [2017, "01-26 02-24 03-13 04-04 04-14 05-01 06-26 08-15 08-25 10-02 10-19 10-20 12-25"],
  [2018, "01-26 02-13 03-02 03-29 03-30 05-01 08-15 08-22 09-13 09-20 10-02 10-18 11-07 11-08 11-23 12-25"],
  [2019, "03-04 03-21 04-17 04-19 04-29 05-01 06-05 08-12 08-15 09-02 09-10 10-02 10-08 10-21 10-28 11-12 12-25"],
  [2020, "02-21 03-10 04-02 04-06 04-10 04-14 05-01 05-25 10-02 11-16 11-30 12-25"],
  [2021, "01-26 03-11 03-29 04-02 04-14 04-21 05-13 07-21 08-19 09-10 10-15 11-04 11-05 11-19"],
  [2022, "01-26 03-01 03-18 04-14 04-15 05-03 08-09 08-15 08-31 10-05 10-24 10-26 11-08"],
  [2023, "01-26 03-07 03-30 04-04 04-07 04-14 05-01 06-29 08-15 09-19 10-02 10-24 11-14 11-27 12-25"],
  [2024, "01-22 01-26 03-08 03-25 03-29 04-11 04-17 05-01 05-20 06-17 07-17 08-15 10-02 11-01 11-15 11-20 12-25"],
  [2025, "02-26 03-14 03-31 04-10 04-14 04-18 05-01 08-15 08-27 10-02 10-21 10-22 11-05 12-25"],
  [2026, "01-15 01-26 03-03 03-26 03-31 04-03 04-14 05-01 05-28 06-26 09-14 10-02 10-20 11-10 11-24 12-25"],
]);

/**
 * Sessions that the weekday rule does not give: [open, close] local. Muhurat is the one symbolic hour on Diwali (the hour of 2026,
 * Sunday November 8, is announced only in the autumn and is not here yet). Two disaster-recovery Saturdays of 2024 had a pause
 * between about 10:00 and 11:30; only the outer hours are kept.
 */
const specialSessions: ReadonlyMap<string, readonly [open: string, close: string]> = new Map([
  ["2015-02-28", ["09:15", "15:30"]], // Union Budget on a Saturday
  ["2015-11-11", ["17:45", "18:45"]], // Muhurat
  ["2016-10-30", ["18:30", "19:30"]], // Muhurat
  ["2017-10-19", ["18:30", "19:30"]], // Muhurat
  ["2018-11-07", ["17:30", "18:30"]], // Muhurat
  ["2019-10-27", ["18:15", "19:15"]], // Muhurat
  ["2020-02-01", ["09:15", "15:30"]], // Union Budget on a Saturday
  ["2020-11-14", ["18:15", "19:15"]], // Muhurat
  ["2021-11-04", ["18:15", "19:15"]], // Muhurat
  ["2022-10-24", ["18:15", "19:15"]], // Muhurat
  ["2023-11-12", ["18:15", "19:15"]], // Muhurat
  ["2024-01-20", ["09:15", "15:30"]], // Saturday in place of Monday the 22nd
  ["2024-03-02", ["09:15", "12:30"]], // disaster-recovery drill
  ["2024-05-18", ["09:15", "12:40"]], // disaster-recovery drill
  ["2024-11-01", ["18:00", "19:00"]], // Muhurat
  ["2025-02-01", ["09:15", "15:30"]], // Union Budget on a Saturday
  ["2025-10-21", ["13:45", "14:45"]], // Muhurat
  ["2026-02-01", ["09:15", "15:30"]], // Union Budget on a Sunday
]);

/** Closed at a few days' notice: the consecration at Ayodhya. */
const surprise = dayNumber(isoDateOrThrow("2024-01-22"));

export function createNseCalendar(): Calendar {
  const years = [...holidays.keys()];
  return createYearlyCalendar({
    name: "XNSE",
    timezone: TIMEZONE,
    firstYear: Math.min(...years),
    lastYear: Math.max(...years),
    outside: "NSE publishes its holidays year by year, so add the year's row to src/data/calendar/nse.ts.",
    sessionsOfYear,
  });
}

function sessionsOfYear(year: number): readonly Session[] {
  const closed = new Set((holidays.get(year) ?? "").split(" ").map((day) => dayNumber(isoDateOrThrow(`${year}-${day}`))));
  const special = new Map([...specialSessions].map(([date, hours]) => [dayNumber(isoDateOrThrow(date)), hours]));
  const out: Session[] = [];
  const end = dayOf(year + 1, 1, 1);
  for (let day = dayOf(year, 1, 1); day < end; day++) {
    const hours = special.get(day);
    if (hours !== undefined) {
      const close = minuteOfDay(hours[1]);
      out.push(localSession(day, minuteOfDay(hours[0]), close, close - minuteOfDay(hours[0]) < CLOSE - OPEN, TIMEZONE));
    } else if (weekday(day) >= 1 && weekday(day) <= 5 && !closed.has(day)) {
      const session = localSession(day, OPEN, CLOSE, false, TIMEZONE);
      const { openAt, closeAt } = session;
      out.push(day === surprise + 1 ? { ...session, unforeseen: { lost: 1, openAt, closeAt } } : session);
    }
  }
  return out;
}

function minuteOfDay(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
}
