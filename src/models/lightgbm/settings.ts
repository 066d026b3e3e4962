// What is told of a model text of LightGBM: what we call its features, and which number is the score.
import { z } from "zod";
import { TruewindError } from "#base/errors.js";

const settingsSchema = z.strictObject({
  /** In the order of the columns that it was trained on; null: the names that stand in the file. */
  features: z.array(z.string().min(1)).nonempty().nullable().default(null),
  /** Which class, from 0, where it has several; null: the only score. */
  part: z.int().min(0).nullable().default(null),
  /** The number is the probability of a rise, p: the score is 2p - 1. */
  probability: z.boolean().default(false),
});

export type LightGbmSettings = z.infer<typeof settingsSchema>;

/** Throws `bad-config` naming every problem. */
export function parseLightGbmSettings(raw: unknown): LightGbmSettings {
  const result = settingsSchema.safeParse(raw);
  const problems = result.success
    ? (result.data.features ?? []).filter((name, i, all) => all.indexOf(name) !== i).map((name) => `features: "${name}" stands there twice`)
    : result.error.issues.map((issue) => `${issue.path.join(".") || "settings"}: ${issue.message}`);
  if (result.success && problems.length === 0) return result.data;
  throw new TruewindError("bad-config", `The settings of model lightgbm do not hold: ${problems.join("; ")}.`);
}
