// What was seen to move, kept per column until all runs are done: the earliest value that moved in each kind of alteration.
import type { Future } from "./alter.js";
import type { Comparison, Difference, Moved } from "./compare.js";

/** How a world was altered behind a moment. */
export type Change = Future | "restated" | "dying" | "listed" | "truncated";
/** What a move under such a change proves. */
export type ChangeClass = "values" | "restated" | "dying" | "listed" | "truncated";

export function classOf(change: Change): ChangeClass {
  return change === "restated" || change === "dying" || change === "listed" || change === "truncated" ? change : "values";
}

export interface Witness extends Difference {
  readonly change: Change;
  readonly moment: number;
  /** Label of the chance that made the altered world. */
  readonly chance: string;
}

export interface Evidence {
  /** The most cells that moved in one run. */
  cells: number;
  changed: number;
  appeared: number;
  witness: Witness;
}

/** Columns by name: `feature x`, `predictions`, `labels`, `decisions`, `fills`. */
export class EvidenceBook {
  private readonly byColumn = new Map<string, Map<ChangeClass, Evidence>>();

  add(comparison: Comparison, change: Change, moment: number, chance: string): void {
    for (const [name, moved] of comparison.features) this.note(`feature ${name}`, moved, change, moment, chance);
    if (comparison.predictions !== null) this.note("predictions", comparison.predictions, change, moment, chance);
    if (comparison.labels !== null) this.note("labels", comparison.labels, change, moment, chance);
    const listed = (column: string, what: readonly number[]): void => {
      const first = what.length === 0 ? null : { decision: -1, symbol: -1, before: what[0] as number, after: Number.NaN };
      this.note(column, { changed: what.length, appeared: 0, cells: what.length, first }, change, moment, chance);
    };
    listed("decisions", comparison.decisions);
    listed("fills", comparison.fills);
  }

  of(column: string, kind: ChangeClass): Evidence | null {
    return this.byColumn.get(column)?.get(kind) ?? null;
  }

  /** Whether it moved while only values behind a moment were altered: there is no need to look on. */
  isProven(column: string): boolean {
    return this.of(column, "values") !== null;
  }

  private note(column: string, moved: Moved, change: Change, moment: number, chance: string): void {
    if (moved.first === null) return;
    const kinds = this.byColumn.get(column) ?? new Map<ChangeClass, Evidence>();
    this.byColumn.set(column, kinds);
    const kind = classOf(change);
    const seen = { ...moved.first, change, moment, chance };
    const evidence = kinds.get(kind) ?? { cells: 0, changed: 0, appeared: 0, witness: seen };
    kinds.set(kind, evidence);
    evidence.changed += moved.changed;
    evidence.appeared += moved.appeared;
    evidence.cells = Math.max(evidence.cells, moved.changed + moved.appeared);
    if (seen.decision < evidence.witness.decision) evidence.witness = seen;
  }
}
