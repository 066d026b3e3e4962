// Settings of the family `meta`. Defaults live only here; an unknown key fails.
import { z } from "zod";
import { TruewindError } from "#base/errors.js";
import type { ModelFamily } from "#ports/model.js";

const part = z.looseObject({ family: z.string() });

/** Exported for the test that holds docs/guide/meta-labels.md to it. */
export const metaSchema = z.strictObject({
  /** Family and settings of the model that takes the side, as under `model`. */
  primary: part.prefault({ family: "ridge" }),
  /** Family and settings of the model that says whether the side will pay: one that gives probabilities, and looks at one decision. */
  secondary: part.prefault({ family: "calibrated", member: { family: "logistic" } }),
  /** What acting costs, both ways together, in the unit of the label: a side that earned less did not pay. */
  cost: z.number().min(0).default(0),
  /** Blocks of the training samples, for each of which the primary model is fitted without it: the second learns from its sides there. */
  folds: z.number().int().min(2).max(20).default(5),
});

export interface MetaPart {
  readonly family: ModelFamily<unknown>;
  readonly config: unknown;
}

export interface MetaConfig extends Omit<z.infer<typeof metaSchema>, "primary" | "secondary"> {
  readonly primary: MetaPart;
  readonly secondary: MetaPart;
}

/** `familyOf` is the table of families. Throws `bad-config` naming every problem, those of the two models' settings included. */
export function parseMetaConfig(raw: unknown, familyOf: (name: string) => ModelFamily<unknown>): MetaConfig {
  const result = metaSchema.safeParse(raw);
  const problems = result.success ? [] : result.error.issues.map((issue) => `${issue.path.join(".") || "settings"}: ${issue.message}`);
  const partOf = (name: "primary" | "secondary"): MetaPart | null => {
    // Looked at even when something else is wrong: all problems are told at once.
    const asked = metaSchema.shape[name].safeParse((raw as Readonly<Record<string, unknown>> | null)?.[name]);
    if (!asked.success) return null;
    const { family: familyName, ...settings } = asked.data;
    try {
      const family = familyOf(familyName);
      return { family, config: family.parseConfig(settings) };
    } catch (error) {
      if (!(error instanceof TruewindError)) throw error;
      problems.push(`${name}: ${error.message.replace(/\.$/u, "")}`);
      return null;
    }
  };
  const [primary, secondary] = [partOf("primary"), partOf("secondary")];
  if (secondary !== null && secondary.family.steps(secondary.config) > 1)
    problems.push("secondary: it looks back on several decisions; let its member be one that looks at one, such as logistic or boosting");
  if (problems.length > 0 || !result.success || primary === null || secondary === null)
    throw new TruewindError("bad-config", `The settings of model meta do not hold: ${problems.join("; ")}.`);
  return { ...result.data, primary, secondary };
}
