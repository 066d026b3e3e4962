// Reasons behind orders: bounded by counts, the same again, and never a reason to stop.
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { DecisionAttribution } from "#domain/attribution.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { InstrumentIx } from "#domain/instrument.js";
import type { RiskDecision } from "#domain/order.js";
import type { Signals } from "#domain/signal.js";
import type { Micros } from "#domain/time.js";
import { modelFamily } from "#models/registry/families.js";
import type { FittedModel, ModelSchedule } from "#ports/model.js";
import { sampleTrainingSet } from "#test/contracts/model.js";
import { explainDecisions, type ExplainBudget } from "./explain-decisions.js";

const NAMES = 30;
const rng = createRng("decision");
const values = Float64Array.from({ length: NAMES * 4 }, () => rng.normal() * 2);
values.fill(Number.NaN, 5 * 4, 6 * 4);
const frame: FeatureFrame = {
  asOf: 7 as Micros,
  instruments: NAMES,
  features: ["a", "b", "c", "d"],
  values,
  member: new Uint8Array(NAMES).fill(1),
  fresh: new Uint8Array(NAMES).fill(1),
  history: null,
};

async function signalsOf(model: FittedModel): Promise<Signals> {
  return { asOf: frame.asOf, expectedReturn: await model.predict(frame), uncertainty: null, confidence: null, horizonUs: 1, model: "m" };
}
const ridge = (): Promise<FittedModel> =>
  modelFamily("ridge").fit({ alpha: 1 }, sampleTrainingSet("data"), { rng, onProgress: () => undefined });
const always = (model: FittedModel): ModelSchedule => ({ at: () => ({ id: "m", model }), steps: model.steps });
const orders = (names: readonly number[], refused: readonly number[] = []): readonly RiskDecision[] =>
  names.map(
    (instrument) =>
      ({
        verdict: refused.includes(instrument) ? "refuse" : "approve",
        order: { instrument: instrument as InstrumentIx, lots: 1 },
      }) as unknown as RiskDecision,
  );

async function explain(model: FittedModel, names: readonly number[], budget?: ExplainBudget, refused: readonly number[] = []) {
  return (await explainDecisions(always(model), budget)(await signalsOf(model), frame, orders(names, refused))) as DecisionAttribution;
}

describe("reasons of a decision", () => {
  it("add up to the predictions of the names that were traded, those farthest from the mean first", async () => {
    const model = await ridge();
    const told = await explain(model, [3, 8, 12, 3], undefined, [12]);
    expect(new Set(told.names.map(({ instrument }) => instrument))).toEqual(new Set([3, 8]));
    const { expectedReturn } = await signalsOf(model);
    const mean = expectedReturn.filter((value) => !Number.isNaN(value)).reduce((sum, value) => sum + value, 0) / (NAMES - 1);
    const far = told.names.map(({ prediction }) => Math.abs(prediction - mean));
    expect(far).toEqual([...far].sort((a, b) => b - a));
    for (const { instrument, prediction, features, rest, others, above, predicted } of told.names) {
      expect(prediction).toBe(expectedReturn[instrument]);
      const sum = features.reduce((total, { adds }) => total + adds, (told.basis?.base ?? Number.NaN) + rest);
      expect(sum).toBeCloseTo(prediction, 12);
      expect([features.length + others, predicted]).toEqual([4, NAMES - 1]);
      expect(above).toBe(expectedReturn.filter((value) => value > prediction).length);
      for (const { below } of features) expect(below).toBeGreaterThanOrEqual(0);
    }
    expect(told).toMatchObject({ asOf: 7, model: "m", left: 0, trouble: null, basis: { method: "linear SHAP", exact: true } });
    expect(await explain(model, [3, 8, 12, 3], undefined, [12])).toEqual(told);
    expect(JSON.parse(JSON.stringify(told))).toEqual(told);
  });

  it("are none where nothing was traded, or only what nobody has an opinion of", async () => {
    const model = await ridge();
    const ask = explainDecisions(always(model));
    const signals = await signalsOf(model);
    expect(ask(signals, frame, [])).toBeNull();
    expect(ask(signals, frame, orders([5]))).toBeNull();
    expect(ask(signals, frame, orders([1], [1]))).toBeNull();
    expect(explainDecisions({ at: () => null, steps: 1 })(signals, frame, orders([1]))).toBeNull();
  });

  it("stay within the budget of names, features and predictions, which are counted", async () => {
    const model = await ridge();
    let asked = 0;
    const box: FittedModel = {
      family: "box",
      features: model.features,
      steps: 1,
      save: () => new Uint8Array(),
      predict(shown) {
        asked += shown.member.reduce((sum, member) => sum + member, 0);
        return model.predict(shown);
      },
    };
    const names = Array.from({ length: NAMES }, (_, i) => i).filter((i) => i !== 5);
    const few = await explain(model, names, { names: 6, features: 2, work: 1000, background: 10 });
    expect([few.names.length, few.left, few.basis?.background]).toEqual([6, NAMES - 7, 10]);
    expect(few.names.every(({ features, others }) => features.length === 2 && others === 2)).toBe(true);
    asked = 0;
    const dear = await explain(box, names, { names: 20, features: 8, work: 700, background: 10 });
    // 14 coalitions of 4 features on 8 or more rows each: five names or so, and told.
    expect(dear.names.length).toBeGreaterThan(2);
    expect(dear.names.length).toBeLessThan(8);
    expect(dear.left).toBe(names.length - dear.names.length);
    expect(dear.trouble).toMatch(/Explaining one name takes \d+ predictions, and a decision may cost 700: \d+ names were left out/);
    expect(dear.basis?.work).toBeLessThanOrEqual(700);
    expect(asked).toBeLessThan(700 + 4 * NAMES);
    const none = await explain(box, names, { names: 20, features: 8, work: 5, background: 10 });
    expect([none.names, none.left]).toEqual([[], names.length]);
  });

  it("tell what went wrong, and throw nothing", async () => {
    const model = await ridge();
    const broken: FittedModel = { ...model, family: "neural", save: () => new Uint8Array(3) };
    const told = await explain(broken, [1, 2]);
    expect(told).toMatchObject({ names: [], left: 2, basis: null });
    expect(told.trouble).toMatch(/It could not be explained: /);
  });
});
