// The families of trees behind the model port.
import { samplesOf } from "#models/samples/windows.js";
import type { ModelFamily } from "#ports/model.js";
import { loadTrees } from "../artifact.js";
import { fitBoosting } from "../boosting/boost.js";
import { type BoostingConfig, parseBoostingConfig } from "../boosting/config.js";
import { type ForestConfig, parseExtraTreesConfig, parseForestConfig } from "../forest/config.js";
import { fitForest } from "../forest/grow-forest.js";
import { toTreeModel } from "../predict.js";

/** Gradient-boosted trees: what is predicted depends on the objective. */
export const boosting: ModelFamily<BoostingConfig> = {
  name: "boosting",
  parseConfig: parseBoostingConfig,
  steps: ({ steps }) => steps,
  fit: async (config, train, context) => toTreeModel(await fitBoosting(config, samplesOf(train), null, context)),
  fitSamples: async (config, train, validation, context) => toTreeModel(await fitBoosting(config, train, validation, context)),
  load: (artifact) => toTreeModel(loadTrees("boosting", artifact)),
};

const forestFamily = (name: "extra-trees" | "forest", parseConfig: (raw: unknown) => ForestConfig): ModelFamily<ForestConfig> => ({
  name,
  parseConfig,
  steps: ({ steps }) => steps,
  fit: async (config, train, context) => toTreeModel(await fitForest(name, config, samplesOf(train), context)),
  // A forest needs no validation samples: what a tree leaves out scores it.
  fitSamples: async (config, train, _, context) => toTreeModel(await fitForest(name, config, train, context)),
  load: (artifact) => toTreeModel(loadTrees(name, artifact)),
});

/** Random forest: trees over bootstrap samples, each split among a part of the columns. */
export const forest = forestFamily("forest", parseForestConfig);
/** Extremely randomized trees: over all samples, thresholds drawn at random. */
export const extraTrees = forestFamily("extra-trees", parseExtraTreesConfig);
