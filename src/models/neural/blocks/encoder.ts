// The encoder of a Transformer (Vaswani et al. 2017, section 3.1).
import { z } from "zod";
import { add } from "#models/tensor/ops/arithmetic.js";
import { attention } from "#models/tensor/ops/attention.js";
import { linear } from "#models/tensor/ops/matrix.js";
import { split } from "#models/tensor/ops/shape.js";
import { dim, type Tensor } from "#models/tensor/tensor.js";
import { activated, affine } from "./affine.js";
import { badNet, type Build, within } from "./build.js";
import { dropoutSchema, dropped, normalized } from "./norm.js";

export const encoderSchema = z.strictObject({
  kind: z.literal("encoder"),
  /** Divides the width of what comes in, which the encoder keeps. */
  heads: z.int().positive().default(4),
  layers: z.int().positive().default(1),
  /** Width within the feed-forward part. */
  feedForward: z.int().positive(),
  /** A step sees none that comes after it. */
  causal: z.boolean().default(false),
  /** `post`: behind each part, as in the paper. `pre`: ahead of it and once at the end, which trains without warm-up (Xiong et al. 2020). */
  norm: z.enum(["pre", "post"]).default("pre"),
  activation: z.enum(["relu", "gelu"]).default("relu"),
  /** Behind attention, within the feed-forward part and behind it. */
  dropout: dropoutSchema,
});

type EncoderBlock = z.infer<typeof encoderSchema>;

/** Shows `attention`, `[batch][head][query][key]`, of each layer. */
export function buildEncoder(build: Build, x: Tensor, block: EncoderBlock): Tensor {
  const width = dim(x, 2);
  if (width % block.heads !== 0)
    throw badNet(build, `its ${block.heads} heads do not divide a width of ${width}: choose a width that is a multiple`);
  let y = x;
  for (let layer = 0; layer < block.layers; layer++) y = buildLayer(within(build, `layer${layer}`), y, block);
  return block.norm === "pre" ? normalized(build, y, "layer") : y;
}

function buildLayer(build: Build, x: Tensor, block: EncoderBlock): Tensor {
  const attended = part(build, "attention", x, block, (own, z) => attend(own, z, block.heads, block.causal));
  return part(build, "feedForward", attended, block, (own, z) => {
    const inner = activated(own, affine(within(own, "first"), z, block.feedForward), block.activation);
    return affine(within(own, "second"), dropped(own, inner, block.dropout), dim(z, 2));
  });
}

/** x + f(norm(x)), or norm(x + f(x)). */
function part(build: Build, name: string, x: Tensor, { norm, dropout }: EncoderBlock, f: (own: Build, x: Tensor) => Tensor): Tensor {
  const own = within(build, name);
  const y = dropped(own, f(own, norm === "pre" ? normalized(own, x, "layer") : x), dropout);
  const sum = add(build.g, x, y);
  return norm === "pre" ? sum : normalized(own, sum, "layer");
}

function attend(build: Build, x: Tensor, heads: number, causal: boolean): Tensor {
  const { g, scope, path, readouts } = build;
  const width = dim(x, 2);
  // Queries, keys and values are one product; they begin like three matrices taken together (Glorot & Bengio 2010).
  const weight = scope.parameter("projection.weight", [3 * width, width], { uniform: Math.sqrt(6 / (4 * width)) });
  const bias = scope.parameter("projection.bias", [3 * width], { fill: 0 }, { decays: false });
  const [queries, keys, values] = split(g, linear(g, x, weight, bias), [width, width, width], 2) as [Tensor, Tensor, Tensor];
  const { y, weights } = attention(g, [queries, keys, values], { heads, causal });
  readouts.set(path.slice(0, -1), weights);
  return affine(within(build, "output"), y, width);
}
