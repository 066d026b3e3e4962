import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InstrumentIx, Lots, Ticks } from "#domain/instrument.js";
import type { Order, OrderId, RiskDecision, WorkingOrder } from "#domain/order.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { Micros } from "#domain/time.js";
import { approve } from "./approve.js";
import type { RiskLimits } from "./limits.js";
import { createRiskEngine } from "./review.js";

const WIDE: RiskLimits = { maxWeight: 10, minCash: -100, maxGross: 100, maxTurnover: 100, maxOrderNotional: null };

function orderOf(instrument: number, lots: number, id = `${instrument}:${lots}`): Order {
  return {
    id: id as OrderId,
    instrument: instrument as InstrumentIx,
    lots: lots as Lots,
    type: "market",
    limit: null,
    createdAt: 0 as Micros,
  };
}

interface Book {
  readonly cash: number;
  readonly lots: readonly number[];
  readonly value: readonly number[];
  readonly working?: readonly (readonly [number, number])[];
  readonly traded?: number;
}

function viewOf({ cash, lots, value, working = [], traded = 0 }: Book): PortfolioView {
  const [workingBuys, workingSells] = [new Float64Array(lots.length), new Float64Array(lots.length)];
  const out = working.map(([i, n], k): WorkingOrder => {
    const side = n > 0 ? workingBuys : workingSells;
    side[i] = (side[i] as number) + n;
    return { order: approve(orderOf(i, n, `w${k}`)), remaining: n as Lots, limit: null };
  });
  const equity = lots.reduce((sum, n, i) => (n === 0 ? sum : sum + n * (value[i] as number)), cash);
  return {
    asOf: 1 as Micros,
    equity,
    cash,
    lots: Float64Array.from(lots),
    workingBuys,
    workingSells,
    working: out,
    price: Float64Array.from(value),
    lotValue: Float64Array.from(value),
    markedEquity: equity,
    tradedSinceMark: traded,
  };
}

const tell = (decision: RiskDecision | undefined): string => {
  if (decision === undefined) return "nothing";
  return decision.verdict === "approve"
    ? `approve ${decision.order.lots}`
    : decision.verdict === "resize"
      ? `resize ${decision.order.lots} ${decision.rule}`
      : `refuse ${decision.rule}`;
};

const judge = (limits: Partial<RiskLimits>, book: Book, ...orders: Order[]): string[] =>
  createRiskEngine({ ...WIDE, ...limits })
    .review(orders, viewOf(book))
    .map(tell);

const EMPTY: Book = { cash: 1000, lots: [0, 0], value: [10, 10] };

describe("risk", () => {
  it.each<[string, Partial<RiskLimits>, Book, Order, string]>([
    ["max-weight", { maxWeight: 0.2 }, EMPTY, orderOf(0, 50), "resize 20 max-weight"],
    ["max-weight, short", { maxWeight: 0.2 }, EMPTY, orderOf(0, -50), "resize -20 max-weight"],
    ["max-weight counts working orders", { maxWeight: 0.2 }, { ...EMPTY, working: [[0, 15]] }, orderOf(0, 50), "resize 5 max-weight"],
    ["max-gross", { maxGross: 0.5 }, { ...EMPTY, working: [[1, -30]] }, orderOf(0, 50), "resize 20 max-gross"],
    ["min-cash", { minCash: 0.9 }, EMPTY, orderOf(0, 50), "resize 10 min-cash"],
    [
      "min-cash does not spend what sales will bring",
      { minCash: 0 },
      { ...EMPTY, cash: 100, lots: [0, 90], working: [[1, -90]] },
      orderOf(0, 50),
      "resize 10 min-cash",
    ],
    ["max-turnover", { maxTurnover: 0.4 }, { ...EMPTY, traded: 100, working: [[1, -10]] }, orderOf(0, 50), "resize 20 max-turnover"],
    ["max-order-notional", { maxOrderNotional: 70 }, EMPTY, orderOf(0, -50), "resize -7 max-order-notional"],
    ["nothing left", { maxOrderNotional: 9 }, EMPTY, orderOf(0, 50), "refuse max-order-notional"],
    [
      "exactly the limit",
      { maxWeight: 0.2, maxGross: 0.2, minCash: 0.8, maxTurnover: 0.2, maxOrderNotional: 200 },
      EMPTY,
      orderOf(0, 20),
      "approve 20",
    ],
    ["no price", {}, { ...EMPTY, value: [Number.NaN, 10] }, orderOf(0, 1), "refuse no-price"],
    ["a price of zero", {}, { ...EMPTY, value: [0, 10] }, orderOf(0, 1), "refuse no-price"],
    ["equity that nobody knows", {}, { ...EMPTY, lots: [0, 3], value: [10, Number.NaN] }, orderOf(0, 1), "refuse no-price"],
    ["no equity", {}, { ...EMPTY, cash: -5 }, orderOf(0, 1), "refuse no-price"],
    [
      "a working order that nobody can value",
      {},
      { ...EMPTY, value: [10, Number.NaN], working: [[1, 4]] },
      orderOf(0, 1),
      "refuse max-gross",
    ],
    ["turnover that nobody knows", {}, { ...EMPTY, traded: Number.NaN }, orderOf(0, 1), "refuse max-turnover"],
  ])("keeps %s", (_, limits, book, order, verdict) => {
    expect(judge(limits, book, order)).toEqual([verdict]);
  });

  it("counts what it has just granted, and what it has just allowed to be sold is not cash yet", () => {
    expect(judge({ maxGross: 0.5 }, EMPTY, orderOf(0, 30), orderOf(1, 30))).toEqual(["approve 30", "resize 20 max-gross"]);
    expect(judge({ minCash: 0.5 }, EMPTY, orderOf(0, 30), orderOf(1, 30))).toEqual(["approve 30", "resize 20 min-cash"]);
    expect(judge({ maxTurnover: 0.5 }, EMPTY, orderOf(0, -30), orderOf(1, 30))).toEqual(["approve -30", "resize 20 max-turnover"]);
    expect(judge({ minCash: 0 }, { cash: 100, lots: [50, 0], value: [10, 10] }, orderOf(0, -50), orderOf(1, 60))).toEqual([
      "approve -50",
      "resize 10 min-cash",
    ]);
  });

  it("always lets pass what only reduces, however much is breached and whatever is unknown", () => {
    const limits = { maxWeight: 0, minCash: 2, maxGross: 0, maxTurnover: 0, maxOrderNotional: 0 };
    expect(judge(limits, { cash: -900, lots: [80, -40], value: [10, Number.NaN] }, orderOf(0, -80), orderOf(1, 40))).toEqual([
      "approve -80",
      "approve 40",
    ]);
  });

  it("does not take for reducing what would go beyond zero if the working orders fill as well", () => {
    const limits = { maxWeight: 0 };
    expect(judge(limits, { ...EMPTY, lots: [80, 0], working: [[0, -50]] }, orderOf(0, -40))).toEqual(["resize -30 max-weight"]);
    expect(judge(limits, { ...EMPTY, lots: [80, 0] }, orderOf(0, -50), orderOf(0, -50))).toEqual(["approve -50", "resize -30 max-weight"]);
  });

  it("counts on what protects a position to close it before an ordinary order fills, and lets pass what only reduces", () => {
    const stop = (lots: number): Order => ({ ...orderOf(0, lots, "stop"), type: "stop", terms: { trigger: 9 as Ticks, reduceOnly: true } });
    const book = viewOf({ ...EMPTY, lots: [20, 0] });
    const guarded = { ...book, working: [{ order: approve(stop(-20)), remaining: -20 as Lots, limit: null }] };
    const closed = { ...WIDE, maxWeight: 0, maxGross: 0, maxTurnover: 0 };
    const closing: Order = { ...orderOf(0, -20), terms: { reduceOnly: true } };
    const say = (limits: RiskLimits, view: PortfolioView, order: Order): string => tell(createRiskEngine(limits).review([order], view)[0]);
    expect(say({ ...WIDE, maxWeight: 0.1 }, book, orderOf(0, -40))).toBe("resize -32 max-weight"); // 12 short of an equity of 1200
    expect(say({ ...WIDE, maxWeight: 0.1 }, guarded, orderOf(0, -40))).toBe("resize -12 max-weight");
    expect(say(closed, guarded, orderOf(0, -20))).toBe("refuse max-weight");
    expect(say(closed, guarded, closing)).toBe("approve -20");
    expect(say(closed, book, stop(-20))).toBe("approve -20");
    const turning = viewOf({ ...EMPTY, lots: [20, 0], working: [[0, -32]] });
    expect(say({ ...WIDE, maxWeight: 0.1 }, turning, stop(-20))).toBe("refuse position-turns"); // it would leave 32 short
    const both = createRiskEngine({ ...WIDE, maxWeight: 0.1 }).review([stop(-20), orderOf(0, -40)], book);
    expect(both.map(tell)).toEqual(["approve -20", "resize -12 max-weight"]);
  });

  it("grants at least the first part of an order that turns a position round", () => {
    const closed = { maxWeight: 0, maxTurnover: 0, minCash: 2 };
    expect(judge(closed, { ...EMPTY, lots: [80, 0] }, orderOf(0, -100))).toEqual(["resize -80 max-turnover"]);
    expect(judge({ maxWeight: 0.1 }, { cash: 200, lots: [80, 0], value: [10, 10] }, orderOf(0, -100))).toEqual(["resize -90 max-weight"]);
    expect(judge({ maxGross: 0.3 }, { cash: 1200, lots: [-20, 0], value: [10, 10] }, orderOf(0, 100))).toEqual(["resize 50 max-gross"]);
  });

  it("answers in the order of the orders, each with its own", () => {
    const orders = [orderOf(1, 3), orderOf(0, -2), orderOf(1, 1)];
    const decisions = createRiskEngine(WIDE).review(orders, viewOf(EMPTY));
    expect(decisions.map((d) => d.order.id)).toEqual(orders.map((o) => o.id));
  });

  const names = 3;
  const lots = fc.integer({ min: -40, max: 40 });
  const side = fc.tuple(
    fc.nat(names - 1),
    lots.filter((n) => n !== 0),
  );
  const books = fc.record({
    cash: fc.integer({ min: -200, max: 2000 }),
    lots: fc.array(lots, { minLength: names, maxLength: names }),
    value: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: names, maxLength: names }),
    working: fc.array(side, { maxLength: 4 }),
    traded: fc.integer({ min: 0, max: 500 }),
  });
  const someLimits = fc.record({
    maxWeight: fc.double({ min: 0, max: 1, noNaN: true }),
    minCash: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
    maxGross: fc.double({ min: 0, max: 2, noNaN: true }),
    maxTurnover: fc.double({ min: 0, max: 2, noNaN: true }),
    maxOrderNotional: fc.option(fc.integer({ min: 0, max: 400 })),
  });

  it("moves no limit from inside to outside and worsens no breach, whichever subset of working and approved orders fills", () => {
    fc.assert(
      fc.property(books, fc.array(side, { maxLength: 4 }), someLimits, (book, wanted, limits) => {
        const view = viewOf(book);
        const before = viewOf({ ...book, working: book.working });
        const decisions = createRiskEngine(limits).review(
          wanted.map(([i, n], k) => orderOf(i, n, `o${k}`)),
          view,
        );
        expect(view).toEqual(before); // a review changes nothing
        const granted = decisions.flatMap((d) => (d.verdict === "refuse" ? [] : [d.order]));
        const exposures = (fills: readonly (readonly [number, number])[]) => {
          const held = [...book.lots];
          let cash = book.cash;
          let traded = book.traded;
          for (const [i, n] of fills) {
            held[i] = (held[i] as number) + n;
            cash -= n * (book.value[i] as number);
            traded += Math.abs(n) * (book.value[i] as number);
          }
          const weights = held.map((n, i) => Math.abs(n) * (book.value[i] as number));
          return { weights, gross: weights.reduce((a, b) => a + b, 0), cash, traded };
        };
        // The worst that could have come without this batch.
        const old = subsets(book.working).map(exposures);
        const worst = {
          weights: book.lots.map((_, i) => Math.max(...old.map((e) => e.weights[i] as number))),
          // Weights of different names are hurt by different subsets; their sum bounds the gross exposure of any.
          gross: book.lots.map((_, i) => Math.max(...old.map((e) => e.weights[i] as number))).reduce((a, b) => a + b, 0),
          cash: Math.min(...old.map((e) => e.cash)),
          traded: Math.max(...old.map((e) => e.traded)),
        };
        const close = 1e-6;
        // What only reduces may spend cash and turnover: it is let through whatever the limits say.
        const exempt = decisions.map((d, k) => reducing(book, decisions.slice(0, k), d));
        const reducedCash = exempt.reduce((sum, n, k) => sum + Math.max(0, n) * valueOf(book, decisions[k]), 0);
        const reducedTraded = exempt.reduce((sum, n, k) => sum + Math.abs(n) * valueOf(book, decisions[k]), 0);
        for (const fills of subsets([...book.working, ...granted.map((o) => [o.instrument, o.lots] as const)])) {
          const now = exposures(fills);
          now.weights.forEach((weight, i) =>
            expect(weight).toBeLessThanOrEqual(Math.max(limits.maxWeight * view.equity, worst.weights[i] as number) + close),
          );
          expect(now.gross).toBeLessThanOrEqual(Math.max(limits.maxGross * view.equity, worst.gross) + close);
          expect(now.cash).toBeGreaterThanOrEqual(Math.min(limits.minCash * view.equity, worst.cash) - reducedCash - close);
          expect(now.traded).toBeLessThanOrEqual(Math.max(limits.maxTurnover * view.markedEquity, worst.traded) + reducedTraded + close);
        }
        decisions.forEach((d, k) => {
          if (d.verdict === "refuse") return;
          expect(Math.sign(d.order.lots)).toBe(Math.sign(wanted[k]?.[1] as number));
          const beyond = Math.abs(d.order.lots) - Math.abs(exempt[k] as number);
          if (limits.maxOrderNotional !== null && beyond > 0)
            expect(Math.abs(d.order.lots) * valueOf(book, d)).toBeLessThanOrEqual(limits.maxOrderNotional + close);
        });
      }),
      { numRuns: 400 },
    );
  });

  it.each<[string, Book, Order, string]>([
    ["opens below it", EMPTY, orderOf(0, 4), "refuse min-weight"],
    ["opens at it", EMPTY, orderOf(0, 5), "approve 5"],
    ["opens short below it", EMPTY, orderOf(0, -4), "refuse min-weight"],
    ["closes", { ...EMPTY, lots: [20, 0] }, orderOf(0, -20), "approve -20"],
    ["reduces to it", { ...EMPTY, lots: [20, 0], cash: 800 }, orderOf(0, -15), "approve -15"],
    ["reduces below it", { ...EMPTY, lots: [20, 0], cash: 800 }, orderOf(0, -18), "resize -15 min-weight"],
    ["reduces what is below it already", { ...EMPTY, lots: [3, 0], cash: 970 }, orderOf(0, -1), "refuse min-weight"],
    ["adds to what is below it, too little", { ...EMPTY, lots: [3, 0], cash: 970 }, orderOf(0, 1), "refuse min-weight"],
    ["adds to what is below it, enough", { ...EMPTY, lots: [3, 0], cash: 970 }, orderOf(0, 2), "approve 2"],
    ["turns round to less than it", { ...EMPTY, lots: [20, 0], cash: 800 }, orderOf(0, -23), "resize -20 min-weight"],
    ["turns round to it", { ...EMPTY, lots: [20, 0], cash: 800 }, orderOf(0, -25), "approve -25"],
    ["adds a little while the opening order is still out", { ...EMPTY, working: [[0, 10]] }, orderOf(0, 2), "refuse min-weight"],
    [
      "reduces by what would leave too little if another sale fills",
      { ...EMPTY, lots: [20, 0], cash: 800, working: [[0, -10]] },
      orderOf(0, -7),
      "resize -5 min-weight",
    ],
    ["closes what another sale leaves", { ...EMPTY, lots: [20, 0], cash: 800, working: [[0, -10]] }, orderOf(0, -10), "approve -10"],
    ["meets less than a lot", { ...EMPTY, value: [100, 10] }, orderOf(0, 1), "approve 1"],
    ["reduces what nobody can value", { ...EMPTY, lots: [20, 0], value: [Number.NaN, 10] }, orderOf(0, -1), "approve -1"],
  ])("holds the floor of a position when an order %s", (_, book, order, verdict) => {
    expect(judge({ minWeight: 0.05 }, book, order)).toEqual([verdict]);
  });

  it.each<[string, Book, number, Order, string]>([
    ["opens on the way beyond it", EMPTY, 10, orderOf(0, 1), "approve 1"],
    ["opens on the way to less", EMPTY, 4, orderOf(0, 1), "refuse min-weight"],
    ["opens against its way", EMPTY, -10, orderOf(0, 1), "refuse min-weight"],
    ["goes on, whatever prices have done to its end", { ...EMPTY, lots: [2, 0], cash: 980 }, 4, orderOf(0, 1), "approve 1"],
    ["goes on while a slice before it is out", { ...EMPTY, lots: [1, 0], working: [[0, 1]] }, 10, orderOf(0, 1), "approve 1"],
    ["opens short on the way beyond it", EMPTY, -10, orderOf(0, -1), "approve -1"],
    ["closes", { ...EMPTY, lots: [6, 0], cash: 940 }, 0, orderOf(0, -2), "approve -2"],
    ["closes from below it", { ...EMPTY, lots: [2, 0], cash: 980 }, 0, orderOf(0, -1), "approve -1"],
    ["turns round", { ...EMPTY, lots: [6, 0], cash: 940 }, -8, orderOf(0, -2), "approve -2"],
    ["turns round to less", { ...EMPTY, lots: [6, 0], cash: 940 }, -3, orderOf(0, -2), "resize -1 min-weight"],
    ["reduces on the way to less", { ...EMPTY, lots: [6, 0], cash: 940 }, 3, orderOf(0, -2), "resize -1 min-weight"],
  ])("judges a slice by where its way leads: one that %s", (_, book, aim, order, verdict) => {
    const decisions = createRiskEngine({ ...WIDE, minWeight: 0.05 }).review([order], viewOf(book), undefined, Float64Array.of(aim, 0));
    expect(decisions.map(tell)).toEqual([verdict]);
  });

  it("takes for no slice what another limit has cut, and passes no other limit by", () => {
    const say = (limits: object, book: Book, lots: number, aim: number): string[] =>
      createRiskEngine({ ...WIDE, minWeight: 0.05, ...limits })
        .review([orderOf(0, lots)], viewOf(book), undefined, Float64Array.of(aim, 0))
        .map(tell);
    expect(say({ maxTurnover: 0.02 }, EMPTY, 3, 10)).toEqual(["refuse min-weight"]);
    expect(say({ maxTurnover: 0.02 }, EMPTY, 2, 10)).toEqual(["approve 2"]);
    expect(say({ maxWeight: 0.06 }, { ...EMPTY, lots: [4, 0], cash: 960 }, 4, 10)).toEqual(["resize 2 max-weight"]);
  });

  it("refuses with the floor what another rule has cut down below it", () => {
    expect(judge({ minWeight: 0.05, maxTurnover: 0.04 }, EMPTY, orderOf(0, 9))).toEqual(["refuse min-weight"]);
    const reviewer = createRiskEngine({ ...WIDE, minWeight: 0.05, maxTurnover: 0.04 });
    expect(reviewer.review([orderOf(0, 9)], viewOf(EMPTY))[0]).toMatchObject({
      detail: "9 lots wanted, 0 allowed: max-turnover leaves less than the least position",
    });
  });

  it("leaves no position between nothing and the floor, whichever working and approved orders fill, but where an order closes it", () => {
    const floors = fc.double({ min: 0.001, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(books, fc.array(side, { maxLength: 4 }), someLimits, floors, (book, wanted, limits, minWeight) => {
        const view = viewOf(book);
        const decisions = createRiskEngine({ ...limits, minWeight }).review(
          wanted.map(([i, n], k) => orderOf(i, n, `o${k}`)),
          view,
        );
        const out: (readonly [number, number])[] = [...book.working];
        decisions.forEach((decision, k) => {
          if (decision.verdict === "refuse") return;
          const { instrument, lots: granted } = decision.order;
          const floor = Math.floor((minWeight * view.equity) / (book.value[instrument] as number) + 1e-9);
          const closes = Math.abs(
            reducing(book, decisions.slice(0, k), { ...decision, order: { ...decision.order, lots: (granted * 1e9) as Lots } as never }),
          );
          if (Math.abs(granted) !== closes && floor > 0) {
            for (const fills of subsets(out.filter(([i]) => i === instrument))) {
              const position = fills.reduce((held, [, n]) => held + n, (book.lots[instrument] as number) + granted);
              expect(Math.abs(position)).toBeGreaterThanOrEqual(floor);
            }
          }
          out.push([instrument, granted]);
        });
      }),
      { numRuns: 400 },
    );
  });

  it("lets nothing but reductions pass where a breaker is open, whatever the limits say, and never less than with it closed", () => {
    const gate = { closedBy: (i: number) => (i === 0 ? "breaker-drawdown" : null) };
    const say = (book: Book, ...orders: Order[]) =>
      createRiskEngine({ ...WIDE, minWeight: 0.05 })
        .review(orders, viewOf(book), gate)
        .map(tell);
    expect(say({ ...EMPTY, lots: [20, 0] }, orderOf(0, 5), orderOf(0, -19), orderOf(0, -5), orderOf(1, 9))).toEqual([
      "refuse breaker-drawdown",
      "approve -19",
      "resize -1 breaker-drawdown",
      "approve 9",
    ]);
    fc.assert(
      fc.property(books, fc.array(side, { maxLength: 4 }), (book, wanted) => {
        const orders = wanted.map(([i, n], k) => orderOf(i, n, `o${k}`));
        const decisions = createRiskEngine(WIDE).review(orders, viewOf(book), { closedBy: () => "breaker-drawdown" });
        decisions.forEach((decision, k) => {
          if (decision.verdict !== "refuse") expect(reducing(book, decisions.slice(0, k), decision)).toBe(decision.order.lots);
        });
      }),
      { numRuns: 200 },
    );
  });

  it("approves every order that reduces whatever fills", () => {
    fc.assert(
      fc.property(books, side, someLimits, (book, [i, n], limits) => {
        const positions = subsets(book.working).map((fills) =>
          fills.reduce((held, [k, m]) => (k === i ? held + m : held), book.lots[i] as number),
        );
        // Towards zero and not beyond it, wherever the position then is on the order's way.
        const held = book.lots[i] as number;
        const reduces =
          held * n < 0 &&
          positions.every((p) => Math.sign(p) !== Math.sign(held) || Math.abs(n) <= Math.abs(p)) &&
          positions.every((p) => p * held > 0);
        fc.pre(reduces);
        const [decision] = createRiskEngine(limits).review([orderOf(i, n)], viewOf(book));
        expect(decision?.verdict).toBe("approve");
      }),
      { numRuns: 300 },
    );
  });
});

/** Signed lots of the decision that only close, after the earlier decisions of the batch. */
function reducing(book: Book, earlier: readonly RiskDecision[], decision: RiskDecision): number {
  if (decision.verdict === "refuse") return 0;
  const { instrument, lots } = decision.order;
  const same = (n: number): boolean => Math.sign(n) === Math.sign(lots);
  let left = book.lots[instrument] as number;
  for (const [i, n] of book.working ?? []) if (i === instrument && same(n)) left += n;
  for (const d of earlier) if (d.verdict !== "refuse" && d.order.instrument === instrument && same(d.order.lots)) left += d.order.lots;
  if (Math.sign((book.lots[instrument] as number) * lots) >= 0 || left * lots >= 0) return 0;
  return Math.sign(lots) * Math.min(Math.abs(lots), Math.abs(left));
}

const valueOf = (book: Book, decision: RiskDecision | undefined): number =>
  decision === undefined ? 0 : (book.value[decision.order.instrument] as number);

function subsets<T>(items: readonly T[]): T[][] {
  return Array.from({ length: 1 << items.length }, (_, mask) => items.filter((__, i) => (mask & (1 << i)) !== 0));
}
