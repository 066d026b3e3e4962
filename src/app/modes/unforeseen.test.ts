// Features of the calendar over the venues' real calendars: what came without notice is not known before it is there.
import { describe, expect, it } from "vitest";
import { calendarByName } from "#data/calendar/calendar.js";
import type { Session } from "#domain/session.js";
import type { IsoDate } from "#domain/time.js";
import { calendarColumns, sessionOf } from "#features/inputs/calendar.js";
import { featureByName } from "#features/registry.js";

const sessions = (name: string, from: string, to: string): readonly Session[] =>
  calendarByName(name).sessions(from as IsoDate, to as IsoDate);

/** The feature's only input, at the close of a day. */
function at(date: string, name: string, list: readonly Session[]): number {
  const [input = ""] = featureByName(name).inputs;
  const column = calendarColumns.get(input.replace("calendar.", ""));
  const { openAt, closeAt } = list.find((session) => session.date === date) as Session;
  return column?.({ openAt, at: closeAt, sessions: list, session: sessionOf(list, closeAt) }) as number;
}

describe("what nobody foresaw", () => {
  const known = sessions("XNYS", "2001-06-01", "2001-12-31");

  it("is not ahead of anybody: the week after September 10th 2001 looks like any other", () => {
    const days = ["2001-09-06", "2001-09-07", "2001-09-10"];
    expect(days.map((day) => at(day, "to_holiday", known))).toEqual([20, 20, 20]);
    expect(days.map((day) => at(day, "hours_after", known))).toEqual([17.5, 65.5, 17.5]);
    expect(days.map((day) => at(day, "left_in_month", known))).toEqual([16, 15, 14]);
    expect(days.map((day) => at(day, "to_expiry", known))).toEqual([11, 10, 9]);
  });

  it("lies behind once it has come", () => {
    const days = ["2001-09-17", "2001-09-18"];
    expect(days.map((day) => at(day, "hours_before", known))).toEqual([161.5, 17.5]);
    expect(days.map((day) => at(day, "since_holiday", known))).toEqual([0, 1]);
    expect(days.map((day) => at(day, "session_of_month", known))).toEqual([6, 7]);
  });

  it("shortens no session before it happens: a day that a circuit breaker ended looks whole", () => {
    const list = sessions("XNYS", "1997-10-01", "1997-11-30");
    expect(at("1997-10-24", "next_half_day", list)).toBe(0);
    expect(at("1997-10-27", "half_day", list)).toBe(0);
    expect(at("1997-10-27", "session_hours", list)).toBe(6.5);
    expect(at("1997-10-27", "minutes_to_close", list)).toBe(30);
    expect(at("1997-10-27", "hours_after", list)).toBe(17.5);
  });
});

it("a special Saturday makes no venue that opens on weekends", () => {
  const list = sessions("XNSE", "2024-01-01", "2024-06-30");
  expect(at("2024-02-07", "to_holiday", list)).toBe(20);
  // The next day that was known to be closed is Friday the 26th; Monday the 22nd was not.
  expect(at("2024-01-19", "to_holiday", list)).toBe(5);
});
