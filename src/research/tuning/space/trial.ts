// One trial of a study: what was tried, what came of it, and what it said on the way.
import type { Params } from "./parameter.js";

/** `pruned`: stopped on the way as not promising. `failed`: it gave no number. */
export type TrialState = "complete" | "pruned" | "failed";

export type Direction = "maximize" | "minimize";

/** A value at a step of the way; steps ascend, and mean the same for all trials. */
export type Intermediate = readonly [step: number, value: number];

export interface Trial {
  /** From 0. */
  readonly number: number;
  readonly params: Params;
  readonly state: TrialState;
  /** Of the objective; null unless complete. */
  readonly value: number | null;
  readonly intermediates: readonly Intermediate[];
  /** Of a failure, in words; null else. */
  readonly reason: string | null;
}

/** A value as a loss: the lower, the better. */
export function lossOf(direction: Direction, value: number): number {
  return direction === "minimize" ? value : -value;
}

export function isBetter(direction: Direction, value: number, than: number): boolean {
  return lossOf(direction, value) < lossOf(direction, than);
}

/** The complete trial of the best value, the first of equals; null when none is complete. */
export function bestOf(trials: readonly Trial[], direction: Direction): Trial | null {
  let best: Trial | null = null;
  for (const trial of trials)
    if (trial.value !== null && (best?.value === undefined || best.value === null || isBetter(direction, trial.value, best.value)))
      best = trial;
  return best;
}
