import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Micros } from "#domain/time.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { ModelFamily, TrainingSet } from "#ports/model.js";
import { modelContract, sampleTrainingSet } from "#test/contracts/model.js";
import { recall } from "#test/fixtures/recall.js";
import { gatherFrame, samplesOf } from "./windows.js";

describe.each([1, 2, 5])("a family that looks back on %i decisions", (steps) => {
  modelContract({
    family: recall as ModelFamily<unknown>,
    config: { steps },
    badConfig: { steps: 0, depth: 3 },
    badNames: ["steps", "depth"],
    rowOrderTolerance: 1e-9,
  });
});

describe("windows of samples", () => {
  /** Two names over four decisions; the second was no member at the second decision. */
  const x = Float32Array.of(10, 20, 11, 12, 22, 13, 23);
  const rowOf = Int32Array.of(0, 1, 2, -1, 3, 4, 5, 6);
  const times = new Float64Array(3);
  const train: TrainingSet = {
    features: ["a"],
    rows: 3,
    x: Float32Array.of(11, 22, 23),
    y: new Float64Array(3),
    asOf: times,
    labelEndAt: times,
    weight: null,
    past: { x, instruments: 2, rowOf, cell: Int32Array.of(2, 5, 7) },
  };
  const gather = (set: TrainingSet, samples: readonly number[], steps: number): number[] => {
    const out = new Float32Array(samples.length * steps * set.features.length).fill(-1);
    samplesOf(set).gather(Int32Array.from(samples), steps, out);
    return [...out];
  };

  it("hold the decisions before, oldest first, and NaN for those that are not there", () => {
    const nan = Number.NaN;
    expect(gather(train, [2, 0], 3)).toEqual([nan, 22, 23, nan, 10, 11]);
    expect(gather(train, [1], 5)).toEqual([nan, nan, 20, nan, 22]);
  });

  it("of one decision are the rows themselves, with and without a past", () => {
    expect(gather(train, [2, 1, 0], 1)).toEqual([23, 22, 11]);
    expect(gather({ ...train, past: null }, [2, 1, 0], 1)).toEqual([23, 22, 11]);
    expect(() => gather({ ...train, past: null }, [0], 2)).toThrow(/holds no past/);
  });

  it("end with the sample's own row, whatever is asked together", () => {
    const set = sampleTrainingSet("windows", 100, 4);
    const k = set.features.length;
    fc.assert(
      fc.property(fc.array(fc.nat(set.rows - 1), { maxLength: 9 }), fc.integer({ min: 1, max: 4 }), (samples, steps) => {
        const together = gather(set, samples, steps);
        samples.forEach((sample, n) => {
          const alone = together.slice(n * steps * k, (n + 1) * steps * k);
          expect(alone).toEqual(gather(set, [sample], steps));
          expect(alone.slice(-k)).toEqual([...set.x.subarray(sample * k, (sample + 1) * k)]);
        });
      }),
    );
  });
});

describe("windows of a frame", () => {
  const frame: FeatureFrame = {
    asOf: 0 as Micros,
    instruments: 2,
    features: ["a"],
    values: Float64Array.of(0.1, 0.2),
    fresh: Uint8Array.of(1, 1),
    member: Uint8Array.of(1, 1),
    history: { steps: 3, values: Float32Array.of(1, 2, 0.1, 4, 5, 0.2) },
  };
  const gather = (shown: FeatureFrame, steps: number): number[] => {
    const out = new Float32Array(2 * steps);
    gatherFrame("any", shown, steps, Int32Array.of(1, 0), out);
    return [...out];
  };

  it("are the last of its history, rounded as in training", () => {
    expect(gather(frame, 2)).toEqual([5, Math.fround(0.2), 2, Math.fround(0.1)]);
    expect(gather({ ...frame, history: null }, 1)).toEqual([Math.fround(0.2), Math.fround(0.1)]);
  });

  it("are refused where the frame does not reach", () => {
    expect(() => gather({ ...frame, history: null }, 2)).toThrow(/any model looks back on 2 decisions, but the frame shows none/);
    expect(() => gather(frame, 4)).toThrow(/looks back on 4 decisions, but the frame shows 3/);
  });
});
