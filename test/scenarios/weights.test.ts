// A portfolio that weighs by risk knows the returns of the sessions that are over, and nothing else: the same as computed from the tape
// with hindsight, however the rows come in, and whatever comes later. Bit-equal in every mode: four-modes and kill-anywhere.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseExperiment } from "#app/config/experiment.js";
import { firstSessionFrom, type Session } from "#domain/session.js";
import { DAY_US } from "#domain/time.js";
import { toBarBatch } from "#domain/market.js";
import { ReturnMemory } from "#portfolio/return-memory.js";
import { toySessions } from "#test/fixtures/toy-learner.js";
import { toyRiskWeights } from "#test/fixtures/toy-look-back.js";
import { type ToyMarket, toyMarket } from "#test/fixtures/toy-market.js";
import { toyRun } from "#test/fixtures/toy-run.js";

const seeds = fc.integer({ min: 0, max: 1e9 }).map(String);

type Closes = ReadonlyMap<string, number>;

/** Value of one old share at the close of `session` and what it paid in it, over its close a session before; NaN when either close is missing. */
function returnWithHindsight({ references }: ToyMarket, closes: Closes, instrument: number, session: number): number {
  const { closeAt } = toySessions[session] as Session;
  const closeOf = (at: number): number => closes.get(`${instrument} ${at}`) ?? Number.NaN;
  let shares = 1;
  let paid = 0;
  for (const event of references) {
    if (event.kind !== "split" && event.kind !== "dividend") continue;
    if (event.instrument !== instrument || firstSessionFrom(toySessions, event.at) !== session) continue;
    if (event.kind === "split") shares *= event.ratio;
    else paid += event.amount;
  }
  // A dividend of the day of a split is told per new share, as the tape of the toy market does.
  return (shares * (closeOf(closeAt) + paid)) / closeOf(closeAt - DAY_US) - 1;
}

describe("returns that a portfolio remembers", () => {
  it("are those of the tape, through splits, dividends and missing bars", () => {
    let compared = 0;
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 9 }), (seed, window) => {
        const market = toyMarket({ seed, days: 60, names: 6 });
        let memory = new ReturnMemory(toySessions, 6, window);
        const closes: Closes = new Map(market.bars.map((bar) => [`${bar.instrument} ${bar.at}`, bar.close]));
        const batch = toBarBatch(market.bars);
        let [row, event] = [0, 0];
        for (const { seenAt, name } of market.timers) {
          for (;;) {
            const told = market.references[event];
            const bar = row < batch.length ? (batch.seenAt[row] as number) : Number.POSITIVE_INFINITY;
            if (told !== undefined && told.seenAt <= Math.min(bar, seenAt)) {
              if (told.kind === "split" || told.kind === "dividend") memory.reference(told);
              event++;
            } else if (bar <= seenAt) memory.market(batch, row, ++row);
            else break;
          }
          if (name === "mark") {
            const restored = new ReturnMemory(toySessions, 6, window);
            restored.restore(memory.snapshot());
            memory = restored;
            continue;
          }
          const last = firstSessionFrom(toySessions, seenAt) - 1;
          for (let i = 0; i < 6; i++) {
            if (last < window) {
              expect(memory.returnsOf(i, seenAt)).toBeNull();
              continue;
            }
            const wanted = Array.from({ length: window }, (_, k) => returnWithHindsight(market, closes, i, last - window + 1 + k));
            const found = memory.returnsOf(i, seenAt);
            expect(found === null).toBe(wanted.some(Number.isNaN));
            found?.forEach((value, k) => expect(Math.abs(value - (wanted[k] as number))).toBeLessThan(1e-12));
            compared += found?.length ?? 0;
          }
        }
      }),
      { numRuns: 12 },
    );
    expect(compared).toBeGreaterThan(3_000);
  });

  it("refuses the state of another window", () => {
    expect(() => new ReturnMemory(toySessions, 6, 5).restore(new ReturnMemory(toySessions, 6, 4).snapshot())).toThrow(/another window/);
  });
});

describe("a portfolio that weighs by risk", () => {
  it("is asked for: an experiment without weights has no word of them, so that its hash is what it was", () => {
    const portfolioOf = (portfolio: object) => parseExperiment({ name: "x", data: { dataset: "d" }, portfolio }, "x").portfolio;
    expect(portfolioOf({ kind: "top-k" })).toEqual({ kind: "top-k", k: 20, keep: null, invested: 0.98 });
    expect(portfolioOf({ kind: "top-k", weights: { rule: "hrp" } })).toMatchObject({
      weights: { rule: "hrp", covariance: "ledoit-wolf", window: 252 },
    });
    expect(() => portfolioOf({ kind: "top-k", weights: { rule: "best" } })).toThrow(/portfolio.weights.rule: must be one of/);
  });

  it("decides alike however its rows are batched, and does not see what comes later", async () => {
    let differ = 0;
    await fc.assert(
      fc.asyncProperty(seeds, fc.integer({ min: 10, max: 30 }), async (seed, day) => {
        const market = toyMarket({ seed, days: 40, names: 8 });
        const run = await toyRun(market, { builder: toyRiskWeights() });
        const orders = run.journal.decisions();
        expect((await toyRun(market, { builder: toyRiskWeights(), perBatch: 1 })).journal.decisions()).toEqual(orders);
        const bars = market.bars.map((bar) => (bar.at > day * DAY_US ? { ...bar, close: bar.close * 1.5, high: bar.high * 1.5 } : bar));
        const later = await toyRun({ ...market, bars }, { builder: toyRiskWeights() });
        const before = (all: readonly string[]): readonly string[] =>
          all.filter((one) => (JSON.parse(one) as { asOf: number }).asOf < day * DAY_US);
        expect(before(later.journal.decisions())).toEqual(before(orders));
        if ((await toyRun(market)).journal.decisions().join() !== orders.join()) differ++;
      }),
      { numRuns: 8 },
    );
    expect(differ).toBe(8); // or it would have weighed all alike
  });
});
