// The parts of training by themselves: which samples a step gets, scales, masks, and what is said when training diverges.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { SampleSource } from "#ports/model.js";
import { momentBatches, sampleBatches } from "./batches.js";
import { diverged } from "./diverged.js";
import { fillMask } from "./masks.js";
import { fitScales } from "./scales.js";

const momentSizes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 30 });

describe("batches", () => {
  const walk = (batches: ReturnType<typeof sampleBatches>): readonly number[][] =>
    Array.from({ length: batches.steps }, (_, step) => {
      const out = new Int32Array(batches.batch);
      const real = batches.take(step, out);
      expect(real).toBeGreaterThan(0);
      const chosen = [...out.subarray(0, real)];
      // What fills the batch is among the samples of the batch.
      expect([...out].every((sample) => chosen.includes(sample))).toBe(true);
      return chosen;
    });
  const sorted = (values: readonly number[]): readonly number[] => [...values].sort((a, b) => a - b);

  it("hold every sample once per epoch, in another order in each", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 64 }), fc.string(), (count, batch, seed) => {
        const samples = Int32Array.from({ length: count }, (_, i) => 3 * i);
        const batches = sampleBatches(samples, batch);
        for (const epoch of ["0", "1"]) {
          batches.shuffle(createRng(seed).fork(epoch));
          const steps = walk(batches);
          expect(sorted(steps.flat())).toEqual([...samples]);
          expect(steps.slice(0, -1).every((step) => step.length === batch)).toBe(true);
        }
        batches.shuffle(null);
        expect(walk(batches).flat()).toEqual([...samples]);
      }),
    );
  });

  it("of moments hold every moment once per epoch, whole, in equally many steps", () => {
    fc.assert(
      fc.property(momentSizes, fc.integer({ min: 6, max: 20 }), fc.string(), (sizes, most, seed) => {
        const asOf = Float64Array.from(sizes.flatMap((size, moment) => new Array<number>(size).fill(moment)));
        const rows = asOf.length;
        const batches = momentBatches(
          Int32Array.from({ length: rows }, (_, i) => i),
          asOf,
          most,
        );
        expect(batches.batch).toBeLessThanOrEqual(most);
        batches.shuffle(createRng(seed));
        const steps = walk(batches);
        expect(sorted(steps.flat())).toHaveLength(rows);
        for (const step of steps) {
          const moments = new Set(step.map((row) => asOf[row] as number));
          expect(step).toHaveLength([...moments].reduce((sum, moment) => sum + (sizes[moment] as number), 0));
        }
      }),
    );
  });
});

function source(rows: readonly (readonly number[])[], y: readonly number[], weight: readonly number[] | null = null): SampleSource {
  return {
    features: rows[0]?.map((_, i) => `f${i}`) ?? [],
    rows: rows.length,
    y: Float64Array.from(y),
    asOf: Float64Array.from(y, (_, i) => i),
    labelEndAt: Float64Array.from(y, (_, i) => i + 1),
    weight: weight === null ? null : Float64Array.from(weight),
    gather: (samples, _, out) => samples.forEach((sample, n) => out.set(rows[sample] as number[], n * (rows[0]?.length as number))),
  };
}

const all = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);

describe("scales", () => {
  it("are weighted moments over known values, and 0 for what does not vary", () => {
    const { mean, inverseDeviation, label, labelMagnitude } = fitScales(
      source(
        [
          [1, 5, Number.NaN, Number.NaN],
          [3, 5, 7, Number.NaN],
          [8, 5, Number.POSITIVE_INFINITY, Number.NaN],
        ],
        [-1, 1, 3],
        [1, 1, 2],
      ),
      all(3),
    );
    expect([...mean]).toEqual([5, 5, 7, 0]);
    // Variance (16 + 4 + 2 * 9) / 4.
    expect(inverseDeviation[0]).toBeCloseTo(1 / Math.sqrt(9.5), 6);
    expect([...inverseDeviation.subarray(1)]).toEqual([0, 0, 0]);
    expect(label.mean).toBe(1.5);
    expect(label.scale).toBeCloseTo(Math.sqrt((6.25 + 0.25 + 2 * 2.25) / 4), 6);
    expect(labelMagnitude).toBe(2);
  });

  it("keep their digits beside a large mean, over many chunks", () => {
    const rng = createRng("scales");
    const rows = 30_000;
    const x = Float32Array.from({ length: rows }, () => 30_000 + rng.normal());
    const exact = x.reduce((sum, value) => sum + value, 0) / rows;
    const deviation = Math.sqrt(x.reduce((sum, value) => sum + (value - exact) ** 2, 0) / rows);
    const found = fitScales(
      {
        ...source([], Array.from(x)),
        features: ["x"],
        rows,
        gather: (samples, _, out) => samples.forEach((row, n) => (out[n] = x[row] as number)),
      },
      all(rows),
    );
    expect(found.mean[0]).toBe(Math.fround(exact));
    expect((found.inverseDeviation[0] as number) * deviation).toBeCloseTo(1, 6);
  });
});

describe("masks of dropout", () => {
  it.each([0.1, 0.5, 0.9])("drop at the rate %d rounded to 1/256 and keep the expectation", (rate) => {
    const mask = new Float32Array(400_003);
    fillMask(mask, rate, createRng("mask"));
    const dropped = Math.round(rate * 256) / 256;
    const kept = Math.fround(1 / (1 - dropped));
    expect(new Set(mask)).toEqual(new Set([0, kept]));
    const share = mask.reduce((count, value) => count + (value === 0 ? 1 : 0), 0) / mask.length;
    // Five deviations of a share.
    expect(Math.abs(share - dropped)).toBeLessThan(5 * Math.sqrt((dropped * (1 - dropped)) / mask.length));
  });

  it("follow from the generator's seed, and neighbors do not hang together", () => {
    const [one, two, other] = ["a", "a", "b"].map((seed) => {
      const mask = new Float32Array(100_000);
      fillMask(mask, 0.5, createRng(seed));
      return mask;
    }) as [Float32Array, Float32Array, Float32Array];
    expect(one).toEqual(two);
    expect(one).not.toEqual(other);
    for (const lag of [1, 2, 3, 4, 5, 8]) {
      let together = 0;
      for (let i = lag; i < one.length; i++) together += ((one[i] as number) - 1) * ((one[i - lag] as number) - 1);
      expect(Math.abs(together) / one.length, `lag ${lag}`).toBeLessThan(5 / Math.sqrt(one.length));
    }
  });
});

describe("a training that diverged", () => {
  const place = "in epoch 2 at step 30 (batch 4 of 26)";
  const told = (rows: readonly (readonly number[])[], y: readonly number[]): string => {
    const data = source(rows, y);
    const scales = fitScales(data, all(y.length));
    return diverged("the loss is NaN", place, all(y.length), { source: data, steps: 1, scales, count: y.length }).message;
  };
  const rng = createRng("diverged");
  const rows = Array.from({ length: 900 }, () => [rng.normal(), rng.normal()]);
  const y = rows.map(([a = 0]) => a);

  it("names the feature with an absurd value", () => {
    const broken = rows.map((row, i) => (i === 7 ? [row[0] as number, 1e30] : row));
    expect(told(broken, y)).toMatch(
      /^Training diverged in epoch 2 at step 30 \(batch 4 of 26\): the loss is NaN; the largest value of the batch is 1.*e\+30 of feature f1, 30\.0 deviations from the mean: look at its source\.$/,
    );
  });

  it("names the sample with an absurd label", () => {
    expect(
      told(
        rows,
        y.map((value, i) => (i === 7 ? -1e9 : value)),
      ),
    ).toMatch(/the label of sample 7 is -1000000000, 30\.0 deviations/);
  });

  it("says that the inputs are fine when they are", () => {
    expect(told(rows, y)).toMatch(
      /the inputs are fine \(the largest value of the batch is -?\d.* of feature f[01], [34]\.\d+ deviations .*\), so training\.learningRate is too high\.$/,
    );
  });
});
