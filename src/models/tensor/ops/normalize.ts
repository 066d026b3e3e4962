// Layer and batch normalization. Their derivatives are written as few passes over all entries: what is one number per row or per channel
// is worked out apart, and sums across rows are products with ones.
import type { Graph } from "../graph.js";
import { dim, type Tensor } from "../tensor.js";
import { add, div, mul, scale, shift, sub } from "./arithmetic.js";
import { sqrt } from "./elementwise.js";
import { gemm } from "./matrix.js";
import { reduceTo } from "./reduce.js";
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
    const product = mul(g, d, flat);
    return [
      () => {
        // With z = (x - center) inverse and e = d gain, dx = inverse (e - mean e - z mean (e z)) = inverse e - slope x - rest, row by row.
        const column = reshape(g, scale(g, gain, 1 / width), [width, 1]);
        const meanE = gemm(g, d, column, {});
        const meanEx = gemm(g, product, column, {});
        const slope = mul(g, mul(g, mul(g, inverse, inverse), inverse), sub(g, meanEx, mul(g, center, meanE)));
        const rest = sub(g, mul(g, inverse, meanE), mul(g, center, slope));
        const inner = sub(g, mul(g, mul(g, d, gain), inverse), mul(g, flat, slope));
        return reshape(g, sub(g, inner, rest), x.shape);
      },
      () => {
        const ofProduct = gemm(g, inverse, product, { transposeA: true });
        const ofD = gemm(g, mul(g, inverse, center), d, { transposeA: true });
        return reshape(g, sub(g, ofProduct, ofD), [width]);
      },
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

/**
 * Standardizes the last axis by the statistics of the batch, all other axes taken together (Ioffe & Szegedy 2015, algorithm 1). No gradient
 * flows through the statistics as they are handed out; through y it does.
 */
export function batchNorm(g: Graph, x: Tensor, gain: Tensor, bias: Tensor): { readonly y: Tensor; readonly statistics: BatchStatistics } {
  const width = dim(x, -1);
  const rows = x.shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const meanOf = (tensor: Tensor): Tensor => scale(g, reduceTo(g, tensor, [width]), 1 / rows);
  const { deviation, inverse, y, statistics } = g.withoutTape(() => {
    const flat = reshape(g, x, [rows, width]);
    const mean = meanOf(flat);
    const deviation = sub(g, flat, mean);
    const variance = meanOf(mul(g, deviation, deviation));
    const inverse = inverseRoot(g, variance);
    const y = add(g, mul(g, deviation, mul(g, inverse, gain)), bias);
    return { deviation, inverse, y: reshape(g, y, x.shape), statistics: { mean, variance } };
  });
  g.record([x, gain, bias], [y], ([upstream]) => {
    const d = reshape(g, upstream as Tensor, [rows, width]);
    const sum = reduceTo(g, d, [width]);
    const along = reduceTo(g, mul(g, d, deviation), [width]);
    return [
      () => {
        // gain inverse (d - mean d - deviation inverse^2 mean (d deviation)), channel by channel
        const factor = mul(g, gain, inverse);
        const slope = mul(g, mul(g, factor, mul(g, inverse, inverse)), scale(g, along, 1 / rows));
        const inner = sub(g, mul(g, d, factor), mul(g, deviation, slope));
        return reshape(g, sub(g, inner, mul(g, factor, scale(g, sum, 1 / rows))), x.shape);
      },
      () => mul(g, along, inverse),
      () => sum,
    ];
  });
  return { y, statistics };
}

/** Standardizes the last axis by statistics of the past: what inference does with the running ones. */
export function fixedNorm(g: Graph, x: Tensor, { mean, variance }: BatchStatistics, gain: Tensor, bias: Tensor): Tensor {
  const factor = mul(g, gain, inverseRoot(g, variance));
  return add(g, mul(g, sub(g, x, mean), factor), bias);
}

function inverseRoot(g: Graph, variance: Tensor): Tensor {
  return div(g, g.scalar(1), sqrt(g, shift(g, variance, EPSILON)));
}
