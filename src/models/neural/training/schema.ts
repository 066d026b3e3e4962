// How a net is trained, as a user may write it. Defaults live only here; an unknown key fails.
import { z } from "zod";

const beta1 = z.number().min(0).lt(1).default(0.9);
const beta2 = z.number().min(0).lt(1).default(0.999);
const epsilon = z.number().positive().default(1e-8);

/** May be written by its name alone: `optimizer: sgd`. */
const optimizerSchema = z.preprocess(
  (optimizer) => (typeof optimizer === "string" ? { kind: optimizer } : optimizer),
  z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("adam"), beta1, beta2, epsilon }),
    z.strictObject({ kind: z.literal("adamw"), beta1, beta2, epsilon }),
    z.strictObject({ kind: z.literal("sgd"), momentum: z.number().min(0).lt(1).default(0), nesterov: z.boolean().default(false) }),
  ]),
);

export const trainingSchema = z.strictObject({
  /** Samples per step. Losses that compare the samples of one moment get as many whole decision moments as fit. */
  batch: z.int().positive().default(256),
  epochs: z.int().positive().default(20),
  optimizer: optimizerSchema.prefault({ kind: "adamw" }),
  /** At its highest, behind the warm-up. */
  learningRate: z.number().positive().default(1e-3),
  /** Steps over which the learning rate rises linearly. */
  warmup: z.int().min(0).default(0),
  schedule: z.enum(["constant", "cosine"]).default("cosine"),
  weightDecay: z.number().min(0).default(0.01),
  /** Largest norm of the gradient over all parameters; null: not limited. */
  clipNorm: z.number().positive().nullable().default(1),
  /** Decay of the averaged weights, which then replace the last ones; null: none are kept. */
  ema: z.number().positive().lt(1).nullable().default(null),
  /** Largest standardized feature, in deviations. */
  clip: z.number().positive().default(10),
  /** Part of the training samples, the latest, that is not learned from but tells when to stop. */
  validation: z.number().min(0).max(0.5).default(0.15),
  /** What tells the best epoch. */
  monitor: z.enum(["loss", "ic"]).default("loss"),
  /** Epochs without a better one after which training stops; null: never. */
  patience: z.int().positive().nullable().default(5),
  /** Steps between two checkpoints. */
  checkpointEvery: z.int().positive().default(200),
  /** Threads that share every batch; null: as many as the command gives, a thread per core unless told. The bytes of the model may depend on it. */
  threads: z.int().positive().nullable().default(null),
});

export type TrainingConfig = z.infer<typeof trainingSchema>;
