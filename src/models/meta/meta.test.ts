import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalDistribution } from "#base/normal-quantile.js";
import { createRng } from "#base/rng.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { Micros } from "#domain/time.js";
import { modelFamily } from "#models/registry/families.js";
import type { FittedModel, ModelFamily, Opinion, TrainingSet } from "#ports/model.js";
import { modelContract, sampleFrame, sampleTrainingSet } from "#test/contracts/model.js";
import { recall } from "#test/fixtures/recall.js";
import { createMeta, metaSamples } from "./family.js";
import { betSize } from "./meta-model.js";

const familyOf = (name: string): ModelFamily<unknown> => (name === "recall" ? (recall as ModelFamily<unknown>) : modelFamily(name));
const meta = createMeta(familyOf) as ModelFamily<unknown>;

describe.each([
  ["ridge and calibrated logistic", {}],
  [
    "a primary that looks back, and trees",
    {
      primary: { family: "recall", steps: 3 },
      secondary: { family: "calibrated", member: { family: "boosting", objective: "binary", rounds: 5 } },
    },
  ],
])("meta, of %s", (_, config) => {
  modelContract({
    family: meta,
    config,
    badConfig: { primary: { family: "ridge", alpha: -1 }, secondary: { family: "recall", steps: 3 }, folds: 1 },
    badNames: ["alpha", "secondary: it looks back", "folds"],
    // The blocks are stretches of time.
    rowOrderTolerance: "blocks are stretches of time, so that samples must come in its order",
  });
});

const fit = (config: unknown, train: TrainingSet): Promise<FittedModel> =>
  meta.fit(meta.parseConfig(config), train, { rng: createRng("fit"), onProgress: () => undefined });
const opine = async (model: FittedModel, frame: FeatureFrame): Promise<Opinion> =>
  (model.opine as NonNullable<FittedModel["opine"]>)(frame);

/** The label follows `x` on calm days and is noise of the same size on the others: the second feature tells which. Ten names a day. */
function world(seed: string, rows: number): TrainingSet {
  const rng = createRng(seed);
  const x = new Float32Array(rows * 2);
  const y = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const calm = Math.floor(row / 10) % 2 === 0;
    x[row * 2] = rng.normal();
    x[row * 2 + 1] = calm ? -1 : 1;
    y[row] = 0.01 * (calm ? (x[row * 2] as number) : rng.normal());
  }
  const asOf = Float64Array.from({ length: rows }, (_, row) => Math.floor(row / 10));
  return { features: ["x", "wild"], rows, x, y, asOf, labelEndAt: asOf.map((at) => at + 1), weight: null, past: null };
}

function frameOf({ x, rows, features }: TrainingSet): FeatureFrame {
  const one = new Uint8Array(rows).fill(1);
  return { asOf: 0 as Micros, instruments: rows, features, values: Float64Array.from(x), member: one, fresh: one, history: null };
}

describe("a meta model", () => {
  it("bets where its primary's side pays, and hardly where it is as good as a coin", async () => {
    const model = await fit({}, world("calm", 4000));
    const fresh = world("fresh", 1000);
    const { expectedReturn, confidence } = await opine(model, frameOf(fresh));
    const share = (wild: number, of: (row: number) => number): number => {
      const rows = Array.from(fresh.y.keys()).filter((row) => fresh.x[row * 2 + 1] === wild);
      return rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
    };
    const sure = (row: number): number => confidence?.[row] as number;
    expect(share(-1, sure)).toBeGreaterThan(0.9);
    expect(Math.abs(share(1, sure) - 0.5)).toBeLessThan(0.06);
    const size = (row: number): number => Math.abs(expectedReturn[row] as number);
    expect(share(-1, size)).toBeGreaterThan(5 * share(1, size));
  });

  it("keeps the side of its primary or takes none, and its size grows with the chance to pay", async () => {
    const train = sampleTrainingSet("side");
    const model = await fit({ primary: { family: "ridge", alpha: 7 } }, train);
    const ridge = modelFamily("ridge");
    const alone = await ridge.fit(ridge.parseConfig({ alpha: 7 }), train, { rng: createRng("fit"), onProgress: () => undefined });
    const said = await alone.predict(sampleFrame());
    const { expectedReturn, confidence } = await opine(model, sampleFrame());
    said.forEach((primary, i) => {
      const p = confidence?.[i] as number;
      if (Number.isNaN(primary)) expect([expectedReturn[i], p]).toEqual([Number.NaN, Number.NaN]);
      else expect(expectedReturn[i]).toBe(primary * betSize(p));
    });
  });

  it("costs the more of its bets, the more acting costs", async () => {
    const train = world("cost", 2000);
    const frame = frameOf(world("bets", 500));
    const bets = await Promise.all(
      [0, 0.004, 0.01].map(async (cost) => (await (await fit({ cost }, train)).predict(frame)).filter((value) => value !== 0).length),
    );
    expect(bets[0]).toBeGreaterThan(bets[1] as number);
    expect(bets[1]).toBeGreaterThan(bets[2] as number);
  });

  it("says which secondaries give no probability, and that a primary took no side", async () => {
    await expect(fit({ secondary: { family: "ridge" } }, world("none", 300))).rejects.toThrow(
      /ridge, gives no probabilities: name it as the member of a calibrated one/,
    );
    const flat = { ...world("flat", 300), y: new Float64Array(300) };
    await expect(fit({ cost: 1 }, world("none", 300))).rejects.toThrow(/none of the 300 sides .* look at cost/);
    await expect(fit({ primary: { family: "lasso", alpha: 1e6 } }, flat)).rejects.toThrow(/takes no side on any training sample/);
  });
});

describe("meta-labels", () => {
  it("are what acting on the side earned beyond its cost, where one was taken", () => {
    const y = Float64Array.of(0.02, 0.02, 0.02, 0.02, -0.03);
    const times = Float64Array.of(0, 1, 2, 3, 4);
    const x = Float32Array.of(1, 2, 3, 4, 5);
    const train = { features: ["a"], rows: 5, x, y, asOf: times, labelEndAt: times, weight: Float64Array.of(5, 6, 7, 8, 9), past: null };
    const made = metaSamples(train, Float64Array.of(0.3, -0.3, 0, Number.NaN, -0.5), 0.01);
    expect([...made.y].map((value) => Number(value.toFixed(12)))).toEqual([0.01, -0.03, 0.02]);
    expect([...made.x]).toEqual([1, 0.3, 2, -0.3, 5, -0.5].map(Math.fround));
    expect([...(made.weight as Float64Array)]).toEqual([5, 6, 9]);
    expect([...made.asOf]).toEqual([0, 1, 4]);
  });
});

describe("the size of a bet", () => {
  it("is 0 up to a half, grows with the probability to 1, and is that of the paper", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (a, b) => {
        const [low, high] = [betSize(Math.min(a, b)), betSize(Math.max(a, b))];
        expect(low >= 0 && low <= high && high <= 1).toBe(true);
      }),
    );
    expect([0, 0.3, 0.5, 1].map(betSize)).toEqual([0, 0, 0, 1]);
    expect(betSize(0.8)).toBeCloseTo(2 * normalDistribution(0.75) - 1, 15);
    expect(betSize(Number.NaN)).toBeNaN();
  });
});
