// A trained net as one ONNX file: the graph with parameters and normalization in it, and our card among its notes. Whatever runs ONNX
// opens it; Truewind reads the card, and the parameters back by their names. The same net gives the same bytes.
import { invariant } from "#base/errors.js";
import { toOnnx } from "#models/tensor/onnx-file.js";
import { readTensors } from "#models/tensor/onnx-reader.js";
import { parameterCount, type ParameterSpec } from "#models/tensor/parameters.js";
import { openSealed, sealOnnx } from "#models/tensor/sealed-file.js";
import { type NeuralConfig, parseNeuralConfig } from "./config.js";
import { inferenceGraph, netSpecs } from "./graphs.js";
import { INVERSE_DEVIATION, type LabelScale, MEAN } from "./normalize-input.js";
import type { HeadName } from "./heads-schema.js";
import { scoreHead } from "./heads.js";
import type { TrainedNet } from "./trained-net.js";
import type { EpochRecord } from "./training/epoch-record.js";

const HEAD = { family: "neural", version: 1 } as const;

/** What the file says of itself, under the key `truewind.card` of its notes. */
export interface NetCard {
  readonly family: "neural";
  readonly version: 1;
  readonly features: readonly string[];
  readonly config: NeuralConfig;
  /** The head that the score is read from: `scoreOf` says how. */
  readonly score: HeadName;
  readonly clip: number;
  readonly label: LabelScale;
  readonly labelMagnitude: number;
  readonly history: readonly EpochRecord[];
}

export function saveNet({ config, features, values, normalization, history, labelMagnitude }: TrainedNet): Uint8Array {
  const shape = { features: features.length, steps: config.steps };
  const graph = inferenceGraph(config, netSpecs(config, shape), shape, values, normalization);
  const { clip, label } = normalization;
  const score = scoreHead(config.heads);
  const card: NetCard = { ...HEAD, features, config, score, clip, label, labelMagnitude, history };
  return sealOnnx(toOnnx(graph), card);
}

/** Reads the card alone. Throws `corrupt-artifact`. */
export function readCard(artifact: Uint8Array): NetCard {
  const { card } = openSealed<NetCard>(artifact, HEAD);
  return { ...card, config: parseNeuralConfig(card.config) };
}

/** The whole net, for those who build another graph of it. Throws `corrupt-artifact`. */
export function loadNet(artifact: Uint8Array): TrainedNet {
  const { card, facts } = openSealed<NetCard>(artifact, HEAD);
  const config = parseNeuralConfig(card.config);
  const { features, clip, label, history, labelMagnitude } = card;
  const specs = netSpecs(config, { features: features.length, steps: config.steps });
  const tensors = readTensors(facts.graph);
  const tensor = (name: string): Float32Array => {
    const found = tensors.get(name);
    invariant(found !== undefined, `a whole net lacks ${name}`);
    return found;
  };
  const together = (parts: readonly ParameterSpec[]): Float32Array => {
    const values = new Float32Array(parameterCount(parts));
    for (const { name, offset } of parts) values.set(tensor(name), offset);
    return values;
  };
  return {
    config,
    features,
    values: { parameters: together(specs.parameters), buffers: together(specs.buffers) },
    normalization: { mean: tensor(MEAN), inverseDeviation: tensor(INVERSE_DEVIATION), clip, label },
    history,
    labelMagnitude,
  };
}
