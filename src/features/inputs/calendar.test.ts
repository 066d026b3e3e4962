// Calendar columns against pandas_market_calendars and pandas (test/reference/features/sessions/make.py), and at the ends of the list.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Session } from "#domain/session.js";
import { DAY_US, HOUR_US, type IsoDate, type Micros, utcDate } from "#domain/time.js";
import { featureByName } from "#features/registry.js";
import { type BarMoment, calendarColumns, sessionOf } from "./calendar.js";

interface Reference {
  readonly sessions: readonly (readonly [date: string, openAt: number, closeAt: number, early: number])[];
  readonly columns: readonly string[];
  readonly rows: readonly (readonly [date: string, ...values: number[]])[];
}

const url = new URL("../../../test/reference/features/sessions/sessions.json", import.meta.url);
const reference = JSON.parse(readFileSync(url, "utf8")) as Reference;
const sessions = reference.sessions.map(
  ([date, openAt, closeAt, early]): Session => ({
    date: date as IsoDate,
    openAt: openAt as Micros,
    closeAt: closeAt as Micros,
    early: early === 1,
  }),
);

/** Of the feature's only input. */
function valueOf(name: string, moment: BarMoment): number {
  const [input = ""] = featureByName(name).inputs;
  const column = calendarColumns.get(input.replace("calendar.", ""));
  expect(column, name).toBeDefined();
  return (column as (moment: BarMoment) => number)(moment);
}

const closing = (session: Session, all: readonly Session[] = sessions): BarMoment => ({
  openAt: session.openAt,
  at: session.closeAt,
  sessions: all,
  session: sessionOf(all, session.closeAt),
});

describe("features of the calendar against pandas_market_calendars", () => {
  it.each(reference.columns.map((name, c) => [name, c + 1] as const))("%s is the same on every session of three years", (name, c) => {
    const byDate = new Map(sessions.map((session) => [session.date as string, session]));
    const differing = reference.rows.flatMap((row) => {
      const ours = valueOf(name, closing(byDate.get(row[0]) as Session));
      return ours === row[c] ? [] : [`${row[0]}: ${ours} for ${row[c]}`];
    });
    expect(reference.rows.length).toBeGreaterThan(650);
    expect(differing).toEqual([]);
  });
});

describe("a bar's place in its session", () => {
  const [session] = sessions as [Session];
  const bar = (fromHour: number, toHour: number): BarMoment => {
    const at = session.openAt + toHour * HOUR_US;
    return { openAt: session.openAt + fromHour * HOUR_US, at, sessions, session: sessionOf(sessions, at) };
  };

  it("is told by phase, minutes, and first and last bar", () => {
    const names = ["session_phase", "minutes_to_close", "minutes_since_open", "first_bar", "last_bar"];
    const of = (moment: BarMoment): number[] => names.map((name) => valueOf(name, moment));
    expect(of(bar(0, 0.5))).toEqual([0.5 / 6.5, 360, 0, 1, 0]);
    expect(of(bar(6, 6.5))).toEqual([1, 0, 360, 0, 1]);
    expect(of(bar(1, 2))).toEqual([2 / 6.5, 270, 60, 0, 0]);
  });

  it("is unknown outside all sessions and when the run has none", () => {
    const inputs = [...calendarColumns.keys()].filter((name) => !/^(dayOfWeek|dayNumber|dayTime|week(Sine|Cosine))/.test(name));
    const night = { ...bar(7, 8), sessions: [] as Session[], session: -1 };
    for (const name of inputs) {
      expect(calendarColumns.get(name)?.(bar(7, 8)), name).toBeNaN();
      expect(calendarColumns.get(name)?.(night), name).toBeNaN();
    }
    for (const name of ["dayOfWeek", "dayTimeSine"]) expect(calendarColumns.get(name)?.(night)).not.toBeNaN();
  });
});

describe("the ends of a list of sessions", () => {
  it("weekdays beyond it count as sessions", () => {
    const only = sessions.filter(({ date }) => date === "2022-06-15");
    const [session] = only as [Session];
    // June 2022 has 22 weekdays, the 15th being the 11th; the third Friday is the 17th.
    const values = ["session_of_month", "left_in_month", "to_expiry", "hours_after", "to_holiday"].map((name) =>
      valueOf(name, closing(session, only)),
    );
    expect(values).toEqual([11, 11, 2, 24 - 6.5, 20]);
  });

  it("every day beyond it counts when the venue opens on weekends", () => {
    const always = Array.from({ length: 10 }, (_, k): Session => {
      const openAt = (19_000 * DAY_US + k * DAY_US) as Micros;
      return { date: utcDate(openAt), openAt, closeAt: (openAt + DAY_US) as Micros, early: false };
    });
    // Day 19,000 is 2022-01-08.
    const moment = closing(always[0] as Session, always);
    expect(valueOf("session_of_month", moment)).toBe(8);
    expect(valueOf("left_in_month", moment)).toBe(23);
    expect(valueOf("hours_before", moment)).toBe(0);
  });
});
