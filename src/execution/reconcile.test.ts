import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import type { ApprovedOrder, Order, OrderId, WorkingOrder } from "#domain/order.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { Micros } from "#domain/time.js";
import { desireLots, reconcile } from "./reconcile.js";

interface Book {
  readonly lots: readonly number[];
  readonly working?: readonly (readonly [number, number])[];
  readonly value?: readonly number[];
  readonly equity?: number;
  /** Reduce-only orders that wait: a stop, or one of a group. */
  readonly guards?: readonly (readonly [number, number])[];
}

function viewOf({ lots, working = [], guards = [], value = lots.map(() => 10), equity = 1000 }: Book): PortfolioView {
  const [workingBuys, workingSells] = [new Float64Array(lots.length), new Float64Array(lots.length)];
  const out = working.map(([i, n], k): WorkingOrder => {
    const side = n > 0 ? workingBuys : workingSells;
    side[i] = (side[i] as number) + n;
    const order: Order = {
      id: `w${k}` as OrderId,
      instrument: i as InstrumentIx,
      lots: n as Lots,
      type: "market",
      limit: null,
      createdAt: 0 as Micros,
    };
    return { order: order as ApprovedOrder, remaining: n as Lots, limit: null };
  });
  guards.forEach(([i, n], k) => {
    const group = { id: "g", kind: "oco" } as const;
    const order: Order = {
      id: `g${k}` as OrderId,
      instrument: i as InstrumentIx,
      lots: n as Lots,
      type: k % 2 === 0 ? "stop" : "limit",
      limit: k % 2 === 0 ? null : (1100 as Ticks),
      createdAt: 0 as Micros,
      terms: { reduceOnly: true, group, ...(k % 2 === 0 ? { trigger: 900 as Ticks } : {}) },
    };
    out.push({ order: order as ApprovedOrder, remaining: n as Lots, limit: order.limit });
  });
  const prices = Float64Array.from(value);
  return {
    asOf: 7 as Micros,
    equity,
    cash: equity,
    lots: Float64Array.from(lots),
    workingBuys,
    workingSells,
    working: out,
    price: prices,
    lotValue: prices,
    markedEquity: equity,
    tradedSinceMark: 0,
  };
}

const plan = (desired: readonly number[], book: Book): unknown => {
  const { orders, cancels } = reconcile(Float64Array.from(desired), viewOf(book));
  return [orders.map((o) => [o.instrument, o.lots]), cancels];
};

describe("reconcile", () => {
  it.each<[string, number[], Book, unknown]>([
    [
      "orders what is desired and not held",
      [5, -3],
      { lots: [0, 0] },
      [
        [
          [0, 5],
          [1, -3],
        ],
        [],
      ],
    ],
    [
      "counts what is held",
      [5, -3],
      { lots: [4, 1] },
      [
        [
          [1, -4],
          [0, 1],
        ],
        [],
      ],
    ],
    [
      "counts what is working",
      [5, -3],
      {
        lots: [0, 0],
        working: [
          [0, 2],
          [1, -3],
        ],
      },
      [[[0, 3]], []],
    ],
    [
      "leaves alone what is right",
      [5],
      {
        lots: [2],
        working: [
          [0, 1],
          [0, 2],
        ],
      },
      [[], []],
    ],
    [
      "cancels what pulls away, and waits for the answer",
      [1, 4],
      {
        lots: [2, 0],
        working: [
          [0, 3],
          [0, 1],
        ],
      },
      [[[1, 4]], ["w0", "w1"]],
    ],
    ["cancels what would overshoot", [3], { lots: [2], working: [[0, 4]] }, [[], ["w0"]]],
    [
      "sends reductions first, then by name",
      [9, 0, 9, 0],
      { lots: [0, 5, 0, -5] },
      [
        [
          [1, -5],
          [3, 5],
          [0, 9],
          [2, 9],
        ],
        [],
      ],
    ],
  ])("%s", (_, desired, book, expected) => {
    expect(plan(desired, book)).toEqual(expected);
  });

  const PAIR = [
    [0, -10],
    [0, -10],
  ] as const;
  it.each<[string, number, number, readonly (readonly [number, number])[], unknown]>([
    ["stays while the position is wanted", 10, 10, [], [[], []]],
    ["stays while more is bought", 15, 10, [], [[[0, 5, false]], []]],
    ["stays while the position shrinks, by orders that only reduce", 4, 10, [], [[[0, -6, true]], []]],
    ["stays while the position is yet to come", 10, 0, [[0, 10]], [[], []]],
    ["goes with the order that closes the position", 0, 10, [], [[[0, -10, true]], ["g0", "g1"]]],
    ["goes with what is left of a position", 0, 3, [], [[[0, -3, true]], ["g0", "g1"]]],
    ["goes while the closing order works, which is not sent again", 0, 10, [[0, -10]], [[], ["g0", "g1"]]],
    ["goes before a position turns: first to nothing", -5, 10, [], [[[0, -10, true]], ["g0", "g1"]]],
    ["goes where nothing is held any more, and what was wanted comes", -5, 0, [], [[[0, -5, false]], ["g0", "g1"]]],
    ["stays where an order pulls away that is none of it", 10, 10, [[0, -3]], [[], ["w0"]]],
  ])("what protects a position %s", (_, desired, held, working, expected) => {
    const { orders, cancels } = reconcile(Float64Array.of(desired), viewOf({ lots: [held], working, guards: PAIR }));
    expect([orders.map((o) => [o.instrument, o.lots, o.terms?.reduceOnly === true]), cancels]).toEqual(expected);
    const short = reconcile(
      Float64Array.of(-desired),
      viewOf({
        lots: [-held],
        working: working.map(([i, n]) => [i, -n] as const),
        guards: PAIR.map(([i, n]) => [i, -n] as const),
      }),
    );
    expect([short.orders.map((o) => [o.instrument, -o.lots, o.terms?.reduceOnly === true]), short.cancels]).toEqual(expected);
  });

  it("gives each order the id of its moment and name", () => {
    const { orders } = reconcile(Float64Array.of(1, 2), viewOf({ lots: [0, 0] }));
    expect(orders.map((o) => [o.id, o.createdAt, o.type, o.limit])).toEqual([
      ["7.0", 7, "market", null],
      ["7.1", 7, "market", null],
    ]);
  });

  it("asks for nothing more once its orders work or have filled in any part, and arrives at the desire", () => {
    const size = 3;
    const lots = fc.integer({ min: -20, max: 20 });
    fc.assert(
      fc.property(
        fc.array(lots, { minLength: size, maxLength: size }),
        fc.array(lots, { minLength: size, maxLength: size }),
        fc.array(fc.nat(20), { minLength: size, maxLength: size }),
        (desired, held, filled) => {
          const want = Float64Array.from(desired);
          const { orders } = reconcile(want, viewOf({ lots: held }));
          const after = [...held];
          const working = orders.flatMap((o): [number, number][] => {
            const part = Math.sign(o.lots) * Math.min(Math.abs(o.lots), filled[o.instrument] as number);
            after[o.instrument] = (after[o.instrument] as number) + part;
            return part === o.lots ? [] : [[o.instrument, o.lots - part]];
          });
          expect(plan(desired, { lots: after, working })).toEqual([[], []]);
          const done = after.map((n, i) => n + working.reduce((sum, [k, m]) => (k === i ? sum + m : sum), 0));
          expect(done).toEqual(desired);
        },
      ),
    );
  });
});

describe("the desire", () => {
  it("is sized in whole lots towards zero; NaN weights and unknown prices keep what was desired", () => {
    const desired = Float64Array.of(1, 2, 3, 4, 5);
    const weights = Float64Array.of(0.299, -0.299, Number.NaN, 0.1, 0);
    desireLots({ asOf: 7 as Micros, weights }, viewOf({ lots: [0, 0, 0, 0, 0], value: [10, 10, 10, Number.NaN, Number.NaN] }), desired);
    expect([...desired]).toEqual([29, -29, 3, 4, 0]);
  });

  it("is nothing for a ruined account, not the opposite", () => {
    const desired = Float64Array.of(1, 2);
    desireLots({ asOf: 7 as Micros, weights: Float64Array.of(0.5, -0.5) }, viewOf({ lots: [0, 0], equity: -1000 }), desired);
    expect(desired.every((n) => n === 0)).toBe(true);
    desireLots({ asOf: 7 as Micros, weights: Float64Array.of(0.5, -0.5) }, viewOf({ lots: [0, 0], equity: Number.NaN }), desired);
    expect(desired.every((n) => n === 0)).toBe(true);
  });
});
