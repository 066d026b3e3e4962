// The three graphs of a net: one that learns, one that measures the loss, one that is kept as an ONNX file.
import { gradient } from "#models/tensor/gradient.js";
import type { DropoutMask, Graph } from "#models/tensor/graph.js";
import { BATCH, type Tensor } from "#models/tensor/tensor.js";
import { type Build, collectSpecs, openBuild, type Specs, type Values } from "./blocks/build.js";
import type { NetConfig } from "./config.js";
import { headLosses } from "./head-losses.js";
import { buildHeads, headPredictions } from "./heads.js";
import { batchingOf, type HeadName } from "./heads-schema.js";
import { buildBody } from "./blocks/body.js";
import { type LabelScale, normalize, type Normalization } from "./normalize-input.js";

export interface NetShape {
  readonly features: number;
  readonly steps: number;
}

/** Raw outputs by head. `x` is standardized, `[batch][step][feature]`, 0 where nothing is known. */
export function bodyAndHeads(build: Build, x: Tensor, config: NetConfig): ReadonlyMap<HeadName, Tensor> {
  return buildHeads(build, buildBody(build, x, config.blocks), config.heads);
}

export function netSpecs(config: NetConfig, { features, steps }: NetShape): Specs {
  return collectSpecs((build) => {
    bodyAndHeads(build, build.g.input("x", [2, steps, features]), config);
  });
}

/**
 * Inputs: the parameters by name; `x` `[batch][step][feature]`, standardized; `y` `[batch]`, standardized labels; `weight` `[batch]`, 0
 * for rows that only fill the batch; `moment` `[batch]`, only where `batchingOf` the heads is "moments": the number of the row's decision
 * moment, counted from 0 within the batch (as float32), rows that only fill taking any; masks of dropout.
 * Batch norm counts rows without weight like any other: fill with rows of the sample, not with zeros.
 * Outputs: `loss`; `loss.HEAD`, which a return head with `loss: nll` lacks; `gradient.PARAMETER`; `statistic.BUFFER`.
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
  for (const [name, tensor] of headPredictions(build, raw, { mean: 0, scale: 1 })) build.g.output(name, tensor);
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
  for (const [name, tensor] of headPredictions(build, heads, normalization.label)) g.output(name, tensor);
  if (options.readouts === true) for (const [name, tensor] of build.readouts) g.output(`readout.${name}`, tensor);
  return g;
}

function lossOf(
  build: Build,
  config: NetConfig,
  { features, steps }: NetShape,
  batch: number,
  label: LabelScale,
): { readonly loss: Tensor; readonly raw: ReadonlyMap<HeadName, Tensor> } {
  const { g } = build;
  const x = g.input("x", [batch, steps, features]);
  const y = g.input("y", [batch]);
  const weight = g.input("weight", [batch]);
  const moment = batchingOf(config.heads) === "moments" ? g.input("moment", [batch]) : null;
  const raw = bodyAndHeads(build, x, config);
  const target = { y, weight, moment, zero: -label.mean / label.scale };
  const { loss, parts } = headLosses(g, raw, target, config.heads);
  g.output("loss", loss);
  for (const [name, part] of parts) g.output(`loss.${name}`, part);
  return { loss, raw };
}
