// Tells the steps of a sequence apart, for blocks that see them all at once.
import { z } from "zod";
import { add, mul } from "#models/tensor/ops/arithmetic.js";
import { positionalEncoding } from "#models/tensor/ops/attention.js";
import { dim, type Tensor } from "#models/tensor/tensor.js";
import type { Build } from "./build.js";
import { logVolatility, volatilitySettings } from "./volatility.js";

export const positionSchema = z.strictObject({
  kind: z.literal("position"),
  /** `sinusoidal`: Vaswani et al. 2017, section 3.5. `volatility`: the same, bent by the running volatility at each step. */
  encoding: z.enum(["sinusoidal", "volatility"]).default("sinusoidal"),
  ...volatilitySettings,
});

/**
 * `sinusoidal`: x(t) + p(t). `volatility`: x(t) + p(t) (1 + b v(t)) + a v(t), with v the logarithm of the running volatility of the net's
 * input (volatility.ts) and a, b learned per channel: the sinusoids under the feature-wise linear modulation of Perez et al. 2018
 * (FiLM, eq. 1), conditioned on volatility. With a = b = 0 it is `sinusoidal`.
 */
export function buildPosition(build: Build, x: Tensor, block: z.infer<typeof positionSchema>, input: Tensor): Tensor {
  const { g, scope } = build;
  const [, steps, width] = x.shape as [number, number, number];
  const encoding = positionalEncoding(g, steps, width);
  if (block.encoding === "sinusoidal") return add(g, x, encoding);
  const volatility = logVolatility(build, input, block);
  const initial = { uniform: 1 / Math.sqrt(dim(x, 2)) };
  const own = scope.parameter("volatility", [width], initial, { decays: false });
  const bend = scope.parameter("modulation", [width], initial, { decays: false });
  const moved = add(g, own, mul(g, encoding, bend));
  return add(g, add(g, x, encoding), mul(g, volatility, moved));
}
