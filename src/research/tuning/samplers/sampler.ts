// What is tried next. A sampler sees the trials that are known and those under way, and draws from the generator of the trial's own number:
// the same study proposes the same.
import type { Rng } from "#base/rng.js";
import type { Params, Space } from "../space/parameter.js";
import type { Direction, Trial } from "../space/trial.js";

export interface Asked {
  readonly space: Space;
  readonly direction: Direction;
  /** Of the trial asked for. */
  readonly number: number;
  /** Trials that are over, by number. */
  readonly known: readonly Trial[];
  /** What is tried meanwhile. */
  readonly underWay: readonly Params[];
  readonly rng: Rng;
}

export interface Sampler {
  /** Trials after which there is nothing left to try; infinite where there always is. */
  readonly most: number;
  suggest(asked: Asked): Params;
}
