// Purged k-fold, combinatorial and nested splits: as skfolio has them where labels are of one length, and true to their laws where they are of any.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { embargoBehind, type SampleTimes, zoneOf } from "#domain/purge.js";
import type { Session } from "#domain/session.js";
import { DAY_US, HOUR_US, type Micros, utcDate } from "#domain/time.js";
import { choose, combinatorialSplits, pathsOf } from "./combinatorial.js";
import { sessionEmbargo, sessionOf } from "./embargo.js";
import { nestedSplits } from "./nested.js";
import { createSplitPositions, type Split } from "./split.js";
import { timelineOf } from "./timeline.js";

interface Reference {
  readonly cases: readonly {
    readonly samples: number;
    readonly groups: number;
    readonly tested: number;
    readonly purged: number;
    readonly embargo: number;
    readonly splits: readonly { readonly train: readonly number[]; readonly tests: readonly (readonly number[])[] }[];
    readonly paths: readonly (readonly number[])[];
  }[];
}
const reference = JSON.parse(readFileSync(new URL("../../../test/reference/splits/splits.json", import.meta.url), "utf8")) as Reference;

/** Samples per moment, and how long each label lasts: any length, null where there is none. */
const samples = fc
  .array(fc.array(fc.option(fc.integer({ min: 0, max: 12 }), { freq: 12 }), { minLength: 1, maxLength: 4 }), {
    minLength: 4,
    maxLength: 40,
  })
  .map((moments): SampleTimes => {
    const begins = moments.flatMap((labels, moment) => labels.map(() => moment));
    const ends = moments.flatMap((labels, moment) => labels.map((length) => (length === null ? Number.NaN : moment + length)));
    return { begins: Float64Array.from(begins), ends: Float64Array.from(ends) };
  });
const choices = fc
  .record({ groups: fc.integer({ min: 2, max: 7 }), tested: fc.integer({ min: 1, max: 3 }), embargo: fc.integer({ min: 0, max: 4 }) })
  .filter(({ groups, tested }) => tested < groups);
const moments = ({ begins }: SampleTimes): number => new Set(begins).size;

/** Symmetric, so that both sides are put to the test. */
const around =
  (width: number) =>
  (begins: number, ends: number): { from: number; to: number } => ({ from: begins - width, to: ends + width });

describe("combinatorial splits", () => {
  it("are those of skfolio, index by index, for labels of one length", () => {
    for (const { samples: rows, groups, tested, purged, embargo, splits: expected, paths } of reference.cases) {
      const begins = Float64Array.from({ length: rows }, (_, i) => i);
      const times = { begins, ends: begins.map((at) => at + purged + 1) };
      const splits = combinatorialSplits(times, { groups, tested, embargo: embargoBehind(embargo) });
      const positions = createSplitPositions(times);
      expect(splits.map((split) => ({ train: [...positions.training(split)], test: [...positions.testing(split)] }))).toEqual(
        expected.map(({ train, tests }) => ({ train, test: tests.flat() })),
      );
      expect(pathsOf(splits, groups)).toEqual(paths);
    }
  });

  it("test every sample once on every path, and on C(N-1, k-1) of them", () => {
    fc.assert(
      fc.property(samples, choices, (times, { groups, tested, embargo }) => {
        fc.pre(moments(times) >= groups);
        const splits = combinatorialSplits(times, { groups, tested, embargo: around(embargo) });
        const paths = pathsOf(splits, groups);
        expect(splits).toHaveLength(choose(groups, tested));
        expect(paths).toHaveLength(choose(groups - 1, tested - 1));
        const used = new Set<string>();
        for (const path of paths) {
          const seen = path.flatMap((split, group) => {
            used.add(`${split}/${group}`);
            const { groups: chosen, tests } = splits[split] as Split;
            const { from, to } = tests[chosen.indexOf(group)] as { from: number; to: number };
            return Array.from({ length: to - from }, (_, i) => from + i);
          });
          expect(seen).toEqual([...times.begins.keys()]);
        }
        expect(used.size).toBe(splits.length * tested);
      }),
      { numRuns: 40 },
    );
  });

  it("train on all samples that are clear of the test and its embargo, and on no other, whatever the lengths of labels", () => {
    fc.assert(
      fc.property(samples, choices, (times, { groups, tested, embargo }) => {
        fc.pre(moments(times) >= groups);
        const { begins, ends } = times;
        const positions = createSplitPositions(times);
        for (const split of combinatorialSplits(times, { groups, tested, embargo: around(embargo) })) {
          const testing = positions.testing(split);
          const isTested = new Set(testing);
          // Each block of tested samples that stand together takes up the time from its first decision to its last label end.
          const blocks = split.tests.map(({ from, to }) => {
            const inside = [...begins.keys()].filter((row) => row >= from && row < to);
            const last = Math.max(...inside.map((row) => (Number.isNaN(ends[row]) ? (begins[row] as number) : (ends[row] as number))));
            return { from: (begins[from] as number) - embargo, to: last + embargo };
          });
          const expected = [...begins.keys()].filter((row) => {
            const [begin, end] = [begins[row] as number, ends[row] as number];
            return !isTested.has(row) && !Number.isNaN(end) && blocks.every(({ from, to }) => !(end > from && begin < to));
          });
          expect([...positions.training(split)]).toEqual(expected);
          // In words: no label of training shares a moment with one of the test.
          for (const row of expected)
            for (const test of testing) {
              const end = ends[test] as number;
              if (!Number.isNaN(end))
                expect((begins[row] as number) >= end || (ends[row] as number) <= (begins[test] as number)).toBe(true);
            }
        }
      }),
      { numRuns: 30 },
    );
  });

  it("say what each decision was used for: tested or trained or why not", () => {
    fc.assert(
      fc.property(samples, choices, (times, { groups, tested, embargo }) => {
        fc.pre(moments(times) >= groups);
        const positions = createSplitPositions(times);
        for (const split of combinatorialSplits(times, { groups, tested, embargo: around(embargo) })) {
          const { spans, samples: counts } = timelineOf(times, split);
          const training = positions.training(split);
          const labeled = times.ends.filter((end) => !Number.isNaN(end)).length;
          expect(counts.train).toBe(training.length);
          expect(counts.train + counts.purged + counts.embargo + counts.test).toBe(labeled);
          if (embargo === 0) expect(counts.embargo).toBe(0);
          for (const [i, { from, to, use }] of spans.entries()) {
            expect(from).toBeLessThanOrEqual(to);
            if (i > 0) expect(from).toBeGreaterThan((spans[i - 1] as (typeof spans)[number]).to);
            const trains = [...training].some((row) => (times.begins[row] as number) >= from && (times.begins[row] as number) <= to);
            expect(trains).toBe(use === "train");
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it("are refused in words when there is nothing to test or to train, too few decisions, or no end of them", () => {
    const begins = Float64Array.from({ length: 60 }, (_, i) => i);
    const times = { begins, ends: begins };
    const ask = (groups: number, tested: number) => () => combinatorialSplits(times, { groups, tested, embargo: embargoBehind(0) });
    expect(ask(5, 5)).toThrow(/leave nothing to train or to test/);
    expect(ask(1, 1)).toThrow(/leave nothing/);
    expect(ask(61, 2)).toThrow(/61 groups need as many decisions, and there are 60/);
    expect(ask(60, 30)).toThrow(/are 1182645815648614\d\d splits: ask for fewer groups/);
  });
});

describe("nested splits", () => {
  it("lie within the training part of the outer split, purged of its test as well as of their own", () => {
    fc.assert(
      fc.property(samples, choices, fc.integer({ min: 2, max: 4 }), (times, { groups, tested, embargo }, folds) => {
        fc.pre(moments(times) >= groups);
        const outer = combinatorialSplits(times, { groups, tested, embargo: around(embargo) });
        const positions = createSplitPositions(times);
        for (const split of outer.slice(0, 4)) {
          const allowed = new Set(positions.training(split));
          const within = Float64Array.from(allowed, (row) => times.begins[row] as number);
          if (new Set(within).size < folds) continue;
          const inner = nestedSplits(times, split, (own) => combinatorialSplits(own, { groups: folds, tested: 1, embargo: around(0) }));
          expect(inner).toHaveLength(folds);
          expect(inner.flatMap(({ testing }) => [...testing])).toEqual([...allowed]);
          for (const { training, testing } of inner) {
            for (const row of training) expect(allowed.has(row)).toBe(true);
            for (const row of training)
              for (const test of testing)
                expect(
                  (times.begins[row] as number) >= (times.ends[test] as number) ||
                    (times.ends[row] as number) <= (times.begins[test] as number),
                ).toBe(true);
          }
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe("an embargo in sessions", () => {
  const sessions: readonly Session[] = Array.from({ length: 20 }, (_, i) => ({
    date: utcDate((i * DAY_US) as Micros),
    openAt: (i * DAY_US + 9 * HOUR_US) as Micros,
    closeAt: (i * DAY_US + 16 * HOUR_US) as Micros,
    early: false,
  }));
  const closeOf = (i: number): number => (sessions[i] as Session).closeAt + 60e6;

  it("leaves whole sessions free on both sides of a test, and all of time where there are not as many", () => {
    // Decided at the close of session 8, the last label ends at the open of session 12.
    const zone = sessionEmbargo(sessions, 2)(closeOf(8), (sessions[12] as Session).openAt);
    expect(zone).toEqual({ from: (sessions[6] as Session).closeAt, to: (sessions[14] as Session).openAt });
    expect(sessionEmbargo(sessions, 0)(closeOf(8), 5)).toEqual({ from: closeOf(8), to: 5 });
    const all = sessionEmbargo(sessions, 15)(closeOf(8), closeOf(8));
    expect(all).toEqual({ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY });
    expect(sessionOf(sessions, (sessions[3] as Session).openAt)).toBe(3);
    expect(() => sessionOf(sessions, 0)).toThrow(/precedes the first session/);
  });

  it("knows the time of a test whose last labels are not known yet", () => {
    const times = { begins: Float64Array.of(0, 1, 2, 3), ends: Float64Array.of(2, 3, Number.NaN, Number.NaN) };
    expect(zoneOf(times, 1, 4, embargoBehind(1))).toEqual({ begins: 1, ends: 3, from: 1, to: 4 });
  });
});
