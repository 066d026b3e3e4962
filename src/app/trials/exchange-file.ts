// Trials as a file that goes from one workspace to another: JSON holds everything, CSV is a table to look at.
import { readFileSync } from "node:fs";
import { z } from "zod";
import { TruewindError } from "#base/errors.js";
import { formatMicros, micros, utcDate } from "#domain/time.js";
import type { RecordedTrial } from "#ports/store.js";

const moment = z.int().transform((value) => micros(value));
const numbers = z.array(z.number()).transform((values) => Float64Array.from(values));

const trialSchema = z
  .strictObject({
    identity: z.string().min(1),
    experimentHash: z.string().min(1),
    dataId: z.string().min(1),
    lineage: z.string().min(1),
    from: moment,
    to: moment,
    kind: z.enum(["fit", "backtest", "tuning"]),
    codeVersion: z.string(),
    seed: z.string(),
    recordedAt: moment,
    label: z.string(),
    family: z.string().nullable(),
    study: z.string().nullable(),
    measure: z.enum(["active return", "rank IC", "right calls", "unknown"]),
    outOfSample: numbers,
    at: numbers,
  })
  .refine(({ at, outOfSample }) => at.length === 0 || at.length === outOfSample.length, "values and their times differ in number");

const fileSchema = z.strictObject({ truewindTrials: z.literal(1), trials: z.array(trialSchema) });

/** What the file shall hold, by the ending of its name: `.json` or `.csv`. Throws `bad-usage` for any other. */
export function trialsAsText(path: string, trials: readonly RecordedTrial[]): string {
  if (/\.csv$/i.test(path)) return toCsv(trials);
  if (!/\.json$/i.test(path))
    throw new TruewindError("bad-usage", `${path} must end in .json (everything, to be imported elsewhere) or .csv (a table to look at).`);
  const plain = trials.map((trial) => ({ ...trial, outOfSample: [...trial.outOfSample], at: [...trial.at] }));
  return `${JSON.stringify({ truewindTrials: 1, trials: plain })}\n`;
}

/** Throws `no-such-file`, or `bad-file` with what is wrong. */
export function readTrials(path: string): readonly RecordedTrial[] {
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== undefined)
      throw new TruewindError("no-such-file", `Cannot read ${path}: check the path.`, { cause });
    throw new TruewindError("bad-file", `${path} is no JSON: give a file that \`truewind trials --export FILE.json\` has written.`, {
      cause,
    });
  }
  const parsed = fileSchema.safeParse(raw);
  if (parsed.success) return parsed.data.trials;
  const [issue] = parsed.error.issues;
  throw new TruewindError(
    "bad-file",
    `${path} holds no trials that can be taken in (${issue?.path.join(".") || "the file"}: ${issue?.message ?? "unknown"}): give a file that \`truewind trials --export FILE.json\` has written.`,
  );
}

const COLUMNS: readonly (readonly [string, (trial: RecordedTrial) => string | number])[] = [
  ["recorded_at", (trial) => formatMicros(trial.recordedAt)],
  ["kind", (trial) => trial.kind],
  ["label", (trial) => trial.label],
  ["family", (trial) => trial.family ?? ""],
  ["study", (trial) => trial.study ?? ""],
  ["seed", (trial) => trial.seed],
  ["from", (trial) => utcDate(trial.from)],
  ["to", (trial) => utcDate(trial.to)],
  ["measure", (trial) => trial.measure],
  ["values", (trial) => trial.outOfSample.length],
  ["mean", (trial) => trial.outOfSample.reduce((sum, value) => sum + value, 0) / trial.outOfSample.length],
  ["experiment_hash", (trial) => trial.experimentHash],
  ["data_id", (trial) => trial.dataId],
  ["lineage", (trial) => trial.lineage],
  ["code_version", (trial) => trial.codeVersion],
  ["identity", (trial) => trial.identity],
];

function toCsv(trials: readonly RecordedTrial[]): string {
  const lines = [COLUMNS.map(([name]) => name), ...trials.map((trial) => COLUMNS.map(([, of]) => cell(of(trial))))];
  return `${lines.map((line) => line.join(",")).join("\n")}\n`;
}

/** A name must not become a formula of the program that opens the table. */
function cell(value: string | number): string {
  if (typeof value === "number") return Number.isNaN(value) ? "" : String(value);
  const safe = /^[=+@-]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
