// What a trading calendar answers, and the one way to make one: a function from a year to its sessions, kept once computed.
import { TruewindError } from "#base/errors.js";
import type { Session } from "#domain/session.js";
import { DAY_US, dateOfDayNumber, dayNumber, type IsoDate, MINUTE_US } from "#domain/time.js";
import { localToMicros } from "./zone.js";

/** Dates are local trading days of the venue. Every method throws `no-data` for a year that the calendar does not know. */
export interface Calendar {
  readonly name: string;
  /** IANA name of the zone in which the venue keeps its hours. */
  readonly timezone: string;
  /** Null when the venue is closed that day. */
  sessionOf(date: IsoDate): Session | null;
  /** Both ends included; empty when `to` is before `from`. */
  sessions(from: IsoDate, to: IsoDate): readonly Session[];
  /** The first session after `date`. */
  next(date: IsoDate): Session;
  /** The last session before `date`. */
  previous(date: IsoDate): Session;
}

export interface YearlyRules {
  readonly name: string;
  readonly timezone: string;
  readonly firstYear: number;
  readonly lastYear: number;
  /** What a person should do about a year outside the range; ends the error's sentence. */
  readonly outside: string;
  /** The year's sessions in order. */
  readonly sessionsOfYear: (year: number) => readonly Session[];
}

interface Year {
  readonly firstDay: number;
  readonly sessions: readonly Session[];
  /** Day of the year, from 0 -> number of sessions before that day. Has one entry more than the year has days. */
  readonly before: Int32Array;
}

export function createYearlyCalendar(rules: YearlyRules): Calendar {
  const { name, timezone, firstYear, lastYear } = rules;
  const years = new Map<number, Year>();

  const yearOf = (year: number): Year => {
    const known = years.get(year);
    if (known !== undefined) return known;
    if (!(year >= firstYear && year <= lastYear)) {
      throw new TruewindError("no-data", `Calendar ${name} knows the years ${firstYear} to ${lastYear}, not ${year}: ${rules.outside}`);
    }
    const sessions = rules.sessionsOfYear(year);
    const firstDay = dayOf(year, 1, 1);
    const days = dayOf(year + 1, 1, 1) - firstDay;
    const before = new Int32Array(days + 1);
    let n = 0;
    for (let d = 0; d < days; d++) {
      before[d] = n;
      const session = sessions[n];
      if (session !== undefined && dayNumber(session.date) === firstDay + d) n++;
    }
    before[days] = n;
    const built: Year = { firstDay, sessions, before };
    years.set(year, built);
    return built;
  };
  const calendarYear = (date: IsoDate): number => Number(date.slice(0, 4));
  const dayOfDate = (date: IsoDate): number => dayOf(calendarYear(date), Number(date.slice(5, 7)), Number(date.slice(8, 10)));

  return {
    name,
    timezone,
    sessionOf(date) {
      const year = yearOf(calendarYear(date));
      const d = dayOfDate(date) - year.firstDay;
      const n = year.before[d] as number;
      return year.before[d + 1] === n ? null : (year.sessions[n] as Session);
    },
    sessions(from, to) {
      if (to < from) return [];
      const out: Session[] = [];
      const last = calendarYear(to);
      for (let y = calendarYear(from); y <= last; y++) {
        for (const session of yearOf(y).sessions) if (session.date >= from && session.date <= to) out.push(session);
      }
      return out;
    },
    next(date) {
      for (let y = calendarYear(date); ; y++) {
        const year = yearOf(y);
        const d = Math.max(0, dayOfDate(date) - year.firstDay + 1);
        const session = year.sessions[year.before[d] as number];
        if (session !== undefined) return session;
      }
    },
    previous(date) {
      for (let y = calendarYear(date); ; y--) {
        const year = yearOf(y);
        const d = Math.min(year.before.length - 1, dayOfDate(date) - year.firstDay);
        const session = year.sessions[(year.before[d] as number) - 1];
        if (session !== undefined) return session;
      }
    },
  };
}

/** Days since 1970-01-01 of year, month (1-12) and day. */
export function dayOf(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / 86_400_000;
}

/** 0 is Sunday. */
export function weekday(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** A session from its day and local hours, given as minutes after midnight. */
export function localSession(day: number, openMinute: number, closeMinute: number, early: boolean, timezone: string): Session {
  return {
    date: dateOfDayNumber(day),
    openAt: localToMicros(day * DAY_US + openMinute * MINUTE_US, timezone),
    closeAt: localToMicros(day * DAY_US + closeMinute * MINUTE_US, timezone),
    early,
  };
}
