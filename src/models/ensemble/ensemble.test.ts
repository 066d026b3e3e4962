// Ensembles behind the model port: the contract in every way of combining, and what holds of all of them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TruewindError } from "#base/errors.js";
import { createRng } from "#base/rng.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { Outcome } from "#domain/signal.js";
import type { Micros } from "#domain/time.js";
import { createCalibrated } from "#models/confidence/family.js";
import { linearFamilies } from "#models/linear/family.js";
import { opinionOf } from "#models/samples/opine-samples.js";
import type { CheckpointStore, FitContext, FittedModel, ModelFamily, OnlineModel, Opinion, TrainingSet } from "#ports/model.js";
import { modelContract, sampleFrame, sampleTrainingSet } from "#test/contracts/model.js";
import { recall } from "#test/fixtures/recall.js";
import { combine } from "./combination.js";
import { COMBINATIONS } from "./config.js";
import { learned, lossesAt } from "./dynamic.js";
import type { EnsembleModel } from "./ensemble-model.js";
import { createEnsemble } from "./family.js";
import { meanOfKnown } from "./regime.js";

const table = new Map<string, ModelFamily<unknown>>([...linearFamilies, recall as ModelFamily<unknown>].map((one) => [one.name, one]));
const familyOf = (name: string): ModelFamily<unknown> => {
  if (name === "ensemble") return ensemble as ModelFamily<unknown>;
  const found = name === "calibrated" ? (createCalibrated(familyOf) as ModelFamily<unknown>) : table.get(name);
  if (found === undefined) throw new TruewindError("bad-config", `There is no model family "${name}".`);
  return found;
};
const ensemble = createEnsemble(familyOf);
const context: FitContext = { rng: createRng("ensemble"), onProgress: () => undefined };
const fit = (settings: object, train: TrainingSet, more: Partial<FitContext> = {}): Promise<EnsembleModel> =>
  ensemble.fit(ensemble.parseConfig(settings), train, { ...context, ...more }) as Promise<EnsembleModel>;
const three = [{ family: "ridge" }, { family: "lasso", alpha: 0.002 }, { family: "logistic" }];

const order = "members are judged on blocks of time";
for (const by of COMBINATIONS) {
  modelContract({
    family: ensemble as ModelFamily<unknown>,
    config: { members: three, combine: by, folds: 2 },
    badConfig: { members: [{ family: "ridge", alpha: -1 }, { family: "oracle" }], combine: "votes" },
    badNames: ["members.0", "alpha", "members.1", "oracle", "combine"],
    rowOrderTolerance: order,
  });
}
modelContract({
  family: ensemble as ModelFamily<unknown>,
  config: { members: [{ family: "recall", steps: 3 }, { family: "ridge" }, { family: "recall", steps: 2 }], combine: "stacking", folds: 2 },
  badConfig: { members: [{ family: "ridge" }], rate: 0, share: 0.1 },
  badNames: ["members:", "rate", "share: only combine: dynamic"],
  rowOrderTolerance: order,
});
modelContract({
  family: ensemble as ModelFamily<unknown>,
  config: { members: [{ family: "ensemble", members: three }, { family: "huber" }], combine: "dynamic", regime: "b", folds: 2 },
  badConfig: { members: three, meta: { family: "ensemble" }, combine: "stacking", rates: 1 },
  badNames: ["meta", "no linear family", "rates"],
  rowOrderTolerance: order,
});

describe.each(COMBINATIONS)("an ensemble by %s", (by) => {
  it("of equal members is the member", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 4 }), fc.string({ minLength: 1 }), async (count, seed) => {
        const train = sampleTrainingSet(seed, 200);
        const member = { family: "ridge", alpha: 3 };
        const own = await (await single(member, train)).predict(sampleFrame());
        const model = await fit({ members: Array.from({ length: count }, () => member), combine: by }, train);
        const out = await model.predict(sampleFrame());
        // A stacked model has a level and a size of its own: what it keeps is the order.
        const [a, b] = [0, 1].map((i) => [own[i] as number, out[i] as number]) as [number[], number[]];
        if (by === "stacking") expect(Math.sign((a[0] as number) - (b[0] as number))).toBe(Math.sign((a[1] as number) - (b[1] as number)));
        else own.forEach((value, i) => Number.isNaN(value) || expect(out[i]).toBeCloseTo(value, 12));
        for (const { contribution } of model.report.members) expect(Math.abs(contribution as number)).toBeLessThan(1e-9);
      }),
      { numRuns: 4 },
    );
  });

  it("has weights that are not negative and 1 in all, and says the same after it was saved", async () => {
    const model = await fit({ members: three, combine: by }, sampleTrainingSet("weights"));
    const { members, correlation } = model.report;
    expect(members.map(({ name }) => name)).toEqual(["ridge", "lasso", "logistic"]);
    expect(members.every(({ weight }) => weight >= 0)).toBe(true);
    expect(members.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(correlation.map((row, i) => row[i])).toEqual([1, 1, 1]);
    expect(correlation[0]?.[1]).toBe(correlation[1]?.[0]);
    const again = ensemble.load(model.save()) as EnsembleModel;
    expect(again.report).toEqual(model.report);
    expect(await again.opine?.(sampleFrame())).toEqual(await model.opine?.(sampleFrame()));
  });

  it("predicts what it opines, and is less sure where its members are further apart", async () => {
    const model = await fit({ members: three, combine: by }, sampleTrainingSet("opinion"));
    const opinion = await model.opine?.(sampleFrame());
    expect(opinion?.expectedReturn).toEqual(await model.predict(sampleFrame()));
    const far = sampleFrame();
    far.values.forEach((value, i) => (far.values[i] = value * 100));
    const [near, apart] = [opinion?.uncertainty?.[0] as number, (await model.opine?.(far))?.uncertainty?.[0] as number];
    expect(near).toBeGreaterThan(0.005);
    expect(apart).toBeGreaterThan(near);
  });
});

async function single({ family, ...settings }: { family: string }, train: TrainingSet): Promise<FittedModel> {
  const found = familyOf(family);
  return found.fit(found.parseConfig(settings), train, context);
}

function firstRows(train: TrainingSet, rows: number): TrainingSet {
  const { features, x, y, asOf, labelEndAt } = train;
  return {
    ...train,
    rows,
    x: x.slice(0, rows * features.length),
    y: y.slice(0, rows),
    asOf: asOf.slice(0, rows),
    labelEndAt: labelEndAt.slice(0, rows),
  };
}

describe("members of an ensemble", () => {
  it("see their own number of decisions, whatever the others look back on", async () => {
    const train = sampleTrainingSet("steps", 400, 3);
    const model = await fit({ members: [{ family: "recall", steps: 3 }, { family: "ridge" }], combine: "equal" }, train);
    expect([model.steps, ...model.members.map((member) => member.model.steps)]).toEqual([3, 3, 1]);
    const own = await single({ family: "ridge" }, train);
    expect(model.members[1]?.model.save()).toEqual(own.save());
  });
  it("never judge what overlaps in time with what they were fitted on", async () => {
    const day = 86_400e6;
    const train = sampleTrainingSet("overlap", 300);
    const long = { ...train, labelEndAt: train.asOf.map((at) => at + 2.5 * day) };
    let judged = 0;
    const watching = createEnsemble((name) => {
      const family = familyOf(name);
      return {
        ...family,
        async fit(config, samples, own) {
          const model = await family.fit(config, samples, own);
          if (samples.rows === long.rows) return model;
          return {
            ...model,
            predict(frame) {
              judged++;
              for (let row = 0; row < samples.rows; row++) {
                const [from, to] = [samples.asOf[row] as number, samples.labelEndAt[row] as number];
                // Neither label overlaps, and the embargo of one label lies behind.
                expect(to <= frame.asOf || from >= frame.asOf + 5 * day).toBe(true);
              }
              return model.predict(frame);
            },
          };
        },
      };
    });
    await watching.fit(watching.parseConfig({ members: three }), long, context);
    expect(judged).toBe(3 * 15);
  });
  it("are named in what goes wrong", async () => {
    const misspelled = { members: [{ family: "ridge" }, { family: "ridge", alpah: 1 }] };
    expect(() => ensemble.parseConfig(misspelled)).toThrow(/members\.1: .*"alpah"\.$/);
    const train = sampleTrainingSet("wrong", 100);
    const up = { ...train, y: train.y.map((label) => Math.abs(label) + 0.1) };
    const failing = fit({ members: [{ family: "ridge" }, { family: "logistic", name: "direction" }] }, up);
    await expect(failing).rejects.toThrow(
      /Member "direction" of the ensemble could not be fitted on block 1 of 5: logistic needs rises and falls/,
    );
    await expect(failing).rejects.toMatchObject({ code: "no-data" });
  });
  it("need samples whose labels do not overlap", async () => {
    const train = sampleTrainingSet("short", 40);
    const long = { ...train, labelEndAt: train.labelEndAt.map(() => 1e15) };
    await expect(fit({ members: three }, long)).rejects.toThrow(/no block of them leaves others to learn from/);
    await expect(fit({ members: three }, firstRows(train, 1))).rejects.toThrow(/ensemble has 1 training samples/);
  });
  it("must have the regime among their features", async () => {
    await expect(fit({ members: three, combine: "dynamic", regime: "z" }, sampleTrainingSet("r"))).rejects.toThrow(
      /its regime is to be z, which is none of the model's 4 features/,
    );
  });
});

describe.each(COMBINATIONS)("odd data, by %s,", (by) => {
  const two = [{ family: "ridge" }, { family: "huber" }];
  const odd = (change: (train: TrainingSet) => Partial<TrainingSet>): TrainingSet => {
    const train = sampleTrainingSet("odd", 200);
    return { ...train, ...change(train) };
  };

  it("give a constant label back, and all members count alike", async () => {
    const model = await fit(
      { members: two, combine: by, folds: 2 },
      odd(({ y }) => ({ y: y.map(() => 0.25) })),
    );
    expect((await model.predict(sampleFrame()))[0]).toBeCloseTo(0.25, 9);
    expect(model.report.members.map(({ weight }) => weight)).toEqual([expect.closeTo(0.5, 9), expect.closeTo(0.5, 9)]);
  });
  it("pass over features that nobody knows, infinite values and rows that weigh nothing", async () => {
    const bent = odd(({ x, rows }) => ({
      x: x.map((value, at) => (at % 4 === 2 ? Number.NaN : at % 97 === 0 ? Infinity : value)),
      weight: Float64Array.from({ length: rows }, (_, row) => (row % 3 === 0 ? 0 : 1)),
    }));
    const model = await fit({ members: two, combine: by, folds: 2 }, bent);
    const opinion = (await model.opine?.(sampleFrame())) as Opinion;
    expect(Number.isFinite(opinion.expectedReturn[0])).toBe(true);
    expect(opinion.uncertainty?.[0]).toBeGreaterThan(0);
  });
  it("of one name, where nothing can be ranked, are judged by directions", async () => {
    const series = odd(({ rows }) => {
      const asOf = Float64Array.from({ length: rows }, (_, row) => row * 86_400e6);
      return { asOf, labelEndAt: asOf.map((at) => at + 3 * 86_400e6) };
    });
    const { report } = await fit({ members: two, combine: by }, series);
    expect(report.measure).toBe("direction");
    expect(report.score).toBeGreaterThan(0.1);
  });
});

describe("weights that go on moving", () => {
  const names = 6;
  const frameOf = (train: TrainingSet, t: number): FeatureFrame => {
    const k = train.features.length;
    const from = t * 20;
    return {
      ...sampleFrame(),
      asOf: train.asOf[from] as Micros,
      values: Float64Array.from(train.x.subarray(from * k, (from + names) * k)),
      member: new Uint8Array(names).fill(1),
    };
  };
  const settings = { members: three, combine: "dynamic", rate: 1, folds: 2 };

  it("are those of Hedge over the outcomes, told late or in time, and nothing but the state remembers", async () => {
    const [train, live] = [sampleTrainingSet("past"), sampleTrainingSet("live", 600)];
    const model = await fit({ ...settings, regime: "a" }, train);
    const { online, combination } = model;
    if (online === undefined || combination.kind !== "dynamic") throw new Error("it does not learn");
    let state = online.begin(names, null);
    let { dynamic } = combination;
    const pending: Outcome[] = [];
    for (let t = 0; t < 30; t++) {
      const frame = frameOf(live, t);
      // Labels end two decisions later.
      const outcome = pending.length < 2 ? undefined : pending.shift();
      if (outcome !== undefined) {
        const before = Float64Array.from(state);
        const next = online.learn(state, outcome);
        expect(state).toEqual(before);
        state = Float64Array.from(next);
        const then = frameOf(live, t - 2);
        const said = await Promise.all(model.members.map((member) => opinionOf(member.model, then)));
        const returns = said.map((one) => one.expectedReturn);
        dynamic = learned(dynamic, regimeAt(then), lossesAt(dynamic.yardstick, returns, outcome.realized));
      }
      const opinion = await online.opine(frame, state);
      expect(await online.opine(frame, state)).toEqual(opinion);
      const opinions = await Promise.all(model.members.map((member) => opinionOf(member.model, frame)));
      const now = { ...combination, dynamic };
      expect(opinion.expectedReturn).toEqual((await combine(now, model.voices, opinions, regimeAt(frame))).expectedReturn);
      pending.push({ signals: { asOf: frame.asOf, ...opinion, horizonUs: 0, model: "m" }, realized: live.y.slice(t * 20, t * 20 + names) });
    }
    expect(dynamic.pooled.logs).not.toEqual(combination.dynamic.pooled.logs);
    expect(await online.opine(frameOf(live, 0), online.begin(names, state))).toMatchObject({
      expectedReturn: await model.predict(frameOf(live, 0)),
    });
  });
  const regimeAt = ({ values, features }: FeatureFrame): number =>
    meanOfKnown(
      Int32Array.from({ length: names }, (_, i) => i),
      (row) => Math.fround(values[row * features.length] as number),
    );

  it("are not moved by outcomes of something else, or without labels", async () => {
    const train = sampleTrainingSet("past");
    const { online } = await fit(settings, train);
    const state = online?.begin(names, null) as Float64Array;
    const opinion = (await online?.opine(frameOf(train, 0), state)) as Opinion;
    const { recall: _, ...bare } = opinion;
    const nothing = new Float64Array(names).fill(Number.NaN);
    const outcome = (said: Opinion, realized: Float64Array): Outcome => ({
      signals: { asOf: 0 as Micros, ...said, horizonUs: 0, model: "m" },
      realized,
    });
    expect(online?.learn(state, outcome(bare, train.y.slice(0, names)))).toEqual(state);
    expect(online?.learn(state, outcome(opinion, nothing))).toEqual(state);
    expect(online?.learn(state, outcome(opinion, train.y.slice(0, names)))).not.toEqual(state);
  });
  it("pass outcomes on to members that learn, as if each had spoken alone", async () => {
    const train = sampleTrainingSet("past");
    const member = { family: "calibrated", member: { family: "ridge" }, coverage: 0.5 };
    const model = await fit({ members: [member, { family: "lasso", alpha: 0.002 }], combine: "equal", folds: 2 }, train);
    const own = model.members[0]?.model.online as OnlineModel;
    const online = model.online as OnlineModel;
    let [alone, within] = [own.begin(names, null), online.begin(names, null)];
    for (let t = 0; t < 5; t++) {
      const realized = train.y.slice(t * 20, t * 20 + names);
      const signals = async (from: OnlineModel, state: Float64Array): Promise<Outcome["signals"]> => ({
        asOf: 0 as Micros,
        ...(await from.opine(frameOf(train, t), state)),
        horizonUs: 0,
        model: "m",
      });
      alone = own.learn(alone, { signals: await signals(own, alone), realized });
      within = online.learn(within, { signals: await signals(online, within), realized });
      expect(within.subarray(1)).toEqual(alone);
    }
    expect(alone).not.toEqual(own.begin(names, null));
    expect(online.begin(names, within)).toEqual(Float64Array.of(alone.length, ...own.begin(names, alone)));
    // Where nothing learns, nothing is online.
    expect((await fit({ members: three, folds: 2 }, train)).online).toBeUndefined();
  });
});

describe("a fit that is interrupted", () => {
  /** Remembers its state; `stopAfter` raises the signal when that many states were written. */
  function storeOf(stopAfter: number, stop: AbortController): CheckpointStore & { readonly writes: () => number } {
    let state: Uint8Array | null = null;
    let writes = 0;
    return {
      name: "test.checkpoint",
      read: () => state,
      write(bytes) {
        state = Uint8Array.from(bytes);
        if (++writes === stopAfter) stop.abort();
      },
      remove: () => (state = null),
      writes: () => writes,
    };
  }
  const settings = { members: three, combine: "stacking", folds: 3 };

  it("goes on to the same bytes, and fits nothing twice", async () => {
    const train = sampleTrainingSet("resume", 200);
    const whole = (await fit(settings, train)).save();
    for (const stopAfter of [1, 4, 7, 11]) {
      const stop = new AbortController();
      const checkpoint = storeOf(stopAfter, stop);
      await expect(fit(settings, train, { checkpoint, signal: stop.signal })).rejects.toMatchObject({ code: "interrupted" });
      let fits = 0;
      const counting = createEnsemble((name) => {
        const family = familyOf(name);
        return {
          ...family,
          fit: (config, samples, own) => {
            fits++;
            return family.fit(config, samples, own);
          },
        };
      });
      const again = await counting.fit(counting.parseConfig(settings), train, { ...context, checkpoint });
      expect(again.save()).toEqual(whole);
      expect(fits).toBe(12 - stopAfter);
    }
  });
  it("says so when the checkpoint belongs to something else, or is damaged", async () => {
    const train = sampleTrainingSet("resume", 200);
    const stop = new AbortController();
    const checkpoint = storeOf(2, stop);
    await expect(fit(settings, train, { checkpoint, signal: stop.signal })).rejects.toThrow(/Stopped at member "ridge"/);
    await expect(fit({ ...settings, folds: 4 }, train, { checkpoint })).rejects.toMatchObject({ code: "data-changed" });
    const bytes = checkpoint.read() as Uint8Array;
    bytes[20] = (bytes[20] as number) ^ 1;
    await expect(fit(settings, train, { checkpoint: { ...checkpoint, read: () => bytes } })).rejects.toMatchObject({
      code: "corrupt-artifact",
    });
  });
});

describe("a planted world", () => {
  /**
   * Two features; the label goes with the first while the regime is high and with the second while it is low, in stretches of `length`
   * decisions. Members know one feature each.
   */
  function world(seed: string, decisions: number, length: number): TrainingSet {
    const rng = createRng(seed);
    const names = 12;
    const rows = decisions * names;
    const x = new Float32Array(rows * 3);
    const y = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      const high = Math.floor(Math.floor(row / names) / length) % 2 === 0;
      x.set([rng.normal(), rng.normal(), (high ? 1 : -1) + 0.1 * rng.normal()], row * 3);
      y[row] = 0.01 * ((x[row * 3 + (high ? 0 : 1)] as number) + rng.normal());
    }
    const asOf = Float64Array.from({ length: rows }, (_, row) => Math.floor(row / names) * 86_400e6);
    return { features: ["one", "two", "mood"], rows, x, y, asOf, labelEndAt: asOf.map((at) => at + 86_400e6), weight: null, past: null };
  }
  /** Predicts one feature as it is. */
  const plain: ModelFamily<{ column: number }> = {
    name: "plain",
    parseConfig: (raw) => raw as { column: number },
    steps: () => 1,
    fit: ({ column }, train) => Promise.resolve(plainModel(column, train.features)),
    load: (bytes) => plainModel(bytes[0] as number, ["one", "two", "mood"]),
  };
  function plainModel(column: number, features: readonly string[]): FittedModel {
    return {
      family: "plain",
      features,
      steps: 1,
      predict: ({ instruments, values }: FeatureFrame) =>
        Float64Array.from({ length: instruments }, (_, row) => 0.01 * (values[row * features.length + column] as number)),
      save: () => Uint8Array.of(column),
    };
  }
  const family = createEnsemble((name) => (name === "plain" ? (plain as ModelFamily<unknown>) : familyOf(name)));
  const fitted = async (settings: object, train: TrainingSet): Promise<EnsembleModel> => {
    const members = [0, 1].map((column) => ({ family: "plain", name: column === 0 ? "one" : "two", column }));
    return (await family.fit(family.parseConfig({ members, ...settings }), train, context)) as EnsembleModel;
  };
  const scoreOf = ({ report }: EnsembleModel): number => report.score as number;

  it("with stretches is followed by recent losses, better than by any fixed weights", async () => {
    const train = world("switch", 400, 100);
    const dynamic = await fitted({ combine: "dynamic", rate: 2, share: 0.01 }, train);
    for (const combine of ["performance", "equal", "stacking"])
      expect(scoreOf(dynamic)).toBeGreaterThan(scoreOf(await fitted({ combine }, train)) + 0.05);
    for (const { score } of dynamic.report.members) expect(scoreOf(dynamic)).toBeGreaterThan((score as number) + 0.1);
    // The last stretch was the second feature's.
    expect(dynamic.report.members[1]?.weight).toBeGreaterThan(0.9);
  });
  it("with a regime that changes at every decision is followed by the feature that tells it", async () => {
    const train = world("mood", 300, 1);
    const model = await fitted({ combine: "dynamic", regime: "mood", rate: 1 }, train);
    expect(scoreOf(model)).toBeGreaterThan(scoreOf(await fitted({ combine: "dynamic", rate: 1 }, train)) + 0.1);
    const { cuts, weights } = model.report.regimes as NonNullable<EnsembleModel["report"]["regimes"]>;
    expect(cuts).toHaveLength(2);
    expect(weights[0]?.[1]).toBeGreaterThan(0.9);
    expect(weights[2]?.[0]).toBeGreaterThan(0.9);
    const frame = (mood: number): FeatureFrame => ({
      ...sampleFrame(),
      instruments: 1,
      features: train.features,
      values: Float64Array.of(1, -1, mood),
      member: Uint8Array.of(1),
    });
    const at = async (mood: number): Promise<number> => (await model.predict(frame(mood)))[0] as number;
    expect([await at(1), await at(-1)]).toEqual([expect.closeTo(0.01, 2), expect.closeTo(-0.01, 2)]);
    expect(await at(1)).toBeGreaterThan(await at(-1));
  });
  it("where one member is useless is answered by the other, and its contribution tells", async () => {
    const train = world("useless", 300, 10_000);
    for (const combine of ["performance", "stacking", "dynamic"]) {
      const { report } = await fitted({ combine }, train);
      expect(report.members[0]?.weight).toBeGreaterThan(0.7);
      expect(report.members[0]?.contribution).toBeGreaterThan(0.2);
      expect(report.score).toBeGreaterThan(0.5);
    }
  });
  it("where members cannot be told apart weights them alike, and says when none is worth anything", async () => {
    const train = world("noise", 200, 10_000);
    const rng = createRng("noise");
    const noise = { ...train, y: train.y.map(() => 0.01 * rng.normal()) };
    const { report } = await fitted({ combine: "performance" }, noise);
    expect(report.members.map(({ weight }) => weight)).toEqual([0.5, 0.5]);
    const against = {
      ...train,
      y: Float64Array.from(train.y, (_, row) => -(train.x[row * 3] as number) - (train.x[row * 3 + 1] as number)),
    };
    for (const combine of ["performance", "stacking"]) expect((await fitted({ combine }, against)).report.fellBack).toBe(true);
  });
});
