// The body of a net: blocks one after the other, from `[batch][step][feature]` to `[batch][width]`.
import type { Tensor } from "#models/tensor/tensor.js";
import { buildAttentionPool } from "./attention-pool.js";
import { buildBook } from "./book.js";
import { type Build, within } from "./build.js";
import { buildConv } from "./conv.js";
import { buildDense } from "./dense.js";
import { buildEncoder } from "./encoder.js";
import { buildFeatureAttention } from "./feature-attention.js";
import { buildOverTime } from "./over-time.js";
import { joinBranches } from "./parallel.js";
import { buildDownsample, buildFlatten, buildLast, buildMax, buildMean } from "./pool.js";
import { buildPosition } from "./position.js";
import { buildRecurrent } from "./recurrent.js";
import type { Block } from "./schema.js";
import { buildVolatilityGate } from "./volatility-gate.js";

/** Parameters are called `0-lstm.layer0.input`: place and kind of the block, then the part. What still has steps at the end is flattened. */
export function buildBody(build: Build, x: Tensor, blocks: readonly Block[]): Tensor {
  const y = buildBlocks(build, x, blocks, x);
  return y.shape.length === 2 ? y : buildFlatten(build, y);
}

function buildBlocks(build: Build, x: Tensor, blocks: readonly Block[], input: Tensor): Tensor {
  return blocks.reduce((tensor, block, i) => buildBlock(within(build, `${i}-${block.kind}`), tensor, block, input), x);
}

/** `input`: what the net reads, for blocks that look at its volatility. */
function buildBlock(build: Build, x: Tensor, block: Block, input: Tensor): Tensor {
  switch (block.kind) {
    case "dense":
      return buildDense(build, x, block);
    case "lstm":
    case "gru":
      return buildRecurrent(build, x, block);
    case "conv":
      return buildConv(build, x, block);
    case "encoder":
      return buildEncoder(build, x, block);
    case "position":
      return buildPosition(build, x, block, input);
    case "feature-attention":
      return buildFeatureAttention(build, x, block);
    case "volatility-gate":
      return buildVolatilityGate(build, x, block, input);
    case "book":
      return buildBook(build, x, block);
    case "over-time":
      return buildOverTime(build, x, block);
    case "downsample":
      return buildDownsample(build, x, block);
    case "attention":
      return buildAttentionPool(build, x, block);
    case "last":
      return buildLast(build, x);
    case "mean":
      return buildMean(build, x);
    case "max":
      return buildMax(build, x);
    case "flatten":
      return buildFlatten(build, x);
    case "parallel": {
      const branches = block.branches.map((branch, i) => buildBlocks(within(build, `branch${i}`), x, branch, input));
      return joinBranches(build, branches, block.join);
    }
    default:
      return block satisfies never;
  }
}
