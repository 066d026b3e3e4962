// Sums and means over axes.
import type { Graph } from "../graph.js";
import { axisOf, sameShape, type Shape, type Tensor } from "../tensor.js";
import { expand, reshape } from "./shape.js";

/** Sum over axes; `keep` leaves them with size 1. */
export function sum(g: Graph, x: Tensor, axes: readonly number[], keep = false): Tensor {
  const { kept, shape } = reduced(x, axes, keep);
  const y = g.emit("ReduceSum", [x, g.integers(positions(x, axes))], shape, { attributes: { keepdims: keep ? 1 : 0 } });
  return g.define(y, [x], (d) => [() => expand(g, reshape(g, d, kept), x.shape)]);
}

/** Mean over axes; `keep` leaves them with size 1. */
export function mean(g: Graph, x: Tensor, axes: readonly number[], keep = false): Tensor {
  const { kept, shape, count } = reduced(x, axes, keep);
  const y = g.emit("ReduceMean", [x], shape, { attributes: { axes: positions(x, axes), keepdims: keep ? 1 : 0 } });
  return g.define(y, [x], (d) => [() => expand(g, g.emit("Div", [reshape(g, d, kept), g.scalar(count)], kept), x.shape)]);
}

/** Largest value over an axis, which disappears. The gradient goes to the first of equals, as far as one can be told. */
export function max(g: Graph, x: Tensor, axis: number): Tensor {
  const at = axisOf(x.shape, axis);
  const { kept, shape } = reduced(x, [at], false);
  const y = g.emit("ReduceMax", [x], shape, { attributes: { axes: [at], keepdims: 0 } });
  return g.define(y, [x], (d) => [
    () => {
      const size = x.shape[at] as number;
      const first = g.emit("ArgMax", [x], kept, { attributes: { axis: at, keepdims: 1 }, type: "int64" });
      const line = x.shape.map((_, i) => (i === at ? size : 1));
      const index = g.constant(
        BigInt64Array.from({ length: size }, (_, i) => BigInt(i)),
        line,
      );
      const chosen = g.emit("Equal", [first, index], x.shape, { type: "bool" });
      return g.emit("Where", [chosen, reshape(g, d, kept), g.scalar(0)], x.shape);
    },
  ]);
}

/** Undoes a broadcast: adds up a gradient over the axes along which an operand of `shape` was stretched. */
export function reduceTo(g: Graph, d: Tensor, shape: Shape): Tensor {
  if (sameShape(d.shape, shape)) return d;
  const missing = d.shape.length - shape.length;
  const axes = d.shape.flatMap((size, axis) => (axis < missing || (shape[axis - missing] === 1 && size !== 1) ? [axis] : []));
  return reshape(g, axes.length === 0 ? d : sumRows(g, d, axes), shape);
}

/** Leading axes are added up by a product with ones, which is several times faster than a reduction across rows. */
function sumRows(g: Graph, d: Tensor, axes: readonly number[]): Tensor {
  const leading = axes.every((axis, i) => axis === i) ? axes.length : 0;
  const rows = d.shape.slice(0, leading).reduce((product, size) => product * size, 1);
  const columns = d.shape.slice(leading).reduce((product, size) => product * size, 1);
  if (leading === 0 || rows < 32) return sum(g, d, axes, true);
  const ones = g.constant(new Float32Array(rows).fill(1), [1, rows]);
  return g.emit("Gemm", [ones, reshape(g, d, [rows, columns])], [1, columns]);
}

function positions(x: Tensor, axes: readonly number[]): readonly number[] {
  return axes.map((axis) => axisOf(x.shape, axis));
}

function reduced(x: Tensor, axes: readonly number[], keep: boolean) {
  const at = new Set(positions(x, axes));
  const kept = x.shape.map((size, axis) => (at.has(axis) ? 1 : size));
  const shape = keep ? kept : x.shape.filter((_, axis) => !at.has(axis));
  const count = x.shape.reduce((product, size, axis) => (at.has(axis) ? product * size : product), 1);
  return { kept, shape, count };
}
