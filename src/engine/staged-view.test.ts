// Staged capital: whatever is working and whatever fills, no approved order takes the account beyond the amount of its stage.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InstrumentIx, Lots } from "#domain/instrument.js";
import type { Order, OrderId } from "#domain/order.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { Micros } from "#domain/time.js";
import { Exposure } from "#risk/exposure.js";
import { createRiskEngine } from "#risk/review.js";
import { Stages } from "#risk/stages.js";
import { stagedView } from "./staged-view.js";

const LIMITS = { maxWeight: 1, minCash: 0, maxGross: 1, maxTurnover: 10, maxOrderNotional: null };
const small = fc.integer({ min: -300, max: 300 });
const four = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(of, { minLength: 4, maxLength: 4 });

function viewOf(cash: number, lots: number[], value: number[], buys: number[], sells: number[]): PortfolioView {
  const equity = lots.reduce((sum, n, i) => sum + n * (value[i] as number), cash);
  const [price, lotValue] = [Float64Array.from(value), Float64Array.from(value)];
  const working = { workingBuys: Float64Array.from(buys), workingSells: Float64Array.from(sells, (n) => -n), working: [] };
  return {
    asOf: 1 as Micros,
    equity,
    cash,
    lots: Float64Array.from(lots),
    ...working,
    price,
    lotValue,
    markedEquity: equity,
    tradedSinceMark: 0,
  };
}

/** The most that any subset of fills of what works can lead to, of `i`, in lots. */
function worst(view: PortfolioView, i: number, granted: readonly Order[]): number {
  const held = view.lots[i] as number;
  const own = granted.filter(({ instrument }) => instrument === i).map(({ lots }) => lots as number);
  const up = held + (view.workingBuys[i] as number) + own.reduce((sum, n) => sum + Math.max(0, n), 0);
  const down = held + (view.workingSells[i] as number) + own.reduce((sum, n) => sum + Math.min(0, n), 0);
  return Math.max(Math.abs(up), Math.abs(down), Math.abs(held));
}

describe("a staged account", () => {
  it("is bounded by its amount, whatever fills: an order passes only within it or where it reduces", () => {
    const count = { bounded: 0 };
    fc.assert(
      fc.property(
        fc.record({
          cash: fc.integer({ min: 0, max: 50_000 }),
          lots: four(small),
          value: four(fc.integer({ min: 1, max: 40 })),
          buys: four(fc.nat(50)),
          sells: four(fc.nat(50)),
          orders: fc.array(fc.tuple(fc.nat(3), small), { maxLength: 6 }),
          amount: fc.integer({ min: 1, max: 60_000 }),
        }),
        ({ cash, lots, value, buys, sells, orders, amount }) => {
          const account = viewOf(cash, lots, value, buys, sells);
          const exposureOf = (granted: readonly Order[]): number => value.reduce((sum, v, i) => sum + v * worst(account, i, granted), 0);
          const asked = orders
            .filter(([, n]) => n !== 0)
            .map(
              ([i, n], k): Order => ({
                id: `${k}` as OrderId,
                instrument: i as InstrumentIx,
                lots: n as Lots,
                type: "market",
                limit: null,
                createdAt: 0 as Micros,
              }),
            );
          const granted: Order[] = [];
          for (const decision of createRiskEngine(LIMITS).review(asked, stagedView(account, amount))) {
            if (decision.verdict === "refuse") continue;
            const before = exposureOf(granted);
            granted.push(decision.order);
            const after = exposureOf(granted);
            if (after > before + 1e-6) {
              expect(after).toBeLessThanOrEqual(amount + 1e-6);
              count.bounded++;
            }
          }
          expect(new Exposure(account).grossExposure).toBeCloseTo(exposureOf([]), 6);
        },
      ),
      { numRuns: 400 },
    );
    expect(count.bounded).toBeGreaterThan(100);
  });

  it("is the account itself where that has no more, and has less money, not less of anything else, where it has", () => {
    const account = viewOf(500, [3, 0, 0, 0], [100, 1, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0]);
    expect(stagedView(account, 800)).toBe(account);
    expect(stagedView(account, Number.POSITIVE_INFINITY)).toBe(account);
    expect(stagedView(account, 350)).toMatchObject({ equity: 350, cash: 50, markedEquity: 350, lots: account.lots });
    expect(stagedView({ ...account, equity: Number.NaN }, 350).equity).toBeNaN();
  });
});

describe("stages", () => {
  const list = [
    { name: "test", amount: 10 },
    { name: "scale", amount: 50 },
    { name: "max", amount: null },
  ];

  it("go up by name alone, down by one with each trip and never below the first, and survive a snapshot", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("test", "scale", "max", "nobody's", null), { maxLength: 12 }), (told) => {
        const stages = new Stages(list);
        let at = 0;
        for (const name of told) {
          const named = list.findIndex((stage) => stage.name === name);
          if (name === null) stages.tripped();
          else stages.approve(name);
          at = name === null ? Math.max(0, at - 1) : named < 0 ? at : named;
          const restored = new Stages(list);
          restored.load(stages.save());
          for (const one of [stages, restored]) expect(one.open).toBe(list[at]);
        }
        expect(stages.amount).toBe(list[at]?.amount ?? Number.POSITIVE_INFINITY);
      }),
      { numRuns: 60 },
    );
    const none = new Stages();
    none.tripped();
    none.approve("test");
    expect([none.open, none.amount]).toEqual([null, Number.POSITIVE_INFINITY]);
  });
});
