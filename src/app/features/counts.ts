// How many features there are: as they stand, with at most four settings of one formula, and without those that say what another says.
import type { FeatureDefinition } from "#features/language/definition.js";

export interface GroupCount {
  readonly group: string;
  readonly raw: number;
  /** With at most four features of one shape. */
  readonly formulas: number;
  /** Of those, without the ones found redundant on real data. */
  readonly effective: number;
}

const MOST_SETTINGS = 4;

/** `redundant`: names that agree too well with an earlier feature. Groups in the order of their first feature. */
export function countGroups(definitions: readonly FeatureDefinition[], redundant: ReadonlySet<string>): readonly GroupCount[] {
  const groups = new Map<string, { raw: number; formulas: number; effective: number }>();
  const settings = new Map<string, number>();
  for (const { name, group, shape } of definitions) {
    const count = groups.get(group) ?? { raw: 0, formulas: 0, effective: 0 };
    groups.set(group, count);
    count.raw++;
    // A redundant feature uses up no setting of its formula.
    const used = settings.get(shape) ?? 0;
    if (used < MOST_SETTINGS) count.formulas++;
    if (used < MOST_SETTINGS && !redundant.has(name)) count.effective++;
    settings.set(shape, used + 1);
  }
  return [...groups].map(([group, count]) => ({ group, ...count }));
}
