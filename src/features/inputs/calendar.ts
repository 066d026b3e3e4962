// Inputs that follow from the bar's times and the venue's calendar, which is known ahead: nothing here looks at a price.
// Those that need a session are NaN for a bar that lies in none, so everywhere when the run has no sessions.
import type { Session } from "#domain/session.js";
import { DAY_US, MINUTE_US } from "#domain/time.js";
import { factsOfSessions, type SessionFacts, weekdayOf } from "./session-facts.js";

/** What a calendar input may look at. `session`: index of the bar's session in `sessions`, -1 when it lies in none. */
export interface BarMoment {
  readonly openAt: number;
  readonly at: number;
  readonly sessions: readonly Session[];
  readonly session: number;
}

type CalendarColumn = (moment: BarMoment) => number;

const flag = (yes: boolean): number => (yes ? 1 : 0);
/** Angle of a share of a cycle. */
const turn = (share: number): number => 2 * Math.PI * share;
/** Part of the minutes of a UTC day that has passed. */
const partOfDay = (at: number): number => (at - Math.floor(at / DAY_US) * DAY_US) / DAY_US;

const ofBar: Readonly<Record<string, CalendarColumn>> = {
  /** UTC weekday on which the bar opened, Monday 1 to Sunday 7. */
  dayOfWeek: ({ openAt }) => weekdayOf(Math.floor(openAt / DAY_US)),
  /** Days since 1970-01-01 until the bar's end, with fraction. */
  dayNumber: ({ at }) => at / DAY_US,
  /** Angle of the UTC time of day at the bar's end: sine and cosine. */
  dayTimeSine: ({ at }) => Math.sin(turn(partOfDay(at))),
  dayTimeCosine: ({ at }) => Math.cos(turn(partOfDay(at))),
  /** Angle of the place in the UTC week at the bar's end; Monday's start is 0. */
  weekSine: ({ at }) => Math.sin(turn((weekdayOf(Math.floor(at / DAY_US)) - 1 + partOfDay(at)) / 7)),
  weekCosine: ({ at }) => Math.cos(turn((weekdayOf(Math.floor(at / DAY_US)) - 1 + partOfDay(at)) / 7)),
};

/** The session's hours as they are known within it: when it opened, and when it is to close. */
type Hours = Pick<Session, "openAt" | "closeAt">;

const ofHours: Readonly<Record<string, (moment: BarMoment, hours: Hours) => number>> = {
  /** Part of the session that has passed at the bar's end, in (0, 1]. */
  sessionPhase: ({ at }, { openAt, closeAt }) => (at - openAt) / (closeAt - openAt),
  minutesToClose: ({ at }, { closeAt }) => (closeAt - at) / MINUTE_US,
  minutesSinceOpen: ({ openAt }, session) => Math.max(0, (openAt - session.openAt) / MINUTE_US),
  /** 1 for the bar that opens with the session, and that ends with it. */
  firstBar: ({ openAt }, session) => flag(openAt <= session.openAt),
  lastBar: ({ at }, { closeAt }) => flag(at >= closeAt),
};

const ofSession: Readonly<Record<string, (facts: SessionFacts) => number>> = {
  weekday: ({ weekday }) => weekday,
  month: ({ month }) => month,
  halfDay: ({ early }) => flag(early),
  nextHalfDay: ({ nextEarly }) => flag(nextEarly),
  sessionHours: ({ hours }) => hours,
  /** Hours from the close before to the open, and from the close to the next open. */
  hoursBefore: ({ hoursBefore }) => hoursBefore,
  hoursAfter: ({ hoursAfter }) => hoursAfter,
  /** Sessions to the last one before a holiday on a weekday, and since the first one after; 20 stands for 20 or more. */
  toHoliday: ({ toHoliday }) => toHoliday,
  sinceHoliday: ({ sinceHoliday }) => sinceHoliday,
  /** First and last session of the week, holidays taken into account. */
  weekStart: ({ week }) => flag(week.before === 0),
  weekEnd: ({ week }) => flag(week.after === 0),
  sessionOfMonth: ({ monthly }) => monthly.before + 1,
  leftInMonth: ({ monthly }) => monthly.after,
  sessionsInMonth: ({ monthly }) => monthly.before + 1 + monthly.after,
  sessionOfQuarter: ({ quarterly }) => quarterly.before + 1,
  leftInQuarter: ({ quarterly }) => quarterly.after,
  /** The last session of a month and the first three (Lakonishok and Smidt 1988). */
  monthTurn: ({ monthly }) => flag(monthly.after === 0 || monthly.before < 3),
  quarterTurn: ({ quarterly }) => flag(quarterly.after < 3 || quarterly.before < 3),
  /** The last five sessions of a year and the first two (Hirsch 1972). */
  yearTurn: ({ yearly }) => flag(yearly.after < 5 || yearly.before < 2),
  monthSine: ({ dayOfMonth }) => Math.sin(turn((dayOfMonth - 1) / 31)),
  monthCosine: ({ dayOfMonth }) => Math.cos(turn((dayOfMonth - 1) / 31)),
  quarterSine: ({ month, dayOfMonth }) => Math.sin(turn((((month - 1) % 3) * 31 + dayOfMonth - 1) / 93)),
  quarterCosine: ({ month, dayOfMonth }) => Math.cos(turn((((month - 1) % 3) * 31 + dayOfMonth - 1) / 93)),
  yearSine: ({ dayOfYear }) => Math.sin(turn(dayOfYear / 366)),
  yearCosine: ({ dayOfYear }) => Math.cos(turn(dayOfYear / 366)),
  /** November to April (Bouman and Jacobsen 2002). */
  winter: ({ month }) => flag(month >= 11 || month <= 4),
  january: ({ month }) => flag(month === 1),
  /** The second half of December, when losses are sold for tax (Reinganum 1983). */
  taxSelling: ({ month, dayOfMonth }) => flag(month === 12 && dayOfMonth > 15),
  /** The months in which most companies with calendar quarters report: January, April, July, October. */
  reportMonth: ({ month }) => flag(month % 3 === 1),
  toExpiry: ({ toExpiry }) => toExpiry,
  sinceExpiry: ({ sinceExpiry }) => sinceExpiry,
  toQuarterlyExpiry: ({ toQuarterlyExpiry }) => toQuarterlyExpiry,
  expiry: ({ toExpiry }) => flag(toExpiry === 0),
  /** The week of an expiry, its day included. */
  expiryWeek: ({ toExpiry, week }) => flag(toExpiry <= week.after),
  quarterlyExpiryWeek: ({ toQuarterlyExpiry, week }) => flag(toQuarterlyExpiry <= week.after),
};

/** By name. */
export const calendarColumns: ReadonlyMap<string, CalendarColumn> = new Map<string, CalendarColumn>([
  ...Object.entries(ofBar),
  ...Object.entries(ofHours).map(([name, of]): [string, CalendarColumn] => [
    name,
    (moment) => {
      const session = moment.sessions[moment.session];
      if (session === undefined) return Number.NaN;
      return of(moment, { openAt: session.openAt, closeAt: (session.unforeseen ?? session).closeAt });
    },
  ]),
  ...Object.entries(ofSession).map(([name, of]): [string, CalendarColumn] => [
    name,
    ({ sessions, session }) => (session < 0 ? Number.NaN : of(factsOfSessions(sessions)[session] as SessionFacts)),
  ]),
]);

/** Index of the session that holds a bar which ended at `at`, or -1. */
export function sessionOf(sessions: readonly Session[], at: number): number {
  let [low, high] = [0, sessions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sessions[middle] as Session).closeAt < at) low = middle + 1;
    else high = middle;
  }
  const session = sessions[low];
  return session !== undefined && session.openAt < at ? low : -1;
}
