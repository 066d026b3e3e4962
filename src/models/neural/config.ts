// The settings of a neural model: net, heads, training. Defaults live only here; an unknown key fails.
import { z } from "zod";
import { TruewindError } from "#base/errors.js";
import { blockSchema } from "./blocks/schema.js";
import { headsSchema } from "./heads-schema.js";
import { trainingSchema } from "./training/schema.js";

const netSchema = z.strictObject({
  /** Decisions that the net looks back on, its own included. */
  steps: z.int().positive().max(4096).default(1),
  blocks: z.array(blockSchema).default([{ kind: "dense", units: 32 }]),
  heads: headsSchema,
  training: trainingSchema.prefault({}),
});

export type NetConfig = Pick<NeuralConfig, "blocks" | "heads" | "steps">;
export type NeuralConfig = z.infer<typeof netSchema>;

/** Throws `bad-config` naming every problem. */
export function parseNeuralConfig(raw: unknown): NeuralConfig {
  const result = netSchema.safeParse(raw);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join(".") || "settings"}: ${issue.message}`);
  throw new TruewindError("bad-config", `The settings of model neural do not hold: ${problems.join("; ")}.`);
}
