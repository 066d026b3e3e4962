// Features that a user has written as formulas, beside the registered ones.
import type { Bounds } from "#features/language/bounds.js";
import { TruewindError } from "#base/errors.js";
import { defineFeature, type FeatureDefinition } from "./language/definition.js";
import { parseFormula } from "./language/formula.js";
import { isCross } from "./language/node.js";
import { Series } from "./language/series.js";
import { features } from "./registry.js";

export interface OwnFeature {
  readonly name: string;
  /** See language/formula.ts. It may name registered features, and own ones that stand before it. */
  readonly formula: string;
  readonly unit: string;
  readonly range: Bounds;
  readonly source: string;
}

/** Throws `bad-config` for a formula that does not parse or is dimensionally wrong, and for a name that is taken. */
export function defineOwnFeatures(texts: readonly OwnFeature[]): readonly FeatureDefinition[] {
  const own = new Map<string, FeatureDefinition>();
  const resolve = (name: string): Series | null => {
    const found = own.get(name) ?? features.get(name);
    return found === undefined || isCross(found.expr) ? null : new Series(found.expr);
  };
  for (const { name, formula, unit, range, source } of texts) {
    if (own.has(name) || features.has(name)) {
      throw new TruewindError("bad-config", `There is a feature "${name}" already; give your own another name.`);
    }
    own.set(name, defineFeature({ name, group: "own", version: 1, expr: parseFormula(formula, resolve), unit, range, source }));
  }
  return [...own.values()];
}
