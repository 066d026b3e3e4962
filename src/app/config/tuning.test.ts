import { describe, expect, it } from "vitest";
import { experimentWith, parseTuning } from "./tuning.js";

const file = (space: object, changes: object = {}, more: object = {}): object => ({
  name: "x",
  data: { dataset: "d" },
  ...more,
  tuning: { space, ...changes },
});
const alpha = { "model.alpha": { float: [1, 100], log: true } };

describe("the file of a search", () => {
  it("is an experiment and a space, with defaults", () => {
    const { experiment, tuning } = parseTuning(file(alpha), "x.yaml");
    expect("tuning" in experiment).toBe(false);
    expect(tuning).toMatchObject({ objective: "rank-ic", trials: 50, sampler: { kind: "tpe" }, pruner: { kind: "median" } });
    expect(tuning.space).toEqual([{ kind: "float", name: "model.alpha", low: 1, high: 100, log: true, step: null, when: null }]);
  });

  it.each([
    ["no section", { name: "x", data: { dataset: "d" } }, /no section `tuning`/],
    ["an empty space", file({}), /tuning\.space of x\.yaml is empty/],
    ["an unknown key", file(alpha, { sampels: 3 }), /unknown key "sampels"/],
    ["a key of the experiment misspelled", file(alpha, {}, { modle: {} }), /unknown key "modle"/],
    ["bounds that contradict", file({ "model.alpha": { float: [5, 1] } }), /low \(5\) must be below high \(1\)/],
    ["neither bounds nor choices", file({ "model.alpha": { log: true } }), /must have one of float/],
    ["a path that no trial may change", file({ "costs.feeBps": { float: [0, 1] } }), /costs\.feeBps: may be model/],
    ["a misspelled setting", file({ "model.alhpa": { float: [1, 2] } }), /leads to settings that do not hold.*alhpa/s],
    ["a family that is none", file({ "model.family": { choices: ["ridge", "rigde"] } }), /There is no model family "rigde"/],
    ["settings beyond a family's own bounds", file({ "model.alpha": { float: [-1, 2] } }), /leads to settings that do not hold/],
    ["a portfolio that changes nothing", file({ "portfolio.k": { int: [2, 9] } }), /changes nothing of the objective rank-ic/],
    [
      "a condition on two settings",
      file({ ...alpha, "model.positive": { choices: [true, false], when: { a: 1, b: 2 } } }),
      /must name one other/,
    ],
    ["brackets that are not whole", file(alpha, { pruner: { kind: "halving" }, trials: 10 }), /trials a multiple of it/],
    [
      "a grid beyond all bounds",
      file({ ...alpha, "label.horizon": { int: [1, 20] } }, { sampler: { kind: "grid", points: 1 } }),
      /at least 2/,
    ],
  ] as const)("is refused with %s", (_, raw, words) => {
    expect(() => parseTuning(raw, "x.yaml")).toThrow(words);
  });
});

describe("the experiment of a trial", () => {
  const { experiment } = parseTuning(
    file({ "model.leaves": { int: [2, 9] } }, {}, { model: { family: "boosting", rounds: 40, objective: { kind: "huber" } } }),
    "x",
  );

  it("keeps the file's settings beside those of the trial", () => {
    const made = experimentWith(experiment, { "model.leaves": 7, "model.objective.delta": 0.5, "label.horizon": 3 });
    expect(made.model).toEqual({ family: "boosting", rounds: 40, leaves: 7, objective: { kind: "huber", delta: 0.5 } });
    expect(made.label.horizon).toBe(3);
    expect(experiment.model).toEqual({ family: "boosting", rounds: 40, objective: { kind: "huber" } });
  });

  it("begins another family with its defaults", () => {
    expect(experimentWith(experiment, { "model.family": "ridge", "model.alpha": 5 }).model).toEqual({ family: "ridge", alpha: 5 });
    expect(experimentWith(experiment, { "portfolio.kind": "long-short", "portfolio.k": 3 }).portfolio).toMatchObject({
      kind: "long-short",
      k: 3,
    });
  });
});
