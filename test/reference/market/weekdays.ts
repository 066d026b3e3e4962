// Sessions for tests that need no true calendar: every weekday, 14:30 to 21:00 UTC.
import type { Session } from "#domain/session.js";
import { dateOfDayNumber, DAY_US, dayNumber, HOUR_US, type IsoDate, type Micros } from "#domain/time.js";

export function weekdays(count: number, from = "2010-01-04"): Session[] {
  const sessions: Session[] = [];
  for (let day = dayNumber(from as IsoDate); sessions.length < count; day++) {
    if ((day + 3) % 7 >= 5) continue; // day 0 was a Thursday
    const midnight = day * DAY_US;
    sessions.push({
      date: dateOfDayNumber(day),
      openAt: (midnight + 14.5 * HOUR_US) as Micros,
      closeAt: (midnight + 21 * HOUR_US) as Micros,
      early: false,
    });
  }
  return sessions;
}
