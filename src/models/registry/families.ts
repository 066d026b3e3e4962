// The table of model families: an experiment names one of these. A new family is one line here.
import { TruewindError } from "#base/errors.js";
import { createCalibrated } from "#models/confidence/family.js";
import { createEnsemble } from "#models/ensemble/family.js";
import { lightgbm } from "#models/lightgbm/family.js";
import { linearFamilies } from "#models/linear/family.js";
import { createMeta } from "#models/meta/family.js";
import { neural } from "#models/neural/family.js";
import { onnx } from "#models/onnx/family.js";
import { boosting, extraTrees, forest } from "#models/trees/families/family.js";
import type { ModelFamily } from "#ports/model.js";

const families: ReadonlyMap<string, ModelFamily<unknown>> = new Map(
  [
    // One line each.
    ...linearFamilies,
    neural,
    onnx,
    boosting,
    forest,
    extraTrees,
    lightgbm,
    createCalibrated((name) => modelFamily(name)),
    createEnsemble((name) => modelFamily(name)),
    createMeta((name) => modelFamily(name)),
  ].map((family) => [family.name, family as ModelFamily<unknown>]),
);

export const familyNames: readonly string[] = [...families.keys()];

/** Throws `bad-config` naming the known families. */
export function modelFamily(name: string): ModelFamily<unknown> {
  const family = families.get(name);
  if (family === undefined)
    throw new TruewindError("bad-config", `There is no model family "${name}"; known are ${familyNames.join(", ")}.`);
  return family;
}
