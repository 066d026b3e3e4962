// The affine map that most blocks are made of, and the activations behind it.
import { z } from "zod";
import { gelu, relu, tanh } from "#models/tensor/ops/elementwise.js";
import { linear } from "#models/tensor/ops/matrix.js";
import { dim, type Tensor } from "#models/tensor/tensor.js";
import type { Build } from "./build.js";

export const activationSchema = z.enum(["relu", "gelu", "tanh", "none"]);

/** x w' + b over the last axis; both begin within +-1 / sqrt(inputs), as in PyTorch. */
export function affine({ g, scope }: Build, x: Tensor, units: number): Tensor {
  const inputs = dim(x, -1);
  const bound = 1 / Math.sqrt(inputs);
  const weight = scope.parameter("weight", [units, inputs], { uniform: bound });
  const bias = scope.parameter("bias", [units], { uniform: bound }, { decays: false });
  return linear(g, x, weight, bias);
}

export function activated({ g }: Build, x: Tensor, activation: z.infer<typeof activationSchema>): Tensor {
  switch (activation) {
    case "relu":
      return relu(g, x);
    case "gelu":
      return gelu(g, x);
    case "tanh":
      return tanh(g, x);
    case "none":
      return x;
    default:
      return activation satisfies never;
  }
}
