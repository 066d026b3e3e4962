// How long after its date a fact becomes known, when the source does not say: a declared delay, in days, business days or hours.
// Business days are those of the United States government, whose agencies publish most of what needs a lag.
import { TruewindError } from "#base/errors.js";
import { DAY_US, dayNumber, HOUR_US, type Micros, utcDate } from "#domain/time.js";

export interface Lag {
  readonly count: number;
  readonly unit: "d" | "b" | "h";
}

/** `45d` calendar days, `1b` business days, `8h` hours. Throws `bad-usage`. */
export function parseLag(text: string): Lag {
  const parts = /^(\d{1,5})([dbh])$/.exec(text);
  if (parts === null)
    throw new TruewindError("bad-usage", `"${text}" is no lag: write 45d for days, 1b for business days, or 8h for hours.`);
  return { count: Number(parts[1]), unit: parts[2] as Lag["unit"] };
}

export function lagText({ count, unit }: Lag): string {
  return `${count}${unit}`;
}

/** The moment that lies one lag after `at`; a moment at midnight stays at midnight when days are added. */
export function addLag(at: Micros, { count, unit }: Lag): Micros {
  if (unit === "h") return (at + count * HOUR_US) as Micros;
  if (unit === "d") return (at + count * DAY_US) as Micros;
  // A period that ends at midnight belongs to the day before it; each business day that is counted is over at its end.
  let day = Math.ceil(at / DAY_US) - 1;
  for (let left = count; left > 0; ) {
    day++;
    if (isBusinessDay(day)) left--;
  }
  return (count === 0 ? at : (day + 1) * DAY_US) as Micros;
}

/** `day`: days since 1970-01-01. Weekdays but the federal holidays (5 U.S.C. 6103) of today's law, which in the past were fewer. */
export function isBusinessDay(day: number): boolean {
  const weekday = weekdayOf(day);
  return weekday !== 0 && weekday !== 6 && !federalHolidays(yearOf(day)).has(day);
}

const holidayCache = new Map<number, ReadonlySet<number>>();

function federalHolidays(year: number): ReadonlySet<number> {
  const known = holidayCache.get(year);
  if (known !== undefined) return known;
  const fixed = (month: number, date: number, of = year): number => {
    const day = dayNumber(utcDate((Date.UTC(of, month - 1, date) * 1000) as Micros));
    const weekday = weekdayOf(day);
    return weekday === 6 ? day - 1 : weekday === 0 ? day + 1 : day;
  };
  const nth = (month: number, weekday: number, n: number): number => {
    const first = Math.floor(Date.UTC(year, month - 1, 1) / 86_400_000);
    return first + ((weekday - weekdayOf(first) + 7) % 7) + (n - 1) * 7;
  };
  const lastMondayOfMay = nth(6, 1, 1) - 7;
  const days = new Set([
    fixed(1, 1),
    fixed(1, 1, year + 1), // on a Saturday it is kept on the last Friday of this year
    nth(1, 1, 3), // Martin Luther King
    nth(2, 1, 3), // Washington
    lastMondayOfMay,
    fixed(6, 19),
    fixed(7, 4),
    nth(9, 1, 1), // Labor Day
    nth(10, 1, 2), // Columbus
    fixed(11, 11),
    nth(11, 4, 4), // Thanksgiving
    fixed(12, 25),
  ]);
  holidayCache.set(year, days);
  return days;
}

/** 0 is Sunday. 1970-01-01 was a Thursday. */
function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

function yearOf(day: number): number {
  return Number(utcDate((day * DAY_US) as Micros).slice(0, 4));
}
