// One row of the trial ledger, made of what was tried, on which data, and what came of it.
import { systemClock } from "#adapters/clock/system-clock.js";
import type { FrameStore } from "#research/dataset/frame-store.js";
import { type Micros, isoDateOrThrow, utcMidnight } from "#domain/time.js";
import type { Trial } from "#ports/store.js";
import { codeVersion } from "../config/code-version.js";
import { type Experiment, experimentHash } from "../config/experiment.js";

/** Values out of sample with their times in micros. */
export interface TrialSeries {
  readonly values: Float64Array;
  readonly at: Float64Array;
}

/** What was tried. */
export type TrialSubject = Pick<Trial, "experimentHash" | "label" | "family" | "seed">;

/** What came of it, on which data. */
export type TrialOutcome = Pick<Trial, "dataId" | "lineage" | "kind" | "measure" | "from" | "to"> & { readonly series: TrialSeries };

export function subjectOf(experiment: Experiment): TrialSubject {
  const { name: label, seed, model } = experiment;
  return { experimentHash: experimentHash(experiment), label, family: model.family, seed };
}

export function trialOf(subject: TrialSubject, { series, ...outcome }: TrialOutcome): Trial {
  return {
    ...subject,
    ...outcome,
    study: null,
    codeVersion: codeVersion(),
    recordedAt: systemClock.now(),
    outOfSample: series.values,
    at: series.at,
  };
}

/** Returns of sessions, `YYYY-MM-DD` each. */
export function seriesOfSessions(dates: readonly string[], values: readonly number[]): TrialSeries {
  return { values: Float64Array.from(values), at: Float64Array.from(dates, dayOf) };
}

/** Values by position of their decision. */
export function seriesOfDecisions({ decisions }: FrameStore, byDecision: Iterable<readonly [number, number]>): TrialSeries {
  const pairs = [...byDecision];
  return { values: Float64Array.from(pairs, ([, value]) => value), at: Float64Array.from(pairs, ([d]) => decisions[d]?.at ?? Number.NaN) };
}

export function dayOf(text: string): Micros {
  return utcMidnight(isoDateOrThrow(text));
}
