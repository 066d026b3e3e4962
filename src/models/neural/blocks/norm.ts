// Normalization and dropout as parts of other blocks.
import { z } from "zod";
import { dropout } from "#models/tensor/ops/dropout.js";
import { batchNorm, fixedNorm, layerNorm } from "#models/tensor/ops/normalize.js";
import { scale } from "#models/tensor/ops/arithmetic.js";
import { dim, sizeOf, type Tensor } from "#models/tensor/tensor.js";
import { type Build, within } from "./build.js";

/**
 * `layer`: over the channels of each step (Ba, Kiros & Hinton 2016). `batch`: per channel over all steps of all samples (Ioffe & Szegedy
 * 2015); outside of training by running statistics.
 */
export const normSchema = z.enum(["none", "layer", "batch"]).default("none");
/** Share of the channels that each training step leaves out (Srivastava et al. 2014). */
export const dropoutSchema = z.number().min(0).lt(1).default(0);

/** Normalizes the last axis. */
export function normalized(build: Build, x: Tensor, kind: z.infer<typeof normSchema>): Tensor {
  if (kind === "none") return x;
  const { g, scope, buffers, mode, statistics } = within(build, "norm");
  const width = dim(x, -1);
  const gain = scope.parameter("gain", [width], { fill: 1 }, { decays: false });
  const bias = scope.parameter("bias", [width], { fill: 0 }, { decays: false });
  if (kind === "layer") return layerNorm(g, x, gain, bias);
  const mean = buffers.parameter("mean", [width], { fill: 0 });
  const variance = buffers.parameter("variance", [width], { fill: 1 });
  if (mode !== "train") return fixedNorm(g, x, { mean, variance }, gain, bias);
  const { y, statistics: ofBatch } = batchNorm(g, x, gain, bias);
  // The variance of the population that the batch was drawn from, as PyTorch keeps it.
  const rows = sizeOf(x.shape) / width;
  const unbiased = g.withoutTape(() => scale(g, ofBatch.variance, rows / Math.max(rows - 1, 1)));
  statistics.push({ name: mean.name, value: ofBatch.mean }, { name: variance.name, value: unbiased });
  return y;
}

/** Does something only while training. */
export function dropped({ g, mode }: Build, x: Tensor, rate: number): Tensor {
  return mode === "train" ? dropout(g, x, rate) : x;
}
