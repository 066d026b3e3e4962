// Comparisons and choices. No gradient flows through a condition.
import type { Graph } from "../graph.js";
import { broadcast, type Tensor } from "../tensor.js";
import { reduceTo } from "./reduce.js";

/** a > b, true or false. */
export function greater(g: Graph, a: Tensor, b: Tensor): Tensor {
  return g.emit("Greater", [a, b], broadcast(a.shape, b.shape), { type: "bool" });
}

/** a = b, true or false. */
export function equal(g: Graph, a: Tensor, b: Tensor): Tensor {
  return g.emit("Equal", [a, b], broadcast(a.shape, b.shape), { type: "bool" });
}

/** 1 where the condition holds, else 0. */
export function indicator(g: Graph, condition: Tensor): Tensor {
  return g.emit("Cast", [condition], condition.shape, { attributes: { to: 1 } });
}

/** `a` where the condition holds, else `b`; the other's gradient is 0 there, even if its value is not finite. */
export function where(g: Graph, condition: Tensor, a: Tensor, b: Tensor): Tensor {
  const y = g.emit("Where", [condition, a, b], broadcast(condition.shape, broadcast(a.shape, b.shape)));
  return g.define(y, [a, b], (d) => [
    () => reduceTo(g, where(g, condition, d, g.scalar(0)), a.shape),
    () => reduceTo(g, where(g, condition, g.scalar(0), d), b.shape),
  ]);
}

/** `[batch]` of class numbers 0, 1, ... to `[batch][classes]`, 1 at the class. */
export function oneHot(g: Graph, label: Tensor, classes: number): Tensor {
  const numbers = g.constant(
    Float32Array.from({ length: classes }, (_, i) => i),
    [1, classes],
  );
  const column = g.emit("Reshape", [label, g.integers([-1, 1])], [label.shape[0] as number, 1]);
  return indicator(g, equal(g, column, numbers));
}
