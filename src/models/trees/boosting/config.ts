// Settings of boosted trees, as a user may write them.
import { z } from "zod";
import { parseSettings, treeSchema } from "../fitting/settings.js";
import { objectiveSchema } from "../objectives/schema.js";

export const boostingSchema = treeSchema.extend({
  objective: objectiveSchema.prefault({ kind: "squared" }),
  /** Trees, or trees per class, at most. */
  rounds: z.int().positive().max(100_000).default(500),
  /** Part of each tree's step that is taken. */
  learningRate: z.number().positive().max(1).default(0.05),
  /** Leaves per tree at most. */
  leaves: z.int().min(2).max(65_536).default(31),
  /** Rows that a leaf must have. */
  minDataInLeaf: z.int().positive().default(20),
  /** Part of the columns that each tree may ask, and part of those that each split may. */
  featureFraction: z.number().positive().max(1).default(1),
  featureFractionByNode: z.number().positive().max(1).default(1),
  /** Part of the rows that each tree learns from, drawn anew for each without replacement. */
  baggingFraction: z.number().positive().max(1).default(1),
  /** Part of the training samples, the latest, that is not learned from but tells when to stop. */
  validation: z.number().min(0).max(0.5).default(0.15),
  /** What tells the best round. */
  monitor: z.enum(["loss", "ic"]).default("loss"),
  /** Rounds without a better one after which boosting stops; null: never. */
  patience: z.int().positive().nullable().default(50),
  /** Rounds between two checkpoints. */
  checkpointEvery: z.int().positive().default(100),
});

export type BoostingConfig = z.infer<typeof boostingSchema>;

/** Throws `bad-config` naming every problem. */
export const parseBoostingConfig = (raw: unknown): BoostingConfig => parseSettings("boosting", boostingSchema, raw);
