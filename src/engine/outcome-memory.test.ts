import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstSessionFrom, type Session } from "#domain/session.js";
import type { LabelLaw, Outcome } from "#domain/signal.js";
import { DAY_US, HOUR_US, type IsoDate, type Micros } from "#domain/time.js";
import { toBarBatch } from "#domain/market.js";
import type { Strategy } from "#ports/stages.js";
import { toyMarket, toyStrategy } from "#test/fixtures/toy-market.js";
import { toyRun } from "#test/fixtures/toy-run.js";
import { OutcomeMemory } from "./outcome-memory.js";

const DAYS = 60;
const sessions: readonly Session[] = Array.from({ length: DAYS + 5 }, (_, i) => ({
  date: "2000-01-01" as IsoDate,
  openAt: ((i + 1) * DAY_US + 14 * HOUR_US) as Micros,
  closeAt: ((i + 1) * DAY_US + 21 * HOUR_US) as Micros,
  early: false,
}));

/** A learner that writes down what it is told. */
function listening(told: Outcome[]): Strategy {
  return {
    ...toyStrategy,
    learner: { learn: (outcome) => told.push(outcome), snapshot: () => new Uint8Array(0), restore: () => undefined },
  };
}

describe("outcomes", () => {
  it("are told once each, in order, and never before the session of their last price is over", async () => {
    const told: Outcome[] = [];
    const spokenAt: number[] = [];
    const heard: number[] = [];
    const strategy = listening(told);
    await toyRun(toyMarket({ seed: "order", days: DAYS, names: 5 }), {
      label: { kind: "forward", horizonSessions: 5, sessions },
      strategy: {
        ...strategy,
        decide(frame, view) {
          while (heard.length < told.length) heard.push(frame.asOf);
          spokenAt.push(frame.asOf);
          return toyStrategy.decide(frame, view);
        },
      },
    });
    expect(told.length).toBeGreaterThan(15);
    told.forEach(({ signals }, n) => {
      expect(signals.asOf).toBe(spokenAt[n]);
      const last = sessions[firstSessionFrom(sessions, signals.asOf) + 5] as Session;
      expect(heard[n]).toBeGreaterThanOrEqual(last.closeAt);
      // At the first decision after it, decisions being three days apart.
      expect(heard[n]).toBeLessThan(last.closeAt + 3 * DAY_US);
    });
  });

  it("count a name that fell silent at its last price, and one that could not be bought not at all", () => {
    const memory = new OutcomeMemory({ kind: "forward", horizonSessions: 2, sessions }, 3);
    const bar = (instrument: number, day: number, open: number, close: number) => ({
      instrument: instrument as never,
      openAt: sessions[day]?.openAt as Micros,
      at: sessions[day]?.closeAt as Micros,
      seenAt: sessions[day]?.closeAt as Micros,
      open,
      high: Math.max(open, close),
      low: Math.min(open, close),
      close,
      volume: 1,
    });
    const decided = ((sessions[0]?.closeAt as number) + 1) as Micros;
    const one = Uint8Array.of(1, 1, 1);
    memory.remember(
      { asOf: decided, expectedReturn: new Float64Array(3), uncertainty: null, confidence: null, horizonUs: 0, model: "m" },
      { asOf: decided, instruments: 3, features: [], values: new Float64Array(0), member: one, fresh: one, history: null },
    );
    for (const rows of [[bar(0, 1, 10, 11), bar(1, 1, 10, 12)], [bar(1, 2, 12, 13)], [bar(0, 3, 9, 9), bar(2, 3, 5, 5)]])
      memory.market(toBarBatch(rows), 0, rows.length);
    const [outcome] = memory.ended(sessions[3]?.closeAt as Micros);
    const [returned, silent, unbought] = outcome?.realized ?? [];
    expect(returned).toBe(9 / 10 - 1);
    expect(silent).toBe(13 / 10 - 1);
    expect(unbought).toBeNaN();
    expect(memory.ended(sessions[9]?.closeAt as Micros)).toEqual([]);
  });

  it("survive a snapshot between any two events", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1e6 }).map(String), fc.constantFrom("forward", "excess"), async (seed, kind) => {
        const label: LabelLaw = { kind, horizonSessions: 4, sessions };
        const told: Outcome[] = [];
        const market = toyMarket({ seed, days: 30, names: 4 });
        const { engine } = await toyRun(market, {
          label,
          strategy: listening(told),
          onMark(at) {
            const { outcomes } = at;
            const bytes = outcomes?.snapshot() as Uint8Array;
            outcomes?.restore(bytes);
            expect(outcomes?.snapshot()).toEqual(bytes);
          },
        });
        const whole: Outcome[] = [];
        await toyRun(market, { label, strategy: listening(whole) });
        expect(told).toEqual(whole);
        expect(engine.outcomes).not.toBeNull();
      }),
      { numRuns: 10 },
    );
  });
});
