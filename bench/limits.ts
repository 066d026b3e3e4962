// Limits on losses that may come, by every method: a batch of 500 new names reviewed under a limit that is wide, the first of a session, with all that has to be
// estimated for it, and the next one. 500 returns, 99 %, one step ahead. No peer reviews orders.
import { createRng } from "#base/rng.js";
import type { InstrumentIx, Lots } from "#domain/instrument.js";
import { toBarBatch } from "#domain/market.js";
import type { Order, OrderId } from "#domain/order.js";
import type { PortfolioView } from "#domain/portfolio-view.js";
import type { Session } from "#domain/session.js";
import { DAY_US, type Micros, utcDate } from "#domain/time.js";
import { riskMethods, type RiskMethod } from "#risk/measures/every-method.js";
import { createRiskEngine } from "#risk/review.js";
import { ScenarioMemory } from "#app/config/scenario-memory.js";
import type { Bench, BenchCase } from "./contract.js";

const [NAMES, WINDOW] = [500, 500];
const WIDE = { maxWeight: 1, minCash: -9, maxGross: 9, maxTurnover: 99, maxOrderNotional: null };

const sessions = Array.from({ length: WINDOW + 2 }, (_, i): Session => {
  const openAt = ((i + 1) * DAY_US) as Micros;
  return { date: utcDate(openAt), openAt, closeAt: (openAt + DAY_US / 2) as Micros, early: false };
});

/** A market whose moves come in storms. */
function tellTo(memory: ScenarioMemory): void {
  const rng = createRng("limits bench");
  const price = new Float64Array(NAMES).fill(100);
  for (const { openAt, closeAt: at } of sessions) {
    const common = (rng.next() < 0.1 ? 0.03 : 0.008) * rng.normal();
    const rows = Array.from(price, (before, i) => {
      const close = before * (1 + common + 0.015 * rng.normal());
      price[i] = close;
      return { instrument: i as InstrumentIx, openAt, at, seenAt: at, open: close, high: close, low: close, close, volume: 1 };
    });
    memory.market(toBarBatch(rows), 0, rows.length);
  }
}

function reviewOf(method: RiskMethod): (asOf: Micros) => number {
  const memory = new ScenarioMemory(
    sessions,
    NAMES,
    Array.from({ length: NAMES }, (_, i) => i),
    { method, level: 0.99, horizon: 1, window: WINDOW },
  );
  const limit = {
    rule: "tail-risk",
    because: method,
    source: memory.source(),
    level: 0.99,
    maxVar: 0.9,
    maxEs: null,
    maxLoss: null,
  } as const;
  const risk = createRiskEngine(WIDE, [limit]);
  const none = new Float64Array(NAMES);
  const price = new Float64Array(NAMES).fill(10);
  const orders = Array.from({ length: NAMES }, (_, i): Order => {
    const createdAt = 0 as Micros;
    return { id: `${i}` as OrderId, instrument: i as InstrumentIx, lots: 200 as Lots, type: "market", limit: null, createdAt };
  });
  tellTo(memory);
  return (asOf) => {
    const money = { equity: 1e6, cash: 1e6, markedEquity: 1e6, tradedSinceMark: 0 };
    const view: PortfolioView = { asOf, lots: none, workingBuys: none, workingSells: none, working: [], price, lotValue: price, ...money };
    const begun = performance.now();
    const decisions = risk.review(orders, view);
    const took = performance.now() - begun;
    if (decisions.some(({ verdict }) => verdict !== "approve")) throw new Error(`${method}: a wide limit let not everything pass`);
    return took;
  };
}

const [before, last] = [sessions.at(-2), sessions.at(-1)].map((session) => (session as Session).closeAt) as [Micros, Micros];

export const bench: Bench = {
  cases: riskMethods.flatMap((method): BenchCase[] => {
    let review: ((asOf: Micros) => number) | undefined;
    return [
      {
        name: `${method}: the first batch of a session`,
        unit: "ms",
        ours: () => {
          review ??= reviewOf(method);
          review(before);
          return Promise.resolve(review(last));
        },
      },
      { name: `${method}: the next one`, unit: "ms", ours: () => Promise.resolve((review ??= reviewOf(method))(last)) },
    ];
  }),
};
