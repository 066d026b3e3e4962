// A feature: a name, a formula and what a reader must know of it. Warm-up, kind, inputs and the shape of the formula follow from the
// formula itself, so they cannot be wrong.
import type { Bounds } from "./bounds.js";
import { TruewindError } from "#base/errors.js";
import { dimensionOf, isLevel } from "./dimension.js";
import { inputsOf, shapeOf } from "./shape.js";
import { type CrossNode, isCross, type Node } from "./node.js";
import { type Reach, reachOf } from "./reach.js";
import type { CrossSection, Series } from "./series.js";
import type { Timeframe } from "./timeframe.js";

export interface FeatureText {
  /** Lower case with underscores, unique: `mom_20`. */
  readonly name: string;
  readonly group: string;
  /** Raised whenever the values change: models name the version they were trained on. */
  readonly version: number;
  readonly expr: Series | CrossSection;
  /** Unit of the values: `return`, `ratio`, `percentile`, `price`... */
  readonly unit: string;
  readonly range: Bounds;
  /** Where the formula comes from. */
  readonly source: string;
}

export interface FeatureDefinition extends Omit<FeatureText, "expr">, Reach {
  readonly expr: Node | CrossNode;
  /** True when a rescaling of prices or volumes changes it: NaN on data whose prices were adjusted. */
  readonly level: boolean;
  /** What it reads: `close`, `trade.bought`, `fact:eps`... in alphabetical order. */
  readonly inputs: readonly string[];
  /** The formula without its numbers: features of one shape are settings of one formula. */
  readonly shape: string;
  /** Length of the bars on which it is computed; null: the bars of the run. */
  readonly timeframe: Timeframe | null;
}

/** Throws `bad-config` for a wrong name or a dimensionally wrong formula. */
export function defineFeature({ expr, ...text }: FeatureText): FeatureDefinition {
  if (!/^[a-z][a-z0-9_]*$/.test(text.name)) {
    throw new TruewindError("bad-config", `A feature's name is lower case letters, digits and underscores; found "${text.name}".`);
  }
  const { node } = expr;
  dimensionOf(isCross(node) ? node.x : node);
  return { ...text, expr: node, level: isLevel(node), inputs: inputsOf(node), shape: shapeOf(node), timeframe: null, ...reachOf(node) };
}

/** A line of a table of features: name, formula, unit, range, source. */
export type FeatureRow = readonly [name: string, expr: Series | CrossSection, unit: string, range: Bounds, source: string];

/** Defines the lines of a table, all of one group and version. Throws as `defineFeature`. */
export function defineFeatures(group: string, version: number, rows: readonly FeatureRow[]): readonly FeatureDefinition[] {
  return rows.map(([name, expr, unit, range, source]) => defineFeature({ name, group, version, expr, unit, range, source }));
}

/** The same formula on longer bars, under the name `name@timeframe`. Throws `bad-config` for a rank, which is taken at decisions. */
export function atTimeframe(definition: FeatureDefinition, timeframe: Timeframe): FeatureDefinition {
  if (isCross(definition.expr)) {
    throw new TruewindError("bad-config", `${definition.name} is taken over the universe at each decision; it has no other timeframe.`);
  }
  return { ...definition, name: `${definition.name}@${timeframe}`, timeframe };
}
