// The settings of a neural model: net, heads, training. Defaults live only here and in the parts; an unknown key fails.
import { z } from "zod";
import { TruewindError } from "#base/errors.js";
import { type Block, blockSchema } from "./blocks/schema.js";
import { stepProblems } from "./blocks/steps.js";
import { headProblems, type HeadsConfig, headsSchema } from "./heads-schema.js";
import { type TrainingConfig, trainingSchema } from "./training/schema.js";
import type { ZooNet } from "./zoo/define.js";
import { zoo } from "./zoo/zoo.js";

const blocksSchema = z.array(blockSchema);

export const neuralSchema = z.strictObject({
  /** A net of the zoo, in place of `blocks`. */
  net: z.enum(Object.keys(zoo)).optional(),
  /** Of the net. */
  options: z.record(z.string(), z.unknown()).optional(),
  /** The net block by block; without `net` and `blocks` it is linear. */
  blocks: blocksSchema.optional(),
  /** Decisions that the net looks back on, its own included; when left out, what the net of the zoo is meant for, else 1. */
  steps: z.int().positive().max(4096).optional(),
  heads: headsSchema,
  training: trainingSchema.prefault({}),
});

/** The net as blocks, wherever they came from: parsing it again gives it again. */
export interface NetConfig {
  readonly steps: number;
  readonly blocks: readonly Block[];
  readonly heads: HeadsConfig;
}

export interface NeuralConfig extends NetConfig {
  readonly training: TrainingConfig;
}

/** Throws `bad-config` naming every problem. */
export function parseNeuralConfig(raw: unknown): NeuralConfig {
  const problems: string[] = [];
  const result = neuralSchema.safeParse(raw);
  if (!result.success) problems.push(...texts(result.error));
  const net = blocksOf(raw, problems);
  if (problems.length === 0 && result.success) {
    const { steps = net.steps, heads, training } = result.data;
    problems.push(...stepProblems(net.blocks, steps), ...headProblems(heads));
    if (problems.length === 0) return { steps, blocks: net.blocks, heads, training };
  }
  throw new TruewindError("bad-config", `The settings of model neural do not hold: ${problems.join("; ")}.`);
}

interface Net {
  readonly blocks: readonly Block[];
  readonly steps: number;
}

/** Looks at the raw settings, so that problems of the net's options are told together with all others. */
function blocksOf(raw: unknown, problems: string[]): Net {
  const given = (typeof raw === "object" && raw !== null ? raw : {}) as Readonly<Record<string, unknown>>;
  const { net: name, options = {}, blocks } = given;
  if (name === undefined) {
    if (given["options"] !== undefined) problems.push("options: belong to a `net`, and none is named");
    const parsed = blocksSchema.safeParse(blocks ?? []);
    return { blocks: parsed.data ?? [], steps: 1 };
  }
  if (blocks !== undefined) problems.push("blocks: stand in place of `net`; give one of the two");
  // What is wrong with them is in the schema's own problems.
  if (typeof name !== "string" || !Object.hasOwn(zoo, name) || typeof options !== "object" || options === null)
    return { blocks: [], steps: 1 };
  const net = zoo[name] as ZooNet;
  const known = Object.keys(net.options.shape);
  const unknown = Object.keys(options).filter((option) => !known.includes(option));
  problems.push(...unknown.map((option) => `options.${option}: not known to ${name}, whose options are ${known.join(", ")}`));
  const parsed = net.options.safeParse(options);
  if (!parsed.success) problems.push(...texts(parsed.error, "options"));
  return { blocks: parsed.success ? blocksSchema.parse(net.blocks(options)) : [], steps: net.steps };
}

function texts(error: z.ZodError, prefix?: string): readonly string[] {
  return error.issues.map(
    ({ path, message }) => `${[...(prefix === undefined ? [] : [prefix]), ...path].join(".") || "settings"}: ${message}`,
  );
}
