import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { InstrumentIx, Lots } from "#domain/instrument.js";
import type { Order, OrderId } from "#domain/order.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { Micros } from "#domain/time.js";
import { historicalRisk } from "./measures/historical.js";
import { createRiskEngine } from "./review.js";
import { TailExposure, type TailLimit } from "./tail-exposure.js";
import { type TailMethod, createEstimator } from "./tail/estimate.js";
import type { TailFigures } from "./tail/gauge.js";
import type { Prospect } from "./tail/prospect.js";
import { type RiskMethod, riskMethods } from "./measures/every-method.js";
import { fitFilter } from "./measures/filtered-historical.js";

const NAMES = 3;
const WIDE = { maxWeight: 100, minCash: -1000, maxGross: 1000, maxTurnover: 1000, maxOrderNotional: null };
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

const WINDOW = 60;
const rng = createRng("tail");
/** One session in ten is a storm: tails that Cornish-Fisher has a law for. */
const common = Float64Array.from({ length: WINDOW }, (_, t) => (t % 10 === 0 ? 0.025 : 0.007) * rng.normal());
const past = Array.from({ length: NAMES }, (_, i) =>
  common.map((r) => (i === 2 ? -0.5 : 1) * r + (i === 2 ? 0.003 : 0.008) * rng.normal()),
);
const market = common.map((_, t) => past.reduce((sum, one) => sum + (one[t] as number) / NAMES, 0));

/** What `method` says of the past above; names in `strangers` have none. */
function prospectOf(asked: Partial<TailMethod>, strangers: readonly number[] = []): Prospect {
  const method: TailMethod = { method: "historical", level: 0.9, horizon: 1, window: WINDOW, ...asked };
  const returns = (i: number): Float64Array | null => (strangers.includes(i) ? null : (past[i] as Float64Array));
  const found = createEstimator(method)({ returns, market, filter: (i) => fitFilter(returns(i) as Float64Array) });
  if (found === null) throw new Error("no prospect");
  return found;
}

const limitOf = (prospect: Prospect | null, more: Partial<TailLimit>): TailLimit => ({
  rule: "tail-risk",
  because: "test",
  source: { at: () => prospect },
  level: 0.9,
  maxVar: null,
  maxEs: null,
  maxLoss: null,
  ...more,
});
const HISTORY = prospectOf({});
const measured = (view: PortfolioView, prospect: Prospect = HISTORY, level = 0.9): TailFigures =>
  new TailExposure(view, [limitOf(prospect, { level })]).figures[0] as TailFigures;

describe("the tail of an account", () => {
  it("is that of historical simulation where nothing is out", () => {
    const { valueAtRisk, expectedShortfall, worst } = measured(viewOf([50, 0, 0]));
    const alone = historicalRisk(past[0] as Float64Array, { level: 0.9 });
    expect(valueAtRisk).toBeCloseTo(0.5 * alone.valueAtRisk, 12);
    expect(expectedShortfall).toBeCloseTo(0.5 * alone.expectedShortfall, 12);
    expect(worst).toBeCloseTo(-0.5 * Math.min(...(past[0] as Float64Array)), 12);
  });

  const lots = fc.integer({ min: -60, max: 60 });
  const side = fc.tuple(
    fc.nat(NAMES - 1),
    lots.filter((n) => n !== 0),
  );
  const held3 = fc.array(lots, { minLength: NAMES, maxLength: NAMES });
  const filled = (held: readonly number[], fills: readonly (readonly [number, number])[]): PortfolioView =>
    viewOf(held.map((n, i) => n + fills.reduce((sum, [k, m]) => (k === i ? sum + m : sum), 0)));
  const fraction = (max: number) => fc.option(fc.double({ min: 0.001, max, noNaN: true }));

  it.each(riskMethods.flatMap((method) => [[method, 1] as const, [method, 5] as const]))(
    "by %s over %i steps stays within its limits whichever working and approved orders fill, or nothing but reductions passes",
    (method, horizon) => {
      const byLevel = new Map([0.5, 0.9, 0.99].map((level) => [level, prospectOf({ method, horizon, level })]));
      fc.assert(
        fc.property(
          held3,
          fc.array(side, { maxLength: 2 }),
          fc.array(side, { maxLength: 3 }),
          fc.record({ level: fc.constantFrom(0.5, 0.9, 0.99), maxVar: fraction(0.05), maxEs: fraction(0.05) }),
          fraction(0.1),
          (held, working, wanted, limits, maxLoss) => {
            const prospect = byLevel.get(limits.level) as Prospect;
            const view = viewOf(held, working);
            const orders = wanted.map(([i, n]) => orderOf(i, n));
            const rules = [limitOf(prospect, limits), limitOf(HISTORY, { maxLoss })];
            const granted = createRiskEngine(WIDE, rules)
              .review(orders, view)
              .flatMap((d) => (d.verdict === "refuse" ? [] : [[d.order.instrument, d.order.lots] as const]));
            // Those that only reduce pass whatever is breached, and nothing can be said of what they leave.
            const reductions = createRiskEngine(WIDE, [limitOf(null, { maxVar: 1 })]).review(orders, view);
            if (reductions.some((d) => d.verdict !== "refuse")) return;
            for (let mask = 0; mask < 1 << (working.length + granted.length); mask++) {
              const fills = [...working, ...granted].filter((_, k) => (mask & (1 << k)) !== 0);
              if (!fills.some((fill) => granted.includes(fill as (typeof granted)[number]))) continue;
              const then = filled(held, fills);
              const tail = measured(then, prospect, limits.level);
              if (limits.maxVar !== null) expect(tail.valueAtRisk).toBeLessThanOrEqual(limits.maxVar + 1e-9);
              if (limits.maxEs !== null) expect(tail.expectedShortfall).toBeLessThanOrEqual(limits.maxEs + 1e-9);
              if (maxLoss !== null) expect(measured(then).worst).toBeLessThanOrEqual(maxLoss + 1e-9);
            }
          },
        ),
        { numRuns: method === "historical" ? 150 : 40 },
      );
    },
  );

  it.each(riskMethods)("by %s is bounded from above by what it is taken for while orders are out", (method) => {
    const prospect = prospectOf({ method });
    fc.assert(
      fc.property(held3, fc.array(side, { maxLength: 4 }), (held, working) => {
        const bound = measured(viewOf(held, working), prospect);
        for (let mask = 0; mask < 1 << working.length; mask++) {
          const fills = working.filter((_, k) => (mask & (1 << k)) !== 0);
          const one = measured(filled(held, fills), prospect);
          expect(one.valueAtRisk).toBeLessThanOrEqual(bound.valueAtRisk + 1e-12);
          expect(one.expectedShortfall).toBeLessThanOrEqual(bound.expectedShortfall + 1e-12);
          if (!Number.isNaN(bound.worst)) expect(one.worst).toBeLessThanOrEqual(bound.worst + 1e-12);
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each(riskMethods)("by %s comes out the same whether positions are set at once or one after the other", (method: RiskMethod) => {
    const prospect = prospectOf({ method });
    fc.assert(
      fc.property(held3, fc.array(side, { maxLength: 5 }), (held, orders) => {
        const step = new TailExposure(viewOf(held), [limitOf(prospect, {})]);
        for (const [i, n] of orders) step.add(orderOf(i, n));
        const atOnce = measured(viewOf(held, orders), prospect);
        expect(step.figures[0]?.valueAtRisk).toBeCloseTo(atOnce.valueAtRisk, 10);
        expect(step.figures[0]?.expectedShortfall).toBeCloseTo(atOnce.expectedShortfall, 10);
      }),
      { numRuns: 40 },
    );
  });

  it("does not count on a hedge that an order out may close", () => {
    // Names 0 and 2 go opposite ways: long both is a hedge, and a stop behind name 2 may take it away.
    const held = [40, 0, 40];
    const stop = { ...orderOf(2, -40), type: "stop", limit: null, terms: { reduceOnly: true } } as unknown as Order;
    const guarded = { ...viewOf(held), working: [{ order: stop, remaining: -40 as Lots }] } as unknown as PortfolioView;
    const alone = measured(viewOf([40, 0, 0]));
    expect(measured(guarded).valueAtRisk).toBeGreaterThanOrEqual(alone.valueAtRisk);
    expect(measured(guarded).worst).toBeGreaterThanOrEqual(alone.worst);
    expect(measured(viewOf(held)).worst).toBeLessThan(alone.worst);
  });

  it("cuts an order to the last lot that fits, and says by what", () => {
    const maxVar = 0.01;
    const [decision] = createRiskEngine(WIDE, [limitOf(HISTORY, { maxVar, because: "historical at 90 %" })]).review(
      [orderOf(0, 100)],
      viewOf([0, 0, 0]),
    );
    expect(decision).toMatchObject({ verdict: "resize", rule: "tail-risk" });
    const granted = decision?.order.lots ?? 0;
    expect(decision).toHaveProperty("detail", `100 lots wanted, ${granted} allowed: historical at 90 %`);
    expect(measured(viewOf([granted, 0, 0])).valueAtRisk).toBeLessThanOrEqual(maxVar);
    expect(measured(viewOf([granted + 1, 0, 0])).valueAtRisk).toBeGreaterThan(maxVar);
  });

  it.each(riskMethods)("by %s lets nothing but reductions pass while nobody knows what may come", (method) => {
    const say = (from: Prospect | null, held: number[], ...orders: Order[]) =>
      createRiskEngine(WIDE, [limitOf(from, { maxEs: 0.9 })])
        .review(orders, viewOf(held))
        .map(({ verdict }) => verdict);
    expect(say(null, [20, 0, 0], orderOf(0, 1), orderOf(0, -5))).toEqual(["refuse", "approve"]);
    const young = prospectOf({ method }, [1]);
    expect(say(young, [20, 0, 0], orderOf(0, 1), orderOf(1, 1), orderOf(2, 1))).toEqual(["approve", "refuse", "approve"]);
    expect(say(young, [20, 5, 0], orderOf(0, 1), orderOf(1, -5))).toEqual(["refuse", "approve"]);
  });

  it("is measured for what leads to a target, not at each fill for what protects a position", () => {
    let asked = 0;
    const at = (): Prospect => (asked++, HISTORY);
    const risk = createRiskEngine(WIDE, [limitOf(HISTORY, { maxVar: 0.01, source: { at } })]);
    const stop: Order = { ...orderOf(0, -50), type: "stop", terms: { trigger: 5 as never, reduceOnly: true } };
    expect(risk.review([stop], viewOf([50, 0, 0])).map(({ verdict }) => verdict)).toEqual(["approve"]);
    expect(asked).toBe(0);
    risk.review([stop, orderOf(1, 1)], viewOf([50, 0, 0]));
    expect(asked).toBe(1);
  });
});
