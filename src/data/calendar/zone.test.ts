// References: Python's zoneinfo for the conversions (values below), TC39 Temporal's "compatible" rule for the times that do not exist.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatMicros, type Micros } from "#domain/time.js";
import { localToMicros, microsToLocal, microsToZoned, zonedToMicros, zoneOffset } from "./zone.js";

const newYork = "America/New_York";
const utc = (local: string, zone = newYork): string => formatMicros(zonedToMicros(local, zone));

describe("local time", () => {
  it("becomes UTC by the offset in force at that moment", () => {
    expect(utc("2014-06-09T09:30:00")).toBe("2014-06-09T13:30:00Z");
    expect(utc("2014-12-09 09:30")).toBe("2014-12-09T14:30:00Z");
    expect(utc("2006-04-02T12:00:00")).toBe("2006-04-02T16:00:00Z"); // the rule before 2007: first Sunday of April
    expect(utc("1990-10-28T12:00:00")).toBe("1990-10-28T17:00:00Z");
    expect(utc("2020-11-14T18:15:00.000250", "Asia/Kolkata")).toBe("2020-11-14T12:45:00.000250Z");
    expect(utc("2024-02-29T23:59:59.123456789", "UTC")).toBe("2024-02-29T23:59:59.123456Z");
    expect(utc("2024-02-29T23:59:59.5", "UTC")).toBe("2024-02-29T23:59:59.500000Z");
    expect(utc("2011-12-31", "Pacific/Apia")).toBe("2011-12-30T10:00:00Z"); // the day after the one that Samoa skipped
  });

  it("means the first occurrence when it occurs twice", () => {
    expect(utc("2014-11-02T01:30:00")).toBe("2014-11-02T05:30:00Z");
    expect(utc("2014-11-02T02:00:00")).toBe("2014-11-02T07:00:00Z");
    expect(utc("2014-11-02T00:59:59")).toBe("2014-11-02T04:59:59Z");
  });

  it("moves on by the jump when it never occurs", () => {
    expect(utc("2014-03-09T02:30:00")).toBe("2014-03-09T07:30:00Z");
    expect(microsToZoned(zonedToMicros("2014-03-09T02:30:00", newYork), newYork)).toBe("2014-03-09T03:30:00");
    expect(utc("2014-03-09T01:59:59")).toBe("2014-03-09T06:59:59Z");
    expect(utc("2014-03-09T03:00:00")).toBe("2014-03-09T07:00:00Z");
  });

  it("is NaN when the text is no time", () => {
    const noTimes = [
      "",
      "2014-02-30",
      "2014-6-9",
      "2014-06-09T25:00",
      "2014-06-09T09:61",
      "2014-06-09T09:30:00Z",
      "09:30",
      "2014-06-09T09:30:0",
    ];
    noTimes.push(
      "2014-06-09T09",
      "2014-06-09T09:30:61",
      "2014-06-09T09:30:00.",
      "2014-06-09T09:30:00.1x",
      "2014-06-09_09:30",
      "x014-06-09",
    );
    for (const text of noTimes) {
      expect([text, zonedToMicros(text, newYork)]).toEqual([text, Number.NaN]);
    }
  });

  it("says that a zone does not exist", () => {
    expect(() => zonedToMicros("2014-06-09", "America/Gotham")).toThrow('"America/Gotham" is no time zone');
  });

  it("survives the way there and back for every moment of the covered years, and never runs backwards", () => {
    const zones = fc.constantFrom(newYork, "Asia/Kolkata", "Europe/London", "Australia/Lord_Howe", "Pacific/Apia", "UTC");
    const moments = fc.integer({ min: 631_152_000, max: 4_102_444_800 });
    fc.assert(
      fc.property(zones, moments, (zone, seconds) => {
        const time = (seconds * 1e6) as Micros;
        const back = localToMicros(microsToLocal(time, zone), zone);
        // In the repeated hour the first occurrence is returned, the same wall clock all the same.
        expect(microsToLocal(back, zone)).toBe(microsToLocal(time, zone));
        expect(back).toBeLessThanOrEqual(time);
        expect(zoneOffset(time, zone)).toBe(microsToLocal(time, zone) - time);
        expect(zonedToMicros(microsToZoned(time, zone), zone)).toBe(back);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("has the offset that Intl names for the moment, in zones with odd rules too", () => {
    const zones = fc.constantFrom(
      newYork,
      "Africa/Casablanca",
      "Europe/Dublin",
      "Australia/Lord_Howe",
      "America/Caracas",
      "Asia/Kathmandu",
    );
    fc.assert(
      fc.property(zones, fc.integer({ min: 631_152_000, max: 4_102_444_800 }), (zone, seconds) => {
        const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts(seconds * 1000);
        const name = parts.find((part) => part.type === "timeZoneName")?.value ?? "";
        const [, sign = "+", hours = "0", minutes = "0"] = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(name) ?? expect.fail(name);
        const expected = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60e6;
        expect([zone, seconds, zoneOffset((seconds * 1e6) as Micros, zone) - expected]).toEqual([zone, seconds, 0]);
      }),
      { seed: 2, numRuns: 1000 },
    );
  });

  it("is exact at every second around a change of clocks", () => {
    const change = Date.parse("2014-11-02T06:00:00Z") / 1000;
    for (let s = change - 7300; s < change + 7300; s += 7) {
      const expected = s < change ? -4 : -5;
      expect(zoneOffset((s * 1e6) as Micros, newYork)).toBe(expected * 3_600_000_000);
    }
  });
});
