// The body of a net: blocks one after the other, from `[batch][step][feature]` to `[batch][width]`.
import { relu } from "#models/tensor/ops/elementwise.js";
import { linear } from "#models/tensor/ops/matrix.js";
import { reshape } from "#models/tensor/ops/shape.js";
import { dim, type Tensor } from "#models/tensor/tensor.js";
import { type Build, within } from "./build.js";
import type { Block } from "./schema.js";

export function buildBody(build: Build, x: Tensor, blocks: readonly Block[]): Tensor {
  const y = blocks.reduce((tensor, block, i) => buildBlock(within(build, `${i}-${block.kind}`), tensor, block), x);
  return y.shape.length === 2 ? y : flatten(build, y);
}

function buildBlock(build: Build, x: Tensor, block: Block): Tensor {
  switch (block.kind) {
    case "dense":
      return relu(build.g, dense(build, x, block.units));
    case "flatten":
      return flatten(build, x);
    default:
      return block satisfies never;
  }
}

function flatten({ g }: Build, x: Tensor): Tensor {
  return reshape(g, x, [dim(x, 0), x.shape.slice(1).reduce((product, size) => product * size, 1)]);
}

/** Weights and bias within +-1 / sqrt(inputs), as PyTorch begins. */
export function dense({ g, scope }: Build, x: Tensor, units: number): Tensor {
  const inputs = dim(x, -1);
  const bound = 1 / Math.sqrt(inputs);
  const weight = scope.parameter("weight", [units, inputs], { uniform: bound });
  const bias = scope.parameter("bias", [units], { uniform: bound }, { decays: false });
  return linear(g, x, weight, bias);
}
