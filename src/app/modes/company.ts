// What features of the moment and of the calendar are told: which sector each instrument belongs to, who stands for a role, and the
// venue's sessions.
import { TruewindError } from "#base/errors.js";
import { calendarByName } from "#data/calendar/calendar.js";
import type { DatasetManifest } from "#domain/dataset.js";
import type { Instrument } from "#domain/instrument.js";
import type { Session } from "#domain/session.js";
import { DAY_US, type IsoDate, isoDateOrThrow, type Micros, utcDate } from "#domain/time.js";
import { type PeerRole, peerRoles } from "#features/language/node.js";

/** A number per instrument, 0 and up in alphabetical order of the sectors' names; -1 where the sector is not known. */
export function sectorNumbers(instruments: readonly Instrument[]): Int32Array {
  const names = [...new Set(instruments.flatMap(({ sector }) => (sector === null ? [] : [sector])))].sort();
  return Int32Array.from(instruments, ({ sector }) => (sector === null ? -1 : names.indexOf(sector)));
}

/** Rows of the instruments that stand for roles; a symbol that is not there is left out. */
export function peerRows(
  instruments: readonly Instrument[],
  peers: Readonly<Partial<Record<PeerRole, string | null>>>,
): Partial<Record<PeerRole, number>> {
  const rows: Partial<Record<PeerRole, number>> = {};
  for (const role of peerRoles) {
    const row = instruments.findIndex(({ id }) => id === peers[role]);
    if (row >= 0) rows[role] = row;
  }
  return rows;
}

/** Days of sessions that features of the calendar are told before the first and after the last row: to the turn of any quarter. */
const BEFORE = 100;
const AFTER = 130;

/**
 * The venue's sessions over the dataset, and some before and after it, as the calendar is known ahead; where it does not know a year,
 * those of the years that it knows. Empty for a dataset without rows.
 */
export function sessionsAround({ calendar, from, to }: DatasetManifest): readonly Session[] {
  if (from === null || to === null) return [];
  const known = calendarByName(calendar);
  const day = (time: number, days: number) => isoDateOrThrow(utcDate((time + days * DAY_US) as Micros));
  const knows = (date: IsoDate): boolean => {
    try {
      known.sessions(date, date);
      return true;
    } catch (error) {
      if (error instanceof TruewindError && error.code === "no-data") return false;
      throw error;
    }
  };
  const [before, after] = [day(from, -BEFORE), day(to, AFTER)];
  const first = knows(before) ? before : isoDateOrThrow(`${day(from, 0).slice(0, 4)}-01-01`);
  const last = knows(after) ? after : isoDateOrThrow(`${day(to, 0).slice(0, 4)}-12-31`);
  return known.sessions(first, last);
}
