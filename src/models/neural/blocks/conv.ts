// Convolutions along time; with `causal`, dilations and `residual` a temporal convolutional network (Bai, Kolter & Koltun 2018).
import { z } from "zod";
import { add } from "#models/tensor/ops/arithmetic.js";
import { convolution } from "#models/tensor/ops/window.js";
import { dim, type Tensor } from "#models/tensor/tensor.js";
import { activated, activationSchema, affine } from "./affine.js";
import { type Build, within } from "./build.js";
import { dropoutSchema, dropped, normalized, normSchema } from "./norm.js";

export const convSchema = z.strictObject({
  kind: z.literal("conv"),
  channels: z.int().positive(),
  /** Steps that a convolution sees at once. */
  kernel: z.int().positive().default(3),
  /** Steps between those, one entry per layer. */
  dilations: z.array(z.int().positive()).min(1).default([1]),
  /** A step sees none that comes after it; else it sees as many after as before. */
  causal: z.boolean().default(true),
  /** Two convolutions per layer and a way around them (figure 1b of the paper; norms in place of its weight normalization). */
  residual: z.boolean().default(false),
  activation: activationSchema.default("relu"),
  norm: normSchema,
  dropout: dropoutSchema,
});

type ConvBlock = z.infer<typeof convSchema>;

export function buildConv(build: Build, x: Tensor, block: ConvBlock): Tensor {
  return block.dilations.reduce((y, dilation, layer) => buildLayer(within(build, `layer${layer}`), y, block, dilation), x);
}

function buildLayer(build: Build, x: Tensor, block: ConvBlock, dilation: number): Tensor {
  if (!block.residual) return convolved(build, x, block, dilation);
  const first = convolved(within(build, "first"), x, block, dilation);
  const second = convolved(within(build, "second"), first, block, dilation);
  const around = dim(x, -1) === block.channels ? x : affine(within(build, "shortcut"), x, block.channels);
  return activated(build, add(build.g, second, around), block.activation);
}

/** dropout(activation(norm(convolution(x)))) */
function convolved(build: Build, x: Tensor, { channels, kernel, causal, activation, norm, dropout }: ConvBlock, dilation: number): Tensor {
  const y = convolve(build, x, { channels, kernel, dilation, padding: causal ? "causal" : "same" });
  return dropped(build, activated(build, normalized(build, y, norm), activation), dropout);
}

interface Convolution {
  readonly channels: number;
  readonly kernel: number;
  readonly dilation: number;
  readonly padding: "causal" | "same";
}

/** `[batch][step][...][in]` to `[batch][step][...][channels]`. */
function convolve({ g, scope }: Build, x: Tensor, { channels, kernel, dilation, padding }: Convolution): Tensor {
  const fan = kernel * dim(x, -1);
  const uniform = 1 / Math.sqrt(fan);
  const weight = scope.parameter("weight", [channels, fan], { uniform });
  const bias = scope.parameter("bias", [channels], { uniform }, { decays: false });
  return convolution(g, x, weight, bias, { size: kernel, dilation, padding });
}
