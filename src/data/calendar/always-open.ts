// Venues that never close, such as coin exchanges: a session is one UTC day.
import { dateOfDayNumber, DAY_US, type Micros } from "#domain/time.js";
import { type Calendar, createYearlyCalendar, dayOf } from "./yearly-calendar.js";

export function createAlwaysOpenCalendar(): Calendar {
  return createYearlyCalendar({
    name: "24/7",
    timezone: "UTC",
    firstYear: 1970,
    lastYear: 2199,
    outside: "check the year of the data.",
    sessionsOfYear(year) {
      const first = dayOf(year, 1, 1);
      return Array.from({ length: dayOf(year + 1, 1, 1) - first }, (_, i) => ({
        date: dateOfDayNumber(first + i),
        openAt: ((first + i) * DAY_US) as Micros,
        closeAt: ((first + i + 1) * DAY_US) as Micros,
        early: false,
      }));
    },
  });
}
