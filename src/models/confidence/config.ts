// Settings of the family `calibrated`. Defaults live only here; an unknown key fails.
import { z } from "zod";
import { TruewindError } from "#base/errors.js";
import type { ModelFamily } from "#ports/model.js";
import { CALIBRATIONS } from "./calibrator.js";
import { ADAPTATIONS } from "./conformal.js";

/** Exported for the test that holds docs/guide/confidence.md to it. */
export const calibratedSchema = z.strictObject({
  /** Family and settings of the model whose predictions are to be judged, as under `model`. */
  member: z.looseObject({ family: z.string() }).prefault({ family: "ridge" }),
  /** Part of the training samples at its end that the member does not see while its errors are measured. */
  holdOut: z.number().min(0.05).max(0.5).default(0.2),
  /** Curve from a prediction to the probability of a rise. */
  calibration: z.enum(CALIBRATIONS).default("platt"),
  /** Share of outcomes that an interval is to hold. */
  coverage: z.number().min(0.5).max(0.99).default(0.9),
  /** How the width of intervals follows what happens. */
  adaptation: z.enum(ADAPTATIONS).default("pid"),
  /** How far one outcome moves it; null: 0.2 for `pid`, 0.02 for `aci`. */
  step: z.number().positive().max(1).nullable().default(null),
  /** One width for all instruments, or one for each. */
  pool: z.enum(["all", "instrument"]).default("all"),
  /** A feature that errors are proportional to, such as a volatility; null takes all alike. */
  volatility: z.string().nullable().default(null),
});

export interface CalibratedConfig extends Omit<z.infer<typeof calibratedSchema>, "member"> {
  readonly member: { readonly family: ModelFamily<unknown>; readonly config: unknown };
}

/** `familyOf` is the table of families. Throws `bad-config` naming every problem, those of the member's settings included. */
export function parseCalibratedConfig(raw: unknown, familyOf: (name: string) => ModelFamily<unknown>): CalibratedConfig {
  const result = calibratedSchema.safeParse(raw);
  const problems = result.success ? [] : result.error.issues.map((issue) => `${issue.path.join(".") || "settings"}: ${issue.message}`);
  let member: CalibratedConfig["member"] | null = null;
  // The member is looked at even when something else is wrong: all problems are told at once.
  const asked = calibratedSchema.shape.member.safeParse((raw as { readonly member?: unknown } | null)?.member);
  if (asked.success) {
    const { family: name, ...settings } = asked.data;
    try {
      const family = familyOf(name);
      member = { family, config: family.parseConfig(settings) };
    } catch (error) {
      if (!(error instanceof TruewindError)) throw error;
      problems.push(`member: ${error.message.replace(/\.$/u, "")}`);
    }
  }
  if (problems.length > 0 || !result.success || member === null)
    throw new TruewindError("bad-config", `The settings of model calibrated do not hold: ${problems.join("; ")}.`);
  return { ...result.data, member };
}
