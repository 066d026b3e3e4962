// Neural nets behind the model port.
import { samplesOf } from "#models/samples/windows.js";
import type { ModelFamily } from "#ports/model.js";
import { saveNet } from "./artifact.js";
import { type NeuralConfig, parseNeuralConfig } from "./config.js";
import { fitNet } from "./fit.js";
import { type NeuralModel, toNeuralModel } from "./predict.js";

/** A net of blocks, trained by gradient descent: predicts the expected label of its heads. */
export const neural: ModelFamily<NeuralConfig> & { load(artifact: Uint8Array): NeuralModel } = {
  name: "neural",
  parseConfig: parseNeuralConfig,
  steps: ({ steps }) => steps,
  fit: async (config, train, context) => toNeuralModel(saveNet(await fitNet(config, samplesOf(train), null, context))),
  fitSamples: async (config, train, validation, context) => toNeuralModel(saveNet(await fitNet(config, train, validation, context))),
  load: toNeuralModel,
};
