// Linear models where data are odd, and the penalty that a model chooses itself.
import { describe, expect, it } from "vitest";
import { ByteWriter } from "#base/bytes.js";
import { sha256 } from "#base/hash.js";
import { createRng } from "#base/rng.js";
import type { FitContext, ModelFamily, TrainingSet } from "#ports/model.js";
import { sampleFrame, sampleTrainingSet } from "#test/contracts/model.js";
import { elasticNet, huber, lasso, linearFamilies, logistic, ridge } from "./family.js";
import { linearWeights } from "./predict.js";
import type { LinearModel } from "./predict.js";

const context: FitContext = { rng: createRng("linear"), onProgress: () => undefined };

const fit = (family: unknown, settings: object, train: TrainingSet): Promise<LinearModel> => {
  const { parseConfig, fit: fitted } = family as ModelFamily<unknown>;
  return fitted(parseConfig(settings), train, context) as Promise<LinearModel>;
};

function table(x: readonly number[], y: readonly number[], k = 1, weight: readonly number[] | null = null): TrainingSet {
  const time = Float64Array.from(y.keys());
  return {
    features: Array.from({ length: k }, (_, j) => `f${j}`),
    rows: y.length,
    x: Float32Array.from(x),
    y: Float64Array.from(y),
    asOf: time,
    labelEndAt: time,
    weight: weight === null ? null : Float64Array.from(weight),
    past: null,
  };
}

/** A penalty that hardly shrinks, in each family's own unit. */
const weak: Readonly<Record<string, object>> = {
  "ridge": { alpha: 1e-6 },
  "lasso": { alpha: 1e-7 },
  "elastic-net": { alpha: 1e-7 },
  "huber": { alpha: 1e-8 },
};
/** The weights of a factor are declared, not learned. */
const learned = linearFamilies.filter(({ name }) => name !== "factor");
const ofReturns = learned.filter(({ name }) => name !== "logistic").map((family) => ({ family, name: family.name }));
const all = learned.map((family) => ({ family, name: family.name }));

describe.each(all)("$name at the edges", ({ family, name }) => {
  const labels = [1, -2, 3, -1];

  it("gives a constant and an unknown feature no weight", async () => {
    const nan = Number.NaN;
    const x = [1, 5, nan, -3, 5, nan, 3, 5, nan, -2, 5, nan];
    const { weights } = (await fit(family, weak[name] ?? {}, table(x, labels, 3))).parameters;
    expect([weights[1], weights[2]]).toEqual([0, 0]);
    expect(weights[0]).toBeGreaterThan(0);
  });
  it("takes an infinite value for not known", async () => {
    const a = await fit(family, weak[name] ?? {}, table([1, -2, Infinity, 4], labels));
    const b = await fit(family, weak[name] ?? {}, table([1, -2, Number.NaN, 4], labels));
    expect(a.save()).toEqual(b.save());
  });
  it("says so when there is nothing to train on", async () => {
    for (const train of [table([Number.NaN, Number.NaN], [1, 2]), table([], []), table([1], [2])])
      await expect(fit(family, weak[name] ?? {}, train)).rejects.toThrow(/needs at least 2/);
    await expect(fit(family, weak[name] ?? {}, table([1, 2, 3, 4], labels, 1, [0, 0, 0, 0]))).rejects.toThrow(/weight of each is 0/);
  });
  it("weights rows as if they were repeated, and leaves those of weight 0 out", async () => {
    const train = sampleTrainingSet("data", 60);
    const k = train.features.length;
    const doubled: TrainingSet = {
      ...train,
      rows: 100,
      x: Float32Array.from({ length: 100 * k }, (_, at) => train.x[Math.floor(at / k / 2) * k + (at % k)] as number),
      y: Float64Array.from({ length: 100 }, (_, i) => train.y[i >> 1] as number),
      asOf: new Float64Array(100),
      labelEndAt: new Float64Array(100),
    };
    const weight = new Float64Array(60).fill(2, 0, 50);
    const settings = name === "lasso" || name === "elastic-net" ? { alpha: 0.001 } : {};
    const a = await fit(family, settings, { ...train, weight });
    const b = await fit(family, settings, doubled);
    a.parameters.weights.forEach((w, j) => expect(w).toBeCloseTo(b.parameters.weights[j] as number, 8));
    expect(a.parameters.intercept).toBeCloseTo(b.parameters.intercept, 8);
  });
  it("works on labels and features of any size", async () => {
    const train = sampleTrainingSet("data");
    for (const size of [1e-30, 1e30]) {
      const settings = name === "huber" || name === "ridge" || name === "logistic" ? {} : { alpha: "auto" };
      const plain = await fit(family, settings, train);
      const sized = await fit(family, settings, { ...train, x: train.x.map((v) => v * size), y: train.y.map((v) => v * size) });
      const [at, frame] = [sampleFrame(), sampleFrame()];
      frame.values.forEach((value, i) => (frame.values[i] = value * size));
      const [expected, out] = [await plain.predict(at), await sized.predict(frame)];
      // These two penalties do not grow with the label.
      if (size > 1 && (name === "elastic-net" || name === "huber")) expect(out[0]).toSatisfy(Number.isFinite);
      else expect(Math.abs((out[0] as number) / size / (expected[0] as number) - 1)).toBeLessThan(1e-3);
    }
  });
});

describe.each(ofReturns)("$name", ({ family, name }) => {
  it("predicts a constant label as it is", async () => {
    const { parameters } = await fit(family, weak[name] ?? {}, table([1, 2, 3, 4], [0.5, 0.5, 0.5, 0.5]));
    expect([parameters.intercept, parameters.weights[0]]).toEqual([0.5, 0]);
  });
  it("finds what is exact, whatever the copies", async () => {
    const model = await fit(family, weak[name] ?? {}, table([1, 1, 2, 2, 3, 3, 5, 5], [1, 2, 3, 5], 2));
    const frame = { ...sampleFrame(), instruments: 1, features: ["f0", "f1"], values: Float64Array.of(4, 4), member: Uint8Array.of(1) };
    expect((await model.predict(frame))[0]).toBeCloseTo(4, 4);
  });
  it.skipIf(name === "lasso")("shares the weight between copies of a feature", async () => {
    const settings = name === "elastic-net" ? { alpha: 0.01 } : { alpha: 0.01 };
    const { weights } = (await fit(family, settings, table([1, 1, 2, 2, 3, 3, 5, 5], [1, 2, 3, 5.1], 2))).parameters;
    expect(weights[0]).toBeCloseTo(weights[1] as number, 7);
  });
});

describe("single families", () => {
  it("ridge says what to do when a tiny alpha cannot separate copies", async () => {
    const train = table([1, 1, 2, 2, 3, 3, 5, 5], [1, 2, 3, 5], 2);
    await expect(fit(ridge, { alpha: 1e-300 }, train)).rejects.toThrow(/larger alpha/);
  });
  it("logistic says so when it sees labels of one sign, also where the others weigh nothing", async () => {
    const train = sampleTrainingSet("one-sided");
    const up = { ...train, y: train.y.map((value) => Math.abs(value) + 0.1) };
    await expect(fit(logistic, {}, up)).rejects.toThrow(/one sign/);
    const weight = train.y.map((value) => (value > 0 ? 1 : 0));
    await expect(fit(logistic, { l1Ratio: 0.5 }, { ...train, weight })).rejects.toThrow(/one sign/);
  });
  it("logistic keeps a prediction within the mean absolute label", async () => {
    const train = sampleTrainingSet("data");
    const model = await fit(logistic, { c: 100 }, train);
    const frame = sampleFrame();
    frame.values.fill(1e6);
    const limit = train.y.reduce((sum, value) => sum + Math.abs(value), 0) / train.rows;
    for (const value of model.predict(frame) as Float64Array)
      if (!Number.isNaN(value)) expect(Math.abs(value)).toBeLessThanOrEqual(limit * 1.01);
  });
  it("huber is moved by a wild label less than ridge is", async () => {
    const train = sampleTrainingSet("data");
    const y = train.y.slice();
    y[3] = 1000;
    const moved = async (family: unknown): Promise<number> => {
      const [a, b] = [await fit(family, {}, train), await fit(family, {}, { ...train, y })];
      return Math.max(...a.parameters.weights.map((w, j) => Math.abs(w - (b.parameters.weights[j] as number))));
    };
    expect(await moved(huber)).toBeLessThan(0.001);
    expect(await moved(ridge)).toBeGreaterThan(1);
  });
  it("huber fits labels that are mostly equal", async () => {
    const model = await fit(huber, {}, table([1, 2, 3, 4, 5, 6], [0, 0, 0, 0, 0, 7]));
    expect(model.parameters.intercept).toBeCloseTo(0, 6);
  });
  it("lists its weights by size", async () => {
    const listed = linearWeights(await fit(ridge, {}, sampleTrainingSet("data")));
    expect(listed.map((entry) => entry.feature).sort()).toEqual(["a", "b", "c", "d"]);
    expect(listed.every((entry, i) => i === 0 || Math.abs(entry.weight) <= Math.abs((listed[i - 1] as { weight: number }).weight))).toBe(
      true,
    );
  });
  it("models saved before penalties were kept still load", async () => {
    const { parameters } = await fit(ridge, {}, sampleTrainingSet("data"));
    const { features, mean, inverseDeviation, weights, intercept } = parameters;
    const writer = new ByteWriter().text("truewind-linear").u8(1).text("ridge").json(features);
    writer.f64s(mean).f64s(inverseDeviation).f64s(weights).f64(intercept).f64(0);
    const old = ridge.load(writer.text(sha256(writer.view())).finish()) as LinearModel;
    expect(old.parameters).toEqual({ ...parameters, penalty: Number.NaN });
  });
});

describe("a penalty that the model chooses", () => {
  /** Forty features of which two tell a little of the label. */
  function noisy(seed: string, signal: number, rows = 400): TrainingSet {
    const rng = createRng(seed);
    const k = 40;
    const x = Float32Array.from({ length: rows * k }, () => rng.normal());
    const y = Array.from({ length: rows }, (_, i) => signal * ((x[i * k] as number) - (x[i * k + 1] as number)) + rng.normal());
    return { ...table([], y, k), x };
  }
  const errorOf = async (model: LinearModel, fresh: TrainingSet): Promise<number> => {
    const { features, rows, x, y } = fresh;
    const out = await model.predict({
      ...sampleFrame(),
      instruments: rows,
      features,
      values: Float64Array.from(x),
      member: new Uint8Array(rows).fill(1),
    });
    return y.reduce((sum, label, i) => sum + (label - (out[i] as number)) ** 2, 0) / rows;
  };

  it.each([ridge, lasso, elasticNet].map((family) => ({ family, name: family.name })))(
    "of $name is strict on noise, weak on signal, and kept in the artifact",
    async ({ family }) => {
      const [strict, weakly] = [await fit(family, { alpha: "auto" }, noisy("a", 0.1)), await fit(family, { alpha: "auto" }, noisy("a", 3))];
      expect(strict.parameters.penalty).toBeGreaterThan(weakly.parameters.penalty);
      expect((family.load(strict.save()) as LinearModel).parameters.penalty).toBe(strict.parameters.penalty);
      const fixed = await fit(family, { alpha: strict.parameters.penalty }, noisy("a", 0.1));
      expect(fixed.save()).toEqual(strict.save());
      const loose = await fit(family, { alpha: family.name === "ridge" ? 1 : 1e-6 }, noisy("a", 0.1));
      expect(await errorOf(strict, noisy("b", 0.1, 4000))).toBeLessThan(await errorOf(loose, noisy("b", 0.1, 4000)));
    },
  );
  it("does not see a label that ends after the compared part begins", async () => {
    const train = noisy("purge", 0.3);
    const overlapping = { ...train, labelEndAt: train.asOf.map((at) => at + 10) };
    const changed = { ...overlapping, y: train.y.slice() };
    // The last ten before the compared part, which begins at 320, are in neither part; the fit itself sees them.
    for (let row = 311; row < 320; row++) changed.y[row] = 50;
    const [a, b] = [await fit(ridge, { alpha: "auto" }, overlapping), await fit(ridge, { alpha: "auto" }, changed)];
    expect(a.parameters.penalty).toBe(b.parameters.penalty);
    expect(a.parameters.weights).not.toEqual(b.parameters.weights);
  });
  it("says so when too little is left to choose on", async () => {
    await expect(fit(lasso, {}, { ...table([1, 2, 3], [1, 2, 3]), asOf: new Float64Array(3) })).rejects.toThrow(
      /cannot choose its alpha: of 3 samples/,
    );
  });
});
