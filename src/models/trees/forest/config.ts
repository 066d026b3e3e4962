// Settings of forests, as a user may write them. The two families differ in their defaults alone.
import { z } from "zod";
import { parseSettings, treeSchema } from "../fitting/settings.js";

const shape = {
  /** `squared` learns the label, `binary` its sign. */
  objective: z.enum(["squared", "binary"]).default("squared"),
  trees: z.int().positive().max(100_000).default(300),
  /** Leaves per tree at most. */
  leaves: z.int().min(2).max(65_536).default(512),
  /** Rows that a leaf must have. */
  minDataInLeaf: z.int().positive().default(20),
  /** Part of the columns that each split may ask (mtry over the number of columns). */
  featureFractionByNode: z.number().positive().max(1).default(0.33),
  /** Trees between two checkpoints. */
  checkpointEvery: z.int().positive().default(50),
};

export const forestSchema = treeSchema.extend({
  ...shape,
  /** Each tree learns from as many rows as there are, drawn with replacement; the others score it. */
  bootstrap: z.boolean().default(true),
});

export const extraTreesSchema = treeSchema.extend({
  ...shape,
  bootstrap: z.boolean().default(false),
});

export type ForestConfig = z.infer<typeof forestSchema>;

/** Throws `bad-config` naming every problem. */
export const parseForestConfig = (raw: unknown): ForestConfig => parseSettings("forest", forestSchema, raw);
/** Throws `bad-config` naming every problem. */
export const parseExtraTreesConfig = (raw: unknown): ForestConfig => parseSettings("extra-trees", extraTreesSchema, raw);
