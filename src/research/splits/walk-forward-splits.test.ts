// Laws of the folds as properties: purging by label end, embargo, every decision tested once in time order.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Session } from "#domain/session.js";
import { DAY_US, HOUR_US, utcDate } from "#domain/time.js";
import type { Micros } from "#domain/time.js";
import { walkForwardFolds } from "./walk-forward-splits.js";

const sessions = (n: number): Session[] =>
  Array.from({ length: n }, (_, i) => ({
    date: utcDate((i * DAY_US) as Micros),
    openAt: (i * DAY_US + 9 * HOUR_US) as Micros,
    closeAt: (i * DAY_US + 16 * HOUR_US) as Micros,
    early: false,
  }));
const closes = (all: readonly Session[], every: number): Micros[] =>
  all.filter((_, i) => i % every === 0).map((session) => (session.closeAt + 60e6) as Micros);
const settings = fc.record({
  n: fc.integer({ min: 30, max: 150 }),
  every: fc.integer({ min: 1, max: 5 }),
  horizon: fc.integer({ min: 1, max: 25 }),
  embargoSessions: fc.integer({ min: 0, max: 15 }),
  testSessions: fc.integer({ min: 1, max: 40 }),
  train: fc.oneof(fc.constant("expanding" as const), fc.integer({ min: 5, max: 60 })),
  firstShare: fc.double({ min: 0.2, max: 0.9, noNaN: true }),
});

describe("walk-forward folds", () => {
  it("never let a training label's interval reach into its test, and keep the embargo", () => {
    fc.assert(
      fc.property(settings, ({ n, every, horizon, firstShare, ...options }) => {
        const all = sessions(n);
        const decisions = closes(all, every);
        const firstTest = (all[Math.floor(n * firstShare)] as Session).openAt;
        fc.pre(decisions.some((at) => at >= firstTest));
        for (const fold of walkForwardFolds(decisions, all, { ...options, firstTest })) {
          const testStart = decisions[fold.testFrom] as number;
          const testSession = Math.floor(testStart / DAY_US);
          for (let d = fold.trainFrom; d < fold.trainTo; d++) {
            const decision = decisions[d] as number;
            const endSession = Math.floor(decision / DAY_US) + 1 + horizon;
            const end = endSession * DAY_US + 9 * HOUR_US;
            if (options.train !== "expanding") expect(Math.floor(decision / DAY_US)).toBeGreaterThanOrEqual(testSession - options.train);
            if (end > fold.labelsEndBy) continue; // purged
            expect(end).toBeLessThanOrEqual(testStart);
            expect(endSession + options.embargoSessions).toBeLessThanOrEqual(testSession);
          }
        }
      }),
    );
  });

  it("test every decision from the first test on exactly once, in time order", () => {
    fc.assert(
      fc.property(settings, ({ n, every, firstShare, ...options }) => {
        const all = sessions(n);
        const decisions = closes(all, every);
        const firstTest = (all[Math.floor(n * firstShare)] as Session).openAt;
        fc.pre(decisions.some((at) => at >= firstTest));
        const tested = walkForwardFolds(decisions, all, { ...options, firstTest }).flatMap((fold) =>
          Array.from({ length: fold.testTo - fold.testFrom }, (_, i) => fold.testFrom + i),
        );
        const first = decisions.findIndex((at) => at >= firstTest);
        expect(tested).toEqual(Array.from({ length: decisions.length - first }, (_, i) => first + i));
      }),
    );
  });

  it("purge no more than they must: a label that ends when the embargo begins may train", () => {
    const all = sessions(40);
    const decisions = closes(all, 1);
    const [fold] = walkForwardFolds(decisions, all, {
      train: "expanding",
      testSessions: 10,
      embargoSessions: 3,
      firstTest: (all[20] as Session).openAt,
    });
    expect(fold?.labelsEndBy).toBe((all[17] as Session).closeAt);
    expect(fold).toMatchObject({ trainFrom: 0, trainTo: 20, testFrom: 20, testTo: 30 });
  });

  it("train on nothing when the embargo is longer than the past", () => {
    const all = sessions(40);
    const [fold] = walkForwardFolds(closes(all, 1), all, {
      train: "expanding",
      testSessions: 40,
      embargoSessions: 30,
      firstTest: (all[10] as Session).openAt,
    });
    expect(fold?.labelsEndBy).toBe(Number.NEGATIVE_INFINITY);
  });

  it("say in words that there is nothing to test or nothing before it", () => {
    const all = sessions(10);
    const options = { train: "expanding", testSessions: 5, embargoSessions: 0 } as const;
    expect(() => walkForwardFolds(closes(all, 1), all, { ...options, firstTest: (20 * DAY_US) as Micros })).toThrow(
      /Nothing is left to test/,
    );
    expect(() => walkForwardFolds(closes(all, 1), all, { ...options, firstTest: 0 as Micros })).toThrow(/Nothing precedes/);
  });
});
