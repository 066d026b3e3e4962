// Blocks without parameters that make fewer steps of many.
import { z } from "zod";
import { max, mean } from "#models/tensor/ops/reduce.js";
import { pick, reshape, slice } from "#models/tensor/ops/shape.js";
import { dim, type Tensor } from "#models/tensor/tensor.js";
import type { Build } from "./build.js";

/** The newest step alone. */
export const lastSchema = z.strictObject({ kind: z.literal("last") });
/** Mean over the steps. */
export const meanSchema = z.strictObject({ kind: z.literal("mean") });
/** Largest value over the steps, per channel. */
export const maxSchema = z.strictObject({ kind: z.literal("max") });
/** All steps side by side, the oldest first. */
export const flattenSchema = z.strictObject({ kind: z.literal("flatten") });
export const downsampleSchema = z.strictObject({
  kind: z.literal("downsample"),
  /** Steps that one mean is taken over. The newest group ends at the newest step; what is left over of the oldest is dropped. */
  factor: z.int().min(2),
});

export const buildLast = ({ g }: Build, x: Tensor): Tensor => pick(g, x, 1, -1);
export const buildMean = ({ g }: Build, x: Tensor): Tensor => mean(g, x, [1]);
export const buildMax = ({ g }: Build, x: Tensor): Tensor => max(g, x, 1);
export const buildFlatten = ({ g }: Build, x: Tensor): Tensor => reshape(g, x, [dim(x, 0), dim(x, 1) * dim(x, 2)]);

export function buildDownsample({ g }: Build, x: Tensor, { factor }: z.infer<typeof downsampleSchema>): Tensor {
  const [batch, steps, width] = x.shape as [number, number, number];
  const groups = Math.floor(steps / factor);
  const kept = slice(g, x, 1, steps - groups * factor, steps);
  return mean(g, reshape(g, kept, [batch, groups, factor, width]), [2]);
}
