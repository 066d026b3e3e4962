// Time is integer microseconds, UTC. Nanoseconds do not fit a JavaScript number; microseconds do until 2255.
import type { Brand } from "#base/brand.js";

/** UTC epoch microseconds, a safe integer. */
export type Micros = Brand<number, "Micros">;

export const MS_US = 1_000;
export const SECOND_US = 1_000_000;
export const MINUTE_US = 60 * SECOND_US;
export const HOUR_US = 60 * MINUTE_US;
export const DAY_US = 24 * HOUR_US;

/** What happened, and when we could first act on it. Never `seenAt < at`. */
export interface Timed {
  /** When it happened at the source. A bar happens at its END. */
  readonly at: Micros;
  /** When it could first be acted on. */
  readonly seenAt: Micros;
}

export function micros(value: number): Micros {
  if (!Number.isSafeInteger(value)) throw new RangeError(`not a time in microseconds: ${value}`);
  return value as Micros;
}

/** A calendar day as `YYYY-MM-DD`, with no time zone of its own. */
export type IsoDate = Brand<string, "IsoDate">;

/** Returns null unless the text is a real day in `YYYY-MM-DD`. */
export function parseIsoDate(text: string): IsoDate | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text ? null : (text as IsoDate);
}

export function isoDateOrThrow(text: string): IsoDate {
  const date = parseIsoDate(text);
  if (date === null) throw new RangeError(`not a date in YYYY-MM-DD: ${text}`);
  return date;
}

/** Days since 1970-01-01 of a calendar day. */
export function dayNumber(date: IsoDate): number {
  return Date.parse(`${date}T00:00:00Z`) / 86_400_000;
}

export function dateOfDayNumber(day: number): IsoDate {
  return new Date(day * 86_400_000).toISOString().slice(0, 10) as IsoDate;
}

/** Midnight UTC of a calendar day. */
export function utcMidnight(date: IsoDate): Micros {
  return (dayNumber(date) * DAY_US) as Micros;
}

/** The UTC calendar day that holds the moment. */
export function utcDate(time: Micros): IsoDate {
  return dateOfDayNumber(Math.floor(time / DAY_US));
}

/** ISO 8601 in UTC, to the microsecond when there is a fraction: `2016-06-30T20:00:00Z`. */
export function formatMicros(time: Micros): string {
  const seconds = Math.floor(time / SECOND_US);
  const fraction = time - seconds * SECOND_US;
  const base = new Date(seconds * 1000).toISOString().slice(0, 19);
  return fraction === 0 ? `${base}Z` : `${base}.${String(fraction).padStart(6, "0")}Z`;
}
