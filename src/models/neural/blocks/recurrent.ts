// Recurrent layers, one on top of the other: LSTM (Hochreiter & Schmidhuber 1997) and GRU (Cho et al. 2014).
import { z } from "zod";
import { add } from "#models/tensor/ops/arithmetic.js";
import { gru } from "#models/tensor/ops/gru.js";
import { lstm, type RecurrentWeights } from "#models/tensor/ops/lstm.js";
import { concat, transpose } from "#models/tensor/ops/shape.js";
import { dim, type Tensor } from "#models/tensor/tensor.js";
import { type Build, carry, stateBefore, within } from "./build.js";
import { dropoutSchema, dropped, normalized, normSchema } from "./norm.js";

const settings = {
  /** Width of the state of each layer and direction. */
  units: z.int().positive(),
  layers: z.int().positive().default(1),
  /** `both`: two nets, from the past and from the end, side by side: twice the width (Schuster & Paliwal 1997). */
  direction: z.enum(["forward", "backward", "both"]).default("forward"),
  /** Adds what a layer was given to what it gives, wherever both are of one width (He et al. 2016; Wu et al. 2016 for LSTM). */
  residual: z.boolean().default(false),
  /** Behind each layer. */
  norm: normSchema,
  /** Behind each layer and its norm. */
  dropout: dropoutSchema,
};

export const lstmSchema = z.strictObject({ kind: z.literal("lstm"), ...settings });
export const gruSchema = z.strictObject({ kind: z.literal("gru"), ...settings });

export type RecurrentBlock = z.infer<typeof lstmSchema> | z.infer<typeof gruSchema>;

/** Gates of a layer: what its weights hold that many times. */
const GATES = { lstm: 4, gru: 3 } as const;

/** Per layer: y = dropout(norm(layer(x))), with `residual` x + y. */
export function buildRecurrent(build: Build, x: Tensor, block: RecurrentBlock): Tensor {
  const { g } = build;
  const directions = block.direction === "both" ? (["forward", "backward"] as const) : [block.direction];
  // Recurrences run along the first axis.
  let y = transpose(g, x, [1, 0, 2]);
  for (let layer = 0; layer < block.layers; layer++) {
    const own = within(build, `layer${layer}`);
    const parts = directions.map((direction) => {
      const named = directions.length === 1 ? own : within(own, direction);
      return buildLayer(named, y, block, direction === "backward");
    });
    const fresh = dropped(own, normalized(own, concat(g, parts, 2), block.norm), block.dropout);
    y = block.residual && dim(fresh, 2) === dim(y, 2) ? add(g, y, fresh) : fresh;
  }
  return transpose(g, y, [1, 0, 2]);
}

function buildLayer(build: Build, x: Tensor, { kind, units }: RecurrentBlock, reverse: boolean): Tensor {
  const { g, scope } = build;
  const uniform = 1 / Math.sqrt(units);
  const rows = GATES[kind] * units;
  const weights: RecurrentWeights = {
    input: scope.parameter("input", [rows, dim(x, 2)], { uniform }),
    recurrent: scope.parameter("recurrent", [rows, units], { uniform }),
    bias: scope.parameter("bias", [rows], { uniform }, { decays: false }),
  };
  const h = stateBefore(build, "h", [dim(x, 1), units]);
  if (kind === "lstm") {
    const c = stateBefore(build, "c", [dim(x, 1), units]);
    const { all, last, cell } = lstm(g, x, weights, { reverse, ...(h === undefined || c === undefined ? {} : { initial: { h, c } }) });
    carry(build, h, last);
    carry(build, c, cell);
    return all;
  }
  const resetBias = scope.parameter("resetBias", [units], { uniform }, { decays: false });
  const { all, last } = gru(g, x, { ...weights, resetBias }, { reverse, ...(h === undefined ? {} : { initial: h }) });
  carry(build, h, last);
  return all;
}
