// Trading sessions of a made market: weekdays less a few holidays, some early closes, hours that move with summer time.
import type { Rng } from "#base/rng.js";
import { DAY_US, dateOfDayNumber, HOUR_US, type Micros, MINUTE_US } from "#domain/time.js";
import type { World } from "#research/leaks/subject.js";

/** 2014-01-06, a Monday. */
const FIRST_DAY = 16_076;

export function makeSessions(rng: Rng, count: number): World["sessions"] {
  const sessions: World["sessions"][number][] = [];
  for (let day = FIRST_DAY + 7 * rng.int(100); sessions.length < count; day++) {
    if ((day + 3) % 7 > 4 || rng.next() < 0.03) continue;
    const date = dateOfDayNumber(day);
    const month = Number(date.slice(5, 7));
    const summer = month > 3 && month < 11;
    const openAt = day * DAY_US + 14 * HOUR_US + 30 * MINUTE_US - (summer ? HOUR_US : 0);
    const early = rng.next() < 0.02;
    sessions.push({ date, openAt: openAt as Micros, closeAt: (openAt + (early ? 3.5 : 6.5) * HOUR_US) as Micros });
  }
  return sessions;
}

/** Number of the week, from Monday to Sunday, in which a date lies. */
export function weekOf(date: string): number {
  return Math.floor((Date.parse(`${date}T00:00:00Z`) / 86_400_000 + 3) / 7);
}
