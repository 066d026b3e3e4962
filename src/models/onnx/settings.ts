// What is told of an ONNX file that another program made: which of our features go where, and which number is the score.
import { z } from "zod";
import { TruewindError } from "#base/errors.js";

const settingsSchema = z.strictObject({
  /** In the order of the columns that the file was made with. */
  features: z.array(z.string().min(1)).nonempty(),
  /** For files with several inputs: the features of each, by its name. */
  inputs: z
    .record(z.string(), z.array(z.string().min(1)).nonempty())
    .nullable()
    .default(null),
  /** Name of the output; null: the only one. */
  output: z.string().min(1).nullable().default(null),
  /** Which number of the output, from 0; null: the only one. */
  part: z.int().min(0).nullable().default(null),
  /** The number is the probability of a rise, p: the score is 2p - 1. */
  probability: z.boolean().default(false),
  /** Decisions that an input looks back on: above 1 it is read as `[row][step][feature]`, oldest first. */
  steps: z.int().positive().max(4096).default(1),
});

export type OnnxSettings = z.infer<typeof settingsSchema>;

/** Throws `bad-config` naming every problem. */
export function parseOnnxSettings(raw: unknown): OnnxSettings {
  const result = settingsSchema.safeParse(raw);
  const problems = result.success
    ? mappingProblems(result.data)
    : result.error.issues.map((issue) => `${issue.path.join(".") || "settings"}: ${issue.message}`);
  if (result.success && problems.length === 0) return result.data;
  throw new TruewindError("bad-config", `The settings of model onnx do not hold: ${problems.join("; ")}.`);
}

function mappingProblems({ features, inputs }: OnnxSettings): readonly string[] {
  const twice = features.filter((name, i) => features.indexOf(name) !== i);
  const problems = twice.map((name) => `features: "${name}" stands there twice`);
  for (const [input, names] of Object.entries(inputs ?? {}))
    problems.push(...names.filter((name) => !features.includes(name)).map((name) => `inputs.${input}: "${name}" is none of the features`));
  return problems;
}
