// Settings of the family `ensemble`. Defaults live only here; an unknown key fails.
import { z } from "zod";
import { TruewindError } from "#base/errors.js";
import { linearFamilies } from "#models/linear/family.js";
import type { ModelFamily } from "#ports/model.js";

export const COMBINATIONS = ["performance", "stacking", "dynamic", "confidence", "equal"] as const;

const part = z.looseObject({ family: z.string() });

/** Exported for the test that holds docs/guide/ensembles.md to it. */
export const ensembleSchema = z.strictObject({
  /** Each a family and its settings, as under `model`; `name` tells two of one family apart. */
  members: z.array(part.extend({ name: z.string().min(1).optional() })).min(2),
  /** What the members' predictions are weighted by. */
  combine: z.enum(COMBINATIONS).default("performance"),
  /** Blocks of the training samples on which members are judged, each by members that were fitted without it. */
  folds: z.number().int().min(2).max(20).default(5),
  /** Stacking: the linear family that learns from the members' predictions. */
  meta: part.nullable().default(null),
  /** Dynamic: a feature; each third of its values has weights of its own. */
  regime: z.string().nullable().default(null),
  /** Dynamic: how fast weights follow losses; auto is the rate of the regret bound. */
  rate: z.union([z.number().positive(), z.literal("auto")], "must be a number above 0, or auto").default("auto"),
  /** Dynamic: part of the weight that is dealt out anew after each decision, so that a member can come back. */
  share: z.number().min(0).max(0.5).default(0.01),
});

/** Which settings belong to one way of combining alone. */
const ONLY = { meta: "stacking", regime: "dynamic", rate: "dynamic", share: "dynamic" } as const;
const META = { family: "ridge", alpha: "auto", positive: true };

type Settings = z.infer<typeof ensembleSchema>;

export interface Part {
  readonly name: string;
  readonly family: ModelFamily<unknown>;
  readonly config: unknown;
}

export interface EnsembleConfig extends Omit<Settings, "members" | "meta"> {
  readonly members: readonly Part[];
  /** Of stacking. */
  readonly meta: Part;
  /** As they were given, for fingerprints. */
  readonly settings: Settings;
}

/** `familyOf` is the table of families. Throws `bad-config` naming every problem, those of the members' settings included. */
export function parseEnsembleConfig(raw: unknown, familyOf: (name: string) => ModelFamily<unknown>): EnsembleConfig {
  const result = ensembleSchema.safeParse(raw);
  const problems = result.success ? [] : result.error.issues.map((issue) => `${issue.path.join(".") || "settings"}: ${issue.message}`);
  const given = (raw ?? {}) as Readonly<Record<string, unknown>>;
  const tried = <T>(where: string, make: () => T): T | null => {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof TruewindError)) throw error;
      problems.push(`${where}: ${error.message.replace(/\.$/u, "")}`);
      return null;
    }
  };
  // Members are looked at even when something else is wrong: all problems are told at once.
  const asked = ensembleSchema.shape.members.safeParse(given["members"]);
  const members = (asked.data ?? []).map(({ name, family: familyName, ...settings }, i) =>
    tried(`members.${i}`, () => {
      const family = familyOf(familyName);
      return { name: name ?? familyName, family, config: family.parseConfig(settings) };
    }),
  );
  const meta = tried("meta", () => metaOf(ensembleSchema.shape.meta.safeParse(given["meta"]).data ?? null));
  for (const [key, combine] of Object.entries(ONLY)) {
    if (key in given && given[key] !== null && (given["combine"] ?? "performance") !== combine)
      problems.push(`${key}: only combine: ${combine} has it`);
  }
  if (problems.length > 0 || !result.success || meta === null)
    throw new TruewindError("bad-config", `The settings of model ensemble do not hold: ${problems.join("; ")}.`);
  return { ...result.data, members: named(members as readonly Part[]), meta, settings: result.data };
}

function metaOf(given: Settings["meta"]): Part {
  const { family: name, ...settings } = given ?? META;
  const family = linearFamilies.find((one) => one.name === name);
  if (family === undefined)
    throw new TruewindError("bad-config", `"${name}" is no linear family; those are ${linearFamilies.map((one) => one.name).join(", ")}`);
  return { name: "meta", family, config: family.parseConfig(settings) };
}

/** Two of one name get a number. */
function named(members: readonly Part[]): readonly Part[] {
  return members.map((member, i) => {
    const before = members.slice(0, i).filter(({ name }) => name === member.name).length;
    return before === 0 ? member : { ...member, name: `${member.name}-${before + 1}` };
  });
}
