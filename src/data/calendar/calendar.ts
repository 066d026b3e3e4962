// Trading calendars by name. A calendar is made once and then shared: it is a pure function of the date.
import { TruewindError } from "#base/errors.js";
import { createAlwaysOpenCalendar } from "./always-open.js";
import { createNseCalendar } from "./nse.js";
import { createNyseCalendar } from "./nyse.js";
import type { Calendar } from "./yearly-calendar.js";

export type { Calendar } from "./yearly-calendar.js";

const makers = { "XNYS": createNyseCalendar, "XNSE": createNseCalendar, "24/7": createAlwaysOpenCalendar } as const;

export type CalendarName = keyof typeof makers;

const made = new Map<string, Calendar>();

/** Throws `bad-config`, naming the known calendars, when there is none of that name. */
export function calendarByName(name: string): Calendar {
  const known = made.get(name);
  if (known !== undefined) return known;
  if (!Object.hasOwn(makers, name)) {
    throw new TruewindError("bad-config", `There is no calendar "${name}"; known are ${Object.keys(makers).join(", ")}.`);
  }
  const calendar = makers[name as CalendarName]();
  made.set(name, calendar);
  return calendar;
}
