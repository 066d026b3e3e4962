// The two linear families behind the model port.
import type { ModelFamily } from "#ports/model.js";
import { loadLinear } from "./artifact.js";
import { parseLogisticConfig, parseRidgeConfig } from "./config.js";
import type { LogisticConfig, RidgeConfig } from "./config.js";
import { fitLogistic, fitRidge } from "./fit.js";
import { toFittedModel } from "./predict.js";

/** Linear regression with an L2 penalty: predicts the label itself. */
export const ridge: ModelFamily<RidgeConfig> = {
  name: "ridge",
  parseConfig: parseRidgeConfig,
  steps: () => 1,
  fit: async (config, train, context) => toFittedModel(fitRidge(config, train, context)),
  load: (artifact) => toFittedModel(loadLinear("ridge", artifact)),
};

/** Logistic regression on the sign of the label, with an L2 penalty: predicts (2p - 1) times the mean absolute training label. */
export const logistic: ModelFamily<LogisticConfig> = {
  name: "logistic",
  parseConfig: parseLogisticConfig,
  steps: () => 1,
  fit: async (config, train, context) => toFittedModel(fitLogistic(config, train, context)),
  load: (artifact) => toFittedModel(loadLinear("logistic", artifact)),
};
