import { describe, expect, it } from "vitest";
import type { Session } from "#domain/session.js";
import { HOUR_US, type IsoDate, MINUTE_US, type Micros } from "#domain/time.js";
import { schedule, tradingSchedule } from "./schedule.js";

const session = (openHour: number, hours: number): Session => ({
  date: "2020-01-02" as IsoDate,
  openAt: (openHour * HOUR_US) as Micros,
  closeAt: ((openHour + hours) * HOUR_US) as Micros,
  early: false,
});

const told = (sessions: Session[], barInterval: "1d" | number, every: number, phase = 0): string[] =>
  [...schedule({ sessions, barInterval, every, graceUs: MINUTE_US, phase })].map(
    (t) => `${t.name} ${(t.seenAt - MINUTE_US) / HOUR_US} since ${t.since / HOUR_US}`,
  );

describe("the schedule", () => {
  it("marks each session at its close and then decides or reconciles", () => {
    expect(told([session(10, 6), session(34, 3), session(58, 6)], "1d", 2, 1)).toEqual([
      "mark 16 since 10",
      "reconcile 16 since 10",
      "mark 37 since 34",
      "decide 37 since 34",
      "mark 64 since 58",
      "reconcile 64 since 58",
    ]);
  });

  it("fires after each bar within a session, marks with the last, and counts bars over sessions", () => {
    expect(told([session(10, 2), session(34, 1)], 3600, 2)).toEqual([
      "decide 11 since 11",
      "mark 12 since 11",
      "reconcile 12 since 12",
      "mark 35 since 34",
      "decide 35 since 35",
    ]);
  });

  it("observes the moments of decision before trading that models look back on, in the rhythm of trading", () => {
    const all = [10, 34, 58, 82, 106, 130, 154].map((hour) => session(hour, 6));
    const options = { sessions: all.slice(5), barInterval: "1d" as const, every: 2, graceUs: MINUTE_US, phase: 0 };
    const tellAll = (steps: number): string[] =>
      [...tradingSchedule(options, all, steps)].map((t) => `${t.name} ${(t.seenAt - MINUTE_US) / HOUR_US} since ${t.since / HOUR_US}`);
    const own = ["mark 136 since 130", "decide 136 since 130", "mark 160 since 154", "reconcile 160 since 154"];
    expect(tellAll(1)).toEqual(own);
    expect(tellAll(2)).toEqual(["observe 88 since 82", ...own]);
    expect(tellAll(3)).toEqual(["observe 40 since 34", "observe 88 since 82", ...own]);
    expect(tellAll(9)).toEqual(tellAll(3));
    const bars = { ...options, barInterval: 7200, every: 4 } as const; // three bars a session: 15 before
    expect([...tradingSchedule(bars, all, 3)].slice(0, 3).map((t) => `${t.name} ${(t.seenAt - MINUTE_US) / HOUR_US}`)).toEqual([
      "observe 62",
      "observe 88",
      "decide 132",
    ]);
  });

  it("marks a session that is shorter than one bar", () => {
    expect(told([session(10, 1)], 7200, 1)).toEqual(["mark 11 since 10"]);
  });

  it("adjusts between decisions whenever whole spans of a session have passed, and decisions stay where they are", () => {
    const options = { sessions: [session(10, 6), session(34, 6)], barInterval: 3600, graceUs: 0, phase: 0 } as const;
    const names = (adjustUs?: number): string[] =>
      [...schedule({ ...options, every: 4, adjustUs })].map((t) => `${t.name} ${t.seenAt / HOUR_US}`);
    const plain = names();
    const watched = names(2 * HOUR_US);
    expect(watched.filter((name) => name.startsWith("adjust"))).toEqual([
      "adjust 12",
      "adjust 14",
      "adjust 16",
      "adjust 36",
      "adjust 38",
      "adjust 40",
    ]);
    expect(watched.map((name) => name.replace("adjust", "reconcile"))).toEqual(plain);
  });
});
