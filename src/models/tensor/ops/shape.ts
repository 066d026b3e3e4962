// Operations that move values and change none.
import { invariant } from "#base/errors.js";
import type { Graph } from "../graph.js";
import { axisOf, holdsBatch, sameShape, type Shape, sizeOf, type Tensor } from "../tensor.js";

/** The same values in the same order under another shape of the same size. */
export function reshape(g: Graph, x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  invariant(sizeOf(x.shape) === sizeOf(shape), `[${x.shape.join()}] does not reshape to [${shape.join()}]`);
  // The axis that holds an unknown batch is left to the runtime.
  const y = g.emit("Reshape", [x, g.integers(shape.map((size) => (holdsBatch(size) ? -1 : size)))], shape);
  return g.define(y, [x], (d) => [() => reshape(g, d, x.shape)]);
}

/** Axis `i` of the result is axis `order[i]` of `x`. */
export function transpose(g: Graph, x: Tensor, order: readonly number[]): Tensor {
  if (order.every((axis, i) => axis === i)) return x;
  const shape = order.map((axis) => x.shape[axis] as number);
  const y = g.emit("Transpose", [x], shape, { attributes: { perm: order } });
  return g.define(y, [x], (d) => [
    () =>
      transpose(
        g,
        d,
        order.map((_, axis) => order.indexOf(axis)),
      ),
  ]);
}

/** Joins along an axis; all other axes agree. */
export function concat(g: Graph, parts: readonly Tensor[], axis: number): Tensor {
  const [first] = parts;
  invariant(first !== undefined, "nothing to join");
  if (parts.length === 1) return first;
  const at = axisOf(first.shape, axis);
  const sizes = parts.map(({ shape }) => shape[at] as number);
  const shape = first.shape.map((size, i) => (i === at ? sizes.reduce((sum, part) => sum + part, 0) : size));
  const y = g.emit("Concat", parts, shape, { attributes: { axis: at } });
  return g.define(y, parts, (d) => {
    let cut: readonly Tensor[] | null = null;
    return parts.map((_, i) => () => (cut ??= split(g, d, sizes, at))[i] as Tensor);
  });
}

/** Cuts along an axis into parts of the given sizes, which add up to it. */
export function split(g: Graph, x: Tensor, sizes: readonly number[], axis: number): readonly Tensor[] {
  if (sizes.length === 1) return [x];
  const at = axisOf(x.shape, axis);
  const shapes = sizes.map((part) => x.shape.map((size, i) => (i === at ? part : size)));
  const parts = g.emitMany("Split", [x, g.integers(sizes)], shapes, { attributes: { axis: at } });
  g.record([x], parts, (d) => [
    () =>
      concat(
        g,
        d.map((part, i) => part ?? g.zeros(shapes[i] as Shape)),
        at,
      ),
  ]);
  return parts;
}

/** Positions `from` to `to` (exclusive) along an axis. */
export function slice(g: Graph, x: Tensor, axis: number, from: number, to: number): Tensor {
  const at = axisOf(x.shape, axis);
  const size = x.shape[at] as number;
  if (from === 0 && to === size) return x;
  const shape = x.shape.map((n, i) => (i === at ? to - from : n));
  const y = g.emit("Slice", [x, g.integers([from]), g.integers([to]), g.integers([at])], shape);
  return g.define(y, [x], (d) => [() => pad(g, d, at, from, size - to)]);
}

/** Puts `before` and `after` zeros around an axis. */
export function pad(g: Graph, x: Tensor, axis: number, before: number, after: number): Tensor {
  if (before === 0 && after === 0) return x;
  const at = axisOf(x.shape, axis);
  const size = x.shape[at] as number;
  const ends = (amount: number): readonly number[] => x.shape.map((_, i) => (i === at ? amount : 0));
  const shape = x.shape.map((n, i) => (i === at ? before + n + after : n));
  const y = g.emit("Pad", [x, g.integers([...ends(before), ...ends(after)])], shape);
  return g.define(y, [x], (d) => [() => slice(g, d, at, before, before + size)]);
}

/** One position of an axis, which disappears; -1 is the last. */
export function pick(g: Graph, x: Tensor, axis: number, position: number): Tensor {
  const at = axisOf(x.shape, axis);
  const from = position < 0 ? position + (x.shape[at] as number) : position;
  const shape = x.shape.filter((_, i) => i !== at);
  return reshape(g, slice(g, x, at, from, from + 1), shape);
}

/** Repeats axes of size 1 up to `shape`, which has the same rank. */
export function expand(g: Graph, x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  invariant(!shape.some(holdsBatch), "an unknown batch cannot be written into a shape");
  const y = g.emit("Expand", [x, g.integers(shape)], shape);
  const axes = shape.flatMap((size, axis) => (x.shape[axis] === size ? [] : [axis]));
  return g.define(y, [x], (d) => [() => g.emit("ReduceSum", [d, g.integers(axes)], x.shape, { attributes: { keepdims: 1 } })]);
}
