import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BarBatch, toBarBatch } from "#domain/market.js";
import type { Currency, Instrument, InstrumentId, InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import type { ApprovedOrder, Order } from "#domain/order.js";
import { orderFaults } from "#domain/order-faults.js";
import { type OrderState, protects } from "#domain/order-state.js";
import type { Micros } from "#domain/time.js";
import { NO_PROTECTION } from "#test/fixtures/toy-look-back.js";
import { Protection, type ProtectionOptions, type ProtectionView } from "./protection.js";

const SHARE: Instrument = {
  id: "S" as InstrumentId,
  venue: "X",
  currency: "USD" as Currency,
  tickSize: 0.01,
  relativeTick: null,
  lotSize: 1,
  sector: null,
};
const BOTH: ProtectionOptions = { ...NO_PROTECTION, stopLoss: 0.1, takeProfit: 0.2 };
const i = 0 as InstrumentIx;

/** Fills one name and asks; what it orders works from then on. */
class Stand {
  held = 0;
  desired = 0;
  now = 1;
  working: { order: ApprovedOrder; remaining: Lots; limit: Ticks | null; state: OrderState }[] = [];
  readonly seen = new Set<string>();
  readonly protection: Protection;

  constructor(options: ProtectionOptions = BOTH, instrument: Instrument = SHARE) {
    this.protection = new Protection(options, [instrument]);
  }

  fill(lots: number, price: number): void {
    this.protection.filled({ instrument: i, lots: lots as Lots, price: price as Ticks }, this.held);
    this.held += lots;
  }

  /** Prices of the orders made, stop first; what is cancelled is gone at once. */
  ask(): { made: readonly Order[]; cancelled: number } {
    const view: ProtectionView = {
      lots: Float64Array.of(this.held),
      desired: Float64Array.of(this.desired),
      working: this.working,
      isKnown: (id) => this.seen.has(id),
    };
    const { orders, cancels } = this.protection.review(view, this.now as Micros, 0, 1) ?? { orders: [], cancels: [] };
    this.working = this.working.filter(({ order }) => !cancels.includes(order.id));
    for (const order of orders) {
      if (this.seen.has(order.id) || orderFaults(order).length > 0 || !protects(order)) throw new Error(`no sound order: ${order.id}`);
      this.seen.add(order.id);
      this.working.push({ order: order as ApprovedOrder, remaining: order.lots, limit: order.limit, state: "accepted" });
    }
    return { made: orders, cancelled: cancels.length };
  }

  prices(): unknown[] {
    return this.working.map(({ order, remaining, limit }) => [remaining, order.terms?.trigger ?? limit]);
  }
}

describe("protection", () => {
  it.each<[string, ProtectionOptions, number, number, unknown[]]>([
    [
      "a long position by a stop below and a limit above",
      BOTH,
      10,
      1000,
      [
        [-10, 900],
        [-10, 1200],
      ],
    ],
    [
      "a short position by a stop above and a limit below",
      BOTH,
      -10,
      1000,
      [
        [10, 1100],
        [10, 800],
      ],
    ],
    ["by a stop alone", { ...NO_PROTECTION, stopLoss: 0.5, takeProfit: null }, 3, 1000, [[-3, 500]]],
    ["by a limit alone", { ...NO_PROTECTION, stopLoss: null, takeProfit: 4 }, 3, 1000, [[-3, 5000]]],
    [
      "never nearer than asked for, where the grid is coarse",
      { ...NO_PROTECTION, stopLoss: 0.001, takeProfit: 0.001 },
      1,
      50,
      [
        [-1, 49],
        [-1, 51],
      ],
    ],
    ["at one tick where nothing is below", { ...NO_PROTECTION, stopLoss: 0.999, takeProfit: null }, 1, 50, [[-1, 1]]],
    ["at one tick where a short can gain no more", { ...NO_PROTECTION, stopLoss: null, takeProfit: 3 }, -1, 50, [[1, 1]]],
  ])("guards %s", (_, options, lots, price, expected) => {
    const stand = new Stand(options);
    stand.desired = lots;
    stand.fill(lots, price);
    stand.ask();
    expect(stand.prices()).toEqual(expected);
    expect(new Set(stand.working.map(({ order }) => order.terms?.group?.id)).size).toBe(1);
    expect(stand.ask()).toEqual({ made: [], cancelled: 0 });
  });

  it("measures from the mean price paid, and asks anew when a position has grown, not when it has shrunk", () => {
    const stand = new Stand();
    stand.desired = 40;
    stand.fill(10, 1000);
    stand.ask();
    stand.fill(30, 1100); // the mean is 1075
    expect(stand.ask()).toMatchObject({
      cancelled: 2,
      made: [
        { lots: -40, terms: { trigger: 967 } },
        { lots: -40, limit: 1290 },
      ],
    });
    stand.fill(-15, 1200);
    expect(stand.ask()).toEqual({ made: [], cancelled: 0 });
    stand.fill(10, 1075);
    expect(stand.ask()).toEqual({ made: [], cancelled: 0 }); // 35 at a mean of 1075: the pair of 40 does
  });

  it("begins anew where a position turns, and takes all back once nothing is held", () => {
    const stand = new Stand();
    stand.desired = 10;
    stand.fill(10, 1000);
    stand.ask();
    stand.desired = -10;
    expect(stand.ask()).toEqual({ made: [], cancelled: 0 }); // it goes with the order that closes the position
    stand.fill(-20, 2000);
    expect(stand.ask().cancelled).toBe(2);
    expect(stand.prices()).toEqual([
      [10, 2200],
      [10, 1600],
    ]);
    stand.fill(10, 2000);
    stand.desired = 0;
    expect(stand.ask()).toEqual({ made: [], cancelled: 2 });
  });

  it("asks again for what was refused, lost or called back, under ids of its own", () => {
    const stand = new Stand();
    stand.desired = 10;
    stand.fill(10, 1000);
    const { made } = stand.ask();
    stand.working = [];
    const again = stand.ask().made;
    expect(again.map((o) => [o.lots, o.limit, o.terms?.trigger])).toEqual(made.map((o) => [o.lots, o.limit, o.terms?.trigger]));
    stand.working = stand.working.map((one) => ({ ...one, state: "cancelling" }));
    expect(stand.ask()).toMatchObject({ made: [{ lots: -10 }, { lots: -10 }], cancelled: 0 });
    stand.working = stand.working.slice(0, -1); // one of the pair
    expect(stand.ask()).toMatchObject({ made: [{ lots: -10 }, { lots: -10 }], cancelled: 1 });
  });

  it("follows a split, forgets what left the market, and comes out of a snapshot as it went in", () => {
    const stand = new Stand();
    stand.desired = 10;
    stand.fill(10, 1000);
    const at = 0 as Micros;
    stand.protection.split({ kind: "split", at, seenAt: at, instrument: i, ratio: 2 });
    [stand.held, stand.desired] = [20, 20];
    const other = new Stand();
    other.protection.restore(stand.protection.snapshot());
    Object.assign(other, { held: 20, desired: 20 });
    for (const one of [stand, other]) {
      one.ask();
      expect(one.prices()).toEqual([
        [-20, 450],
        [-20, 600],
      ]);
    }
    stand.protection.delisted({ kind: "delisting", at, seenAt: at, instrument: i, finalReturn: 0 });
    stand.working = [];
    expect(stand.ask().made).toEqual([]);
    expect(() => new Protection(BOTH, [SHARE, SHARE]).restore(stand.protection.snapshot())).toThrow(/other instruments/);
  });

  const bar = (high: number, low: number, close: number): BarBatch =>
    toBarBatch([{ instrument: i, openAt: 0 as Micros, at: 1 as Micros, seenAt: 1 as Micros, open: close, high, low, close, volume: 1 }]);
  const RANGED: ProtectionOptions = {
    ...NO_PROTECTION,
    stopLoss: 0.1,
    stopLossAtr: 2,
    takeProfit: 0.2,
    takeProfitAtr: 3,
    trailing: 0.15,
    trailingAtr: 1.5,
    atrBars: 2,
  };
  const standings = (stand: Stand): unknown[] =>
    stand.working.map(({ order, limit }) => [order.type, order.terms?.trigger ?? order.terms?.trail ?? limit]);

  it("measures by the range of the moment at which a position began, and by fractions while that is not known", () => {
    const stand = new Stand(RANGED);
    stand.protection.market(bar(10.1, 9.9, 10), 0, 1);
    stand.protection.market(bar(10.2, 10, 10.1), 0, 1);
    stand.desired = 10;
    stand.fill(10, 1000);
    stand.ask();
    const byFractions = [
      ["stop", 900],
      ["trailing-stop", 150],
      ["limit", 1200],
    ];
    expect(standings(stand)).toEqual(byFractions);
    stand.protection.market(bar(10.3, 10.1, 10.2), 0, 1); // known from here on: 0.2
    expect(stand.ask()).toEqual({ made: [], cancelled: 0 });
    stand.desired = -5;
    stand.fill(-15, 1000);
    stand.ask();
    expect(standings(stand)).toEqual([
      ["stop", 1040],
      ["trailing-stop", 30],
      ["limit", 940],
    ]);
    // A wilder market moves nothing, and neither does a larger position's new mean but by its price.
    stand.protection.market(bar(14, 9, 10), 0, 1);
    expect(stand.ask()).toEqual({ made: [], cancelled: 0 });
    stand.desired = -10;
    stand.fill(-5, 1100);
    expect(stand.ask().cancelled).toBe(3);
    expect(standings(stand)).toEqual([
      ["stop", 1090],
      ["trailing-stop", 30],
      ["limit", 990],
    ]);
  });

  it("takes the fraction where it is the nearer, or where nothing has moved", () => {
    for (const [high, low] of [
      [20, 1],
      [10, 10],
    ] as const) {
      const stand = new Stand(RANGED);
      for (let k = 0; k < 4; k++) stand.protection.market(bar(high, low, 10), 0, 1);
      stand.desired = 10;
      stand.fill(10, 1000);
      stand.ask();
      expect(standings(stand).map((one) => (one as [string, number])[1])).toEqual([900, 150, 1200]);
    }
  });

  it("rescales ranges and trails at a split, and goes on from a snapshot with the range and age of what is held", () => {
    const stand = new Stand({ ...RANGED, time: 3 });
    for (let k = 0; k < 3; k++) stand.protection.market(bar(10.1, 9.9, 10), 0, 1);
    stand.desired = 10;
    stand.fill(10, 1000);
    stand.protection.market(bar(10.1, 9.9, 10), 0, 1);
    const at = 0 as Micros;
    stand.protection.split({ kind: "split", at, seenAt: at, instrument: i, ratio: 2 });
    [stand.held, stand.desired] = [20, 20];
    const other = new Stand({ ...RANGED, time: 3 });
    other.protection.restore(stand.protection.snapshot());
    Object.assign(other, { held: 20, desired: 20 });
    for (const one of [stand, other]) {
      one.ask();
      expect(standings(one)).toEqual([
        ["stop", 480],
        ["trailing-stop", 15],
        ["limit", 530],
      ]);
      const [lots, desired] = [Float64Array.of(20), Float64Array.of(20)];
      one.protection.market(bar(5.05, 4.95, 5), 0, 1);
      one.protection.expire(lots, desired);
      expect(desired[0]).toBe(20);
      one.protection.market(bar(5.05, 4.95, 5), 0, 1);
      one.protection.expire(lots, desired);
      expect(desired[0]).toBe(0);
    }
  });

  it("ends by time what is wanted longer, long or short, and counts anew from each beginning", () => {
    const stand = new Stand({ ...NO_PROTECTION, time: 2 });
    const after = (bars: number): number => {
      for (let k = 0; k < bars; k++) stand.protection.market(bar(10, 10, 10), 0, 1);
      const desired = Float64Array.of(stand.desired);
      stand.protection.expire(Float64Array.of(stand.held), desired);
      return desired[0] as number;
    };
    expect(after(5)).toBe(0);
    stand.desired = -10;
    stand.fill(-10, 1000);
    expect([after(1), after(1)]).toEqual([-10, 0]);
    stand.fill(-5, 1000); // larger, and as old as before
    expect(after(0)).toBe(0);
    stand.desired = 10;
    expect(after(0)).toBe(10); // what is wanted on the other side is another position
    stand.fill(25, 1000);
    expect([after(1), after(1)]).toEqual([10, 0]);
    expect(stand.ask()).toEqual({ made: [], cancelled: 0 });
  });

  it("keeps every wanted position covered by each of its orders, beyond what was paid for any of it, whatever is traded", () => {
    const trade = fc.record({ lots: fc.integer({ min: -30, max: 30 }).filter((n) => n !== 0), price: fc.integer({ min: 50, max: 5000 }) });
    const instruments = fc.constantFrom(SHARE, { ...SHARE, tickSize: 1e-6, relativeTick: 1e-4 });
    fc.assert(
      fc.property(fc.array(trade, { maxLength: 12 }), instruments, (trades, instrument) => {
        const stand = new Stand(BOTH, instrument);
        let paid: number[] = [];
        for (const { lots, price } of trades) {
          const before = stand.held;
          stand.fill(lots, price);
          stand.now++;
          if (before * stand.held <= 0) paid = [];
          if (stand.held !== 0 && (before === 0 || before * lots > 0 || before * stand.held < 0)) paid.push(price);
          stand.desired = stand.held;
          stand.ask();
          expect(stand.working.length).toBe(stand.held === 0 ? 0 : 2);
          for (const { order, remaining, limit } of stand.working) {
            expect(remaining * stand.held).toBeLessThan(0);
            expect(Math.abs(remaining)).toBeGreaterThanOrEqual(Math.abs(stand.held));
            const at = (order.terms?.trigger ?? limit) as number;
            const [least, most] = [Math.min(...paid), Math.max(...paid)];
            const beyond = order.type === "stop" ? 0.1 : -0.2;
            const factor = 1 - Math.sign(stand.held) * beyond;
            // On the grid, which a stop and a limit are rounded away on.
            expect(at).toBeGreaterThanOrEqual(Math.floor(least * factor * (1 - 2e-4)));
            expect(at).toBeLessThanOrEqual(Math.ceil(most * factor * (1 + 2e-4)));
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
