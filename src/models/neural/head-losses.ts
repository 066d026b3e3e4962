// What the heads of a net cost, each against the same label.
import { binaryCrossEntropy, binaryFocal } from "#models/tensor/losses/classification.js";
import { icLoss, pairwiseLogistic } from "#models/tensor/losses/ranking.js";
import { gaussianNll, huber, mse, quantileLoss } from "#models/tensor/losses/regression.js";
import { add, div, maximum, mul, scale } from "#models/tensor/ops/arithmetic.js";
import { equal, greater, indicator, oneHot } from "#models/tensor/ops/compare.js";
import { constantOf, oneMinus } from "#models/tensor/ops/elementwise.js";
import { sum } from "#models/tensor/ops/reduce.js";
import { pick } from "#models/tensor/ops/shape.js";
import type { Graph } from "#models/tensor/graph.js";
import { dim, type Tensor } from "#models/tensor/tensor.js";
import { medianOf, scoreHead } from "./heads.js";
import type { HeadName, HeadsConfig } from "./heads-schema.js";

export interface Target {
  /** Standardized labels, `[batch]`. */
  readonly y: Tensor;
  /** Weight of each sample, `[batch]`; 0 for rows that only fill the batch. */
  readonly weight: Tensor;
  /** Number of the decision moment of each sample, counted from 0 within the batch, `[batch]`; null where no loss asks for it. */
  readonly moment: Tensor | null;
  /** Where a label of 0 lies among the standardized ones. */
  readonly zero: number;
}

type Raw = ReadonlyMap<HeadName, Tensor>;

/**
 * Weighted sum of the losses of the heads, and each by itself, not weighted. With `loss: nll` the return head has none of its own: the one
 * of the volatility head moves both.
 */
export function headLosses(
  g: Graph,
  raw: Raw,
  target: Target,
  heads: HeadsConfig,
): { readonly loss: Tensor; readonly parts: ReadonlyMap<HeadName, Tensor> } {
  const parts = new Map<HeadName, Tensor>();
  let loss: Tensor | null = null;
  for (const [name, output] of raw) {
    const part = lossOf(g, name, output, { raw, target, heads });
    if (part === null) continue;
    parts.set(name, part);
    const weighted = scale(g, part, heads[name]?.weight as number);
    loss = loss === null ? weighted : add(g, loss, weighted);
  }
  return { loss: loss as Tensor, parts };
}

interface Around {
  readonly raw: Raw;
  readonly target: Target;
  readonly heads: HeadsConfig;
}

function lossOf(g: Graph, name: HeadName, output: Tensor, around: Around): Tensor | null {
  const { raw, target, heads } = around;
  const { y, weight } = target;
  switch (name) {
    case "return":
      return returnLoss(g, output, target, heads);
    case "volatility": {
      const center = raw.get("return");
      // Unless both are one likelihood, the deviation adapts to the errors of the mean and leaves the mean alone.
      const joint = heads.return?.loss.kind === "nll";
      const mean = center === undefined ? g.zeros(y.shape) : joint ? center : constantOf(g, center);
      return gaussianNll(g, mean, scale(g, output, 2), y, weight);
    }
    case "direction":
      return directionLoss(g, output, target, heads.direction as Exclude<HeadsConfig["direction"], null>);
    case "quantiles":
      return quantileLoss(g, output, y, weight, heads.quantiles?.levels as number[]);
    case "confidence":
      return binaryCrossEntropy(g, output, isRight(g, around), weight);
    default:
      return name satisfies never;
  }
}

function returnLoss(g: Graph, output: Tensor, { y, weight, moment }: Target, heads: HeadsConfig): Tensor | null {
  const loss = (heads.return as Exclude<HeadsConfig["return"], null>).loss;
  switch (loss.kind) {
    case "mse":
      return mse(g, output, y, weight);
    case "huber":
      return huber(g, output, y, weight, loss.delta);
    case "nll":
      return null;
    case "ic":
      return icLoss(g, output, y, weight, byMoment(g, moment));
    case "rank":
      return pairwiseLogistic(g, output, y, weight, byMoment(g, moment));
    default:
      return loss satisfies never;
  }
}

/** As many groups as there may be: moments of the batch that are none have no weight. */
function byMoment(g: Graph, moment: Tensor | null): { readonly groups?: Tensor } {
  return moment === null ? {} : { groups: oneHot(g, moment, dim(moment, 0)) };
}

function directionLoss(
  g: Graph,
  output: Tensor,
  { y, weight, zero }: Target,
  { loss, gamma, balanced }: Exclude<HeadsConfig["direction"], null>,
): Tensor {
  const up = indicator(g, greater(g, y, g.scalar(zero)));
  const weights = balanced ? balance(g, up, weight) : weight;
  // Twice the focal loss of equal sides, which is the one without sides (eq. 4 of the paper).
  return loss === "focal"
    ? scale(g, binaryFocal(g, output, up, weights, { gamma, alpha: 0.5 }), 2)
    : binaryCrossEntropy(g, output, up, weights);
}

/** Weights whose sums over both sides are alike; those of a side that is not there change nothing. */
function balance(g: Graph, up: Tensor, weight: Tensor): Tensor {
  const total = sum(g, weight, [0]);
  const sided = [up, oneMinus(g, up)].map((side) => {
    const own = mul(g, side, weight);
    return mul(g, own, div(g, scale(g, total, 0.5), maximum(g, sum(g, own, [0]), g.scalar(1e-6))));
  }) as [Tensor, Tensor];
  return add(g, ...sided);
}

/** 1 where the score and the label stand on the same side of 0. */
function isRight(g: Graph, { raw, target: { y, zero }, heads }: Around): Tensor {
  const head = scoreHead(heads);
  const output = constantOf(g, raw.get(head) as Tensor);
  const score = head === "quantiles" ? pick(g, output, 1, medianOf(heads.quantiles?.levels as number[])) : output;
  const saysUp = indicator(g, greater(g, score, g.scalar(head === "direction" ? 0 : zero)));
  return indicator(g, equal(g, saysUp, indicator(g, greater(g, y, g.scalar(zero)))));
}
