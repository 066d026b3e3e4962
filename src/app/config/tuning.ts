// The file of a search for settings: an experiment, and under `tuning` what may change, how it is searched and by what it is judged.
import { z } from "zod";
import { TruewindError } from "#base/errors.js";
import { modelFamily } from "#models/registry/families.js";
import { createRng } from "#base/rng.js";
import { drawUniformly } from "#research/tuning/samplers/random.js";
import { checkSpace } from "#research/tuning/space/check-space.js";
import type { Choice, Condition, Parameter, Params, Space } from "#research/tuning/space/parameter.js";
import { type Experiment, experimentSchema, parseExperiment, parseOrThrow, readYaml } from "./experiment.js";

const choice = z.union([z.string(), z.number(), z.boolean(), z.null()], "must be text, a number, true, false or null");
const bounds = z.tuple([z.number(), z.number()], "must be a list of two numbers, the lowest and the highest");
const when = z
  .record(z.string(), z.union([choice, z.array(choice).nonempty()]))
  .nullable()
  .default(null);
const count = z.int().positive().max(1_000_000);

const range = z.union(
  [
    z.strictObject({ float: bounds, log: z.boolean().default(false), step: z.number().positive().nullable().default(null), when }),
    z.strictObject({ int: bounds, log: z.boolean().default(false), step: z.int().positive().default(1), when }),
    z.strictObject({ choices: z.array(choice), when }),
  ],
  "must have one of float: [low, high], int: [low, high] or choices: [...]; beside them log, step and when",
);

const sampler = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({
      kind: z.literal("tpe"),
      /** Parameters that are active together are drawn together. */
      multivariate: z.boolean().default(true),
      /** Trials drawn at random before it begins. */
      startup: count.default(10),
      /** Values that each trial is chosen from. */
      candidates: count.default(24),
    }),
    z.strictObject({ kind: z.literal("random") }),
    z.strictObject({
      kind: z.literal("grid"),
      /** Of a parameter that may be any number. */
      points: z.int().min(2).max(1000).default(5),
    }),
  ],
  "must be tpe, random or grid",
);

const pruner = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("none") }),
    z.strictObject({
      kind: z.literal("median"),
      /** Complete trials before any is pruned. */
      startup: count.default(5),
      /** Fits before a trial may be pruned. */
      warmup: z.number().min(0).default(1),
    }),
    z.strictObject({ kind: z.literal("asha"), first: z.number().min(0.25).default(0.25), reduction: z.int().min(2).max(16).default(2) }),
    z.strictObject({
      kind: z.literal("halving"),
      /** Fits before the first rung. */
      first: z.int().positive().default(1),
      /** One of so many goes on from a rung. */
      reduction: z.int().min(2).max(16).default(2),
    }),
  ],
  "must be none, median, asha or halving",
);

export const objectives = ["rank-ic", "ic", "log-loss", "net-sharpe"] as const;
export type ObjectiveName = (typeof objectives)[number];

const tuning = z.strictObject({
  /** What may change: path in the experiment, and its range. */
  space: z.record(z.string(), range),
  objective: z.enum(objectives).default("rank-ic"),
  trials: count.default(50),
  /** Trials that may be under way at once. */
  parallel: z.int().positive().max(256).default(4),
  sampler: sampler.prefault({ kind: "tpe" }),
  pruner: pruner.prefault({ kind: "median" }),
  /** No further trial after so many without a better one; null: never. */
  patience: count.nullable().default(null),
  /** Tests of a trial, one after the other, within what precedes the experiment's first test. */
  folds: z.int().positive().max(100).default(3),
  /** Sessions before the first of them; null: two fifths of those there are. */
  train: count.nullable().default(null),
  /** Models that differ by chance only, per fold. */
  seeds: z.int().positive().max(100).default(1),
});

/** Exported for the test that holds docs/guide/tuning.md to it. */
export const tuningSchema = experimentSchema.extend({ tuning });

export type Tuning = Omit<z.infer<typeof tuning>, "space"> & { readonly space: Space };

export interface TuningFile {
  /** Without what is searched. */
  readonly experiment: Experiment;
  readonly tuning: Tuning;
}

/** Throws `no-such-file`, or `bad-config` with all problems at once. */
export function readTuning(path: string): TuningFile {
  return parseTuning(readYaml(path), path);
}

/** An experiment, with its section `tuning` where it has one. Throws as both do. */
export function readMaybeTuned(path: string): { readonly experiment: Experiment; readonly tuning: Tuning | null } {
  const raw = readYaml(path);
  if (typeof raw === "object" && raw !== null && "tuning" in raw) return parseTuning(raw, path);
  return { experiment: parseExperiment(raw, path), tuning: null };
}

/** Throws `bad-config`. `where` names the source in messages. */
export function parseTuning(raw: unknown, where: string): TuningFile {
  if (typeof raw === "object" && raw !== null && !("tuning" in raw))
    throw new TruewindError("bad-config", `${where} has no section \`tuning\`: say there what may change, under tuning.space.`);
  const { tuning: said, ...experiment } = parseOrThrow(tuningSchema, raw, where);
  const space = checkSpace(
    Object.entries(said.space).map(([name, one]) => parameterOf(name, one, where)),
    `tuning.space of ${where}`,
  );
  const parsed: TuningFile = { experiment, tuning: { ...said, space } };
  refuseMismatch(parsed, where);
  refuseSettings(parsed, where);
  return parsed;
}

function parameterOf(name: string, said: z.infer<typeof range>, where: string): Parameter {
  const on = conditionOf(name, said.when, where);
  if ("choices" in said) return { kind: "categorical", name, choices: said.choices, when: on };
  if ("int" in said) return { kind: "int", name, low: said.int[0], high: said.int[1], log: said.log, step: said.step, when: on };
  return { kind: "float", name, low: said.float[0], high: said.float[1], log: said.log, step: said.step, when: on };
}

function conditionOf(name: string, said: z.infer<typeof when>, where: string): Condition | null {
  if (said === null) return null;
  const entries = Object.entries(said);
  const [first] = entries;
  if (first === undefined || entries.length > 1)
    throw new TruewindError("bad-config", `${where} has a problem:\n  tuning.space.${name}.when: must name one other parameter`);
  const [parameter, is] = first;
  return { parameter, is: Array.isArray(is) ? is : [is as Choice] };
}

/** What trials may change: frames are made once for all of them. */
const PATHS = /^(model|portfolio)\.[^.]+(\.[^.]+)*$|^label\.horizon$/;

function refuseMismatch({ tuning: { space, objective, pruner: pruning, trials, parallel } }: TuningFile, where: string): void {
  const problems = space.flatMap(({ name }) => {
    if (!PATHS.test(name)) return [`tuning.space.${name}: may be model.…, portfolio.… or label.horizon`];
    if (name.startsWith("portfolio.") && objective !== "net-sharpe")
      return [`tuning.space.${name}: changes nothing of the objective ${objective}; take net-sharpe`];
    return [];
  });
  if (pruning.kind === "halving" && (parallel < pruning.reduction || trials % parallel !== 0))
    problems.push(
      `tuning.pruner: halving judges brackets of \`parallel\` trials: let parallel be at least ${pruning.reduction}, and trials a multiple of it`,
    );
  if (problems.length > 0)
    throw new TruewindError("bad-config", `${where} has ${problems.length === 1 ? "a problem" : "problems"}:\n  ${problems.join("\n  ")}`);
}

/** So many settings of the space are tried on the schemas before anything is fitted. */
const TRIED = 64;

function refuseSettings(file: TuningFile, where: string): void {
  const rng = createRng("settings that a space leads to");
  for (let i = 0; i < TRIED; i++) {
    const params = drawUniformly(file.tuning.space, rng);
    try {
      experimentWith(file.experiment, params);
    } catch (error) {
      if (!(error instanceof TruewindError)) throw error;
      const said = Object.entries(params).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
      throw new TruewindError(
        "bad-config",
        `tuning.space of ${where} leads to settings that do not hold, as ${said.join(", ")}: ${error.message}`,
        { cause: error },
      );
    }
  }
}

/**
 * The experiment of a trial. Settings of the experiment's own model stay where its family does. Throws `bad-config` when the settings do not
 * hold together.
 */
export function experimentWith(base: Experiment, params: Params): Experiment {
  const family = params["model.family"] ?? base.model.family;
  const portfolioKind = params["portfolio.kind"] ?? base.portfolio.kind;
  const raw = structuredClone({
    ...base,
    model: family === base.model.family ? base.model : { family },
    portfolio: portfolioKind === base.portfolio.kind ? base.portfolio : { kind: portfolioKind },
  }) as unknown as Record<string, unknown>;
  for (const [path, value] of Object.entries(params)) put(raw, path, value);
  const experiment = parseExperiment(raw, "a trial");
  const { family: name, ...settings } = experiment.model;
  modelFamily(name).parseConfig(settings);
  return experiment;
}

/** Writes at a dotted path; a number in it is a place in a list. What is missing on the way is made. */
function put(into: Record<string, unknown>, path: string, value: Choice): void {
  const steps = path.split(".");
  const last = steps.pop() as string;
  let at = into;
  for (const step of steps) {
    const next = at[step];
    at = (typeof next === "object" && next !== null ? next : (at[step] = {})) as Record<string, unknown>;
  }
  at[last] = value;
}
