// The running volatility of the net's input, which some blocks look at.
import { z } from "zod";
import { scale, shift } from "#models/tensor/ops/arithmetic.js";
import { log, square } from "#models/tensor/ops/elementwise.js";
import { matmul } from "#models/tensor/ops/matrix.js";
import { mean } from "#models/tensor/ops/reduce.js";
import { reshape, slice } from "#models/tensor/ops/shape.js";
import type { Graph } from "#models/tensor/graph.js";
import { dim, type Tensor } from "#models/tensor/tensor.js";
import { badNet, type Build } from "./build.js";

export const volatilitySettings = {
  /** Position of the feature in the experiment's list, from 0, whose volatility is meant; null: all of them together. */
  feature: z.int().min(0).nullable().default(null),
  /** Steps after which a squared value counts half. */
  halfLife: z.number().positive().default(10),
};

interface VolatilitySettings {
  readonly feature: number | null;
  readonly halfLife: number;
}

/** Keeps the logarithm finite where nothing has moved yet: features are standardized, so 1 is usual. */
const FLOOR = 1e-4;

/**
 * Logarithm of the running volatility, `[batch][step][1]`. With m(s) the square of the chosen feature at step s, or the mean of the squares
 * of all, it is ln sqrt(sum w(t - s) m(s) / sum w(t - s) + 1e-4) over the steps s <= t of the window, w(k) = 2^(-k / halfLife): the
 * exponentially weighted volatility of RiskMetrics (J.P. Morgan/Reuters 1996, section 5.2), with the weights of the window adding up to 1.
 * No step sees a later one. `input`: standardized, so that zero is the training mean.
 */
export function logVolatility(build: Build, input: Tensor, { feature, halfLife }: VolatilitySettings): Tensor {
  const { g } = build;
  const [, steps, features] = input.shape as [number, number, number];
  if (feature !== null && feature >= features) {
    throw badNet(build, `it reads the volatility of feature ${feature}, but there are ${features}, counted from 0`);
  }
  const chosen = feature === null ? input : slice(g, input, 2, feature, feature + 1);
  const squares = mean(g, square(g, chosen), [2]);
  const averaged = matmul(g, squares, averaging(g, steps, halfLife));
  const logarithm = scale(g, log(g, shift(g, averaged, FLOOR)), 0.5);
  return reshape(g, logarithm, [dim(input, 0), steps, 1]);
}

/** `[from step][to step]`, columns adding up to 1. */
function averaging(g: Graph, steps: number, halfLife: number): Tensor {
  const weights = new Float32Array(steps * steps);
  for (let to = 0; to < steps; to++) {
    const row = Array.from({ length: to + 1 }, (_, from) => 2 ** (-(to - from) / halfLife));
    const total = row.reduce((sum, weight) => sum + weight, 0);
    row.forEach((weight, from) => (weights[from * steps + to] = weight / total));
  }
  return g.constant(weights, [steps, steps]);
}
