// The experiment file: one strict YAML that drives training, backtest and paper. Defaults live here and nowhere else.
import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { z } from "zod";
import { TruewindError } from "#base/errors.js";
import { hashJson } from "#base/hash.js";
import { type IsoDate, parseIsoDate } from "#domain/time.js";

const isoDate = z
  .string()
  .refine((text) => parseIsoDate(text) !== null, "must be a date as YYYY-MM-DD")
  .transform((text) => text as IsoDate);
const fraction = z.number().min(0).max(1);
const count = z.number().int().positive();

const universe = z
  .strictObject({
    /** Bars an instrument must have shown before it may be held. */
    minHistory: count.default(252),
    /** Lowest price; raw prices only. */
    minPrice: z.number().positive().nullable().default(null),
    /** Lowest mean dollar volume of 20 bars; raw prices only. */
    minDollarVolume: z.number().positive().nullable().default(null),
    /** Only these symbols; null takes all. */
    include: z.array(z.string()).nonempty().nullable().default(null),
    exclude: z.array(z.string()).default([]),
    /** Only these sectors; null takes all. */
    sectors: z.array(z.string()).nonempty().nullable().default(null),
  })
  .prefault({});

const portfolio = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("equal-weight"), invested: fraction.default(0.98) }),
  z.strictObject({
    kind: z.literal("top-k"),
    k: count.default(20),
    /** Held names are kept while they rank within this; null means k. */
    keep: count.nullable().default(null),
    invested: fraction.default(0.98),
  }),
  z.strictObject({ kind: z.literal("long-short"), k: count.default(20), gross: z.number().positive().max(2).default(0.98) }),
]);

const costs = z
  .strictObject({
    feeBps: z.number().min(0).default(5),
    halfSpreadBps: z.number().min(0).default(2.5),
    impactBps: z.number().min(0).default(20),
    participation: fraction.default(0.05),
    borrowBps: z.number().min(0).default(50),
    /** Annual interest on cash, as steps in time; also what Sharpe is measured over. */
    cashRate: z.array(z.strictObject({ from: isoDate, rate: z.number().min(-0.05).max(1) })).default([]),
    latencyMs: z.number().min(0).default(200),
  })
  .prefault({});

const risk = z
  .strictObject({
    maxWeight: fraction.default(0.1),
    minCash: fraction.default(0),
    maxGross: z.number().positive().default(1),
    maxTurnover: z.number().positive().default(2),
    maxOrderNotional: z.number().positive().nullable().default(null),
  })
  .prefault({});

const experimentSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "must be lower-case words joined by hyphens"),
  data: z.strictObject({
    dataset: z.string().min(1),
    from: isoDate.nullable().default(null),
    to: isoDate.nullable().default(null),
  }),
  universe,
  /** Instrument bought and held for comparison; null for none. It is never part of the universe. */
  benchmark: z.string().nullable().default(null),
  /** A named set, or a list of feature names. */
  features: z.union([z.string(), z.array(z.string()).nonempty()]).default("classic-40"),
  label: z
    .strictObject({
      /** Total return from the next tradable open, or that less the mean of the universe. */
      kind: z.enum(["forward", "excess"]).default("excess"),
      /** Sessions (daily bars) or bars (intraday). */
      horizon: count.default(5),
    })
    .prefault({}),
  splits: z
    .strictObject({
      /** First out-of-sample day; null: after `train` sessions. */
      firstTest: isoDate.nullable().default(null),
      /** Training sessions: the minimum when expanding, the length when rolling. */
      train: count.default(504),
      window: z.enum(["expanding", "rolling"]).default("expanding"),
      /** Sessions per test window: the model is fitted anew for each. */
      test: count.default(126),
      /** Sessions kept free between the last training label's end and the test window. */
      embargo: z.number().int().min(0).default(5),
    })
    .prefault({}),
  model: z.looseObject({ family: z.string() }).prefault({ family: "ridge" }),
  portfolio: portfolio.prefault({ kind: "top-k" }),
  rebalance: z
    .strictObject({
      /** Sessions (daily bars) or bars (intraday) between decisions. */
      every: count.default(5),
      /** Seconds after the close, for late data. */
      graceSeconds: z.number().min(0).default(300),
    })
    .prefault({}),
  costs,
  risk,
  account: z
    .strictObject({ cash: z.number().positive().max(1e12).default(1_000_000), currency: z.string().length(3).default("USD") })
    .prefault({}),
  seed: z.string().default("1"),
});

export type Experiment = z.infer<typeof experimentSchema>;
export type ExperimentInput = z.input<typeof experimentSchema>;

/** Throws `bad-config` with all problems at once. `where` names the source in messages. */
export function parseExperiment(raw: unknown, where: string): Experiment {
  const result = experimentSchema.safeParse(raw);
  if (result.success) return result.data;
  const problems = result.error.issues.map(describeIssue);
  throw new TruewindError("bad-config", `${where} has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}:\n${problems.join("\n")}`);
}

/** Throws `no-such-file`, or `bad-config` when the YAML does not parse. */
export function readYaml(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new TruewindError("no-such-file", `Cannot read ${path}: ${(cause as Error).message.split(",")[0]}. Check the path.`, { cause });
  }
  const document = parseDocument(text, { prettyErrors: true });
  const [first] = document.errors;
  if (first !== undefined) throw new TruewindError("bad-config", `${path} is not valid YAML: ${first.message.split("\n")[0]}`);
  return document.toJS() as unknown;
}

export function readExperiment(path: string): Experiment {
  return parseExperiment(readYaml(path), path);
}

/** What was tried: the resolved experiment without its name and seed, which change nothing of the idea. */
export function experimentHash(experiment: Experiment): string {
  const { name: _, seed: __, ...idea } = experiment;
  return hashJson(idea);
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.length === 0 ? "the file" : issue.path.join(".");
  if (issue.code === "unrecognized_keys") return `  ${path}: unknown key ${issue.keys.map((k) => `"${k}"`).join(", ")}; remove it or check its spelling`;
  return `  ${path}: ${issue.message}`;
}
