// Moments as people write them in experiments and the files they name: a day is its first instant.
import { parseMoment } from "#data/facts/moments.js";
import { type Micros, parseIsoDate, utcMidnight } from "#domain/time.js";

/** `2024-05-08` (midnight UTC) or ISO 8601 with a clock, in UTC where no zone is given; null for anything else. */
export function momentOf(text: string): Micros | null {
  const day = parseIsoDate(text);
  return day === null ? parseMoment(text) : utcMidnight(day);
}
