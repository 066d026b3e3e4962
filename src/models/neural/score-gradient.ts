// The score of a net and its gradient with respect to what the net reads: a graph of its own, made from the kept net.
import { gradient } from "#models/tensor/gradient.js";
import { scale, shift } from "#models/tensor/ops/arithmetic.js";
import { pick } from "#models/tensor/ops/shape.js";
import type { Tensor } from "#models/tensor/tensor.js";
import { toOnnx } from "#models/tensor/onnx-file.js";
import { openSession, type Session, toRuntime } from "#models/tensor/runtime.js";
import { openBuild } from "./blocks/build.js";
import { bodyAndHeads, netSpecs } from "./graphs.js";
import { headPredictions, medianOf, scoreHead } from "./heads.js";
import type { TrainedNet } from "./trained-net.js";

export interface ScoreGradient {
  /** Windows of one call. */
  readonly batch: number;
  /** `x`: `[batch][step][feature]`, standardized, 0 where nothing is known. The net runs as it predicts: no dropout, running statistics. */
  run(x: Float32Array): Promise<{ readonly score: Float32Array; readonly gradient: Float32Array }>;
}

/** ONNX Runtime is loaded with the first call. The score is that of `scoreOf`, in units of the label. */
export function scoreGradient(net: TrainedNet, batch: number): ScoreGradient {
  const { config, features, values, normalization, labelMagnitude } = net;
  const shape = [batch, config.steps, features.length];
  const { build } = openBuild("evaluate", netSpecs(config, { features: features.length, steps: config.steps }), values);
  const { g } = build;
  const x = g.input("x", shape);
  const raw = bodyAndHeads(build, x, config);
  const head = scoreHead(config.heads);
  const prediction = headPredictions(build, raw, normalization.label).get(head) as Tensor;
  const score =
    head === "direction"
      ? shift(g, scale(g, prediction, 2 * labelMagnitude), -labelMagnitude)
      : head === "quantiles"
        ? pick(g, prediction, 1, medianOf((config.heads.quantiles as { levels: readonly number[] }).levels))
        : prediction;
  const [d] = gradient(g, score, [x]) as readonly [Tensor];
  g.output("score", score);
  g.output("gradient", d);
  let opening: Promise<Session> | null = null;
  return {
    batch,
    async run(values) {
      const session = await (opening ??= openSession(toOnnx(g), { threads: 1 }));
      const out = await session.run({ x: await toRuntime({ shape }, values) });
      return { score: out["score"]?.data as Float32Array, gradient: out["gradient"]?.data as Float32Array };
    },
  };
}
