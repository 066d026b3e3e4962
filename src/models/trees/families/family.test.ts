import type { ModelFamily } from "#ports/model.js";
import { modelContract } from "#test/contracts/model.js";
import { boosting, extraTrees, forest } from "./family.js";

const rowOrderTolerance = "rounding, and what is held out, follow the order of rows, which is that of time";

for (const settings of [
  { objective: "squared" },
  { objective: { kind: "multiclass", classes: 3 } },
  { objective: "lambdarank", steps: 3, baggingFraction: 0.8, featureFraction: 0.9 },
]) {
  modelContract({
    family: boosting as ModelFamily<unknown>,
    config: { ...settings, rounds: 25, learningRate: 0.2, leaves: 8, minDataInLeaf: 5 },
    badConfig: { leaves: 1, depth: 3, objective: "mse", monotone: { a: 2 } },
    badNames: ["leaves", "depth", "objective", "monotone.a: must be 1 or -1"],
    rowOrderTolerance,
  });
}
for (const [family, objective] of [
  [forest, "squared"],
  [extraTrees, "binary"],
] as const) {
  modelContract({
    family: family as ModelFamily<unknown>,
    config: { objective, trees: 20, leaves: 64, minDataInLeaf: 3, featureFractionByNode: 0.6 },
    badConfig: { trees: 0, rounds: 3 },
    badNames: ["trees", "rounds"],
    rowOrderTolerance,
  });
}
