// The objective that settings name.
import { binary, multiclass } from "./classification.js";
import { lambdaRank } from "./lambda-rank.js";
import type { Objective, Targets } from "./objective.js";
import { huber, quantile, squared } from "./regression.js";
import type { ObjectiveConfig } from "./schema.js";

/** Throws `no-data` when the labels hold nothing that it could learn. */
export function createObjective(config: ObjectiveConfig, targets: Targets): Objective {
  switch (config.kind) {
    case "squared":
      return squared(targets);
    case "huber":
      return huber(targets, config.delta);
    case "quantile":
      return quantile(targets, config.alpha);
    case "binary":
      return binary(targets);
    case "multiclass":
      return multiclass(targets, config.classes);
    case "lambdarank":
      return lambdaRank(targets, config.grades, config.truncation);
  }
}
