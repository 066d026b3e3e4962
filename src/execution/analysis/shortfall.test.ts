import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ParentOrder, shortfallOf } from "./shortfall.js";

const ticks = fc.integer({ min: 1, max: 1_000_000 });
const order: fc.Arbitrary<ParentOrder> = fc
  .record({
    side: fc.constantFrom(1, -1),
    fills: fc.array(fc.record({ lots: fc.integer({ min: 1, max: 1e5 }), price: ticks, sentAt: ticks }), { maxLength: 20 }),
    more: fc.integer({ min: 0, max: 1e5 }),
    decision: ticks,
    arrival: ticks,
    end: ticks,
  })
  .map(({ side, fills, more, ...prices }) => ({
    ...prices,
    lots: side * (fills.reduce((sum, { lots }) => sum + lots, 0) + Math.max(more, fills.length === 0 ? 1 : 0)),
    fills: fills.map((fill) => ({ ...fill, lots: side * fill.lots })),
  }));

describe("implementation shortfall", () => {
  it("is taken apart to the last tick: the parts add up to the paper portfolio's lead", () => {
    fc.assert(
      fc.property(order, (parent) => {
        const { delay, timing, crossing, opportunity, total } = shortfallOf(parent);
        expect(delay + timing + crossing + opportunity).toBe(total);
        // The paper portfolio holds all of it at the decision's price; the real one what it got, at what it paid.
        const { lots, decision, end, fills } = parent;
        const paper = BigInt(lots) * BigInt(end - decision);
        const real = fills.reduce((sum, fill) => sum + BigInt(fill.lots) * BigInt(end - fill.price), 0n);
        expect(BigInt(total)).toBe(paper - real);
      }),
    );
  });

  it("names each part: a buy of 100, of which 80 were filled", () => {
    const parts = shortfallOf({
      lots: 100,
      decision: 1000,
      arrival: 1002,
      end: 1010,
      fills: [
        { lots: 50, sentAt: 1002, price: 1003 },
        { lots: 30, sentAt: 1006, price: 1005 },
      ],
    });
    expect(parts).toEqual({ delay: 160, timing: 120, crossing: 20, opportunity: 200, total: 500 });
  });

  it("refuses what is no order", () => {
    const parent = { lots: 10, decision: 5, arrival: 5, end: 5 };
    for (const fills of [
      [{ lots: 11, price: 5, sentAt: 5 }],
      [{ lots: -1, price: 5, sentAt: 5 }],
      [{ lots: 1, price: 5.5, sentAt: 5 }],
      [{ lots: 1, price: Number.NaN, sentAt: 5 }],
    ])
      expect(() => shortfallOf({ ...parent, fills })).toThrow(RangeError);
  });
});
