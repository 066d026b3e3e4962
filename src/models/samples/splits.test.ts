// Splits within a training set: nothing that is learned from knows what is held out.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleTrainingSet } from "#test/contracts/model.js";
import { holdOut } from "./hold-out.js";
import { purgedFolds } from "./purged-folds.js";
import { samplesAt } from "./subset.js";
import { samplesOf } from "./windows.js";

/** Sizes of decision moments, horizon of the labels in moments, and the fraction that is held out. */
const sets = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 30 }),
  horizon: fc.integer({ min: 0, max: 5 }),
  fraction: fc.double({ min: 0, max: 0.5, noNaN: true }),
});

function facts(sizes: readonly number[], horizon: number) {
  const asOf = Float64Array.from(sizes.flatMap((size, moment) => new Array<number>(size).fill(moment)));
  // Every other label takes one moment longer: ends do not rise with decisions.
  return { rows: asOf.length, asOf, labelEndAt: asOf.map((at, i) => at + horizon + (i % 2)) };
}

describe("what is held out", () => {
  it("is the end of the training samples in whole moments, and no label that is learned from ends within it", () => {
    fc.assert(
      fc.property(sets, ({ sizes, horizon, fraction }) => {
        const { rows, asOf, labelEndAt } = facts(sizes, horizon);
        const { training, validation } = holdOut({ rows, asOf, labelEndAt }, fraction);
        const begins = validation.length === 0 ? Number.POSITIVE_INFINITY : (asOf[validation[0] as number] as number);
        expect([...validation]).toEqual(Array.from({ length: rows }, (_, i) => i).filter((row) => (asOf[row] as number) >= begins));
        if (fraction > 0 && sizes.length > 1) expect(validation.length).toBeGreaterThan(0);
        for (const row of training) expect(labelEndAt[row]).toBeLessThanOrEqual(begins);
        // And nothing is purged that need not be.
        const kept = new Set(training);
        for (let row = 0; row < rows; row++)
          if (!kept.has(row) && (asOf[row] as number) < begins) expect(labelEndAt[row]).toBeGreaterThan(begins);
      }),
    );
  });
});

describe("purged folds", () => {
  it("hold out every sample once, in blocks of whole moments, and learn from no label that reaches into a block or begins within its own", () => {
    fc.assert(
      fc.property(sets, fc.integer({ min: 2, max: 6 }), fc.integer({ min: 0, max: 4 }), ({ sizes, horizon }, count, embargo) => {
        const samples = facts(sizes, horizon);
        const { asOf, labelEndAt } = samples;
        const folds = purgedFolds(samples, count, embargo);
        expect(folds).toHaveLength(Math.min(count, sizes.length));
        expect(folds.flatMap(({ validation }) => [...validation])).toEqual([...asOf.keys()]);
        for (const { training, validation } of folds) {
          const first = asOf[validation[0] as number] as number;
          const last = asOf[validation.at(-1) as number] as number;
          const ended = Math.max(...[...validation].map((row) => labelEndAt[row] as number)) + embargo;
          const kept = new Set(training);
          for (const row of asOf.keys()) {
            const [begins, ends] = [asOf[row] as number, labelEndAt[row] as number];
            expect(kept.has(row)).toBe(begins < first ? ends <= first : begins > last && begins >= ended);
          }
        }
      }),
    );
  });
});

describe("a part of a training set", () => {
  it("has the rows it was asked for, their past, and copies nothing before it is read", () => {
    const all = sampleTrainingSet("part", 60, 3);
    const rows = Int32Array.of(5, 2, 40);
    const part = samplesAt(all, rows);
    expect([part.rows, [...part.y], [...part.labelEndAt]]).toEqual([
      3,
      [...rows].map((row) => all.y[row]),
      [...rows].map((row) => all.labelEndAt[row]),
    ]);
    const k = all.features.length;
    expect(part.x).toEqual(Float32Array.from([...rows].flatMap((row) => [...all.x.subarray(row * k, (row + 1) * k)])));
    expect(part.x).toBe(part.x);
    const [own, of] = [new Float32Array(9 * k), new Float32Array(9 * k)];
    samplesOf(part).gather(Int32Array.of(0, 1, 2), 3, own);
    samplesOf(all).gather(rows, 3, of);
    expect(own).toEqual(of);
    expect(samplesAt({ ...all, past: null, weight: all.y }, rows)).toMatchObject({ past: null, weight: part.y });
  });
});
