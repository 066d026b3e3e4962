// The file of a comparison: an experiment whose one model gives way to several, which are all measured on the same folds.
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { TruewindError } from "#base/errors.js";
import { modelFamily } from "#models/registry/families.js";
import { type Experiment, experimentSchema, modelChoice, parseOrThrow, readYaml } from "./experiment.js";

const title = z.string().trim().min(1).max(60);

/** Exported for the test that holds docs/guide/compare.md to it. */
export const comparisonSchema = experimentSchema.omit({ model: true }).extend({
  /** Name of each model and its settings. */
  models: z.record(title, modelChoice).refine((models) => Object.keys(models).length > 0, "must name at least one model"),
  /** The model, or the predictions, that the others are measured over; the first model where it is left out. */
  baseline: title.optional(),
  /** Name and file of predictions that another program made: CSV with the columns date, symbol and score; relative to this file. */
  predictions: z.record(title, z.string().min(1)).default({}),
});

export type Comparison = z.infer<typeof comparisonSchema>;

/** Throws `no-such-file`, or `bad-config` with all problems at once, those of the models' settings included. */
export function readComparison(path: string): Comparison {
  const comparison = parseOrThrow(comparisonSchema, readYaml(path), path);
  const problems = Object.entries(comparison.models).flatMap(([name, { family, ...settings }]) => {
    try {
      modelFamily(family).parseConfig(settings);
      return [];
    } catch (error) {
      if (!(error instanceof TruewindError)) throw error;
      return [`  models.${name}: ${error.message}`];
    }
  });
  for (const name of Object.keys(comparison.predictions))
    if (name in comparison.models) problems.push(`  predictions.${name}: a model has this name already`);
  const { baseline } = comparison;
  if (baseline !== undefined && !(baseline in comparison.models) && !(baseline in comparison.predictions))
    problems.push(`  baseline: neither a model nor predictions are called "${baseline}"`);
  if (problems.length > 0)
    throw new TruewindError(
      "bad-config",
      `${path} has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}:\n${problems.join("\n")}`,
    );
  const folder = dirname(path);
  const files = Object.entries(comparison.predictions).map(([name, file]) => [name, resolve(folder, file)]);
  return { ...comparison, predictions: Object.fromEntries(files) as Record<string, string> };
}

/** The experiment of one of the models, as `truewind backtest` would run it. */
export function experimentOf({ models: _, predictions: __, baseline: ___, ...rest }: Comparison, model: Experiment["model"]): Experiment {
  return { ...rest, model };
}
