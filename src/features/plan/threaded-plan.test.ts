// Two threads give the bits of one, whatever they are told, and go on from a snapshot as if nothing had been.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { Micros } from "#domain/time.js";
import { features, featureSet } from "#features/registry.js";
import type { FeaturePlan } from "#ports/stages.js";
import { companyOf, makeDays, needsOf, ordinaryPrices, tellDay } from "#test/contracts/feature-world.js";
import { shareColumns } from "./column-shares.js";
import { compileFeatures, type PlanOptions } from "./compile.js";
import { compileForLoop, ThreadedPlan } from "./threaded-plan.js";

const INSTRUMENTS = 13;
const EVER = 0 as Micros;
const options: PlanOptions = { ...companyOf(INSTRUMENTS), minHistory: 30, filters: [], priceBasis: "raw" };
// Features of bars, ticks, books and facts, of one instrument and of the moment.
const definitions = [...featureSet("portfolio-173"), ...[...features.values()].filter((_, k) => k % 12 === 0)].filter(
  ({ name }, k, all) => all.findIndex((other) => other.name === name) === k,
);
const days = makeDays(
  "threads",
  Array.from({ length: INSTRUMENTS }, (_, i) => ordinaryPrices(createRng(`threads/${i}`), 90 - i)),
  needsOf(definitions),
);

const look = (plan: FeaturePlan, day: number) => {
  const { values, member, fresh } = plan.frame((1e15 + day) as Micros, EVER);
  return { values: values.slice(), member: member.slice(), fresh: fresh.slice() };
};

describe("a plan on two threads", () => {
  it("gives the bits of one thread at every moment, and from a snapshot on", () => {
    const one = compileFeatures(definitions, options);
    const two = new ThreadedPlan(definitions, options);
    let restored: ThreadedPlan | null = null;
    days.forEach((day, t) => {
      tellDay(one, day);
      tellDay(two, day);
      if (restored !== null) tellDay(restored, day);
      if (t % 9 !== 0 && t < 80) return;
      const expected = look(one, t);
      expect(look(two, t)).toEqual(expected);
      if (restored !== null) expect(look(restored, t)).toEqual(expected);
      if (t !== 45) return;
      restored = new ThreadedPlan(definitions, options);
      restored.restore(two.snapshot());
    });
    expect(two.features).toEqual(one.features);
  });

  it("is made by the sizes alone: what one thread can do stays on one", () => {
    expect(compileForLoop(definitions, options)).not.toBeInstanceOf(ThreadedPlan);
    const crowd = { ...companyOf(1000), minHistory: 1, filters: [], priceBasis: "raw" as const };
    expect(compileForLoop(featureSet("portfolio-173"), crowd)).toBeInstanceOf(ThreadedPlan);
  });

  it("refuses at once what one thread refuses, and a snapshot of another plan", () => {
    const [first] = definitions;
    if (first === undefined) throw new Error("no definitions");
    expect(() => new ThreadedPlan([first, first], options)).toThrow(/asked for twice/);
    const some = compileFeatures(definitions.slice(0, 9), options);
    const plan = new ThreadedPlan(definitions, options);
    const other = new ThreadedPlan(definitions.slice(0, 40), options);
    expect(() => plan.restore(some.snapshot())).toThrow(/snapshot|bytes/);
    expect(() => plan.restore(other.snapshot())).toThrow(/snapshot/);
  });

  it("shares out all columns in their order, none without a share", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4 }), fc.array(fc.constantFrom(...definitions), { minLength: 4, maxLength: 30 }), (n, some) => {
        const runs = shareColumns(some, n);
        expect(runs.flat()).toEqual(some);
        expect(runs.every((run) => run.length > 0)).toBe(true);
      }),
    );
  });
});
