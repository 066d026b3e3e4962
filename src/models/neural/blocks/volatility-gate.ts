// Opens and closes channels by the running volatility: a net that behaves otherwise in quiet and in rough times.
import { z } from "zod";
import { add, mul, scale } from "#models/tensor/ops/arithmetic.js";
import { sigmoid } from "#models/tensor/ops/elementwise.js";
import { pick } from "#models/tensor/ops/shape.js";
import { dim, type Tensor } from "#models/tensor/tensor.js";
import type { Build } from "./build.js";
import { logVolatility, volatilitySettings } from "./volatility.js";

export const volatilityGateSchema = z.strictObject({ kind: z.literal("volatility-gate"), ...volatilitySettings });

/**
 * 2 sigmoid(a v(t) + b) x(t), with v the logarithm of the running volatility of the net's input (volatility.ts) and a, b learned per
 * channel; without steps, v of the last step. The gate of Dauphin et al. 2017 (gated linear unit), driven by volatility alone.
 */
export function buildVolatilityGate(build: Build, x: Tensor, block: z.infer<typeof volatilityGateSchema>, input: Tensor): Tensor {
  const { g, scope } = build;
  const width = dim(x, -1);
  const all = logVolatility(build, input, block);
  const volatility = x.shape.length === 3 ? all : pick(g, all, 1, -1);
  const slope = scope.parameter("slope", [width], { uniform: 1 }, { decays: false });
  const bias = scope.parameter("bias", [width], { fill: 0 }, { decays: false });
  const gate = scale(g, sigmoid(g, add(g, mul(g, volatility, slope), bias)), 2);
  return mul(g, x, gate);
}
