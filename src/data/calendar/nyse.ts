// New York Stock Exchange since 1990, by rule (NYSE Rule 7.2 and its predecessor Rule 51) plus the days that no rule foresees.
// Special days: "NYSE special closings" list, checked against exchange_calendars, pandas_market_calendars and Lean.
// Assumes that the rules in force today go on; a future special closing is unknown until it is added here. Sessions say which of it all
// nobody knew weeks ahead, so that features do not look forward to it.
import type { Session } from "#domain/session.js";
import { dayNumber, isoDateOrThrow } from "#domain/time.js";
import { type Calendar, createYearlyCalendar, dayOf, localSession, weekday } from "./yearly-calendar.js";

const TIMEZONE = "America/New_York";
const OPEN = 9 * 60 + 30;
const CLOSE = 16 * 60;
const [SUNDAY, MONDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY] = [0, 1, 3, 4, 5, 6];

/** Closed all day, outside the rules, at a few days' notice or none. */
const specialClosings = days(
  "1994-04-27", // mourning for Richard Nixon
  "2001-09-11", // attack on the World Trade Center
  "2001-09-12",
  "2001-09-13",
  "2001-09-14",
  "2004-06-11", // mourning for Ronald Reagan
  "2007-01-02", // mourning for Gerald Ford
  "2012-10-29", // hurricane Sandy
  "2012-10-30",
  "2018-12-05", // mourning for George H. W. Bush
  "2025-01-09", // mourning for Jimmy Carter
);

/**
 * Other hours, outside the rules: [open, close] in minutes after midnight. Deviations under a quarter of an hour (minutes of
 * silence, the last four minutes of 2005-06-01) are left out: they say nothing about a session's bars.
 */
const specialHours = new Map<number, readonly [number, number]>([
  [iso("1994-02-11"), [OPEN, 14 * 60 + 30]], // snow
  [iso("1995-12-18"), [10 * 60 + 30, CLOSE]], // computer failure
  [iso("1996-01-08"), [11 * 60, 14 * 60]], // blizzard
  [iso("1997-10-27"), [OPEN, 15 * 60 + 30]], // circuit breaker
  [iso("1997-12-26"), [OPEN, 13 * 60]],
  [iso("1999-12-31"), [OPEN, 13 * 60]], // pandas_market_calendars says 16:00; the hourly bars of that day end at 13:00
  [iso("2002-09-11"), [12 * 60, CLOSE]], // first anniversary
  [iso("2003-12-26"), [OPEN, 13 * 60]],
]);

/** Days of `specialHours` of which nobody knew before they came. */
const surprises = days("1994-02-11", "1995-12-18", "1996-01-08", "1997-10-27");

export function createNyseCalendar(): Calendar {
  return createYearlyCalendar({
    name: "XNYS",
    timezone: TIMEZONE,
    firstYear: 1990,
    lastYear: 2099,
    outside: "use data from 1990 on.",
    sessionsOfYear,
  });
}

function sessionsOfYear(year: number): readonly Session[] {
  const closed = new Set(holidays(year));
  const early = earlyCloses(year);
  const out: Session[] = [];
  const end = dayOf(year + 1, 1, 1);
  let lost = 0;
  for (let day = dayOf(year, 1, 1); day < end; day++) {
    const w = weekday(day);
    if (w === SUNDAY || w === SATURDAY || closed.has(day)) continue;
    if (specialClosings.has(day)) {
      lost++;
      continue;
    }
    const planned = early.get(day) ?? CLOSE;
    const [open, close] = specialHours.get(day) ?? [OPEN, planned];
    const session = localSession(day, open, close, close < CLOSE, TIMEZONE);
    const { openAt, closeAt } = surprises.has(day) ? localSession(day, OPEN, planned, false, TIMEZONE) : session;
    out.push(lost > 0 || surprises.has(day) ? { ...session, unforeseen: { lost, openAt, closeAt } } : session);
    lost = 0;
  }
  return out;
}

function holidays(year: number): number[] {
  const list = [
    // On a Saturday, New Year's Day is not observed: the Friday belongs to the old year's books (Rule 7.2).
    sundayToMonday(dayOf(year, 1, 1)),
    nth(year, 2, MONDAY, 3), // Washington's Birthday
    easterSunday(year) - 2, // Good Friday
    nth(year, 6, MONDAY, 1) - 7, // Memorial Day: the last Monday of May
    nearestWeekday(dayOf(year, 7, 4)),
    nth(year, 9, MONDAY, 1), // Labor Day
    nth(year, 11, THURSDAY, 4), // Thanksgiving
    nearestWeekday(dayOf(year, 12, 25)),
  ];
  if (year >= 1998) list.push(nth(year, 1, MONDAY, 3)); // Martin Luther King Jr. Day
  if (year >= 2022) list.push(nearestWeekday(dayOf(year, 6, 19))); // Juneteenth
  return list;
}

/** Day -> closing minute. Days that turn out to be holidays or weekends do no harm here. */
function earlyCloses(year: number): ReadonlyMap<number, number> {
  const minute = year < 1993 ? 14 * 60 : 13 * 60; // 14:00 until 1992
  const out = new Map<number, number>();
  if (year >= 1992) out.set(nth(year, 11, THURSDAY, 4) + 1, minute); // the day after Thanksgiving
  const christmasEve = dayOf(year, 12, 24);
  // On a Friday it is the holiday itself (Christmas on a Saturday).
  if (weekday(christmasEve) !== FRIDAY) out.set(christmasEve, minute);
  if (year >= 1995) {
    const third = dayOf(year, 7, 3);
    // Independence Day on a Thursday: the Friday after it was short until 2012, the Wednesday before it since 2013.
    if (weekday(third) === WEDNESDAY && year < 2013) out.set(third + 2, minute);
    else if (weekday(third) !== FRIDAY) out.set(third, minute);
  }
  return out;
}

/** Meeus, Jones and Butcher's form of the Gregorian Computus (Meeus, Astronomical Algorithms, ch. 8). */
function easterSunday(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const m = Math.floor((a + 11 * h) / 319);
  const l = (2 * (b % 4) + 2 * Math.floor(c / 4) - (c % 4) - h + m + 32) % 7;
  const month = Math.floor((h - m + l + 90) / 25);
  return dayOf(year, month, (h - m + l + month + 19) % 32);
}

/** The n-th given weekday of a month. */
function nth(year: number, month: number, day: number, n: number): number {
  const first = dayOf(year, month, 1);
  return first + ((day - weekday(first) + 7) % 7) + 7 * (n - 1);
}

function sundayToMonday(day: number): number {
  return weekday(day) === SUNDAY ? day + 1 : day;
}

function nearestWeekday(day: number): number {
  return weekday(day) === SATURDAY ? day - 1 : sundayToMonday(day);
}

function iso(date: string): number {
  return dayNumber(isoDateOrThrow(date));
}

function days(...dates: readonly string[]): ReadonlySet<number> {
  return new Set(dates.map(iso));
}
