// Objectives as a user may write them. Defaults live only here.
import { z } from "zod";

/** May be written by its name alone: `objective: binary`. */
export const objectiveSchema = z.preprocess(
  (objective) => (typeof objective === "string" ? { kind: objective } : objective),
  z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("squared") }),
    z.strictObject({
      kind: z.literal("huber"),
      /** Where the loss turns linear, in robust standard deviations of the label. */
      delta: z.number().positive().default(1.35),
    }),
    z.strictObject({
      kind: z.literal("quantile"),
      /** Level of the quantile. */
      alpha: z.number().gt(0).lt(1).default(0.5),
    }),
    z.strictObject({ kind: z.literal("binary") }),
    z.strictObject({
      kind: z.literal("multiclass"),
      /** So many of equal size by the label's quantiles, or its signs. */
      classes: z.union([z.int().min(2).max(100), z.literal("sign")]).default(5),
    }),
    z.strictObject({
      kind: z.literal("lambdarank"),
      /** Grades of relevance within a decision moment. */
      grades: z.int().min(2).max(31).default(5),
      /** Places from the top that count. */
      truncation: z.int().positive().default(30),
    }),
  ]),
);

export type ObjectiveConfig = z.infer<typeof objectiveSchema>;
