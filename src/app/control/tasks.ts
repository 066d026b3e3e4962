// The repetitions of a control: each is one market and one run of the whole pipeline, with a seed of its own and a file of its own.
import type { NullKind } from "#research/controls/null-kind.js";

export interface ControlTask {
  readonly kind: NullKind | "planted";
  /** From 0. */
  readonly draw: number;
  /** Of the planted edge; 0 for nulls. */
  readonly size: number;
}

export interface ControlPlan {
  readonly kinds: readonly NullKind[];
  readonly draws: number;
  readonly sizes: readonly number[];
  readonly plantedDraws: number;
}

/** Nulls and planted markets by turns, so that one that is stopped early has some of each. */
export function tasksOf({ kinds, draws, sizes, plantedDraws }: ControlPlan): readonly ControlTask[] {
  const tasks: ControlTask[] = [];
  for (let draw = 0; draw < Math.max(draws, plantedDraws); draw++) {
    if (draw < draws) for (const kind of kinds) tasks.push({ kind, draw, size: 0 });
    if (draw < plantedDraws) for (const size of sizes) tasks.push({ kind: "planted", draw, size });
  }
  return tasks;
}

/** Also the label of its stream of chance. A planted market stands on the null of the same number. */
export function taskName({ kind, draw, size }: ControlTask): string {
  return kind === "planted" ? `planted-${size}-${draw}` : `${kind}-${draw}`;
}
