// Layer and batch normalization.
import type { Graph } from "../graph.js";
import { dim, type Tensor } from "../tensor.js";
import { add, mul, scale, shift, sub } from "./arithmetic.js";
import { sqrt, square } from "./elementwise.js";
import { mean, reduceTo } from "./reduce.js";
import { reshape } from "./shape.js";

const EPSILON = 1e-5;

/** Over the last axis, with gain and shift per entry (Ba, Kiros & Hinton 2016). */
export function layerNorm(g: Graph, x: Tensor, gain: Tensor, bias: Tensor): Tensor {
  const width = dim(x, -1);
  const rows = x.shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const flat = g.withoutTape(() => reshape(g, x, [rows, width]));
  const attributes = { axis: -1, epsilon: { float: EPSILON } };
  // The standard operator gives mean and 1 / deviation beside its value; inference has no use for them.
  const [value, center, inverse] = g.emitMany(
    "LayerNormalization",
    [flat, gain, bias],
    g.purpose === "training" ? [flat.shape, [rows, 1], [rows, 1]] : [flat.shape],
    { attributes },
  ) as [Tensor, Tensor, Tensor];
  const y = g.withoutTape(() => reshape(g, value, x.shape));
  g.record([x, gain, bias], [y], ([upstream]) => {
    const d = reshape(g, upstream as Tensor, [rows, width]);
    const standard = mul(g, sub(g, flat, center), inverse);
    return [
      () => {
        const dz = mul(g, d, gain);
        const along = mean(g, mul(g, dz, standard), [1], true);
        const inner = sub(g, sub(g, dz, mean(g, dz, [1], true)), mul(g, standard, along));
        return reshape(g, mul(g, inner, inverse), x.shape);
      },
      () => reduceTo(g, mul(g, d, standard), [width]),
      () => reduceTo(g, d, [width]),
    ];
  });
  return y;
}

export interface BatchStatistics {
  /** Mean and population variance of the batch, `[width]`. */
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** Standardizes the last axis by the statistics of the batch, all other axes taken together (Ioffe & Szegedy 2015, algorithm 1). */
export function batchNorm(g: Graph, x: Tensor, gain: Tensor, bias: Tensor): { readonly y: Tensor; readonly statistics: BatchStatistics } {
  const width = dim(x, -1);
  const rows = x.shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const flat = reshape(g, x, [rows, width]);
  const center = mean(g, flat, [0], true);
  const deviation = sub(g, flat, center);
  const variance = mean(g, square(g, deviation), [0], true);
  const standard = divideByRoot(g, deviation, variance);
  const y = reshape(g, add(g, mul(g, standard, gain), bias), x.shape);
  return { y, statistics: { mean: reshape(g, center, [width]), variance: reshape(g, variance, [width]) } };
}

/** Standardizes the last axis by statistics of the past: what inference does with the running ones. */
export function fixedNorm(g: Graph, x: Tensor, statistics: BatchStatistics, gain: Tensor, bias: Tensor): Tensor {
  const standard = divideByRoot(g, sub(g, x, statistics.mean), statistics.variance);
  return add(g, mul(g, standard, gain), bias);
}

function divideByRoot(g: Graph, x: Tensor, variance: Tensor): Tensor {
  const root = sqrt(g, shift(g, variance, EPSILON));
  const y = g.emit("Div", [x, root], x.shape);
  return g.define(y, [x, root], (d) => [
    () => g.emit("Div", [d, root], x.shape),
    () => scale(g, reduceTo(g, g.emit("Div", [mul(g, d, y), root], x.shape), root.shape), -1),
  ]);
}
