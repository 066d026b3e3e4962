// A feature: a name, a formula and what a reader must know of it. Warm-up and kind follow from the formula, so they cannot be wrong.
import { TruewindError } from "#base/errors.js";
import { dimensionOf, isLevel } from "./dimension.js";
import { type CrossNode, isCross, type Node } from "./node.js";
import { type Reach, reachOf } from "./reach.js";
import type { CrossSection, Series } from "./series.js";

export interface FeatureText {
  /** Lower case with underscores, unique: `mom_20`. */
  readonly name: string;
  readonly group: string;
  /** Raised whenever the values change: models name the version they were trained on. */
  readonly version: number;
  readonly expr: Series | CrossSection;
  /** Unit of the values: `return`, `ratio`, `percentile`, `price`... */
  readonly unit: string;
  /** Bounds of the values, inclusive; null on a side without one. */
  readonly range: readonly [number | null, number | null];
  /** Where the formula comes from. */
  readonly source: string;
}

export interface FeatureDefinition extends Omit<FeatureText, "expr">, Reach {
  readonly expr: Node | CrossNode;
  /** True when a rescaling of prices or volumes changes it: NaN on data whose prices were adjusted. */
  readonly level: boolean;
}

/** Throws `bad-config` for a wrong name or a dimensionally wrong formula. */
export function defineFeature({ expr, ...text }: FeatureText): FeatureDefinition {
  if (!/^[a-z][a-z0-9_]*$/.test(text.name)) {
    throw new TruewindError("bad-config", `A feature's name is lower case letters, digits and underscores; found "${text.name}".`);
  }
  const { node } = expr;
  dimensionOf(isCross(node) ? node.x : node);
  return { ...text, expr: node, level: isLevel(node), ...reachOf(node) };
}
