// Days and moments of fact files as Micros. A day without a clock is over at the next midnight UTC: what is dated so is known no earlier.
import { DAY_US, type IsoDate, type Micros, parseIsoDate, utcMidnight } from "#domain/time.js";

/** The midnight UTC that ends the day. */
export function endOfDay(date: IsoDate): Micros {
  return (utcMidnight(date) + DAY_US) as Micros;
}

/** `2016-06-30`, `20160630` or `6/30/2016`; null for anything else, and for days that do not exist or lie before 1900. */
export function parseDay(text: string): IsoDate | null {
  const compact = /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
  const iso =
    compact !== null
      ? `${compact[1]}-${compact[2]}-${compact[3]}`
      : american !== null
        ? `${american[3]}-${(american[1] as string).padStart(2, "0")}-${(american[2] as string).padStart(2, "0")}`
        : text;
  const date = parseIsoDate(iso);
  return date === null || date < "1900-01-01" ? null : date;
}

const MOMENT = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?$/;

/** A day (its end), or a moment in ISO 8601; without a zone it is UTC. Null when it is neither. Fractions beyond the microsecond are cut. */
export function parseMoment(text: string): Micros | null {
  const day = parseDay(text);
  if (day !== null) return endOfDay(day);
  const parts = MOMENT.exec(text);
  if (parts === null) return null;
  const [, date, hour, minute, second = "0", fraction = "", zone = "Z"] = parts;
  const midnight = parseDay(date as string);
  if (midnight === null || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null;
  const inDay = (Number(hour) * 3600 + Number(minute) * 60 + Number(second)) * 1_000_000 + Number(fraction.padEnd(6, "0").slice(0, 6));
  return (utcMidnight(midnight) + inDay - offsetOf(zone)) as Micros;
}

/** Of `+05:30` or `Z`, in microseconds. */
function offsetOf(zone: string): number {
  if (zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith("-") ? -1 : 1) * minutes * 60_000_000;
}
