// Elementwise functions of one operand. Each states its value and, beside it, what a gradient d of it becomes.
import type { Graph } from "../graph.js";
import type { Tensor } from "../tensor.js";
import { add, div, mul, neg, scale, shift, sub } from "./arithmetic.js";
import { equal, where } from "./compare.js";

/** exp x */
export function exp(g: Graph, x: Tensor): Tensor {
  const y = g.emit("Exp", [x], x.shape);
  return g.define(y, [x], (d) => [() => mul(g, d, y)]);
}

/** Natural logarithm. */
export function log(g: Graph, x: Tensor): Tensor {
  const y = g.emit("Log", [x], x.shape);
  return g.define(y, [x], (d) => [() => div(g, d, x)]);
}

export function sqrt(g: Graph, x: Tensor): Tensor {
  const y = g.emit("Sqrt", [x], x.shape);
  return g.define(y, [x], (d) => [() => div(g, scale(g, d, 0.5), y)]);
}

export function square(g: Graph, x: Tensor): Tensor {
  const y = g.emit("Mul", [x, x], x.shape);
  return g.define(y, [x], (d) => [() => scale(g, mul(g, d, x), 2)]);
}

/** x^k for a number k; `x` is at least 0, and above it where k < 1. */
export function pow(g: Graph, x: Tensor, k: number): Tensor {
  const y = g.emit("Pow", [x, g.scalar(k)], x.shape);
  return g.define(y, [x], (d) => [() => mul(g, d, scale(g, pow(g, x, k - 1), k))]);
}

/** |x|; the gradient at 0 is 0. */
export function abs(g: Graph, x: Tensor): Tensor {
  const y = g.emit("Abs", [x], x.shape);
  return g.define(y, [x], (d) => [() => mul(g, d, g.emit("Sign", [x], x.shape))]);
}

/** 1 / (1 + exp(-x)) */
export function sigmoid(g: Graph, x: Tensor): Tensor {
  const y = g.emit("Sigmoid", [x], x.shape);
  return g.define(y, [x], (d) => [() => mul(g, d, sub(g, y, g.emit("Mul", [y, y], y.shape)))]);
}

export function tanh(g: Graph, x: Tensor): Tensor {
  const y = g.emit("Tanh", [x], x.shape);
  return g.define(y, [x], (d) => [() => mul(g, d, sub(g, g.scalar(1), g.emit("Mul", [y, y], y.shape)))]);
}

/** So large that any value but 0 and its closest neighbors (below 1e-30) becomes more than 1: a step function in one pass. */
const STEEP = 1e30;

/** max(x, 0); the gradient at 0 is 0. */
export function relu(g: Graph, x: Tensor): Tensor {
  const y = g.emit("Relu", [x], x.shape);
  // min(max(STEEP y, 0), 1) is 1 where y > 0: half the time of Sign, a third of a comparison and a choice.
  const open = (): Tensor => g.emit("HardSigmoid", [y], y.shape, { attributes: { alpha: { float: STEEP }, beta: { float: 0 } } });
  return g.define(y, [x], (d) => [() => mul(g, d, open())]);
}

/** x for x > 0, else slope * x; the gradient at 0 is slope. `slope` in [0, 1). */
export function leakyRelu(g: Graph, x: Tensor, slope = 0.01): Tensor {
  const y = g.emit("LeakyRelu", [x], x.shape, { attributes: { alpha: { float: slope } } });
  // By y, which has the sign of x: nothing else keeps x, so that the runtime may rectify while it convolves.
  return g.define(y, [x], (d) => [() => mul(g, d, clip(g, scale(g, y, STEEP), slope, 1))]);
}

/** x for x > 0, else exp(x) - 1 (Clevert, Unterthiner & Hochreiter 2016). */
export function elu(g: Graph, x: Tensor): Tensor {
  const y = g.emit("Elu", [x], x.shape);
  // Below 0 the slope is exp x = y + 1.
  return g.define(y, [x], (d) => [() => mul(g, d, shift(g, g.emit("Min", [y, g.scalar(0)], x.shape), 1))]);
}

const LOG_NORMAL_PEAK = -0.5 * Math.log(2 * Math.PI);

/** x Phi(x), Phi the normal distribution function (Hendrycks & Gimpel 2016). */
export function gelu(g: Graph, x: Tensor): Tensor {
  const { scaled, below } = g.withoutTape(() => {
    const scaled = scale(g, x, Math.SQRT1_2);
    return { scaled, below: shift(g, scale(g, g.emit("Erf", [scaled], x.shape), 0.5), 0.5) };
  });
  const y = g.emit("Mul", [x, below], x.shape);
  return g.define(y, [x], (d) => [
    () => {
      const density = exp(g, sub(g, g.scalar(LOG_NORMAL_PEAK), mul(g, scaled, scaled)));
      return mul(g, d, add(g, below, mul(g, x, density)));
    },
  ]);
}

const TANH_SLOPE = Math.sqrt(2 / Math.PI);
const TANH_CUBE = 0.044715;

/** `gelu` with the normal distribution function by a tanh, 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))): what many published nets use. */
export function geluTanh(g: Graph, x: Tensor): Tensor {
  const bent = mul(g, scale(g, x, TANH_SLOPE), shift(g, scale(g, square(g, x), TANH_CUBE), 1));
  return mul(g, scale(g, x, 0.5), shift(g, tanh(g, bent), 1));
}

/** log(1 + exp x) = max(x, 0) + log(1 + exp(-|x|)), which no large x overflows. */
export function softplus(g: Graph, x: Tensor): Tensor {
  const y = g.emit("Softplus", [x], x.shape);
  return g.define(y, [x], (d) => [() => mul(g, d, sigmoid(g, x))]);
}

/** x kept within [low, high]; outside, the gradient is 0. */
export function clip(g: Graph, x: Tensor, low: number, high: number): Tensor {
  const y = g.emit("Clip", [x, g.scalar(low), g.scalar(high)], x.shape);
  return g.define(y, [x], (d) => [() => where(g, equal(g, x, y), d, g.scalar(0))]);
}

/** The values of x, through which no gradient flows. */
export function constantOf(g: Graph, x: Tensor): Tensor {
  return g.define(g.emit("Identity", [x], x.shape), [], () => []);
}

/** Softmax over the last axis. */
export function softmax(g: Graph, x: Tensor): Tensor {
  const y = g.emit("Softmax", [x], x.shape, { attributes: { axis: -1 } });
  return g.define(y, [x], (d) => [
    () => {
      const dy = mul(g, d, y);
      return sub(g, dy, mul(g, y, sumLast(g, dy)));
    },
  ]);
}

/** Logarithm of the softmax over the last axis. */
export function logSoftmax(g: Graph, x: Tensor): Tensor {
  const y = g.emit("LogSoftmax", [x], x.shape, { attributes: { axis: -1 } });
  return g.define(y, [x], (d) => [() => sub(g, d, mul(g, exp(g, y), sumLast(g, d)))]);
}

/** 1 - x */
export function oneMinus(g: Graph, x: Tensor): Tensor {
  return shift(g, neg(g, x), 1);
}

function sumLast(g: Graph, x: Tensor): Tensor {
  const shape = [...x.shape.slice(0, -1), 1];
  return g.emit("ReduceSum", [x, g.integers([x.shape.length - 1])], shape, { attributes: { keepdims: 1 } });
}
