// What a verdict has to answer for: all experiments that were tried on any version of a dataset, and how many independent ones they are worth.
import type { RecordedTrial, TrialLedger } from "#ports/store.js";
import type { ComparableSeries } from "#research/trials/correlations.js";
import { type EffectiveTrials, effectiveTrials } from "#research/trials/effective-trials.js";
import { LEVEL } from "#research/verdict/thresholds.js";

export interface CountedTrials {
  /** Different experiments. */
  readonly trials: number;
  /** Independent ones that they are worth, at most. */
  readonly effective: number;
}

export async function countTrials(ledger: TrialLedger, lineage: string): Promise<CountedTrials> {
  const { trials, effective } = effectiveOf(await ledger.representatives(lineage));
  return { trials, effective };
}

/** Of one trial per experiment. */
export function effectiveOf(representatives: readonly RecordedTrial[]): EffectiveTrials {
  return effectiveTrials(representatives.map(comparable), LEVEL);
}

/** Null where the times of the values were not recorded. */
export function comparable({ measure, outOfSample: values, at }: RecordedTrial): ComparableSeries | null {
  return at.length === 0 || at.length !== values.length ? null : { kind: measure, at, values };
}
