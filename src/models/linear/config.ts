// Settings of the two linear families. Defaults live only here; an unknown key fails.
import { z } from "zod";
import { TruewindError } from "#base/errors.js";

const ridgeSchema = z.strictObject({
  /** L2 penalty on standardised features, not divided by the number of rows: scikit-learn's `Ridge(alpha)`. */
  alpha: z.number().positive().default(1),
});

const logisticSchema = z.strictObject({
  /** Inverse L2 penalty on standardised features: scikit-learn's `LogisticRegression(C)`. */
  c: z.number().positive().default(1),
});

export type RidgeConfig = z.infer<typeof ridgeSchema>;
export type LogisticConfig = z.infer<typeof logisticSchema>;

/** Throws `bad-config` naming every problem. */
export const parseRidgeConfig = (raw: unknown): RidgeConfig => parse("ridge", ridgeSchema, raw);
/** Throws `bad-config` naming every problem. */
export const parseLogisticConfig = (raw: unknown): LogisticConfig => parse("logistic", logisticSchema, raw);

function parse<T>(family: string, schema: z.ZodType<T>, raw: unknown): T {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join(".") || "settings"}: ${issue.message}`);
  throw new TruewindError("bad-config", `The settings of model ${family} do not hold: ${problems.join("; ")}.`);
}
