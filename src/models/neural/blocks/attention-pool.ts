// Attention over time that leaves one vector of a sequence.
import { z } from "zod";
import { matmul, linear } from "#models/tensor/ops/matrix.js";
import { softmax, tanh } from "#models/tensor/ops/elementwise.js";
import { reshape, transpose } from "#models/tensor/ops/shape.js";
import { dim, type Tensor } from "#models/tensor/tensor.js";
import { affine } from "./affine.js";
import { badNet, type Build, within } from "./build.js";

export const attentionPoolSchema = z.strictObject({
  kind: z.literal("attention"),
  /** `additive`: a small net scores each step (Bahdanau, Cho & Bengio 2015). `query`: learned queries, one per head. */
  form: z.enum(["additive", "query"]).default("additive"),
  /** Width of the net that scores; null: that of the steps. For `additive`. */
  units: z.int().positive().nullable().default(null),
  /** For `query`; divides the width. */
  heads: z.int().positive().default(4),
});

type AttentionPoolBlock = z.infer<typeof attentionPoolSchema>;

/** Shows its weights, `[batch][head][step]`, one head where there are none. */
export function buildAttentionPool(build: Build, x: Tensor, block: AttentionPoolBlock): Tensor {
  return block.form === "additive" ? additive(build, x, block.units ?? dim(x, 2)) : byQueries(build, x, block.heads);
}

/** sum a(t) x(t) with a = softmax over t of v tanh(x(t) w' + b) (their appendix A.1.2, without a state that asks). */
function additive(build: Build, x: Tensor, units: number): Tensor {
  const { g, scope, path, readouts } = build;
  const [batch, steps, width] = x.shape as [number, number, number];
  const hidden = tanh(g, affine(within(build, "hidden"), x, units));
  const score = scope.parameter("score.weight", [1, units], { uniform: 1 / Math.sqrt(units) });
  const weights = softmax(g, reshape(g, linear(g, hidden, score, null), [batch, 1, steps]));
  readouts.set(path.slice(0, -1), weights);
  return reshape(g, matmul(g, weights, x), [batch, width]);
}

/**
 * Multi-head attention of fixed learned queries (Lee et al. 2019, section 3.2: pooling by multi-head attention with one seed). A query of
 * constant value and the projection of the keys are one vector per head, so that is what is learned.
 */
function byQueries(build: Build, x: Tensor, heads: number): Tensor {
  const { g, scope, path, readouts } = build;
  const [batch, steps, width] = x.shape as [number, number, number];
  if (width % heads !== 0) throw badNet(build, `its ${heads} heads do not divide a width of ${width}: choose a width that is a multiple`);
  const query = scope.parameter("query.weight", [heads, width], { uniform: 1 / Math.sqrt(width) });
  const weights = softmax(g, transpose(g, linear(g, x, query, null), [0, 2, 1]));
  readouts.set(path.slice(0, -1), weights);
  const values = transpose(g, reshape(g, affine(within(build, "value"), x, width), [batch, steps, heads, width / heads]), [0, 2, 1, 3]);
  const mixed = matmul(g, reshape(g, weights, [batch, heads, 1, steps]), values);
  return affine(within(build, "output"), reshape(g, mixed, [batch, width]), width);
}
