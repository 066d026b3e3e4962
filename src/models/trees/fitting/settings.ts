// Settings that all families of trees share, in the names of the field. Defaults live only here and beside; an unknown key fails.
import { z } from "zod";
import { TruewindError } from "#base/errors.js";
import type { CategorySettings, GrowthSettings } from "../growth/growth.js";

export const treeSchema = z.strictObject({
  /** Decisions whose features are columns, the decision at hand included. */
  steps: z.int().positive().max(4096).default(1),
  /** Splits from the root to a leaf; null: no limit. */
  maxDepth: z.int().positive().nullable().default(null),
  /** Sum of the loss's curvature that a leaf must have. */
  minSumHessian: z.number().min(0).default(1e-3),
  /** What a split must lower the loss by. */
  minGain: z.number().min(0).default(0),
  /** Penalty on the size of a leaf's value. */
  l1: z.number().min(0).default(0),
  /** Penalty on its square. */
  l2: z.number().min(0).default(0),
  /** Values per feature that a split can tell apart. */
  maxBin: z.int().min(2).max(255).default(255),
  /** Features that hold categories: whole numbers from 0. */
  categorical: z.array(z.string()).default([]),
  /** L2 on top of `l2` at splits of categories. */
  catL2: z.number().min(0).default(10),
  /** Damps what rare categories seem to say. */
  catSmooth: z.number().min(0).default(10),
  /** Per feature 1: the prediction never falls with it, -1: never rises. */
  monotone: z.record(z.string(), z.union([z.literal(1), z.literal(-1)], "must be 1 or -1")).default({}),
});

export type TreeSettings = z.infer<typeof treeSchema>;

/** Throws `bad-config` naming every problem. */
export function parseSettings<T>(family: string, schema: z.ZodType<T>, raw: unknown): T {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join(".") || "settings"}: ${issue.message}`);
  throw new TruewindError("bad-config", `The settings of model ${family} do not hold: ${problems.join("; ")}.`);
}

/** Positions of the columns of the named features, all steps of them. Throws `bad-config` for a name that is none. */
export function categoricalColumns({ categorical, steps }: TreeSettings, features: readonly string[]): readonly number[] {
  const found = new Set(categorical.map((name) => indexOf("categorical", name, features)));
  return Array.from({ length: steps * features.length }, (_, column) => column).filter((column) => found.has(column % features.length));
}

/** Throws `bad-config` for a name that is no feature, and for a category, which has no direction. */
function monotoneColumns({ monotone, categorical, steps }: TreeSettings, features: readonly string[]): Int8Array | null {
  const named = Object.entries(monotone);
  if (named.length === 0) return null;
  const signs = new Int8Array(features.length);
  for (const [name, sign] of named) {
    if (categorical.includes(name))
      throw new TruewindError(
        "bad-config",
        `monotone names ${name}, which is categorical and has no direction: remove it from one of the two.`,
      );
    signs[indexOf("monotone", name, features)] = sign;
  }
  return Int8Array.from({ length: steps * features.length }, (_, column) => signs[column % features.length] as number);
}

function indexOf(setting: string, name: string, features: readonly string[]): number {
  const at = features.indexOf(name);
  if (at >= 0) return at;
  const known = features.slice(0, 5).join(", ");
  throw new TruewindError(
    "bad-config",
    `${setting} names the feature ${name}, which the model does not see: its features are ${known}${features.length > 5 ? ", …" : ""}.`,
  );
}

/** What the engine is told, but for what families decide themselves. */
export function growthOf(
  settings: TreeSettings,
  features: readonly string[],
): Omit<GrowthSettings, "columnsByNode" | "extra" | "maxLeaves" | "minDataInLeaf" | "threads"> {
  const categories: CategorySettings = {
    smooth: settings.catSmooth,
    l2: settings.catL2,
    maxThreshold: 32,
    maxOneHot: 4,
    minDataPerGroup: 100,
  };
  return {
    maxDepth: settings.maxDepth,
    maxBins: settings.maxBin,
    minHessian: settings.minSumHessian,
    minGain: settings.minGain,
    lambdaL1: settings.l1,
    lambdaL2: settings.l2,
    monotone: monotoneColumns(settings, features),
    categories,
  };
}
