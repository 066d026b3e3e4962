// The experiment file of a table: a model trained on rows with ready-made features and labels, between fixed days. Defaults live here.
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { TruewindError } from "#base/errors.js";
import { hashJson } from "#base/hash.js";
import { modelFamily } from "#models/registry/families.js";
import { experimentName, modelChoice, parseOrThrow, readYaml, seedText } from "./experiment.js";
import { isoDate } from "./number-keys.js";

const range = z
  .strictObject({ from: isoDate, to: isoDate })
  .refine(({ from, to }) => from <= to, "must not run backwards: from is later than to");

/** Exported for the test that holds docs/guide/train-and-predict.md to it. */
export const tableExperimentSchema = z.strictObject({
  name: experimentName,
  table: z.strictObject({
    /** CSV, packed CSV or Parquet, relative to the experiment file; null: `--data` names it. */
    file: z.string().min(1).nullable().default(null),
    time: z.string().min(1).default("date"),
    instrument: z.string().min(1).default("symbol"),
    features: z.array(z.string().min(1)).nonempty(),
    label: z.string().min(1).default("label"),
    /** Rows between a label's row and the newest row that may be read for it. */
    lag: z.number().int().min(1).max(10_000).default(1),
    task: z.enum(["direction", "value"]).default("direction"),
  }),
  splits: z.strictObject({ train: range, validation: range, test: range.nullable().default(null) }),
  model: modelChoice,
  /** Models that differ in nothing but their chance; the prediction is their mean. */
  seeds: z.number().int().min(1).max(100).default(5),
  seed: seedText,
});

export type TableExperiment = z.infer<typeof tableExperimentSchema>;

/** A file with the key `table` is the experiment of a table, any other that of a dataset. */
export function isTableExperiment(raw: unknown): boolean {
  return typeof raw === "object" && raw !== null && "table" in raw;
}

/** Throws `bad-config` with all problems at once, those of the model's settings included. */
export function parseTableExperiment(raw: unknown, where: string): TableExperiment {
  const experiment = parseOrThrow(tableExperimentSchema, raw, where);
  const problems = [...columnProblems(experiment), ...splitProblems(experiment)];
  try {
    const { family, ...settings } = experiment.model;
    modelFamily(family).parseConfig(settings);
  } catch (error) {
    if (!(error instanceof TruewindError)) throw error;
    problems.push(`model: ${error.message}`);
  }
  if (problems.length === 0) return experiment;
  throw new TruewindError(
    "bad-config",
    `${where} has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}:\n${problems.map((one) => `  ${one}`).join("\n")}`,
  );
}

/** `data` takes the place of `table.file`. Throws `bad-config` when neither is given. */
export function tableFileOf({ table }: TableExperiment, experimentFile: string, data: string | undefined): string {
  if (data !== undefined) return resolve(data);
  if (table.file === null) throw new TruewindError("bad-config", `${experimentFile} names no table.file: name the table with --data FILE.`);
  return resolve(dirname(experimentFile), table.file);
}

export function readTableExperiment(path: string): TableExperiment {
  return parseTableExperiment(readYaml(path), path);
}

/** What was tried: the experiment without its name, its seeds and the place of its file. */
export function tableExperimentHash({ name: _, seed: __, seeds: ___, table: { file: ____, ...table }, ...idea }: TableExperiment): string {
  return hashJson({ ...idea, table });
}

function columnProblems({ table }: TableExperiment): readonly string[] {
  const { features, time, instrument, label } = table;
  const twice = features.filter((name, i) => features.indexOf(name) !== i);
  const used = features.filter((name) => [time, instrument, label].includes(name));
  return [
    ...new Set(twice.map((name) => `table.features: "${name}" stands there twice`)),
    ...used.map((name) => `table.features: "${name}" is the time, the instrument or the label, and no feature`),
    ...(new Set([time, instrument, label]).size < 3 ? ["table: time, instrument and label must be three columns"] : []),
  ];
}

function splitProblems({ splits }: TableExperiment): readonly string[] {
  const { train, validation, test } = splits;
  return [
    ...(validation.from <= train.to
      ? [`splits.validation: begins on ${validation.from}, and training ends on ${train.to}: every training label must have ended before`]
      : []),
    ...(test !== null && test.from <= validation.to
      ? [`splits.test: begins on ${test.from}, and validation ends on ${validation.to}: they must not overlap`]
      : []),
  ];
}
