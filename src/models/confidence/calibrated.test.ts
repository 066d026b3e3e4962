import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { Micros } from "#domain/time.js";
import { linearWeights } from "#models/linear/predict.js";
import { modelFamily } from "#models/registry/families.js";
import type { FittedModel, ModelFamily, Opinion, TrainingSet } from "#ports/model.js";
import { modelContract, sampleFrame, sampleTrainingSet } from "#test/contracts/model.js";
import { recall } from "#test/fixtures/recall.js";
import { createCalibrated } from "./family.js";

const familyOf = (name: string): ModelFamily<unknown> => (name === "recall" ? (recall as ModelFamily<unknown>) : modelFamily(name));
const calibrated = createCalibrated(familyOf) as ModelFamily<unknown>;

describe.each([
  ["ridge", { family: "ridge" }],
  ["logistic", { family: "logistic" }],
  ["one that looks back", { family: "recall", steps: 3 }],
  ["one that is calibrated itself", { family: "calibrated" }],
])("calibrated, around %s", (_, member) => {
  modelContract({
    family: calibrated,
    config: { member },
    badConfig: { member: { family: "ridge", alpha: -1 }, coverage: 2, calibration: "hope" },
    badNames: ["alpha", "coverage", "calibration"],
    // What is held out is the end of the training set, so the order of rows is part of the task.
    rowOrderTolerance: "the latest samples are held out, so that they must come in the order of time",
  });
});

const fit = (config: unknown, train: TrainingSet): Promise<FittedModel> =>
  calibrated.fit(calibrated.parseConfig(config), train, { rng: createRng("fit"), onProgress: () => undefined });
const opine = async (model: FittedModel, frame: FeatureFrame): Promise<Opinion> =>
  (model.opine as NonNullable<FittedModel["opine"]>)(frame);

/** One feature `x` with y = slope x + noise x `vol`; the second feature is `vol`. Ten names a day. */
function world(seed: string, rows: number, slope = 0.01, vol = (): number => 1): TrainingSet {
  const rng = createRng(seed);
  const x = new Float32Array(rows * 2);
  const y = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    x[row * 2] = rng.normal();
    x[row * 2 + 1] = vol();
    y[row] = slope * (x[row * 2] as number) + 0.02 * (x[row * 2 + 1] as number) * rng.normal();
  }
  const asOf = Float64Array.from({ length: rows }, (_, row) => Math.floor(row / 10));
  return { features: ["x", "vol"], rows, x, y, asOf, labelEndAt: asOf.map((at) => at + 1), weight: null, past: null };
}

function frameOf({ x, rows, features }: TrainingSet): FeatureFrame {
  const one = new Uint8Array(rows).fill(1);
  return { asOf: 0 as Micros, instruments: rows, features, values: Float64Array.from(x), member: one, fresh: one, history: null };
}

describe("a calibrated model", () => {
  it("predicts what its member predicts alone, to the bit, and shows its coefficients", async () => {
    const train = sampleTrainingSet("same");
    const alone = await modelFamily("ridge").fit(modelFamily("ridge").parseConfig({ alpha: 7 }), train, {
      rng: createRng("fit"),
      onProgress: () => undefined,
    });
    const model = await fit({ member: { family: "ridge", alpha: 7 } }, train);
    expect(await model.predict(sampleFrame())).toEqual(await alone.predict(sampleFrame()));
    expect((await opine(model, sampleFrame())).expectedReturn).toEqual(await alone.predict(sampleFrame()));
    expect(linearWeights(model)).toEqual(linearWeights(alone));
  });

  it("has no opinion where its member has none, and says the same after it was saved", async () => {
    const model = await fit({ pool: "instrument" }, sampleTrainingSet("saved"));
    const said = await opine(model, sampleFrame());
    for (const column of [said.expectedReturn, said.uncertainty, said.confidence, said.outOfDomain])
      expect([...(column as Float64Array)].map(Number.isFinite)).toEqual([true, true, false, false, true, true]);
    expect(await opine(calibrated.load(model.save()), sampleFrame())).toEqual(said);
  });

  it.each(["platt", "isotonic", "temperature"])("is right as often as it says, calibrated by %s", async (calibration) => {
    const model = await fit({ calibration }, world("train", 8000));
    const fresh = world("fresh", 20_000);
    const { expectedReturn, confidence } = await opine(model, frameOf(fresh));
    const groups = [0.55, 0.65, 0.75, 0.85].map((from) => {
      const rows = fresh.y.map((_, i) => i).filter((i) => (confidence?.[i] as number) >= from && (confidence?.[i] as number) < from + 0.1);
      const right = rows.filter((i) => Math.sign(fresh.y[i] as number) === Math.sign(expectedReturn[i] as number)).length;
      return { rows: rows.length, said: from + 0.05, right: right / rows.length };
    });
    for (const { rows, said, right } of groups) {
      if (rows < 300) continue;
      expect(Math.abs(right - said)).toBeLessThan(0.06);
    }
    expect(groups.filter(({ rows }) => rows >= 300).length).toBeGreaterThan(1);
  });

  it("covers what it says, and with a volatility it covers calm and wild rows alike", async () => {
    const rng = createRng("vol");
    const vol = (): number => (rng.next() < 0.5 ? 0.5 : 3);
    const fresh = world("fresh", 20_000, 0.01, vol);
    const covered = async (config: unknown, wild: boolean): Promise<number> => {
      const { expectedReturn, uncertainty } = await opine(await fit(config, world("train", 8000, 0.01, vol)), frameOf(fresh));
      const rows = fresh.y.map((_, i) => i).filter((i) => (fresh.x[i * 2 + 1] as number) > 1 === wild);
      const inside = rows.filter(
        (i) => Math.abs((fresh.y[i] as number) - (expectedReturn[i] as number)) <= 1.2815515655446004 * (uncertainty?.[i] as number),
      );
      return inside.length / rows.length;
    };
    const blind = { coverage: 0.8 };
    expect(await covered(blind, false)).toBeGreaterThan(0.97);
    expect(await covered(blind, true)).toBeLessThan(0.65);
    for (const wild of [true, false]) expect(Math.abs((await covered({ ...blind, volatility: "vol" }, wild)) - 0.8)).toBeLessThan(0.02);
  });

  it("refuses in words what it cannot do", async () => {
    expect(() => calibrated.parseConfig({ member: { family: "ridge", alpha: -1 } })).toThrow(/alpha: .*[^.]\.$/);
    const says = async (config: unknown, train: TrainingSet, words: RegExp): Promise<void> =>
      expect(fit(config, train)).rejects.toThrow(words);
    await says({ volatility: "sigma" }, world("bad", 500), /its volatility is to be sigma, which is none of the model's 2 features/);
    await says({ coverage: 0.95 }, world("ten", 20), /0.95 coverage needs 19 held-out samples with a prediction, and there are 10:/);
    await says({}, world("one", 10), /needs 9 held-out samples with a prediction, and there are 0:/);
    const blind = world("blind", 500);
    blind.x.fill(Number.NaN);
    await says({}, blind, /known feature/);
    const endless = world("endless", 500);
    await says({}, { ...endless, labelEndAt: endless.labelEndAt.map((at) => at + 1e6) }, /none is left whose label ends before/);
  });

  it("takes constant labels, labels of one sign, ties and a huge label for what they are", async () => {
    const base = world("odd", 2000);
    const frame = frameOf(world("fresh", 50));
    const constant = await opine(await fit({}, { ...base, y: base.y.map(() => 0.01) }), frame);
    expect(constant.expectedReturn.every((value) => Math.abs(value - 0.01) < 1e-9)).toBe(true);
    expect(constant.uncertainty?.every((value) => value >= 0 && value < 1e-9)).toBe(true);
    expect(constant.confidence?.every((value) => value > 0.99)).toBe(true);
    const rises = await opine(await fit({ calibration: "isotonic" }, { ...base, y: base.y.map(Math.abs) }), frame);
    expect(rises.confidence?.every((value) => value > 0.99 && value < 1)).toBe(true);
    const tied = { ...base, x: base.x.map((value, at) => (at % 2 === 0 ? Math.sign(value) : value)) };
    const said = await opine(await fit({ calibration: "isotonic" }, tied), frameOf(tied));
    expect(said.confidence?.every((value) => value > 0 && value < 1)).toBe(true);
    const huge = Float64Array.from(base.y);
    huge[1990] = 1e6;
    const wide = await opine(await fit({}, { ...base, y: huge }), frame);
    const plain = await opine(await fit({}, base), frame);
    // One of four hundred held-out errors moves a 90 % interval by a rank.
    expect((wide.uncertainty?.[0] as number) / (plain.uncertainty?.[0] as number)).toBeLessThan(1.1);
  });
});
