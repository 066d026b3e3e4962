// The three graphs of a net: one that learns, one that measures the loss, one that is kept as an ONNX file.
import { gradient } from "#models/tensor/gradient.js";
import type { DropoutMask, Graph } from "#models/tensor/graph.js";
import { BATCH, type Tensor } from "#models/tensor/tensor.js";
import { type Build, collectSpecs, openBuild, type Specs, type Values } from "./blocks/build.js";
import type { NetConfig } from "./config.js";
import { buildHeads, headLosses, headPredictions } from "./heads.js";
import { buildBody } from "./blocks/body.js";
import { type LabelScale, normalize, type Normalization } from "./normalize-input.js";

export interface NetShape {
  readonly features: number;
  readonly steps: number;
}

/** `[batch][width]` before the heads. `x` is standardized, `[batch][step][feature]`, 0 where nothing is known. */
function bodyAndHeads(build: Build, x: Tensor, config: NetConfig): ReadonlyMap<string, Tensor> {
  return buildHeads(build, buildBody(build, x, config.blocks), config.heads);
}

export function netSpecs(config: NetConfig, { features, steps }: NetShape): Specs {
  return collectSpecs((build) => {
    bodyAndHeads(build, build.g.input("x", [2, steps, features]), config);
  });
}

/**
 * Inputs: the parameters by name; `x` `[batch][step][feature]`, standardized; `y` `[batch]`, standardized labels; `weight` `[batch]`, 0
 * for rows that only fill the batch; masks of dropout.
 * Outputs: `loss`; `loss.HEAD`; `gradient.PARAMETER`; `statistic.BUFFER`.
 */
export function trainingGraph(
  config: NetConfig,
  specs: Specs,
  shape: NetShape,
  batch: number,
  label: LabelScale,
): {
  readonly graph: Graph;
  readonly masks: readonly DropoutMask[];
  /** Names of the buffers that have a `statistic.NAME`. */
  readonly statistics: readonly string[];
} {
  const { build, parameters } = openBuild("train", specs, null);
  const { g } = build;
  const { loss } = lossOf(build, config, shape, batch, label);
  gradient(g, loss, parameters).forEach((tensor, i) => g.output(`gradient.${(specs.parameters[i] as { name: string }).name}`, tensor));
  for (const { name, value } of build.statistics) g.output(`statistic.${name}`, value);
  return { graph: g, masks: g.masks, statistics: build.statistics.map(({ name }) => name) };
}

/** Inputs as of `trainingGraph`, and the buffers by name; outputs `loss`, `loss.HEAD`, and per head its prediction in standardized units. */
export function evaluationGraph(config: NetConfig, specs: Specs, shape: NetShape, batch: number, label: LabelScale): Graph {
  const { build } = openBuild("evaluate", specs, null);
  const { raw } = lossOf(build, config, shape, batch, label);
  for (const [name, tensor] of headPredictions(build, raw, config.heads, { mean: 0, scale: 1 })) build.g.output(name, tensor);
  return build.g;
}

/**
 * Input `features` `[batch][step][feature]`, as the feature store gives them, NaN where nothing is known; any batch.
 * Outputs: one per head in the units of the label; with `readouts`, what layers show of themselves, as `readout.NAME`.
 */
export function inferenceGraph(
  config: NetConfig,
  specs: Specs,
  shape: NetShape,
  values: Values,
  normalization: Normalization,
  options: { readonly readouts?: boolean; readonly batch?: number } = {},
): Graph {
  const { build } = openBuild("infer", specs, values);
  const { g } = build;
  const raw = g.input("features", [options.batch ?? BATCH, shape.steps, shape.features]);
  const heads = bodyAndHeads(build, normalize(g, raw, normalization), config);
  for (const [name, tensor] of headPredictions(build, heads, config.heads, normalization.label)) g.output(name, tensor);
  if (options.readouts === true) for (const [name, tensor] of build.readouts) g.output(`readout.${name}`, tensor);
  return g;
}

function lossOf(
  build: Build,
  config: NetConfig,
  { features, steps }: NetShape,
  batch: number,
  label: LabelScale,
): { readonly loss: Tensor; readonly raw: ReadonlyMap<string, Tensor> } {
  const { g } = build;
  const x = g.input("x", [batch, steps, features]);
  const y = g.input("y", [batch]);
  const weight = g.input("weight", [batch]);
  const raw = bodyAndHeads(build, x, config);
  const { loss, parts } = headLosses(build, raw, { y, weight, zero: -label.mean / label.scale }, config.heads);
  g.output("loss", loss);
  for (const [name, part] of parts) g.output(`loss.${name}`, part);
  return { loss, raw };
}
