// Which calendar some dates follow. NYSE unless the dates themselves say otherwise.
import { type IsoDate, parseIsoDate } from "#domain/time.js";
import { type Calendar, calendarByName } from "../calendar/calendar.js";

export interface GuessedCalendar {
  readonly calendar: "XNYS" | "XNSE" | "24/7";
  readonly currency: string;
}

/** Share of the dates that a calendar may call closed before another one is considered. */
const CLOSED = 0.01;
const ENOUGH_DATES = 100;
/** Share of weekend days above which a file belongs to a market that never closes (2 of 7); exchanges open a few Saturdays. */
const WEEKENDS = 0.1;

/** `datesPerFile`: `YYYY-MM-DD` texts by file; anything else in them is ignored. */
export function guessCalendar(symbols: readonly string[], datesPerFile: readonly (readonly string[])[]): GuessedCalendar {
  const days = datesPerFile.map((dates) => [...new Set(dates)].flatMap((text) => parseIsoDate(text) ?? []));
  const weekend = (day: IsoDate): boolean => [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
  const filled = days.filter((file) => file.length > 0);
  if (filled.length > 0 && filled.filter((file) => file.filter(weekend).length > WEEKENDS * file.length).length > filled.length / 2)
    return { calendar: "24/7", currency: "USD" };
  const india = symbols.length > 0 && symbols.every((symbol) => /\.(NS|BO)$/i.test(symbol));
  const all = [...new Set(days.flat())].sort();
  const [newYork, mumbai] = [closedShare(calendarByName("XNYS"), all), closedShare(calendarByName("XNSE"), all)];
  const follows = all.length >= ENOUGH_DATES && newYork > CLOSED && mumbai < newYork / 4;
  return india || follows ? { calendar: "XNSE", currency: "INR" } : { calendar: "XNYS", currency: "USD" };
}

/** Of the dates that the calendar knows, the share on which it was closed; 1 when it knows none. */
function closedShare(calendar: Calendar, days: readonly IsoDate[]): number {
  let known = 0;
  let closed = 0;
  for (const day of days) {
    try {
      if (calendar.sessionOf(day) === null) closed++;
      known++;
    } catch {
      // A year outside the calendar says nothing about the others.
    }
  }
  return known === 0 ? 1 : closed / known;
}
