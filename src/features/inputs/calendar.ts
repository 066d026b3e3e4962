// Inputs that follow from the bar's times and the venue's calendar, which is known ahead: nothing here looks at a price.
import type { Session } from "#domain/session.js";
import { DAY_US } from "#domain/time.js";

/** What a calendar input may look at. `session`: index of the bar's session in `sessions`, -1 when it lies in none. */
export interface BarMoment {
  readonly openAt: number;
  readonly at: number;
  readonly sessions: readonly Session[];
  readonly session: number;
}

type CalendarColumn = (moment: BarMoment) => number;

/** By name. */
export const calendarColumns: ReadonlyMap<string, CalendarColumn> = new Map<string, CalendarColumn>([
  // UTC weekday on which the bar opened, Monday 1 to Sunday 7; 1970-01-01 was a Thursday.
  ["dayOfWeek", ({ openAt }) => ((Math.floor(openAt / DAY_US) + 3) % 7) + 1],
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
