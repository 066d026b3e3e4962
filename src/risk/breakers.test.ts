import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_US, type Micros } from "#domain/time.js";
import { Breakers, NO_BREAKERS, type BreakerLimits, type Valued } from "./breakers.js";

const STRICT: BreakerLimits = { dailyLoss: 0.05, weeklyLoss: 0.1, drawdown: 0.15, positionLoss: 0.08, portfolioFloor: 0.8 };
const at = (days: number): Micros => (days * DAY_US) as Micros;
const flat = (equity: number, n = 2): Valued => ({ equity, lots: new Float64Array(n), price: new Float64Array(n).fill(1) });
const holding = (price: number[], lots: number[], equity = 100): Valued => ({
  equity,
  lots: Float64Array.from(lots),
  price: Float64Array.from(price),
});
const names = (breakers: Breakers): string[] => breakers.open.map(({ breaker }) => breaker);

describe("breakers", () => {
  it("trip once, and tell it once", () => {
    const breakers = new Breakers(STRICT, 2, 100);
    expect(breakers.evaluate(at(1), flat(94))).toEqual([
      { breaker: "daily-loss", instrument: null, at: at(1), measured: expect.closeTo(0.06), allowed: 0.05 },
    ]);
    expect(breakers.evaluate(at(1), flat(94))).toEqual([]);
    expect(breakers.closedBy(0)).toBe("breaker-daily-loss");
    expect(breakers.evaluate(at(1), flat(79)).map(({ breaker }) => breaker)).toEqual(["weekly-loss", "drawdown", "portfolio-floor"]);
  });

  it("stay tripped whatever comes, and those without a limit never do", () => {
    const breakers = new Breakers({ ...NO_BREAKERS, dailyLoss: 0.05 }, 2, 100);
    breakers.evaluate(at(1), flat(50));
    breakers.mark(at(1), 50);
    breakers.evaluate(at(9), flat(1000));
    expect(names(breakers)).toEqual(["daily-loss"]);
  });

  it("measure a week from the newest mark that is seven days old, else from the start", () => {
    const breakers = new Breakers({ ...NO_BREAKERS, weeklyLoss: 0.1 }, 2, 100);
    for (const [day, equity] of [
      [1, 96],
      [2, 93],
      [3, 91],
    ] as const) {
      expect(breakers.evaluate(at(day), flat(equity))).toEqual([]);
      breakers.mark(at(day), equity);
    }
    expect(breakers.evaluate(at(8), flat(86.5))).toEqual([]); // a week after the mark at 96
    expect(breakers.evaluate(at(8), flat(86.3)).map(({ measured }) => measured)).toEqual([expect.closeTo(1 - 86.3 / 96)]);
  });

  it("measure from the approval on, and only what was approved", () => {
    const breakers = new Breakers(STRICT, 2, 100);
    breakers.evaluate(at(1), flat(79));
    expect(names(breakers)).toEqual(["daily-loss", "weekly-loss", "drawdown", "portfolio-floor"]);
    breakers.approve("drawdown", at(1), flat(79));
    expect(names(breakers)).toEqual(["daily-loss", "weekly-loss", "portfolio-floor"]);
    breakers.approve(null, at(1), flat(79));
    expect(breakers.evaluate(at(1), flat(79))).toEqual([]);
    expect(breakers.evaluate(at(1), flat(79 * 0.949)).map(({ breaker }) => breaker)).toEqual(["daily-loss"]);
  });

  it("know what a position cost: bought in parts, sold in part, turned round, split, paid out", () => {
    const breakers = new Breakers({ ...NO_BREAKERS, positionLoss: 0.08 }, 2, 100);
    breakers.filled(0, 0, 10, 100);
    breakers.filled(0, 10, 10, 110); // 105 on average
    breakers.filled(0, 20, -5, 50); // a sale changes no cost
    expect(breakers.evaluate(at(1), holding([96.7, 1], [15, 0]))).toEqual([]);
    breakers.split(0, 2);
    breakers.dividend(0, 2.5); // 50 from now on
    expect(breakers.evaluate(at(1), holding([46, 1], [30, 0]))).toEqual([]);
    breakers.filled(0, 30, -40, 46); // ten short at 46
    expect(breakers.evaluate(at(1), holding([49.6, 1], [-10, 0]))).toEqual([]);
    expect(breakers.evaluate(at(1), holding([49.7, 1], [-10, 0]))).toMatchObject([{ breaker: "single-position", instrument: 0 }]);
    expect([breakers.closedBy(0), breakers.closedBy(1)]).toEqual(["breaker-single-position", null]);
    breakers.filled(0, -10, 10, 49.7);
    expect(breakers.closedBy(0)).not.toBeNull(); // closed also when nothing is held any more
    breakers.approve("single-position", at(2), holding([49.7, 1], [0, 0]));
    expect(breakers.closedBy(0)).toBeNull();
  });

  it("trip nothing on values that nobody knows, and go on from the last that was known", () => {
    const breakers = new Breakers(STRICT, 2, 100);
    breakers.filled(0, 0, 10, 100);
    expect(breakers.evaluate(at(1), holding([Number.NaN, 1], [10, 0], Number.NaN))).toEqual([]);
    breakers.mark(at(1), Number.NaN);
    expect(breakers.evaluate(at(2), flat(94)).map(({ breaker }) => breaker)).toEqual(["daily-loss"]);
  });

  it("are killed by hand, once, and opened by name", () => {
    const breakers = new Breakers(NO_BREAKERS, 1, 100);
    expect(breakers.kill(at(1))).toMatchObject({ breaker: "kill", instrument: null });
    expect(breakers.kill(at(2))).toBeNull();
    breakers.approve("daily-loss", at(2), flat(100, 1));
    expect(breakers.isKilled).toBe(true);
    breakers.approve("kill", at(2), flat(100, 1));
    expect(breakers.closedBy(0)).toBeNull();
  });

  /** One thing that may be told. */
  const told = fc.oneof(
    fc.record({
      kind: fc.constant("valued" as const),
      equity: fc.double({ min: 1, max: 200, noNaN: true }),
      price: fc.double({ min: 0.1, max: 3, noNaN: true }),
    }),
    fc.record({ kind: fc.constant("mark" as const), equity: fc.double({ min: 1, max: 200 }) }),
    fc.record({
      kind: fc.constant("fill" as const),
      lots: fc.integer({ min: -5, max: 5 }).filter((n) => n !== 0),
      price: fc.double({ min: 0.1, max: 3, noNaN: true }),
    }),
    fc.record({ kind: fc.constant("split" as const), ratio: fc.constantFrom(0.5, 2, 3) }),
    fc.record({ kind: fc.constant("approve" as const), breaker: fc.constantFrom(null, "drawdown" as const, "single-position" as const) }),
    fc.record({ kind: fc.constant("kill" as const) }),
  );

  it("come out of a snapshot as they went in, at any point, and open only by an approval", () => {
    fc.assert(
      fc.property(fc.array(told, { maxLength: 40 }), fc.nat(40), (events, cut) => {
        const one = new Breakers(STRICT, 1, 100);
        let other = new Breakers(STRICT, 1, 100);
        let [lots, price] = [0, 1];
        events.forEach((event, i) => {
          if (i === cut) {
            const bytes = other.save();
            other = new Breakers(STRICT, 1, 100);
            other.load(bytes);
          }
          const before = one.open;
          for (const breakers of [one, other]) {
            const valued = holding([price], [lots], 100);
            if (event.kind === "valued") breakers.evaluate(at(i), holding([(price = event.price)], [lots], event.equity));
            else if (event.kind === "mark") breakers.mark(at(i), event.equity);
            else if (event.kind === "fill") breakers.filled(0, lots, event.lots, event.price);
            else if (event.kind === "split") breakers.split(0, event.ratio);
            else if (event.kind === "approve") breakers.approve(event.breaker, at(i), valued);
            else breakers.kill(at(i));
          }
          if (event.kind === "fill") lots += event.lots;
          expect(other.open).toEqual(one.open);
          expect(other.save()).toEqual(one.save());
          if (event.kind !== "approve") expect(one.open.slice(0, before.length)).toEqual(before);
        });
      }),
      { numRuns: 200 },
    );
  });
});
