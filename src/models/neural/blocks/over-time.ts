// Linear maps along time, channel by channel: the simple forecasters that a net must beat (Zeng, Chen, Zhang & Xu 2023).
import { z } from "zod";
import { add, sub } from "#models/tensor/ops/arithmetic.js";
import { linear, matmul } from "#models/tensor/ops/matrix.js";
import { slice, transpose } from "#models/tensor/ops/shape.js";
import type { Graph } from "#models/tensor/graph.js";
import { dim, type Tensor } from "#models/tensor/tensor.js";
import { type Build, within } from "./build.js";

export const overTimeSchema = z.strictObject({
  kind: z.literal("over-time"),
  /**
   * `linear`: one map. `decomposed`: one for the moving average and one for the rest (DLinear). `centered`: of what is above the last
   * step, which is added again behind it (NLinear).
   */
  form: z.enum(["linear", "decomposed", "centered"]).default("decomposed"),
  /** Steps of the moving average, odd. For `decomposed`. */
  kernel: z
    .int()
    .positive()
    .refine((kernel) => kernel % 2 === 1, "must be odd")
    .default(25),
  /** Each channel has weights of its own; else all share them. */
  individual: z.boolean().default(false),
});

type OverTimeBlock = z.infer<typeof overTimeSchema>;

/** `[batch][step][channel]` to `[batch][1][channel]`. */
export function buildOverTime(build: Build, x: Tensor, { form, kernel, individual }: OverTimeBlock): Tensor {
  const { g } = build;
  const steps = dim(x, 1);
  if (form === "linear") return along(build, x, individual);
  if (form === "centered") {
    const last = slice(g, x, 1, steps - 1, steps);
    return add(g, along(build, sub(g, x, last), individual), last);
  }
  // Averages along time are products with a constant matrix.
  const turned = linear(g, transpose(g, x, [0, 2, 1]), movingAverage(g, steps, kernel), null);
  const trend = transpose(g, turned, [0, 2, 1]);
  return add(g, along(within(build, "trend"), trend, individual), along(within(build, "rest"), sub(g, x, trend), individual));
}

function along({ g, scope }: Build, x: Tensor, individual: boolean): Tensor {
  const [, steps, channels] = x.shape as [number, number, number];
  const uniform = 1 / Math.sqrt(steps);
  if (!individual) {
    const weight = scope.parameter("weight", [1, steps], { uniform });
    const bias = scope.parameter("bias", [1], { uniform }, { decays: false });
    return transpose(g, linear(g, transpose(g, x, [0, 2, 1]), weight, bias), [0, 2, 1]);
  }
  const weight = scope.parameter("weight", [channels, steps, 1], { uniform });
  const bias = scope.parameter("bias", [channels, 1, 1], { uniform }, { decays: false });
  const byChannel = matmul(g, transpose(g, x, [2, 0, 1]), weight);
  return transpose(g, add(g, byChannel, bias), [1, 2, 0]);
}

/** `[to step][from step]`: centered, the first and the last step repeated at the ends. */
function movingAverage(g: Graph, steps: number, kernel: number): Tensor {
  const weights = new Float64Array(steps * steps);
  const half = (kernel - 1) / 2;
  for (let to = 0; to < steps; to++) {
    for (let offset = -half; offset <= half; offset++) {
      const from = Math.min(Math.max(to + offset, 0), steps - 1);
      weights[to * steps + from] = (weights[to * steps + from] as number) + 1 / kernel;
    }
  }
  return g.constant(Float32Array.from(weights), [steps, steps]);
}
