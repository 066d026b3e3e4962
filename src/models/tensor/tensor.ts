// A tensor is a name and a shape within a graph: it stands for values that exist only when the graph runs.

export type ElementType = "float32" | "int64" | "bool";

/** Sizes of the axes, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

export interface Tensor {
  readonly name: string;
  readonly shape: Shape;
  readonly type: ElementType;
}

/**
 * The size of a batch that is known only when the graph runs. A prime, so that an axis into which the batch was folded (`BATCH * steps`)
 * is still told from any other. Only inference graphs use it; training graphs have a fixed batch.
 */
export const BATCH = 1_000_003;

/** True when the batch is part of this axis. */
export function holdsBatch(size: number): boolean {
  return size >= BATCH && size % BATCH === 0;
}

/** Number of elements. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** Shape of `a op b` under the rules of ONNX and NumPy: axes are matched from the last, 1 stretches. Throws RangeError when they do not fit. */
export function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) throw new RangeError(`shapes [${a.join()}] and [${b.join()}] do not fit together`);
    return left === 1 ? right : left;
  });
}

/** Axis counted from the front; negative ones count from the back. Throws RangeError outside the shape. */
export function axisOf(shape: Shape, axis: number): number {
  const index = axis < 0 ? axis + shape.length : axis;
  if (!(index >= 0 && index < shape.length)) throw new RangeError(`[${shape.join()}] has no axis ${axis}`);
  return index;
}

/** Size of an axis; negative ones count from the back. */
export function dim(tensor: Tensor, axis: number): number {
  return tensor.shape[axisOf(tensor.shape, axis)] as number;
}
