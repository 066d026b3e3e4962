// Laws of the scales and the ticks that people see.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calendarTicks, createScale, domainOf, tickDigits, tickValues } from "./scale.js";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 });

describe("scales", () => {
  it("holds every finite value, and is never empty", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(finite, fc.constant(Number.NaN))), (values) => {
        const domain = domainOf([values], [], false);
        const scale = createScale(domain, false);
        expect(domain.high).toBeGreaterThan(domain.low);
        for (const value of values.filter(Number.isFinite)) {
          expect(scale(value)).toBeGreaterThanOrEqual(0);
          expect(scale(value)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it("gives equal heights to equal ratios on a log scale, and no place to zero", () => {
    const scale = createScale({ low: 1, high: 100 }, true);
    expect(scale(10)).toBeCloseTo(0.5, 12);
    expect(scale(0)).toBeNaN();
  });

  it("puts few, rising, round ticks inside the domain", () => {
    fc.assert(
      fc.property(finite, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (low, span) => {
        const domain = { low, high: low + span };
        fc.pre(domain.high - domain.low > Math.abs(low) * 1e-9);
        const ticks = tickValues(domain, 5, false);
        expect(ticks.length).toBeGreaterThanOrEqual(1);
        expect(ticks.length).toBeLessThanOrEqual(8);
        ticks.reduce((previous, tick) => {
          expect(tick).toBeGreaterThan(previous);
          return tick;
        }, Number.NEGATIVE_INFINITY);
      }),
    );
    expect(tickValues({ low: 0.5, high: 25 }, 5, true)).toEqual([0.5, 1, 2, 5, 10, 20]);
    expect(tickValues({ low: -0.31, high: 0 }, 5, false)).toEqual([-0.3, -0.2, -0.1, 0].map((v) => expect.closeTo(v, 12)));
  });

  it("finds the decimals that tell ticks apart", () => {
    expect(tickDigits([0, 0.05, 0.1], 100)).toBe(0);
    expect(tickDigits([0, 0.0005, 0.001], 100)).toBe(2);
  });

  it("labels years on a long axis, months on a short one, sessions on a very short one", () => {
    const place = (i: number): number => i;
    const years = ["2010", "2011", "2012", "2013", "2014", "2015"].flatMap((y) => [`${y}-03-01`, `${y}-09-01`]);
    expect(calendarTicks(years, place).map((tick) => tick.label)).toEqual(["2011", "2012", "2013", "2014", "2015"]);
    const months = Array.from({ length: 8 }, (_, m) => `2016-0${m + 1}-04`);
    expect(calendarTicks(months, place).map((tick) => tick.label)).toEqual(
      months.slice(1).map((_, m) => `${["Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug"][m]} 2016`),
    );
    expect(calendarTicks(["2016-01-04", "2016-01-05"], place).map((tick) => tick.label)).toEqual(["2016-01-04", "2016-01-05"]);
    expect(calendarTicks([], place)).toEqual([]);
  });
});
