import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { InstrumentIx, Lots } from "#domain/instrument.js";
import type { Order, OrderId } from "#domain/order.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { Micros } from "#domain/time.js";
import { historicalRisk } from "./measures/historical.js";
import { createRiskEngine } from "./review.js";
import { type Outcomes, TailExposure, type TailLimits } from "./tail-exposure.js";

const NAMES = 3;
const WIDE = { maxWeight: 100, minCash: -1000, maxGross: 1000, maxTurnover: 1000, maxOrderNotional: null };
const OPEN: TailLimits = { level: 0.9, maxVar: null, maxEs: null, maxStressLoss: null };

const orderOf = (instrument: number, lots: number): Order => ({
  id: `${instrument}:${lots}` as OrderId,
  instrument: instrument as InstrumentIx,
  lots: lots as Lots,
  type: "market",
  limit: null,
  createdAt: 0 as Micros,
});

function viewOf(lots: readonly number[], working: readonly (readonly [number, number])[] = [], equity = 1000): PortfolioView {
  const [workingBuys, workingSells] = [new Float64Array(NAMES), new Float64Array(NAMES)];
  for (const [i, n] of working) {
    const side = n > 0 ? workingBuys : workingSells;
    side[i] = (side[i] as number) + n;
  }
  const value = new Float64Array(NAMES).fill(10);
  return {
    asOf: 1 as Micros,
    equity,
    cash: equity,
    lots: Float64Array.from(lots),
    workingBuys,
    workingSells,
    working: [],
    price: value,
    lotValue: value,
    markedEquity: equity,
    tradedSinceMark: 0,
  };
}

const rng = createRng("tail");
const market: Outcomes = { scenarios: 60, values: Float64Array.from({ length: 60 * NAMES }, () => 0.02 * rng.normal()) };
const source = { at: () => market };
const series = (i: number): Float64Array =>
  Float64Array.from({ length: market.scenarios }, (_, s) => market.values[s * NAMES + i] as number);

describe("the tail of an account", () => {
  it("is that of historical simulation where nothing is out", () => {
    const { valueAtRisk, expectedShortfall, worst } = new TailExposure(viewOf([50, 0, 0]), source, OPEN).figures;
    const alone = historicalRisk(series(0), { level: 0.9 });
    expect(valueAtRisk).toBeCloseTo(0.5 * alone.valueAtRisk, 12);
    expect(expectedShortfall).toBeCloseTo(0.5 * alone.expectedShortfall, 12);
    expect(worst).toBeCloseTo(-0.5 * Math.min(...series(0)), 12);
  });

  const lots = fc.integer({ min: -60, max: 60 });
  const side = fc.tuple(
    fc.nat(NAMES - 1),
    lots.filter((n) => n !== 0),
  );
  const figures = (held: readonly number[], fills: readonly (readonly [number, number])[]) => {
    const now = [...held];
    for (const [i, n] of fills) now[i] = (now[i] as number) + n;
    return new TailExposure(viewOf(now), source, OPEN).figures;
  };

  it("stays within its limits whichever working and approved orders fill, or nothing but reductions passes", () => {
    const someLimits = fc.record({
      level: fc.constantFrom(0.5, 0.9, 0.99),
      maxVar: fc.option(fc.double({ min: 0.001, max: 0.05, noNaN: true })),
      maxEs: fc.option(fc.double({ min: 0.001, max: 0.05, noNaN: true })),
      maxStressLoss: fc.option(fc.double({ min: 0.001, max: 0.1, noNaN: true })),
    });
    fc.assert(
      fc.property(
        fc.array(lots, { minLength: NAMES, maxLength: NAMES }),
        fc.array(side, { maxLength: 2 }),
        fc.array(side, { maxLength: 3 }),
        someLimits,
        (held, working, wanted, limits) => {
          const view = viewOf(held, working);
          const decisions = createRiskEngine(WIDE, { limits, source }).review(
            wanted.map(([i, n]) => orderOf(i, n)),
            view,
          );
          const granted = decisions.flatMap((d) => (d.verdict === "refuse" ? [] : [[d.order.instrument, d.order.lots] as const]));
          // Those that only reduce pass whatever is breached, and nothing can be said of what they leave.
          const reductions = createRiskEngine(WIDE, { limits: { ...limits, maxStressLoss: 1e-9 }, source })
            .review(
              wanted.map(([i, n]) => orderOf(i, n)),
              view,
            )
            .some((d) => d.verdict !== "refuse");
          if (reductions) return;
          for (let mask = 0; mask < 1 << (working.length + granted.length); mask++) {
            const fills = [...working, ...granted].filter((_, k) => (mask & (1 << k)) !== 0);
            if (!fills.some((fill) => granted.includes(fill as (typeof granted)[number]))) continue;
            const tail = new TailExposure(
              viewOf(held.map((n, i) => n + fills.reduce((sum, [k, m]) => (k === i ? sum + m : sum), 0))),
              source,
              limits,
            ).figures;
            if (limits.maxVar !== null) expect(tail.valueAtRisk).toBeLessThanOrEqual(limits.maxVar + 1e-9);
            if (limits.maxEs !== null) expect(tail.expectedShortfall).toBeLessThanOrEqual(limits.maxEs + 1e-9);
            if (limits.maxStressLoss !== null) expect(tail.worst).toBeLessThanOrEqual(limits.maxStressLoss + 1e-9);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("is bounded from above by what it is taken for while orders are out", () => {
    fc.assert(
      fc.property(fc.array(lots, { minLength: NAMES, maxLength: NAMES }), fc.array(side, { maxLength: 4 }), (held, working) => {
        const bound = new TailExposure(viewOf(held, working), source, OPEN).figures;
        for (let mask = 0; mask < 1 << working.length; mask++) {
          const one = figures(
            held,
            working.filter((_, k) => (mask & (1 << k)) !== 0),
          );
          expect(one.valueAtRisk).toBeLessThanOrEqual(bound.valueAtRisk + 1e-12);
          expect(one.expectedShortfall).toBeLessThanOrEqual(bound.expectedShortfall + 1e-12);
          expect(one.worst).toBeLessThanOrEqual(bound.worst + 1e-12);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("cuts an order to the last lot that fits", () => {
    const limit = 0.01;
    const [decision] = createRiskEngine(WIDE, { limits: { ...OPEN, maxVar: limit }, source }).review([orderOf(0, 100)], viewOf([0, 0, 0]));
    expect(decision).toMatchObject({ verdict: "resize", rule: "tail-risk" });
    const granted = decision?.order.lots ?? 0;
    expect(figures([granted, 0, 0], []).valueAtRisk).toBeLessThanOrEqual(limit);
    expect(figures([granted + 1, 0, 0], []).valueAtRisk).toBeGreaterThan(limit);
  });

  it("lets nothing but reductions pass while nobody knows what may come", () => {
    const limits = { ...OPEN, maxEs: 0.5 };
    const say = (from: Outcomes | null, held: number[], ...orders: Order[]) =>
      createRiskEngine(WIDE, { limits, source: { at: () => from } })
        .review(orders, viewOf(held))
        .map(({ verdict }) => verdict);
    expect(say(null, [20, 0, 0], orderOf(0, 1), orderOf(0, -5))).toEqual(["refuse", "approve"]);
    const young = { ...market, values: market.values.map((r, k) => (k % NAMES === 1 ? Number.NaN : r)) };
    expect(say(young, [20, 0, 0], orderOf(0, 1), orderOf(1, 1), orderOf(2, 1))).toEqual(["approve", "refuse", "approve"]);
    expect(say(young, [20, 5, 0], orderOf(0, 1), orderOf(1, -5))).toEqual(["refuse", "approve"]);
  });
});
