// Rates as of a moment: nothing of a rate is known before it was seen.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FxRate } from "#domain/corporate-action.js";
import type { Currency } from "#domain/instrument.js";
import type { Micros } from "#domain/time.js";
import { FxTable } from "./fx.js";

const [USD, INR, EUR, GBP] = ["USD", "INR", "EUR", "GBP"] as Currency[] as [Currency, Currency, Currency, Currency];
const at = (t: number): Micros => t as Micros;
const rate = (from: Currency, to: Currency, t: number, value: number): FxRate => {
  return { kind: "fx", at: at(t), seenAt: at(t), from, to, rate: value };
};

describe("a table of exchange rates", () => {
  const table = new FxTable([rate(USD, INR, 20, 84), rate(USD, INR, 10, 80), rate(EUR, USD, 15, 1.25), rate(INR, USD, 30, 0.0125)], USD);

  it("is NaN before the first rate was seen, and then holds the last one", () => {
    expect([9, 10, 19, 20].map((t) => table.rateAt(USD, INR, at(t)))).toEqual([Number.NaN, 80, 80, 84]);
    expect(table.rateAt(USD, USD, at(0))).toBe(1);
    expect(table.rateAt(GBP, USD, at(50))).toBeNaN();
  });

  it("takes either direction of a pair, the newest first", () => {
    expect(table.rateAt(INR, USD, at(10))).toBe(1 / 80);
    expect(table.rateAt(INR, USD, at(30))).toBeCloseTo(0.0125, 16);
    expect(table.rateAt(USD, INR, at(30))).toBeCloseTo(80, 12);
  });

  it("crosses through the pivot once both legs are known", () => {
    expect(table.rateAt(EUR, INR, at(14))).toBeNaN();
    expect(table.rateAt(EUR, INR, at(15))).toBe(100);
    expect(table.rateAt(INR, EUR, at(20))).toBeCloseTo(1 / 105, 16);
    const pastThePivot = new FxTable([rate(EUR, USD, 1, 1.25), rate(USD, INR, 1, 80)], EUR);
    expect(pastThePivot.rateAt(EUR, INR, at(2))).toBeNaN();
  });

  it("refuses a rate that is not positive", () => {
    for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => new FxTable([rate(USD, INR, 1, value)], USD)).toThrow(RangeError);
  });

  it("does not change what was known when later rates come, and returns what it gave on the way back", () => {
    const one = fc.tuple(
      fc.constantFrom<Currency>(INR, EUR, GBP),
      fc.boolean(),
      fc.nat(100),
      fc.double({ min: 0.01, max: 100, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(one, { maxLength: 20 }), fc.nat(100), (list, t) => {
        const events = list.map(([c, turn, when, value]) => (turn ? rate(USD, c, when, value) : rate(c, USD, when, value)));
        const all = new FxTable(events, USD);
        const known = new FxTable(
          events.filter((e) => e.seenAt <= t),
          USD,
        );
        for (const from of [USD, INR, EUR, GBP]) {
          for (const to of [USD, INR, EUR, GBP]) {
            const value = all.rateAt(from, to, at(t));
            expect(value).toBe(known.rateAt(from, to, at(t)));
            if (!Number.isNaN(value)) expect(value * all.rateAt(to, from, at(t))).toBeCloseTo(1, 12);
          }
        }
      }),
      { seed: 1 },
    );
  });
});
