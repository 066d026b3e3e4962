// What a search found, as it is kept and shown: the trials, the best one, what mattered, and what luck alone would have brought.
import type { Importance } from "#research/tuning/importance/importances.js";
import type { Space } from "#research/tuning/space/parameter.js";
import type { Direction, Trial } from "#research/tuning/space/trial.js";
import type { Experiment } from "../../config/experiment.js";
import type { ObjectiveName } from "../../config/tuning.js";

export interface TuningResult {
  readonly id: string;
  readonly name: string;
  readonly dataId: string;
  readonly codeVersion: string;
  readonly dataset: { readonly name: string; readonly survivorsOnly: boolean };
  readonly objective: ObjectiveName;
  readonly direction: Direction;
  readonly sampler: string;
  readonly pruner: string;
  readonly space: Space;
  /** By number. */
  readonly trials: readonly Trial[];
  readonly best: Trial & { readonly value: number };
  readonly importances: readonly Importance[];
  /** Days of the first and last decision that trials were tested on. */
  readonly test: { readonly from: string; readonly to: string; readonly folds: number; readonly decisions: number };
  /** First day of the experiment's own test, which no trial saw. */
  readonly untouchedFrom: string;
  readonly luck: Luck;
  /** Different experiments ever tried on these data, those of this search included. */
  readonly ledger: number;
  readonly chosen: Experiment;
  readonly chosenHash: string;
}

export interface Luck {
  /** Standard error of the best trial's value; null where it cannot be told. */
  readonly error: number | null;
  /** Complete and pruned ones: all that could have been chosen. */
  readonly trials: number;
  /** How many independent ones they are worth. */
  readonly independent: number;
  /** The objective of predictions that know nothing. */
  readonly noSkill: number;
  /** What the best of them would look like if none had any skill; null without an error. */
  readonly bestByLuck: number | null;
}
