// The heads of a net: what it predicts, and what a reader gets of that.
import { concat, reshape, split } from "#models/tensor/ops/shape.js";
import { clip, exp, sigmoid, softplus } from "#models/tensor/ops/elementwise.js";
import { matmul } from "#models/tensor/ops/matrix.js";
import { scale, shift } from "#models/tensor/ops/arithmetic.js";
import { dim, type Tensor } from "#models/tensor/tensor.js";
import type { Graph } from "#models/tensor/graph.js";
import { affine } from "./blocks/affine.js";
import { type Build, within } from "./blocks/build.js";
import type { HeadName, HeadsConfig } from "./heads-schema.js";
import type { LabelScale } from "./normalize-input.js";

/** Largest |log deviation| in units of the label's own deviation: a factor of a thousand. */
const WIDEST = 7;

/**
 * Standardized outputs by head: `return` the expected label, `volatility` the logarithm of its standard deviation, `direction` and
 * `confidence` log odds, all `[batch]`; `quantiles` `[batch][level]`, rising. Every head is an affine map of the body.
 */
export function buildHeads(build: Build, body: Tensor, heads: HeadsConfig): ReadonlyMap<HeadName, Tensor> {
  const { g } = build;
  const raw = new Map<HeadName, Tensor>();
  for (const name of Object.keys(heads) as HeadName[]) {
    if (heads[name] === null) continue;
    const width = heads.quantiles !== null && name === "quantiles" ? heads.quantiles.levels.length : 1;
    const y = affine(within(build, `head.${name}`), body, width);
    raw.set(name, name === "quantiles" ? rising(g, y) : reshape(g, y, [dim(y, 0)]));
  }
  const volatility = raw.get("volatility");
  if (volatility !== undefined) raw.set("volatility", clip(g, volatility, -WIDEST, WIDEST));
  return raw;
}

/** The first as it is, each further one above the one before by a softplus: quantiles that cannot cross. */
function rising(g: Graph, x: Tensor): Tensor {
  const count = dim(x, 1);
  if (count === 1) return x;
  const [lowest, rest] = split(g, x, [1, count - 1], 1) as [Tensor, Tensor];
  const upTo = Float32Array.from({ length: count * count }, (_, i) => (Math.floor(i / count) <= i % count ? 1 : 0));
  return matmul(g, concat(g, [lowest, softplus(g, rest)], 1), g.constant(upTo, [count, count]));
}

/** What a reader gets, by head: `return` and `quantiles` in label units, `volatility` as their deviation, the others as probabilities. */
export function headPredictions({ g }: Build, raw: ReadonlyMap<HeadName, Tensor>, label: LabelScale): ReadonlyMap<HeadName, Tensor> {
  return new Map([...raw].map(([name, tensor]) => [name, predictionOf(g, name, tensor, label)]));
}

function predictionOf(g: Graph, name: HeadName, x: Tensor, label: LabelScale): Tensor {
  switch (name) {
    case "return":
    case "quantiles":
      return shift(g, scale(g, x, label.scale), label.mean);
    case "volatility":
      return scale(g, exp(g, x), label.scale);
    case "direction":
    case "confidence":
      return sigmoid(g, x);
    default:
      return name satisfies never;
  }
}

export interface Score {
  /** The prediction that it is read from. */
  readonly output: HeadName;
  /** Numbers per sample in that prediction. */
  readonly width: number;
  /** Expected label of a sample, from the values of the prediction over the batch. */
  readonly of: (values: Float32Array, sample: number) => number;
}

/**
 * What a net says of the label as one number: the return head; else (2p - 1) times the mean size of the training labels, p from the
 * direction head; else the quantile nearest to the median. `magnitude`: mean |label| over the training samples.
 */
export function scoreOf(heads: HeadsConfig, magnitude: number): Score {
  const output = scoreHead(heads);
  if (output === "return") return { output, width: 1, of: (values, sample) => values[sample] as number };
  if (output === "direction") return { output, width: 1, of: (values, sample) => (2 * (values[sample] as number) - 1) * magnitude };
  const { levels } = heads.quantiles as { levels: readonly number[] };
  const median = medianOf(levels);
  return { output, width: levels.length, of: (values, sample) => values[sample * levels.length + median] as number };
}

/** The head that the score comes from. */
export function scoreHead(heads: HeadsConfig): "return" | "direction" | "quantiles" {
  if (heads.return !== null) return "return";
  return heads.direction === null ? "quantiles" : "direction";
}

/** Place of the level nearest to one half. */
export function medianOf(levels: readonly number[]): number {
  return levels.reduce((best, level, i) => (Math.abs(level - 0.5) < Math.abs((levels[best] as number) - 0.5) ? i : best), 0);
}
