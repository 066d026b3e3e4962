// What a net predicts, as a user may write it. Each head has a weight in the loss.
import { z } from "zod";

const weight = z.number().positive().default(1);

const returnLossSchema = z.discriminatedUnion("kind", [
  /** Squared error: the mean. */
  z.strictObject({ kind: z.literal("mse") }),
  /** Squared up to `delta` standard deviations of the label, linear beyond (Huber 1964). */
  z.strictObject({ kind: z.literal("huber"), delta: z.number().positive().default(1) }),
  /** Gaussian likelihood together with the volatility head, each sample by its own deviation (Nix & Weigend 1994). */
  z.strictObject({ kind: z.literal("nll") }),
  /** 1 - correlation of prediction and label within each decision moment. */
  z.strictObject({ kind: z.literal("ic") }),
  /** Order of each pair within a decision moment (RankNet, Burges et al. 2005). */
  z.strictObject({ kind: z.literal("rank") }),
]);

const kinds = returnLossSchema.options.map((option) => option.shape.kind.value);

/** A loss may be written by its name alone: `loss: huber`. */
const lossSchema = z
  .union([z.enum(kinds), returnLossSchema], { error: `expected ${kinds.join(", ")}, or one of them as \`kind\` with its settings` })
  .transform((loss) => (typeof loss === "string" ? returnLossSchema.parse({ kind: loss }) : loss))
  .prefault("mse");

export const headsSchema = z
  .strictObject({
    /** Expected label. */
    return: z.strictObject({ weight, loss: lossSchema }).nullable().default(null),
    /** Standard deviation of the label around the return head, or around its training mean. */
    volatility: z.strictObject({ weight }).nullable().default(null),
    /** Probability that the label is positive. */
    direction: z
      .strictObject({
        weight,
        /** `focal`: turns to the samples that are not told apart yet (Lin et al. 2017). */
        loss: z.enum(["cross-entropy", "focal"]).default("cross-entropy"),
        /** Exponent of `focal`. */
        gamma: z.number().min(0).default(2),
        /** Both directions count alike, however rare one is in a batch. */
        balanced: z.boolean().default(false),
      })
      .nullable()
      .default(null),
    /** Quantiles of the label, which never cross. */
    quantiles: z
      .strictObject({
        weight,
        levels: z
          .array(z.number().gt(0).lt(1))
          .min(1)
          .refine((levels) => levels.every((level, i) => i === 0 || level > (levels[i - 1] as number)), "must rise")
          .default([0.1, 0.5, 0.9]),
      })
      .nullable()
      .default(null),
    /** Probability that the direction of the score is right. */
    confidence: z.strictObject({ weight }).nullable().default(null),
  })
  .prefault({ return: {} });

export type HeadsConfig = z.infer<typeof headsSchema>;
export type HeadName = keyof HeadsConfig;

/** What the heads ask of each other and do not get. */
export function headProblems(heads: HeadsConfig): readonly string[] {
  const problems: string[] = [];
  if (heads.return === null && heads.direction === null && heads.quantiles === null) {
    problems.push("heads: need one of return, direction and quantiles, from which the expected label is taken");
  }
  if (heads.return?.loss.kind === "nll" && heads.volatility === null) {
    problems.push("heads.return.loss: nll needs the volatility head, whose deviations it weighs by");
  }
  return problems;
}

/**
 * How a batch must be drawn: `moments` when a loss compares the samples of one decision moment, so that all of a moment's samples lie in one
 * batch; `shuffled` when any order will do.
 */
export function batchingOf(heads: HeadsConfig): "moments" | "shuffled" {
  const loss = heads.return?.loss.kind;
  return loss === "ic" || loss === "rank" ? "moments" : "shuffled";
}
