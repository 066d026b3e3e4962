// Attention over features: lets few of many through.
import { z } from "zod";
import { mul, scale } from "#models/tensor/ops/arithmetic.js";
import { softmax, tanh } from "#models/tensor/ops/elementwise.js";
import { dim, type Tensor } from "#models/tensor/tensor.js";
import { affine } from "./affine.js";
import { type Build, within } from "./build.js";

export const featureAttentionSchema = z.strictObject({
  kind: z.literal("feature-attention"),
  /** Width of the layer that scores the features. */
  units: z.int().positive().default(32),
});

/**
 * n a x with a = softmax(tanh(x w1' + b1) w2' + b2) over the n channels: the input attention of Qin et al. 2017 (eq. 8-10), scored from the
 * channels themselves; n keeps the size of x when all count alike. Shows a.
 */
export function buildFeatureAttention(build: Build, x: Tensor, { units }: z.infer<typeof featureAttentionSchema>): Tensor {
  const { g, path, readouts } = build;
  const hidden = tanh(g, affine(within(build, "hidden"), x, units));
  const weights = softmax(g, affine(within(build, "score"), hidden, dim(x, -1)));
  readouts.set(path.slice(0, -1), weights);
  return scale(g, mul(g, x, weights), dim(x, -1));
}
