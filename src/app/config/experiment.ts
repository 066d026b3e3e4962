// The experiment file: one strict YAML that drives training, backtest and paper. Defaults live here and nowhere else.
import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { TruewindError } from "#base/errors.js";
import { hashJson } from "#base/hash.js";
import { type PeerRole, peerRoles } from "#features/language/node.js";
import { riskFileSchema, riskProfiles } from "./risk-schema.js";
import { covarianceNames, ruleNames } from "#portfolio/weight-rule.js";
import { count, DAY_SECONDS, fraction, isoDate, part } from "./number-keys.js";
import { maxMissing, monitor, optimizedPortfolio, protect, stops } from "./portfolio-keys.js";
import { costKeys, costs, execution, venue } from "./trading-keys.js";
import { withVenueFiles } from "./venue-files.js";

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

const portfolio = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("equal-weight"), invested: part.default(0.98) }),
    z.strictObject({
      kind: z.literal("top-k"),
      k: count.default(20),
      /** Held names are kept while they rank within this; null means k. */
      keep: count.nullable().default(null),
      invested: part.default(0.98),
      /** Left out: equal weights. */
      weights: z
        .strictObject({
          rule: z.enum(ruleNames),
          covariance: z.enum(covarianceNames).default("ledoit-wolf"),
          /** Past returns that it is estimated from, in sessions (daily bars) or bars (intraday). */
          window: z.number().int().min(20).max(5_000).default(252),
          maxMissing,
        })
        .optional(),
    }),
    z.strictObject({ kind: z.literal("long-short"), k: count.default(20), gross: z.number().positive().max(2).default(0.98) }),
    z.strictObject({
      kind: z.literal("signals"),
      /** An advice to buy or sell needs a confidence above it. */
      minConfidence: fraction.default(0.6),
      /** And an expected return above it in size, a fraction over the label's horizon. */
      minReturn: fraction.default(0.005),
      /** Strength = confidence x expected return x scale, cut to [-1, 1]. */
      scale: z.number().positive().default(20),
      /** Rows stranger to the model than this share of its training rows are left alone. */
      maxOutOfDomain: fraction.default(1),
      /** Weight of full strength. */
      perName: part.default(0.1),
      invested: part.default(0.98),
      /** Whether SELL goes short, or only ends what is held. */
      short: z.boolean().default(false),
    }),
    optimizedPortfolio,
  ],
  "must be equal-weight, top-k, long-short, signals or optimize",
);

const risk = z
  .strictObject({
    maxWeight: part.default(0.1),
    minCash: fraction.default(0),
    maxGross: z.number().positive().default(1),
    maxTurnover: z.number().positive().default(2),
    maxOrderNotional: z.number().positive().nullable().default(null),
    /** Which limits hold beside these. Left out: in a backtest none, in paper and live those of the workspace, or the defaults of a risk file. */
    profile: z.enum(riskProfiles).optional(),
    /** In place of a profile: the keys of a risk file. `risk.file` names one, whose keys stand here from then on. */
    rules: z.record(z.string(), z.unknown()).pipe(riskFileSchema).optional(),
  })
  .refine(({ profile, rules }) => profile === undefined || rules === undefined, "names a profile and a file: leave one of them out")
  .prefault({});

/** Sessions (daily bars) or bars (intraday). */
const horizon = count.default(5);
/** Half-life in returns of the volatility known at the decision. */
const halfLife = z.number().min(1).max(10_000).default(20);
/** Total return from the next tradable open, or that less the mean of the universe. */
const returnKind = z.enum(["forward", "excess"]).default("excess");
/** Distance of a barrier in volatilities of the horizon; null: there is none. */
const barrier = z.number().positive().max(100).nullable().default(1);

const label = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("forward"), horizon }),
    // Where no kind is named, it is this one.
    z.strictObject({ kind: z.literal("excess").optional().default("excess"), horizon }),
    z.strictObject({ kind: z.literal("volatility-scaled"), horizon, of: returnKind, halfLife }),
    z.strictObject({
      kind: z.literal("direction"),
      horizon,
      of: returnKind,
      /** Returns of at most this size, a fraction, have no direction. */
      deadBand: z.number().min(0).max(1).default(0),
    }),
    z.strictObject({
      kind: z.literal("triple-barrier"),
      horizon,
      profit: barrier,
      stop: barrier,
      halfLife,
      /** What models learn: the return at the first touch, or which barrier it was. */
      target: z.enum(["return", "class"]).default("return"),
    }),
  ],
  "must be forward, excess, volatility-scaled, direction or triple-barrier",
);

/** One symbol per role; null: features of that role are not known. */
const peers = z
  .strictObject(
    Object.fromEntries(peerRoles.map((role) => [role, z.string().nullable().default(null)])) as Record<
      PeerRole,
      z.ZodDefault<z.ZodNullable<z.ZodString>>
    >,
  )
  .prefault({});

const ownFeature = z.strictObject({
  name: z.string(),
  /** As in `close / close.lag(20) - 1`. */
  formula: z.string().min(1),
  unit: z.string().default("ratio"),
  range: z.tuple([z.number().nullable(), z.number().nullable()]).default([null, null]),
  source: z.string().default("own"),
});

export const experimentName = z
  .string()
  .max(120)
  .regex(/^[a-z0-9][a-z0-9-]*$/, "must be lower-case words joined by hyphens");
export const modelChoice = z.looseObject({ family: z.string() }).prefault({ family: "ridge" });
/** Text, or a whole number: `7` and `"7"` are the same seed. */
export const seedText = z.union([z.string(), z.int().transform(String)], "must be a whole number or text in quotes").default("1");

/** Exported for the test that holds docs/guide/experiment-file.md to it. */
export const experimentSchema = z.strictObject({
  name: experimentName,
  data: z
    .strictObject({
      dataset: z.string().min(1),
      from: isoDate.nullable().default(null),
      to: isoDate.nullable().default(null),
      /** Recorded quotes of the same instruments: the simulated venue fills orders on them. Left out: on bars. */
      quotes: z.string().min(1).optional(),
      /** Age in seconds at which a quote fills nothing any more. Left out: by the rhythm of the recording. */
      maxQuoteSeconds: z.number().positive().max(DAY_SECONDS).optional(),
      /** Sets of facts that features may read, by name. */
      facts: z.array(z.string()).default([]),
      /** Instruments bear names that only the workspace's key reads back. */
      anonymize: z.boolean().default(true),
    })
    .refine(
      ({ quotes, maxQuoteSeconds }) => quotes !== undefined || maxQuoteSeconds === undefined,
      "says with maxQuoteSeconds how old a quote may be and names none: name a dataset in quotes, or remove it",
    ),
  universe,
  /** Instrument bought and held for comparison; null for none. It is never part of the universe. */
  benchmark: z.string().nullable().default(null),
  /** Reference instruments of cross-asset features. They are looked at; whether they may be held is said elsewhere. */
  peers,
  /** A named set, or a list of feature names. */
  features: z
    .union([z.string(), z.array(z.string()).nonempty()], "must be the name of a feature set, or a list of feature names")
    .default("classic-40"),
  /** Formulas of the user's own, to be named in `features`. */
  ownFeatures: z.array(ownFeature).default([]),
  label: label.prefault({ kind: "excess" }),
  /** Left out: all samples count alike. */
  weights: z
    .strictObject({
      /** Overlapping labels of one instrument share their weight. */
      uniqueness: z.boolean().default(false),
      /** Weight by the size of the return that a label does not share with others; holds the uniqueness within. */
      attribution: z.boolean().default(false),
      /** Sessions after which a sample counts half as much as the latest one; null: age is nothing. */
      halfLife: z.number().positive().nullable().default(null),
    })
    .optional(),
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
  model: modelChoice,
  portfolio: portfolio.prefault({ kind: "top-k" }),
  /** Left out: nothing is sold but by the portfolio. */
  stops: stops.optional(),
  /** Left out: nothing rests at the venue to end a position. */
  protect: protect.optional(),
  /** Left out: nothing is looked at between decisions. Bars within the day only. */
  monitor: monitor.optional(),
  rebalance: z
    .strictObject({
      /** Sessions (daily bars) or bars (intraday) between decisions. */
      every: count.default(5),
      /** Seconds after the close, for late data. */
      graceSeconds: z.number().min(0).max(DAY_SECONDS).default(300),
    })
    .prefault({}),
  /** Left out: what the target lacks is ordered at once. */
  execution: execution.optional(),
  costs,
  /** Left out: nothing is halted, all can be borrowed at one fee, nothing is funded. */
  venue: venue.optional(),
  risk,
  account: z
    .strictObject({ cash: z.number().positive().max(1e12).default(1_000_000), currency: z.string().length(3).default("USD") })
    .prefault({}),
  seed: seedText,
});

export type Experiment = z.infer<typeof experimentSchema>;
export type ExperimentInput = z.input<typeof experimentSchema>;

/** Throws `bad-config` with all problems at once. `where` names the source in messages. */
export function parseExperiment(raw: unknown, where: string): Experiment {
  if (raw === null || raw === undefined)
    throw new TruewindError("bad-config", `${where} is empty: an experiment needs at least name and data.dataset.`);
  return parseOrThrow(experimentSchema, raw, where);
}

/** Throws `bad-config` with all problems at once, in the words of a person. `where` names the source in messages. */
export function parseOrThrow<T>(schema: z.ZodType<T>, raw: unknown, where: string): T {
  const result = schema.safeParse(raw, { reportInput: true });
  if (result.success) return result.data;
  const problems = result.error.issues.map(describeIssue);
  throw new TruewindError(
    "bad-config",
    `${where} has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}:\n${problems.join("\n")}`,
  );
}

/** Throws `no-such-file`, or `bad-config` when the YAML does not parse. */
export function readYaml(path: string): unknown {
  const document = parseDocument(readText(path), { prettyErrors: true, merge: true });
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => `  ${(error.message.split("\n")[0] as string).replace(/:$/, "")}`);
    throw new TruewindError("bad-config", `${path} is not valid YAML:\n${problems.join("\n")}`);
  }
  try {
    return document.toJS() as unknown;
  } catch (cause) {
    throw new TruewindError(
      "bad-config",
      `${path} cannot be read as YAML: ${(cause as Error).message}. Write it without so many aliases.`,
      { cause },
    );
  }
}

/** Throws `no-such-file`, or `bad-config` for what is not UTF-8. */
function readText(path: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    const why = UNREADABLE[(cause as NodeJS.ErrnoException).code ?? ""] ?? (cause as Error).message.split(",")[0];
    throw new TruewindError("no-such-file", `Cannot read ${path}: ${why}. Check the path.`, { cause });
  }
  if (!isUtf8(bytes)) throw new TruewindError("bad-config", `${path} is not UTF-8 text: save it as UTF-8.`);
  return Buffer.from(bytes).toString("utf8");
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder, and a file is needed",
  EACCES: "you may not read it",
};

/**
 * `featureFiles` of the file are read here and stand in `ownFeatures` from then on, `risk.file` in `risk.rules`, and the rows of the files of
 * `venue` in its lists: the experiment is whole without them.
 */
export function readExperiment(path: string): Experiment {
  const raw = withVenueFiles(withRiskFile(readYaml(path), path), path, readText);
  if (typeof raw !== "object" || raw === null || !("featureFiles" in raw)) return parseExperiment(raw, path);
  const { featureFiles, ...rest } = raw as { featureFiles: unknown; ownFeatures?: readonly unknown[] };
  const files = parseOrThrow(z.array(z.string()), featureFiles, `featureFiles of ${path}`);
  const loaded = files.flatMap((file) => readOwnFeatures(join(dirname(path), file)));
  return parseExperiment({ ...rest, ownFeatures: [...loaded, ...(rest.ownFeatures ?? [])] }, path);
}

function withRiskFile(raw: unknown, path: string): unknown {
  const risk = (raw as { risk?: { file?: unknown } } | null)?.risk;
  if (typeof risk !== "object" || risk === null || !("file" in risk)) return raw;
  const { file, ...rest } = risk;
  const name = parseOrThrow(z.string(), file, `risk.file of ${path}`);
  return { ...(raw as object), risk: { ...rest, rules: readYaml(join(dirname(path), name)) ?? {} } };
}

/** Keys of `costs` that a paper venue has otherwise than the experiment. Throws `no-such-file` or `bad-config`. */
export function readVenueCosts(path: string): Partial<Experiment["costs"]> {
  const raw = readYaml(path);
  // All defaults are filled in: what was not named is left out again.
  const costs = parseOrThrow(costKeys, raw, path);
  return Object.fromEntries(Object.entries(costs).filter(([key]) => key in (raw as object)));
}

/** A file of features: YAML with one key `features`, a list of own features. Throws `no-such-file` or `bad-config`. */
export function readOwnFeatures(path: string): Experiment["ownFeatures"] {
  return parseOrThrow(z.strictObject({ features: z.array(ownFeature) }), readYaml(path), path).features;
}

/**
 * What was tried: the resolved experiment without its name, its seed and whether names are anonymized, which change nothing of the idea. Of
 * mentions of instruments, those count that are kept: aliases.
 */
export function experimentHash(experiment: Experiment): string {
  const { name: _, seed: __, ...idea } = experiment;
  const { anonymize: ___, ...data } = idea.data;
  // To name the research profile is what naming none means where something is tried.
  const { profile, ...risk } = idea.risk;
  return hashJson({ ...idea, data, risk: profile === "guarded" ? idea.risk : risk });
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.length === 0 ? "the file" : issue.path.join(".");
  if (issue.code === "unrecognized_keys")
    return `  ${path}: unknown key ${issue.keys.map((k) => `"${k}"`).join(", ")}; remove it or check its spelling`;
  return `  ${path}: ${inWords(issue)}`;
}

/** What is wanted, in the words of a person: zod's own speak of types. */
function inWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type": {
      const given = issue.input;
      if (given === undefined) return "is missing";
      if (issue.expected === "string" && (typeof given === "number" || typeof given === "boolean"))
        return `must be text: write it in quotes, as "${given}"`;
      return `must be ${KINDS[issue.expected] ?? issue.expected}, not ${given === null ? "empty" : JSON.stringify(given).slice(0, 40)}`;
    }
    case "too_small":
      return issue.origin === "number"
        ? `must be ${issue.inclusive === true ? "at least" : "above"} ${issue.minimum}`
        : "must not be empty";
    case "too_big":
      return issue.origin === "string"
        ? `must have at most ${issue.maximum} characters`
        : `must be ${issue.inclusive === true ? "at most" : "below"} ${issue.maximum}`;
    case "invalid_value":
      return `must be one of ${issue.values.map(String).join(", ")}`;
    default:
      return issue.message;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  object: "a set of keys",
  array: "a list",
  number: "a number",
  int: "a whole number",
  string: "text",
};
