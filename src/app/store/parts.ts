// How a feature set is cut for computing: features of an instrument's own bars by groups of instruments, side by side; features that look
// at other instruments in one pass over all of them.
import { createHash } from "node:crypto";
import type { FeatureDefinition } from "#features/language/definition.js";
import { isCross } from "#features/language/node.js";

export interface Part {
  /** `own-03` or `joint`: also the name of its folder. */
  readonly name: string;
  /** In the dataset's order. */
  readonly symbols: readonly string[];
  readonly definitions: readonly FeatureDefinition[];
}

/** Instruments a group should have at least: below it a plan's fixed cost per bar shows. */
const GROUP = 16;

/** Depends on the symbols and definitions alone. A symbol keeps its group while the number of groups stays. */
export function cutIntoParts(symbols: readonly string[], definitions: readonly FeatureDefinition[]): readonly Part[] {
  const isJoint = (definition: FeatureDefinition): boolean => definition.joint || isCross(definition.expr);
  const joint = definitions.filter(isJoint);
  const own = definitions.filter((definition) => !isJoint(definition));
  const parts: Part[] = [];
  if (joint.length > 0) parts.push({ name: "joint", symbols, definitions: joint });
  if (own.length === 0) return parts;
  const groups = 2 ** Math.max(0, Math.floor(Math.log2(symbols.length / GROUP)));
  const grouped = Array.from({ length: groups }, (): string[] => []);
  for (const symbol of symbols) (grouped[groupOf(symbol, groups)] as string[]).push(symbol);
  grouped.forEach((members, group) => {
    if (members.length > 0) parts.push({ name: `own-${String(group).padStart(3, "0")}`, symbols: members, definitions: own });
  });
  return parts;
}

function groupOf(symbol: string, groups: number): number {
  return createHash("sha256").update(symbol).digest().readUInt32LE(0) % groups;
}
