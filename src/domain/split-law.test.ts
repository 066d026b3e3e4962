import { describe, expect, it } from "vitest";
import type { Split } from "./corporate-action.js";
import type { InstrumentIx, Lots, Ticks } from "./instrument.js";
import type { ApprovedOrder, OrderId } from "./order.js";
import { splitLots, splitWorking } from "./split-law.js";
import type { Micros } from "./time.js";

const split = (ratio: number): Split => ({ kind: "split", at: 0 as Micros, seenAt: 0 as Micros, instrument: 0 as InstrumentIx, ratio });
const working = (remaining: number, limit: number | null) => ({
  order: { id: "o" as OrderId } as ApprovedOrder,
  remaining: remaining as Lots,
  limit: limit as Ticks | null,
});

describe("a split", () => {
  it.each([
    [100, 7, 700, 0],
    [300, 1 / 3, 100, 0],
    [301, 1 / 3, 100, 1 / 3],
    [-301, 1 / 3, -100, -1 / 3],
    [9, 0.1, 0, 0.9],
    [-5, 1.5, -7, -0.5],
    [0, 3, 0, 0],
  ])("of %d lots at %d for one leaves %d whole lots and a fraction of %d", (lots, ratio, whole, fraction) => {
    const after = splitLots(lots, ratio);
    expect(after.lots).toBe(whole);
    expect(after.fraction).toBeCloseTo(fraction, 9);
  });

  it.each([
    [10, 101, 2, [20, 50]],
    [-10, 101, 2, [-20, 51]],
    [10, 300, 3, [30, 100]],
    [-10, 299, 1 / 3, [-3, 897]],
    [10, null, 2, [20, null]],
    [5, 100, 0.1, null],
    [5, 3, 7, null],
    [-5, 3, 7, [-35, 1]],
  ])("of an order for %d at limit %d, %d for one, never worsens the limit", (lots, limit, ratio, expected) => {
    const after = splitWorking(working(lots, limit), split(ratio));
    expect(after === null ? null : [after.remaining, after.limit]).toEqual(expected);
  });
});
