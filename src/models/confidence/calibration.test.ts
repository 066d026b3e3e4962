import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { CALIBRATIONS, type Calibration, fitCalibrator, probabilityOfRise } from "./calibrator.js";
import { fitIsotonic, readCurve } from "./isotonic.js";

interface Case {
  readonly name: string;
  readonly score: readonly number[];
  readonly rise: readonly number[];
  readonly weight: readonly number[] | null;
  readonly at: readonly number[];
  readonly isotonic: readonly number[];
  readonly platt: readonly number[];
  readonly plattSklearn: readonly number[];
  readonly temperature?: readonly number[];
}

const cases = JSON.parse(
  readFileSync(fileURLToPath(new URL("../../../test/reference/confidence/calibration.json", import.meta.url)), "utf8"),
) as readonly Case[];

function calibrated(method: Calibration, { score, rise, weight, at }: Case): number[] {
  const fitted = fitCalibrator(method, Float64Array.from(score), Uint8Array.from(rise), weight === null ? null : Float64Array.from(weight));
  return at.map((x) => probabilityOfRise(fitted, x));
}

function expectClose(ours: readonly number[], theirs: readonly number[], within: number): void {
  ours.forEach((value, i) => expect(Math.abs(value - (theirs[i] as number))).toBeLessThanOrEqual(within));
}

describe.each(cases)("calibration of the scores called $name, beside scikit-learn", (one) => {
  it("isotonic within 1e-9, before what it is sure of is bounded", () => {
    const { score, rise, weight, at } = one;
    const curve = fitIsotonic(Float64Array.from(score), Float64Array.from(rise), weight === null ? null : Float64Array.from(weight));
    expectClose(
      at.map((x) => readCurve(curve, x)),
      one.isotonic,
      1e-9,
    );
  });
  it("Platt within 1e-9 of the exact optimum, and within its tolerance of scikit-learn's", () => {
    expectClose(calibrated("platt", one), one.platt, 1e-9);
    expectClose(calibrated("platt", one), one.plattSklearn, 1e-6);
  });
  it.skipIf(one.temperature === undefined)("temperature within 1e-7", () => {
    expectClose(calibrated("temperature", one), one.temperature as readonly number[], 1e-7);
  });
});

describe("calibration", () => {
  const extremes: [number, number][][] = [
    [
      [-5e-324, 0],
      [0, 0],
    ],
    [
      [-1e308, 0],
      [1e308, 1],
    ],
    [[5e-324, 1]],
  ];
  const pairs = fc.array(fc.tuple(fc.double({ min: -1e3, max: 1e3, noNaN: true }), fc.constantFrom(0, 1)), { minLength: 1, maxLength: 60 });

  it.each(CALIBRATIONS)("by %s gives probabilities whatever the scores and outcomes are", (method) => {
    fc.assert(
      fc.property(pairs, fc.double({ min: -1e4, max: 1e4, noNaN: true }), (sample, at) => {
        const fitted = fitCalibrator(
          method,
          Float64Array.from(sample, ([score]) => score),
          Uint8Array.from(sample, ([, rise]) => rise),
          null,
        );
        const p = probabilityOfRise(fitted, at);
        expect(method === "isotonic" ? p > 0 && p < 1 : p >= 0 && p <= 1).toBe(true);
      }),
      { examples: extremes.map((sample) => [sample, 0]) },
    );
  });

  it("says of one class alone what its number allows, and of equal scores the share of rises", () => {
    const scores = Float64Array.of(1, 2, 3, 4);
    const all = Uint8Array.of(1, 1, 1, 1);
    for (const x of [0, 2.5, 9]) {
      expect(probabilityOfRise(fitCalibrator("platt", scores, all, null), x)).toBeCloseTo(5 / 6, 6);
      expect(probabilityOfRise(fitCalibrator("isotonic", scores, all, null), x)).toBeCloseTo(5 / 6, 12);
    }
    const equal = new Float64Array(4).fill(0.3);
    const half = Uint8Array.of(1, 0, 1, 1);
    expect(probabilityOfRise(fitCalibrator("isotonic", equal, half, null), 0.3)).toBe(0.75);
    expect(probabilityOfRise(fitCalibrator("platt", equal, half, null), 0.3)).toBeCloseTo((3 * (4 / 5) + 1 / 3) / 4, 12);
    expect(probabilityOfRise(fitCalibrator("temperature", new Float64Array(4), half, null), 0)).toBe(0.5);
  });

  it("is never certain when it is isotonic: an end of n like outcomes is believed as (n + 1) / (n + 2), if the step beside it allows", () => {
    const at = (scores: readonly number[], rise: readonly number[], weight: number | null, x: number): number =>
      probabilityOfRise(
        fitCalibrator(
          "isotonic",
          Float64Array.from(scores),
          Uint8Array.from(rise),
          weight === null ? null : new Float64Array(scores.length).fill(weight),
        ),
        x,
      );
    for (const weight of [null, 1e-6, 40]) {
      expect(at([1, 2, 3, 4, 5], [0, 0, 0, 1, 1], weight, 0)).toBeCloseTo(1 / 5, 12);
      expect(at([1, 2, 3, 4, 5], [0, 0, 0, 1, 1], weight, 9)).toBeCloseTo(3 / 4, 12);
    }
    // One fall, then one rise in ten: a third would be above the step beside it.
    const rare = [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    expect(
      at(
        rare.map((_, i) => i),
        rare,
        null,
        -1,
      ),
    ).toBeCloseTo(1 / 10, 12);
  });

  it("does not depend on the unit of the scores", () => {
    const rng = createRng("unit");
    const scores = Float64Array.from({ length: 300 }, () => rng.normal());
    const rise = Uint8Array.from(scores, (score) => (rng.next() < 1 / (1 + Math.exp(-score)) ? 1 : 0));
    for (const method of CALIBRATIONS) {
      for (const unit of [1e-9, 1e9]) {
        const small = fitCalibrator(
          method,
          scores.map((score) => score * unit),
          rise,
          null,
        );
        expect(probabilityOfRise(small, 0.7 * unit)).toBeCloseTo(probabilityOfRise(fitCalibrator(method, scores, rise, null), 0.7), 9);
      }
    }
  });

  it("is monotone when it is isotonic, and no rising function fits better", () => {
    fc.assert(
      fc.property(pairs, (sample) => {
        const x = Float64Array.from(sample, ([score]) => score);
        const y = Float64Array.from(sample, ([, rise]) => rise);
        const curve = fitIsotonic(x, y, null);
        curve.y.forEach((value, i) => expect(i === 0 || value >= (curve.y[i - 1] as number)).toBe(true));
        curve.x.forEach((value, i) => expect(i === 0 || value > (curve.x[i - 1] as number)).toBe(true));
      }),
    );
  });
});
