// Model texts of LightGBM as models: they say here what they said there, and what is broken is refused in one sentence.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TruewindError } from "#base/errors.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { Micros } from "#domain/time.js";
import { modelFamily } from "#models/registry/families.js";
import { TreePredictor } from "#models/trees/predictor.js";
import { InterventionalExplainer } from "#models/trees/shap-interventional.js";
import { TreeExplainer } from "#models/trees/shap.js";
import { treesOf } from "#models/trees/tree-model.js";
import { importLightGbm } from "./import.js";
import { parseLightGbm } from "./parse-trees.js";

interface Reference {
  readonly predictions: readonly (readonly number[])[];
  readonly raw: readonly (readonly number[])[];
  readonly contributions?: readonly (readonly number[])[];
  readonly interventional?: readonly (readonly number[])[];
  readonly interactions?: readonly (readonly number[])[];
}
const FOLDER = "test/reference/lightgbm";
const file = (name: string): Uint8Array => readFileSync(`${FOLDER}/${name}.txt`);
const reference = JSON.parse(readFileSync(`${FOLDER}/expected.json`, "utf8")) as {
  readonly features: readonly string[];
  readonly rows: readonly (readonly (number | null)[])[];
  readonly background: readonly (readonly (number | null)[])[];
  readonly models: Readonly<Record<string, Reference>>;
};
const { features, rows, models } = reference;
const values = Float64Array.from(rows.flat(), (value) => value ?? Number.NaN);
const background = Float64Array.from(reference.background.flat(), (value) => value ?? Number.NaN);
const k = features.length;

/** The shap package multiplies by weights of f32 there. */
function near(ours: number | undefined, theirs: number): void {
  expect(Math.abs((ours as number) - theirs)).toBeLessThan(1e-6 * Math.max(1, Math.abs(theirs)));
}

const frame: FeatureFrame = {
  asOf: 0 as Micros,
  instruments: rows.length,
  features,
  values,
  // The third is no member.
  member: Uint8Array.from(rows, (_, i) => (i === 2 ? 0 : 1)),
  fresh: new Uint8Array(rows.length).fill(1),
  history: null,
};

describe("an imported model of LightGBM", () => {
  it.each(Object.entries(models))("%s predicts what LightGBM predicts, also behind save and load", (name, { predictions }) => {
    const parts = (predictions[0] as readonly number[]).length;
    for (let part = 0; part < parts; part++) {
      const artifact = importLightGbm(file(name), { part });
      const model = modelFamily("lightgbm").load(artifact);
      expect(model.features).toEqual(features);
      const scores = model.predict(frame) as Float64Array;
      // Nothing is known of the first.
      expect([scores[0], scores[2]]).toEqual([Number.NaN, Number.NaN]);
      predictions.forEach((wanted, i) => {
        if (i !== 0 && i !== 2) expect(Math.abs((scores[i] as number) - (wanted[part] as number))).toBeLessThan(1e-12);
      });
      expect(modelFamily("lightgbm").load(model.save()).predict(frame)).toEqual(scores);
    }
  });

  it.each(Object.entries(models))(
    "%s gives the raw scores and contributions of LightGBM, of rows without any known value, too",
    (name, wanted) => {
      const { ensemble } = parseLightGbm(new TextDecoder().decode(file(name)));
      const { outputs } = ensemble;
      const raw = new Float64Array(rows.length * outputs);
      new TreePredictor(ensemble).rows(values, rows.length, raw);
      if (!name.startsWith("forest")) wanted.raw.flat().forEach((value, i) => expect(raw[i]).toBeCloseTo(value, 12));
      const explainer = new TreeExplainer(ensemble);
      const phi = new Float64Array(rows.length * outputs * k);
      explainer.rows(values, rows.length, phi);
      // LightGBM writes the expected score behind the values of each class.
      wanted.contributions?.flat().forEach((value, i) => {
        const [cell, column] = [Math.floor(i / (k + 1)), i % (k + 1)];
        const ours = column === k ? explainer.expected[cell % outputs] : phi[cell * k + column];
        expect(Math.abs((ours as number) - value)).toBeLessThan(1e-10);
      });
    },
  );

  it.each(Object.entries(models))("%s is explained as by the shap package: against a background, and by pairs", (name, wanted) => {
    const { ensemble } = parseLightGbm(new TextDecoder().decode(file(name)));
    const cells = ensemble.outputs * k;
    if (wanted.interventional !== undefined) {
      const phi = new Float64Array(rows.length * cells);
      new InterventionalExplainer(ensemble, background, reference.background.length).rows(values, rows.length, phi);
      wanted.interventional.flat().forEach((value, i) => near(phi[i], value));
    }
    wanted.interactions?.forEach((row, i) => {
      const pairs = new Float64Array(cells * k);
      new TreeExplainer(ensemble).interactions(values, i * k, pairs);
      row.forEach((value, at) => near(pairs[at], value));
    });
  });

  it("goes by our names for its features, and shows its trees", () => {
    const artifact = importLightGbm(file("regression"), { features: ["a", "b", "c", "d", "e", "f"] });
    const model = modelFamily("lightgbm").load(artifact);
    expect([model.features, treesOf(model)?.root.length]).toEqual([["a", "b", "c", "d", "e", "f"], 6]);
    expect(() => model.predict(frame)).toThrow(/trained on 6 features, but the frame lacks a, b, c/);
  });

  it("turns a probability into a score around zero when that is asked for", () => {
    const model = modelFamily("lightgbm").load(importLightGbm(file("binary"), { probability: true }));
    const scores = model.predict(frame) as Float64Array;
    expect(scores[5]).toBeCloseTo(2 * (models["binary"]?.predictions[5]?.[0] as number) - 1, 12);
  });

  it("is refused when it is cut, changed, or a text that was never taken in, and is not trained here", () => {
    const artifact = importLightGbm(file("regression"), {});
    const changed = Uint8Array.from(artifact);
    changed[500] = (changed[500] as number) ^ 1;
    const { load, parseConfig } = modelFamily("lightgbm");
    for (const bad of [new Uint8Array(0), artifact.subarray(0, 900), artifact.subarray(0, artifact.length - 1), changed])
      expect(() => load(bad)).toThrow(/bytes were lost or changed|a text of LightGBM itself/);
    expect(() => load(file("regression"))).toThrow(/a text of LightGBM itself, which `truewind model import` reads/);
    expect(() => parseConfig({})).toThrow(/not trained here/);
  });
});

describe("a text that cannot be imported", () => {
  const text = new TextDecoder().decode(file("regression"));
  const tell = (bytes: Uint8Array, settings: object = {}): unknown => {
    try {
      return importLightGbm(bytes, settings);
    } catch (error) {
      return error;
    }
  };
  const change = (from: RegExp | string, to: string): Uint8Array => Buffer.from(text.replace(from, to));

  it.each<[string, Uint8Array, object, RegExp]>([
    ["is another text", Buffer.from("time,close\n1,2\n"), {}, /does not begin with the line `tree`/],
    ["is no text", Uint8Array.of(0x74, 0xff, 0xfe), {}, /no UTF-8/],
    ["is cut off", Buffer.from(text.slice(0, 4000)), {}, /`end of trees` is missing/],
    ["is of another version", change("version=v4", "version=v9"), {}, /of version v9, and v2, v3, v4 are read/],
    ["has linear leaves", file("linear-leaves"), {}, /leaves hold linear models \(linear_tree\)/],
    ["has an unknown objective", change("objective=regression", "objective=oracle x:1"), {}, /objective "oracle" is not known/],
    ["has a huge number of leaves", change("num_leaves=15", "num_leaves=99999999999"), {}, /num_leaves of tree 0 holds 99999999999/],
    ["has other numbers than leaves", change("num_leaves=15", "num_leaves=16"), {}, /leaf_value of tree 0 holds 15 numbers, and 16/],
    ["has a leaf that is no number", change(/leaf_value=\S+/, "leaf_value=nan"), {}, /leaf_value of tree 0 holds "nan"/],
    ["has a threshold that is no number", change(/threshold=\S+/, "threshold=1.2.3"), {}, /threshold of tree 0 holds "1.2.3"/],
    [
      "asks for a feature that is not there",
      change(/split_feature=\S+/, "split_feature=6"),
      {},
      /split_feature of tree 0 holds 6, .* 0 to 5/,
    ],
    ["goes in circles", change(/left_child=\S+/, "left_child=0"), {}, /in tree 0 two splits lead to the same split 0/],
    ["shares a leaf", change(/right_child=\S+ \S+/, "right_child=1 -1"), {}, /in tree 0 two splits lead to the same/],
    ["leads nowhere", change(/left_child=\S+/, "left_child=99"), {}, /left_child of tree 0 holds 99/],
    ["has an unknown kind of split", change(/decision_type=\S+/, "decision_type=14"), {}, /decision_type of tree 0 holds 14/],
    ["asks for categories that are not there", change(/decision_type=\S+/, "decision_type=9"), {}, /asks for the set .* of categories/],
    ["lacks a tree", change("Tree=3", "Tree=4"), {}, /after 3 trees comes "Tree=4"/],
    [
      "names too few features",
      text === "" ? new Uint8Array(0) : change("momentum value", "momentum"),
      {},
      /names 5 features and was trained on 6/,
    ],
    ["gives several numbers", file("multiclass"), {}, /gives 3 numbers per row: choose one with --part 0 to 2/],
    ["gives fewer numbers", file("multiclass"), { part: 3 }, /gives 3 numbers per row, and part 3 is none/],
    ["takes other features", file("regression"), { features: ["a"] }, /trained on 6 features, and 1 are named/],
    ["gives no probability", file("regression"), { probability: true }, /objective "regression" gives no probabilities/],
  ])("because it %s: said in one sentence", (_, bytes, settings, sentence) => {
    const error = tell(bytes, settings) as TruewindError;
    expect(error).toBeInstanceOf(TruewindError);
    expect([error.code, error.message]).toEqual(["bad-file", expect.stringMatching(sentence)]);
    expect(error.message.split("\n")).toHaveLength(1);
  });

  it("never gets further than a sentence, however it was damaged", () => {
    const whole = file("categorical");
    const damage = fc.array(
      fc.record({ at: fc.nat(whole.length - 1), with: fc.constantFrom(..."0123456789-. =einf\n"), cut: fc.integer({ min: 0, max: 3 }) }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(damage, fc.option(fc.nat(whole.length)), (faults, end) => {
        let damaged = Buffer.from(whole);
        for (const { at, with: byte, cut } of faults)
          damaged = Buffer.concat([damaged.subarray(0, at), Buffer.from(byte), damaged.subarray(at + cut)]);
        const result = tell(damaged.subarray(0, end ?? damaged.length));
        if (result instanceof TruewindError) {
          expect(result.code).toBe("bad-file");
          return;
        }
        expect(result).toBeInstanceOf(Uint8Array);
        const model = modelFamily("lightgbm").load(result as Uint8Array);
        // A name may have changed; what was taken in predicts numbers.
        const scores = model.predict({ ...frame, features: model.features }) as Float64Array;
        expect(scores.every((score, i) => Number.isFinite(score) !== (i === 0 || i === 2))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
