// The linear families behind the model port.
import type { FitContext, ModelFamily, TrainingSet } from "#ports/model.js";
import { type LinearFamily, type LinearParameters, loadLinear } from "./artifact.js";
import {
  parseElasticNetConfig,
  parseFactorConfig,
  parseHuberConfig,
  parseLassoConfig,
  parseLogisticConfig,
  parseRidgeConfig,
} from "./config.js";
import { fitFactor } from "./fit-factor.js";
import { fitHuber } from "./fit-huber.js";
import { fitLogistic } from "./fit-logistic.js";
import { fitElasticNet, fitLasso, fitRidge } from "./fit-squares.js";
import { toFittedModel } from "./predict.js";

type Fit<C> = (config: C, train: TrainingSet, context: FitContext) => LinearParameters;

const linear = <C>(name: LinearFamily, parseConfig: (raw: unknown) => C, fit: Fit<C>): ModelFamily<C> => ({
  name,
  parseConfig,
  steps: () => 1,
  fit: async (config, train, context) => toFittedModel(fit(config, train, context)),
  load: (artifact) => toFittedModel(loadLinear(name, artifact)),
});

/** Linear regression with an L2 penalty: predicts the label itself. */
export const ridge = linear("ridge", parseRidgeConfig, fitRidge);

/** With an L1 penalty: few features keep a coefficient. */
export const lasso = linear("lasso", parseLassoConfig, fitLasso);

/** With both penalties: few features, and copies share. */
export const elasticNet = linear("elastic-net", parseElasticNetConfig, fitElasticNet);

/** With errors that count by their square when small and by their size when large: single wild labels move little. */
export const huber = linear("huber", parseHuberConfig, fitHuber);

/** Logistic regression on the sign of the label: predicts (2p - 1) times the mean absolute training label. */
export const logistic = linear("logistic", parseLogisticConfig, fitLogistic);

/** Declared weights in place of fitted ones: a factor that is known beforehand. */
export const factor = linear("factor", parseFactorConfig, fitFactor);

/** All of them, for who lists or chooses among them. */
export const linearFamilies = [ridge, lasso, elasticNet, huber, logistic, factor] as readonly ModelFamily<unknown>[];
