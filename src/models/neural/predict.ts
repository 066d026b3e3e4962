// A trained net at work: the score of each instrument of a frame, and all that the net says of it for those who ask why.
import type { FeatureFrame } from "#domain/frame.js";
import { checkFeatures } from "#models/samples/check-features.js";
import { type KnownRows, knownRows } from "#models/samples/known-rows.js";
import { toOnnx } from "#models/tensor/onnx-file.js";
import { GraphRunner, type OutputValues } from "#models/tensor/runner.js";
import type { FittedModel } from "#ports/model.js";
import { loadNet, type NetCard, readCard } from "./artifact.js";
import { inferenceGraph, netSpecs } from "./graphs.js";
import { scoreOf } from "./heads.js";

export interface NeuralModel extends FittedModel {
  readonly card: NetCard;
  /**
   * What every head says of the members of which something is known, in the units of the label, and what layers show of themselves
   * (`readout.NAME`: weights of attention and the like). Slower than `predict`: the first call builds a graph of its own.
   */
  explain(frame: FeatureFrame): Promise<NetOutputs>;
}

export interface NetOutputs {
  /** Rows of the frame that the values are of. */
  readonly instruments: Int32Array;
  /** By name of the output, `[instrument]...`. */
  readonly outputs: ReadonlyMap<string, OutputValues>;
}

/** Throws `corrupt-artifact`. ONNX Runtime is loaded with the first prediction. */
export function toNeuralModel(bytes: Uint8Array): NeuralModel {
  const artifact = Uint8Array.from(bytes);
  const card = readCard(artifact);
  const { features, config } = card;
  const score = scoreOf(config.heads, card.labelMagnitude);
  const runner = new GraphRunner(artifact, "features");
  let explaining: { readonly runner: GraphRunner; readonly names: readonly string[] } | null = null;
  const rowsOf = (frame: FeatureFrame): KnownRows => {
    checkFeatures("neural", features, frame);
    return knownRows("neural", frame, config.steps);
  };
  const rowShape = [config.steps, features.length];
  return {
    family: "neural",
    features,
    steps: config.steps,
    card,
    save: () => artifact,
    async predict(frame) {
      const { instruments, x } = rowsOf(frame);
      const scores = new Float64Array(frame.instruments).fill(Number.NaN);
      if (instruments.length === 0) return scores;
      const { values } = (await runner.run(x, instruments.length, rowShape, [score.output])).get(score.output) as OutputValues;
      instruments.forEach((instrument, row) => (scores[instrument] = score.of(values, row)));
      return scores;
    },
    async explain(frame) {
      const { instruments, x } = rowsOf(frame);
      explaining ??= explainingRunner(artifact);
      if (instruments.length === 0) return { instruments, outputs: new Map() };
      return { instruments, outputs: await explaining.runner.run(x, instruments.length, rowShape, explaining.names) };
    },
  };
}

function explainingRunner(artifact: Uint8Array): { readonly runner: GraphRunner; readonly names: readonly string[] } {
  const { config, features, values, normalization } = loadNet(artifact);
  const shape = { features: features.length, steps: config.steps };
  const graph = inferenceGraph(config, netSpecs(config, shape), shape, values, normalization, { readouts: true });
  return { runner: new GraphRunner(toOnnx(graph), "features"), names: graph.outputs.map(({ name }) => name) };
}
