import { describe, expect, it } from "vitest";
import type { Micros } from "#domain/time.js";
import { findMoment, type Moment } from "./moments.js";

const at = (text: string): Moment => ({ at: (Date.parse(`${text}Z`) * 1000) as Micros, day: text.slice(0, 10) });
const days = ["2020-01-02T21:05:00", "2020-01-09T21:05:00", "2020-01-16T21:05:00"].map(at);
const minutes = ["2020-01-02T15:00:10", "2020-01-02T15:30:10", "2020-01-03T15:00:10"].map(at);

describe("a moment", () => {
  it.each([
    ["2020-01-09", days, 1],
    ["2020-01-09T21:05", days, 1],
    ["2020-01-09 21:05:00Z", days, 1],
    ["2020-01-02T15:30", minutes, 1],
    ["2020-01-03", minutes, 2],
  ])("is found by %s", (wanted, known, position) => {
    expect(findMoment(wanted, known, "run")).toBe(position);
  });

  it.each([
    ["2020-01-10", days, /run has no moment 2020-01-10; the nearest are 2020-01-09 and 2020-01-16/],
    ["2019-01-10", days, /the nearest is 2020-01-02\./],
    ["2021-01-10", days, /the nearest is 2020-01-16\./],
    ["2020-01-02", minutes, /2 moments on 2020-01-02, from 15:00 to 15:30 UTC: name one, as 2020-01-02T15:30/],
    ["2020-01-02T15:10", minutes, /the nearest are 2020-01-02T15:00 and 2020-01-02T15:30/],
    ["yesterday", days, /"yesterday" is no moment: write a day as YYYY-MM-DD/],
  ])("that is not there, %s, is told with those that are", (wanted, known, sentence) => {
    expect(() => findMoment(wanted, known, "run")).toThrow(sentence);
  });
});
