// Elementwise operations of two operands, with the broadcasting of NumPy, and of an operand and a number.
import type { Graph } from "../graph.js";
import { broadcast, type Tensor } from "../tensor.js";
import { reduceTo } from "./reduce.js";

/** a + b */
export function add(g: Graph, a: Tensor, b: Tensor): Tensor {
  const y = g.emit("Add", [a, b], broadcast(a.shape, b.shape));
  return g.define(y, [a, b], (d) => [() => reduceTo(g, d, a.shape), () => reduceTo(g, d, b.shape)]);
}

/** a - b */
export function sub(g: Graph, a: Tensor, b: Tensor): Tensor {
  const y = g.emit("Sub", [a, b], broadcast(a.shape, b.shape));
  return g.define(y, [a, b], (d) => [() => reduceTo(g, d, a.shape), () => neg(g, reduceTo(g, d, b.shape))]);
}

/** a * b */
export function mul(g: Graph, a: Tensor, b: Tensor): Tensor {
  const y = g.emit("Mul", [a, b], broadcast(a.shape, b.shape));
  return g.define(y, [a, b], (d) => [() => reduceTo(g, mul(g, d, b), a.shape), () => reduceTo(g, mul(g, d, a), b.shape)]);
}

/** a / b */
export function div(g: Graph, a: Tensor, b: Tensor): Tensor {
  const y = g.emit("Div", [a, b], broadcast(a.shape, b.shape));
  return g.define(y, [a, b], (d) => [
    () => reduceTo(g, div(g, d, b), a.shape),
    () => reduceTo(g, neg(g, div(g, mul(g, d, y), b)), b.shape),
  ]);
}

/** The smaller of both; where they are equal, each gets half of the gradient. */
export function minimum(g: Graph, a: Tensor, b: Tensor): Tensor {
  return neg(g, maximum(g, neg(g, a), neg(g, b)));
}

/** The larger of both; where they are equal, each gets half of the gradient. */
export function maximum(g: Graph, a: Tensor, b: Tensor): Tensor {
  const shape = broadcast(a.shape, b.shape);
  const y = g.emit("Max", [a, b], shape);
  return g.define(y, [a, b], (d) => {
    // sign(a - b) is 1, 0 or -1: half of it and a half is the share of a.
    const share = shift(g, scale(g, g.emit("Sign", [g.emit("Sub", [a, b], shape)], shape), 0.5), 0.5);
    return [() => reduceTo(g, mul(g, d, share), a.shape), () => reduceTo(g, sub(g, d, mul(g, d, share)), b.shape)];
  });
}

/** -x */
export function neg(g: Graph, x: Tensor): Tensor {
  const y = g.emit("Neg", [x], x.shape);
  return g.define(y, [x], (d) => [() => neg(g, d)]);
}

/** k x, for a number k */
export function scale(g: Graph, x: Tensor, k: number): Tensor {
  if (k === 1) return x;
  const y = g.emit("Mul", [x, g.scalar(k)], x.shape);
  return g.define(y, [x], (d) => [() => scale(g, d, k)]);
}

/** x + k, for a number k */
export function shift(g: Graph, x: Tensor, k: number): Tensor {
  const y = g.emit("Add", [x, g.scalar(k)], x.shape);
  return g.define(y, [x], (d) => [() => d]);
}
