// How many features there are: as they stand, with at most four settings of one formula, and those of which real data showed that they say
// something of their own.
import type { FeatureDefinition } from "#features/language/definition.js";

/** Names by what real data say of them; of what is in neither nothing can be said. */
export interface MeasuredOverlap {
  /** Agree with no earlier feature that counts. */
  readonly distinct: ReadonlySet<string>;
  /** Agree too well with an earlier one. */
  readonly redundant: ReadonlySet<string>;
}

export interface GroupCount {
  readonly group: string;
  readonly raw: number;
  /** With at most four features of one shape. */
  readonly formulas: number;
  /** Of those, the ones of which nothing is known from real data. */
  readonly unmeasured: number;
  /** Distinct on real data, with at most four features of one shape. */
  readonly effective: number;
}

const MOST_SETTINGS = 4;

/** Groups in the order of their first feature. */
export function countGroups(definitions: readonly FeatureDefinition[], measured: MeasuredOverlap): readonly GroupCount[] {
  const groups = new Map<string, { raw: number; formulas: number; unmeasured: number; effective: number }>();
  const settings = new Map<string, number>();
  for (const { name, group, shape } of definitions) {
    const count = groups.get(group) ?? { raw: 0, formulas: 0, unmeasured: 0, effective: 0 };
    groups.set(group, count);
    count.raw++;
    const used = settings.get(shape) ?? 0;
    settings.set(shape, used + 1);
    if (used >= MOST_SETTINGS) continue;
    count.formulas++;
    if (measured.distinct.has(name)) count.effective++;
    else if (!measured.redundant.has(name)) count.unmeasured++;
  }
  return [...groups].map(([group, count]) => ({ group, ...count }));
}

/** Sums over groups, as a group called "all". */
export function totalOf(groups: readonly GroupCount[]): GroupCount {
  const sum = (key: "raw" | "formulas" | "unmeasured" | "effective"): number => groups.reduce((total, count) => total + count[key], 0);
  return { group: "all", raw: sum("raw"), formulas: sum("formulas"), unmeasured: sum("unmeasured"), effective: sum("effective") };
}
