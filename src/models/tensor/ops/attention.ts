// Scaled dot-product attention over several heads (Vaswani et al. 2017, eq. 1 and section 3.2.2), and the encoding of positions.
import { invariant } from "#base/errors.js";
import type { Graph } from "../graph.js";
import { dim, type Tensor } from "../tensor.js";
import { add, mul, sub } from "./arithmetic.js";
import { softmax } from "./elementwise.js";
import { matmul } from "./matrix.js";
import { sum } from "./reduce.js";
import { reshape, transpose } from "./shape.js";

export interface AttentionOptions {
  /** Divides the width: each head sees its own part of the channels. */
  readonly heads: number;
  /** A query sees no later key. Queries and keys are equally many then. */
  readonly causal?: boolean;
}

export interface AttentionResult {
  /** `[batch][query][width]` */
  readonly y: Tensor;
  /** How much each query looks at each key, `[batch][head][query][key]`, rows adding up to 1. To be read: no gradient flows through it. */
  readonly weights: Tensor;
}

/** `queries`: `[batch][query][width]`; `keys` and `values`: `[batch][key][width]`. Projections are the caller's. */
export function attention(
  g: Graph,
  [queries, keys, values]: readonly [Tensor, Tensor, Tensor],
  { heads, causal = false }: AttentionOptions,
): AttentionResult {
  const [batch, length, width] = queries.shape as [number, number, number];
  const steps = dim(keys, 1);
  invariant(width % heads === 0, `${heads} heads do not divide a width of ${width}`);
  invariant(!causal || length === steps, `causal attention of ${length} queries to ${steps} keys`);
  const size = width / heads;
  const alpha = 1 / Math.sqrt(size);
  const apart = (x: Tensor): Tensor => transpose(g, reshape(g, x, [batch, dim(x, 1), heads, size]), [0, 2, 1, 3]);
  const together = (x: Tensor): Tensor => reshape(g, transpose(g, x, [0, 2, 1, 3]), [batch, dim(x, 2), width]);

  const { y, q, k, v, weights, mixed } = g.withoutTape(() => {
    const [q, k, v] = [apart(queries), apart(keys), apart(values)];
    const scores = matmul(g, q, k, { transposeB: true, alpha });
    const weights = softmax(g, causal ? add(g, scores, futureMask(g, length)) : scores);
    const mixed = matmul(g, weights, v);
    return { y: together(mixed), q, k, v, weights, mixed };
  });

  g.record([queries, keys, values], [y], ([upstream]) => {
    const d = apart(upstream as Tensor);
    // Softmax takes from each gradient the mean of its row under the weights, which is also d . mixed: a sum over `size`, not over all keys
    // (Dao et al. 2022, appendix B.2).
    const centered = sub(g, matmul(g, d, v, { transposeB: true }), sum(g, mul(g, d, mixed), [3], true));
    const scores = mul(g, weights, centered);
    return [
      () => together(matmul(g, scores, k, { alpha })),
      () => together(matmul(g, scores, q, { transposeA: true, alpha })),
      () => together(matmul(g, weights, d, { transposeA: true })),
    ];
  });
  return { y, weights };
}

/** Added to the scores: nothing for the past and the present, minus infinity for what comes later. */
function futureMask(g: Graph, length: number): Tensor {
  const mask = new Float32Array(length * length);
  for (let query = 0; query < length; query++) mask.fill(-Infinity, query * length + query + 1, (query + 1) * length);
  return g.constant(mask, [length, length]);
}

/** Sines and cosines of geometric wavelengths, to be added to the channels of each step, `[length][width]` (Vaswani et al. 2017, section 3.5). */
export function positionalEncoding(g: Graph, length: number, width: number): Tensor {
  const values = Float32Array.from({ length: length * width }, (_, i) => {
    const [step, channel] = [Math.floor(i / width), i % width];
    const angle = step / 10_000 ** ((channel - (channel % 2)) / width);
    return channel % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  });
  return g.constant(values, [length, width]);
}
