// Delistings that a file of bars does not tell: a name falls silent and never comes back. What holders got is not in the bars either,
// so it is an assumption that the caller states.
import type { Delisting } from "#domain/corporate-action.js";
import type { InstrumentIx } from "#domain/instrument.js";
import type { IsoDate } from "#domain/time.js";
import type { Calendar } from "../calendar/calendar.js";

/**
 * Mean return over the delisting month of NYSE and AMEX names delisted for performance (Shumway 1997, The Delisting Bias in CRSP Data,
 * Journal of Finance 52(1), 327-340). Mergers, which are most silent names in good years, end near 0; for Nasdaq names delisted for
 * performance Shumway and Warther (1999, JF 54(6)) find -0.55. With the reason unknown this one is used: hard on longs, kind to shorts.
 */
export const PERFORMANCE_DELISTING_RETURN = -0.3;

/** Sessions without a bar after which a name counts as delisted. */
export const SILENT_SESSIONS = 5;

export interface LastBar {
  readonly instrument: InstrumentIx;
  /** Local trading day of its last bar. */
  readonly date: IsoDate;
}

/**
 * One event per name whose last bar lies at least `SILENT_SESSIONS` sessions before the set's end. It happens and is seen at the close of
 * the fifth silent session: until then nobody could tell it from a halt. A name that only paused is not delisted, because its bars go on
 * (so the inference does use that later bars exist: at the moment itself a long halt would look the same). In order of (at, instrument).
 */
export function inferDelistings(
  lastBars: readonly LastBar[],
  datasetEnd: IsoDate,
  calendar: Calendar,
  finalReturn: number = PERFORMANCE_DELISTING_RETURN,
): Delisting[] {
  const earliest = lastBars.reduce<IsoDate>((first, { date }) => (date < first ? date : first), datasetEnd);
  const sessions = calendar.sessions(earliest, datasetEnd);
  const after = new Map<IsoDate, number>(); // last bar's day -> position of the first session after it
  const out: Delisting[] = [];
  for (const { instrument, date } of lastBars) {
    let first = after.get(date);
    if (first === undefined) {
      first = sessions.findIndex((session) => session.date > date);
      after.set(date, first);
    }
    const silent = first < 0 ? undefined : sessions[first + SILENT_SESSIONS - 1];
    if (silent !== undefined) out.push({ kind: "delisting", at: silent.closeAt, seenAt: silent.closeAt, instrument, finalReturn });
  }
  return out.sort((a, b) => a.at - b.at || a.instrument - b.instrument);
}
