// Products of matrices.
import { invariant } from "#base/errors.js";
import type { Graph } from "../graph.js";
import { dim, type Tensor } from "../tensor.js";
import { reduceTo } from "./reduce.js";
import { reshape, transpose } from "./shape.js";

/** x w' + b over the last axis of x: weights are `[out][in]`, as PyTorch keeps them; a null bias is none. */
export function linear(g: Graph, x: Tensor, w: Tensor, b: Tensor | null): Tensor {
  const [outputs, inputs] = w.shape as [number, number];
  invariant(dim(x, -1) === inputs, `a layer for ${inputs} inputs is given [${x.shape.join()}]`);
  const shape = [...x.shape.slice(0, -1), outputs];
  const rows = x.shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const flat = g.withoutTape(() => reshape(g, x, [rows, inputs]));
  const product = gemm(g, flat, w, { transposeB: true, add: b });
  const y = g.withoutTape(() => reshape(g, product, shape));
  g.record(b === null ? [x, w] : [x, w, b], [y], ([d]) => {
    const rowsOfD = reshape(g, d as Tensor, [rows, outputs]);
    return [
      () => reshape(g, gemm(g, rowsOfD, w, {}), x.shape),
      () => gemm(g, rowsOfD, flat, { transposeA: true }),
      () => reduceTo(g, rowsOfD, [outputs]),
    ];
  });
  return y;
}

export interface MatmulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly alpha?: number;
}

/** Batched product over the last two axes, `alpha a b`, each transposed on demand; leading axes are the same. */
export function matmul(g: Graph, a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const { transposeA = false, transposeB = false, alpha = 1 } = options;
  return g.define(fused(g, a, b, options), [a, b], (d) => [
    () =>
      transposeA ? fused(g, b, d, { transposeA: transposeB, transposeB: true, alpha }) : fused(g, d, b, { transposeB: !transposeB, alpha }),
    () =>
      transposeB ? fused(g, d, a, { transposeA: true, transposeB: transposeA, alpha }) : fused(g, a, d, { transposeA: !transposeA, alpha }),
  ]);
}

/** ONNX Runtime's FusedMatMul spares the transposed copy; an inference graph spells it out in standard operators. */
function fused(g: Graph, a: Tensor, b: Tensor, options: MatmulOptions): Tensor {
  const { transposeA = false, transposeB = false, alpha = 1 } = options;
  const shape = [...a.shape.slice(0, -2), dim(a, transposeA ? -1 : -2), dim(b, transposeB ? -2 : -1)];
  if (g.purpose === "training") {
    const attributes = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0, alpha: { float: alpha } };
    return g.emit("FusedMatMul", [a, b], shape, { attributes, domain: "com.microsoft" });
  }
  const swap = (x: Tensor): Tensor => {
    const axes = x.shape.map((_, axis) => axis);
    const last = axes.length - 1;
    return transpose(g, x, [...axes.slice(0, -2), last, last - 1]);
  };
  const product = g.emit("MatMul", [transposeA ? swap(a) : a, transposeB ? swap(b) : b], shape);
  return alpha === 1 ? product : g.emit("Mul", [product, g.scalar(alpha)], shape);
}

interface GemmOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** Added to the product, stretched over its rows. */
  readonly add?: Tensor | null;
}

/** The plain product of two matrices, without a derivative of its own: operations that fuse more than a product are built from it. */
export function gemm(g: Graph, a: Tensor, b: Tensor, { transposeA = false, transposeB = false, add = null }: GemmOptions): Tensor {
  const shape = [dim(a, transposeA ? 1 : 0), dim(b, transposeB ? 0 : 1)];
  const attributes = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 };
  return g.emit("Gemm", add === null ? [a, b] : [a, b, add], shape, { attributes });
}
