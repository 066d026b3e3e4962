// Every number and word of `tail` and `stress` in a file of limits, each shown to bite: just inside it nothing happens, just outside it does; the way back is
// always open, and a restart forgets nothing.
import { describe, expect, it } from "vitest";
import type { ResolvedRisk } from "#app/config/risk-limits.js";
import { type RiskFile, riskFileSchema } from "#app/config/risk-schema.js";
import { createRng } from "#base/rng.js";
import type { RiskDecision } from "#domain/order.js";
import { riskMethods } from "#risk/measures/every-method.js";
import { fitFilter } from "#risk/measures/filtered-historical.js";
import { type TailMethod, createEstimator } from "#risk/tail/estimate.js";
import { createGauge } from "#risk/tail/gauge.js";
import { NO_BREAKERS } from "#risk/breakers.js";
import { HandAccount, verdictOf } from "#test/fixtures/hand-account.js";

const WIDE = { maxWeight: 1, minCash: 0, maxGross: 2, maxTurnover: 100, maxOrderNotional: null };
const DAYS = 60;
const rng = createRng("tail numbers");
const WINDOW = 40;
/** One day in ten is a storm; the mean of the last forty days is nothing, as orders out get no credit for what the market is expected to gain. */
const drawn = Array.from({ length: DAYS }, (_, t) => (t % 10 === 0 ? 0.04 : 0.008) * rng.normal());
const drift = drawn.slice(-WINDOW).reduce((sum, r) => sum + r, 0) / WINDOW;
const returns = drawn.map((r) => r - drift);

/** An account that saw these days, of which the second name went half as far and the third stood still. */
function account(file: object): HandAccount {
  const { tail, stress }: RiskFile = riskFileSchema.parse(file);
  const named = { windows: stress.windows, shocks: stress.shocks.filter(({ maxLoss }) => maxLoss !== undefined), window: tail.window };
  const bites = tail.maxVar !== null || tail.maxEs !== null || tail.maxStressLoss !== null;
  const risk: ResolvedRisk = {
    profile: "test",
    limits: WIDE,
    breakers: NO_BREAKERS,
    tail: bites ? tail : null,
    ...(named.windows.length + named.shocks.length === 0 ? {} : { stress: named }),
  };
  const hand = new HandAccount(WIDE, NO_BREAKERS, 3, risk);
  let [a, b] = [100, 100];
  hand.prices(a, b, 100);
  hand.close();
  for (const r of returns) {
    [a, b] = [a * (1 + r), b * (1 + r / 2)];
    hand.prices(a, b, 100);
    hand.close();
  }
  hand.prices(100, 100, 100);
  return hand;
}

/** Of an account that is all in the first name, over the last `window` of the days above. */
function whole(asked: Partial<TailMethod>): { readonly valueAtRisk: number; readonly expectedShortfall: number; readonly worst: number } {
  const method: TailMethod = { method: "historical", level: 0.99, horizon: 1, window: WINDOW, ...asked };
  const own = Float64Array.from(returns.slice(-method.window));
  const gauge = createGauge(createEstimator(method)({ returns: () => own, market: own, filter: () => fitFilter(own) }), 1, 1, method.level);
  gauge.set(0, 1, 1);
  return gauge.figures;
}

const lots = (decisions: readonly RiskDecision[]): number =>
  decisions.reduce((sum, { verdict, order }) => sum + (verdict === "refuse" ? 0 : order.lots), 0);

/** A limit of half of what all of the account would lose lets half of it be invested, and no lot more. */
function half(file: object, rule: string): void {
  const hand = account(file);
  expect(hand.want(0.49).map(verdictOf)).toEqual(["approve 490"]);
  hand.restart();
  const [decision] = hand.want(0.6);
  expect([decision?.verdict, decision?.verdict === "approve" ? "" : decision?.rule]).toEqual(["resize", rule]);
  expect(Math.abs(lots(decision === undefined ? [] : [decision]) - 10)).toBeLessThanOrEqual(1);
  expect(hand.want(0.7).map(verdictOf)).toEqual([`refuse ${rule}`]);
  hand.restart();
  expect(hand.want(0.2).map(verdictOf)).toEqual([expect.stringMatching(/^approve -/)]);
  expect(hand.want(0).map(verdictOf)).toEqual([expect.stringMatching(/^approve -/)]);
}

describe("tail", () => {
  const base = { window: WINDOW, level: 0.95 };

  it.each(riskMethods)("method %s: value at risk and shortfall are of it", (method) => {
    const { valueAtRisk, expectedShortfall } = whole({ ...base, method });
    half({ tail: { ...base, method, maxVar: valueAtRisk / 2 } }, "tail-risk");
    half({ tail: { ...base, method, maxEs: expectedShortfall / 2 } }, "tail-risk");
  });

  it("level: a limit that half of the account holds at 90 % it does not hold at 99 %", () => {
    const maxVar = whole({ ...base, level: 0.9 }).valueAtRisk / 2;
    half({ tail: { ...base, level: 0.9, maxVar } }, "tail-risk");
    expect(lots(account({ tail: { ...base, level: 0.99, maxVar } }).want(0.5))).toBeLessThan(400);
  });

  it("horizon: nor does it over five sessions", () => {
    const maxVar = whole({ ...base, method: "normal" }).valueAtRisk / 2;
    expect(lots(account({ tail: { ...base, method: "normal", horizon: 5, maxVar } }).want(0.5))).toBeLessThan(300);
    half(
      { tail: { ...base, method: "normal", horizon: 5, maxVar: whole({ ...base, method: "normal", horizon: 5 }).valueAtRisk / 2 } },
      "tail-risk",
    );
  });

  it("window: so many returns have to be seen", () => {
    expect(
      account({ tail: { window: DAYS, maxVar: 0.9 } })
        .want(0.1)
        .map(verdictOf),
    ).toEqual(["approve 100"]);
    expect(
      account({ tail: { window: DAYS + 1, maxVar: 0.9 } })
        .want(0.1)
        .map(verdictOf),
    ).toEqual(["refuse tail-risk"]);
  });

  it("maxStressLoss: of the worst past stretch, whatever the method", () => {
    const maxStressLoss = whole(base).worst / 2;
    half({ tail: { ...base, maxStressLoss } }, "tail-risk");
    half({ tail: { ...base, method: "normal", maxVar: 0.9, maxStressLoss } }, "tail-risk");
  });
});

describe("stress", () => {
  it("maxLoss of a shock: what moves with the market counts as far as it used to", () => {
    half({ stress: { shocks: [{ name: "market down a fifth", market: -0.2, maxLoss: 0.1 }] } }, "stress-loss");
    const hand = account({ stress: { shocks: [{ name: "market down a fifth", market: -0.2, maxLoss: 0.1 }] } });
    expect(hand.want(0, 0.5, 0.1).map(verdictOf)).toEqual(["approve 500", "approve 100"]); // half as far, and not at all
    const decision = hand.want(0.35, 0.5, 0.1)[0];
    expect(decision).toMatchObject({
      verdict: "resize",
      rule: "stress-loss",
      detail: expect.stringMatching(/allowed: market down a fifth$/),
    });
  });

  it("maxLoss of a shock to one instrument", () => {
    half({ stress: { shocks: [{ name: "one falls", instruments: { N0: -0.5 }, maxLoss: 0.25 }] } }, "stress-loss");
  });

  it("maxLoss of a window", () => {
    const date = (day: number): string => new Date(Date.UTC(1970, 0, 2 + day)).toISOString().slice(0, 10);
    // The worst ten days in a row: day 0 has no return.
    const loss = (from: number): number => 1 - returns.slice(from, from + 10).reduce((wealth, r) => wealth * (1 + r), 1);
    const from = Array.from({ length: DAYS - 10 }, (_, k) => k).sort((a, b) => loss(b) - loss(a))[0] as number;
    expect(loss(from)).toBeGreaterThan(0.02);
    half(
      { stress: { windows: [{ name: "then", from: date(from + 1), to: date(from + 10), maxLoss: loss(from) / 2 }], shocks: [] } },
      "stress-loss",
    );
  });

  it("a short position is bounded by what rises", () => {
    const hand = account({ stress: { shocks: [{ name: "melt-up", market: 0.2, maxLoss: 0.1 }] } });
    expect(hand.want(-0.49).map(verdictOf)).toEqual(["approve -490"]);
    expect(hand.want(-0.6).map(verdictOf)).toEqual([expect.stringMatching(/^resize -(9|10|11) stress-loss$/)]);
    expect(hand.want(0.3).map(verdictOf)).toEqual([expect.stringMatching(/^approve/)]);
  });

  it("orders out count on both sides: no hedge that may not fill frees room", () => {
    const hand = account({ stress: { shocks: [{ name: "crash", market: -0.2, maxLoss: 0.05 }] } });
    hand.fills = false;
    expect(hand.want(0.25, -0.5).map(verdictOf)).toEqual([
      expect.stringMatching(/^(approve|resize) 2[45]\d/),
      expect.stringMatching(/^approve -/),
    ]);
    const before = lots(hand.want(0.9, -0.5));
    expect(Math.abs(before)).toBeLessThanOrEqual(2);
  });
});
