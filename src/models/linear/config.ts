// Settings of the linear families. Defaults live only here; an unknown key fails.
import { z } from "zod";
import { TruewindError } from "#base/errors.js";

/** `auto`: the model compares penalties on the latest part of its training samples. */
const alpha = z.union([z.number().positive(), z.literal("auto")], "must be a number above 0, or auto");
/** No coefficient below 0. */
const positive = z.boolean().default(false);

const ridgeSchema = z.strictObject({
  /** L2 penalty on standardised features, not divided by the number of rows: scikit-learn's `Ridge(alpha)`. */
  alpha: alpha.default(1),
  positive,
});

const lassoSchema = z.strictObject({
  /** L1 penalty on standardised features, per row: scikit-learn's `Lasso(alpha)`. In the unit of the label. */
  alpha: alpha.default("auto"),
  positive,
});

const elasticNetSchema = z.strictObject({
  /** Both penalties together: scikit-learn's `ElasticNet(alpha)`. */
  alpha: alpha.default("auto"),
  /** Share of the L1 penalty: scikit-learn's `l1_ratio`. */
  l1Ratio: z.number().min(0.01).max(1).default(0.5),
  positive,
});

const huberSchema = z.strictObject({
  /** Errors beyond this many scales count by their size instead of their square: scikit-learn's `HuberRegressor(epsilon)`. */
  epsilon: z.number().min(1).default(1.35),
  /** L2 penalty on standardised features, not divided by the number of rows: `HuberRegressor(alpha)`. */
  alpha: z.number().positive().default(0.0001),
});

const logisticSchema = z.strictObject({
  /** Inverse penalty on standardised features: scikit-learn's `LogisticRegression(C)`. */
  c: z.number().positive().default(1),
  /** Share of the L1 penalty; 0 is L2 alone: scikit-learn's `l1_ratio`. */
  l1Ratio: z.number().min(0).max(1).default(0),
});

const factorSchema = z.strictObject({
  /** Feature and weight: of its value less the training mean, over the training deviation. Features that are not named count nothing. */
  weights: z
    .record(
      z.string(),
      z.number().refine((weight) => weight !== 0, "must not be 0"),
    )
    .refine((weights) => Object.keys(weights).length > 0, "must name at least one feature"),
  /** Information coefficient that is believed: it gives the expected returns their size and changes no order. */
  ic: z.number().positive().max(1).default(0.02),
});

export type RidgeConfig = z.infer<typeof ridgeSchema>;
export type LassoConfig = z.infer<typeof lassoSchema>;
export type ElasticNetConfig = z.infer<typeof elasticNetSchema>;
export type HuberConfig = z.infer<typeof huberSchema>;
export type LogisticConfig = z.infer<typeof logisticSchema>;
export type FactorConfig = z.infer<typeof factorSchema>;

/** Each throws `bad-config` naming every problem. */
export const parseRidgeConfig = (raw: unknown): RidgeConfig => parse("ridge", ridgeSchema, raw);
export const parseLassoConfig = (raw: unknown): LassoConfig => parse("lasso", lassoSchema, raw);
export const parseElasticNetConfig = (raw: unknown): ElasticNetConfig => parse("elastic-net", elasticNetSchema, raw);
export const parseHuberConfig = (raw: unknown): HuberConfig => parse("huber", huberSchema, raw);
export const parseLogisticConfig = (raw: unknown): LogisticConfig => parse("logistic", logisticSchema, raw);
export const parseFactorConfig = (raw: unknown): FactorConfig => parse("factor", factorSchema, raw);

function parse<T>(family: string, schema: z.ZodType<T>, raw: unknown): T {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join(".") || "settings"}: ${issue.message}`);
  throw new TruewindError("bad-config", `The settings of model ${family} do not hold: ${problems.join("; ")}.`);
}
