// Local wall-clock time to UTC and back, by the IANA rules that Node's Intl carries. Offsets are kept per stretch of eight days with the
// exact second of a change, so millions of conversions cost a few map look-ups each. Never reads the machine's own time zone.
import { TruewindError } from "#base/errors.js";
import { DAY_US, formatMicros, type Micros, MINUTE_US, MS_US, SECOND_US } from "#domain/time.js";

/** Zones change their clocks at most once in so many days (the closest in the IANA data are weeks apart). */
const STRETCH_US = 8 * DAY_US;

interface Stretch {
  readonly before: number;
  readonly after: number;
  /** First moment of the offset `after`; Infinity when the stretch has one offset. */
  readonly changeAt: number;
}

interface Zone {
  readonly format: Intl.DateTimeFormat;
  readonly stretches: Map<number, Stretch>;
  /** Number of a stretch -> offset at its start. */
  readonly starts: Map<number, number>;
}

const zones = new Map<string, Zone>();

function zoneOf(timezone: string): Zone {
  const known = zones.get(timezone);
  if (known !== undefined) return known;
  try {
    const format = new Intl.DateTimeFormat("en-US", {
      timeZone: timezone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    const zone: Zone = { format, stretches: new Map(), starts: new Map() };
    zones.set(timezone, zone);
    return zone;
  } catch (cause) {
    throw new TruewindError("bad-config", `"${timezone}" is no time zone; use an IANA name such as America/New_York.`, { cause });
  }
}

/** Asks Intl; slow (microseconds). */
function computeOffset(zone: Zone, time: number): number {
  const seconds = Math.floor(time / SECOND_US);
  const field: Record<string, number> = {};
  for (const part of zone.format.formatToParts(seconds * 1000)) field[part.type] = Number(part.value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = field;
  return Date.UTC(year, month - 1, day, hour, minute, second) * MS_US - seconds * SECOND_US;
}

/** Local time minus UTC at the moment, in micros: -4 hours in New York in summer. Throws `bad-config` for an unknown zone. */
export function zoneOffset(time: Micros, timezone: string): number {
  return offsetIn(zoneOf(timezone), time);
}

function offsetIn(zone: Zone, time: number): number {
  const index = Math.floor(time / STRETCH_US);
  let stretch = zone.stretches.get(index);
  if (stretch === undefined) {
    stretch = findStretch(zone, index);
    zone.stretches.set(index, stretch);
  }
  return time < stretch.changeAt ? stretch.before : stretch.after;
}

function startOffset(zone: Zone, index: number): number {
  let offset = zone.starts.get(index);
  if (offset === undefined) {
    offset = computeOffset(zone, index * STRETCH_US);
    zone.starts.set(index, offset);
  }
  return offset;
}

/** Clocks change at whole seconds. */
function findStretch(zone: Zone, index: number): Stretch {
  const before = startOffset(zone, index);
  const after = startOffset(zone, index + 1);
  if (before === after) return { before, after, changeAt: Number.POSITIVE_INFINITY };
  let low = index * STRETCH_US; // has the offset before
  let high = low + STRETCH_US; // has the offset after
  while (high - low > SECOND_US) {
    const middle = Math.floor((low + high) / 2 / SECOND_US) * SECOND_US;
    if (computeOffset(zone, middle) === before) low = middle;
    else high = middle;
  }
  return { before, after, changeAt: high };
}

/**
 * Wall-clock micros (read as if the wall were UTC) to UTC. Where clocks are turned back and the local time occurs twice, the FIRST
 * occurrence is meant; where they jump ahead and it never occurs, the offset before the jump is used, so 02:30 becomes 03:30
 * (the "compatible" rule of TC39 Temporal and RFC 5545). Throws `bad-config` for an unknown zone.
 */
export function localToMicros(local: number, timezone: string): Micros {
  const zone = zoneOf(timezone);
  // Offsets are less than a day, so these two moments lie on either side of any change that could matter.
  const before = offsetIn(zone, local - DAY_US);
  const after = offsetIn(zone, local + DAY_US);
  if (before === after || offsetIn(zone, local - before) === before) return (local - before) as Micros;
  return (offsetIn(zone, local - after) === after ? local - after : local - before) as Micros;
}

/** UTC to wall-clock micros, read as if the wall were UTC. */
export function microsToLocal(time: Micros, timezone: string): number {
  return time + offsetIn(zoneOf(timezone), time);
}

/**
 * `YYYY-MM-DD`, optionally followed by `T` or a space and `HH:MM[:SS[.fraction]]` (digits past the microsecond are dropped), as
 * local time of the zone. Returns NaN when the text is no such time. Ambiguous and missing times: see `localToMicros`.
 */
export function zonedToMicros(local: string, timezone: string): Micros {
  const wall = parseLocal(local);
  return Number.isNaN(wall) ? (wall as Micros) : localToMicros(wall, timezone);
}

/** Local wall-clock time without an offset: `2014-06-09T09:30:00`, with six decimals when there is a fraction. */
export function microsToZoned(time: Micros, timezone: string): string {
  return formatMicros(microsToLocal(time, timezone) as Micros).slice(0, -1);
}

/** By hand, because importers call it for every row: a regular expression costs three times as much. */
function parseLocal(text: string): number {
  const { length } = text;
  const day = dayUs(text);
  if (length === 10) return day;
  const separator = text.charCodeAt(10);
  if ((separator !== 84 && separator !== 32) || text.charCodeAt(13) !== 58) return Number.NaN; // T, space, colon
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  let us = 0;
  if (length !== 16) {
    if (text.charCodeAt(16) !== 58) return Number.NaN;
    const second = digits(text, 17, 19);
    us = second > 59 ? Number.NaN : second * SECOND_US;
    if (length !== 19) {
      if (text.charCodeAt(19) !== 46 || length === 20 || length > 29 || Number.isNaN(digits(text, 20, length))) return Number.NaN;
      us += Number(text.slice(20, 26).padEnd(6, "0"));
    }
  }
  return hour > 23 || minute > 59 ? Number.NaN : day + (hour * 60 + minute) * MINUTE_US + us;
}

/** Midnight of a leading `YYYY-MM-DD`, read as UTC; NaN when there is none. */
function dayUs(text: string): number {
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return Number.NaN; // hyphens
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  if (!(year >= 100 && month >= 1 && month <= 12 && day >= 1 && day <= 31)) return Number.NaN;
  const ms = Date.UTC(year, month - 1, day);
  return day > 28 && new Date(ms).getUTCDate() !== day ? Number.NaN : ms * MS_US;
}

/** The digits of [start, end) as a number; NaN when one of them is none. */
function digits(text: string, start: number, end: number): number {
  let n = 0;
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    n = n * 10 + digit;
  }
  return n;
}
