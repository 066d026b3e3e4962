// Maps moments to local calendar days and session numbers of a venue. Made for rows in time order: a cursor moves forward.
import { dateOfDayNumber, dayNumber, type IsoDate, type Micros } from "#domain/time.js";
import type { Calendar } from "../calendar/calendar.js";
import { zonedToMicros } from "../calendar/zone.js";

export class DayIndex {
  private readonly starts: Float64Array;
  /** Session number of each day; -1 when the venue is closed. */
  private readonly numbers: Int32Array;
  private readonly opens: Float64Array;
  private readonly closes: Float64Array;
  private readonly dates: readonly IsoDate[];
  private day = 0;

  /** Both dates included. */
  constructor(calendar: Calendar, from: IsoDate, to: IsoDate) {
    const first = dayNumber(from);
    const days = dayNumber(to) - first + 1;
    const sessions = calendar.sessions(from, to);
    this.dates = sessions.map((session) => session.date);
    this.opens = Float64Array.from(sessions, (session) => session.openAt);
    this.closes = Float64Array.from(sessions, (session) => session.closeAt);
    const numberOf = new Map(sessions.map((session, n) => [session.date, n]));
    this.starts = new Float64Array(days + 1);
    this.numbers = new Int32Array(days);
    for (let d = 0; d <= days; d++) {
      const date = dateOfDayNumber(first + d);
      this.starts[d] = zonedToMicros(`${date}T00:00:00`, calendar.timezone);
      if (d < days) this.numbers[d] = numberOf.get(date) ?? -1;
    }
  }

  /** Session number of the local day that holds `time`; -1 when closed or outside the index. Cheap when times rise. */
  sessionNumber(time: number): number {
    if (time < (this.starts[this.day] as number)) this.day = 0;
    const last = this.starts.length - 1;
    if (time < (this.starts[0] as number) || time >= (this.starts[last] as number)) return -1;
    while (time >= (this.starts[this.day + 1] as number)) this.day++;
    return this.numbers[this.day] as number;
  }

  dateOf(session: number): IsoDate {
    return this.dates[session] as IsoDate;
  }

  /** True when the interval lies within the session's hours. */
  withinHours(session: number, openAt: number, at: number): boolean {
    return openAt >= (this.opens[session] as Micros) && at <= (this.closes[session] as Micros);
  }
}
