// The trials of one dataset as a person or a program asks for them: every experiment with what came of it, and what the best is worth after all.
import type { RecordedTrial } from "#ports/store.js";
import { utcDate, micros } from "#domain/time.js";
import { sessionsPerYear } from "#research/metrics/performance.js";
import { bestOfTrials } from "#research/trials/best-of-trials.js";
import { effectiveOf } from "./count-trials.js";

/** One experiment. */
export interface TriedExperiment {
  readonly label: string;
  readonly family: string | null;
  readonly study: string | null;
  readonly experimentHash: string;
  /** Rows of it in the ledger: fits, backtests, trials of a search, seeds and repetitions. */
  readonly records: number;
  /** Micros. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** From 0; like experiments share one. */
  readonly cluster: number;
  /** Annual Sharpe ratio over the yardstick; null where it never traded. */
  readonly sharpe: number | null;
  readonly sessions: number;
}

export interface TrialsSummary {
  readonly lineage: string;
  readonly records: number;
  /** Different experiments, in the order of the records that stand for them. */
  readonly experiments: readonly TriedExperiment[];
  readonly clusters: number;
  readonly effective: number;
  readonly participation: number;
  /** Experiments that nothing can be compared of: they count fully. */
  readonly withoutSeries: number;
  /** Null when no experiment has traded. */
  readonly best: {
    readonly experimentHash: string;
    readonly label: string;
    /** Annual, over the yardstick; so is what luck alone would show. */
    readonly sharpe: number;
    readonly luck: number;
    /** Probabilities that the true ratio is above luck: as published, and with dependence allowed. */
    readonly deflated: number;
    readonly deflatedRobust: number;
    readonly sessions: number;
    /** Sessions that such a record needs to be above luck with 95 %; null when none is enough. */
    readonly minimumTrack: number | null;
  } | null;
}

/** `representatives` of the lineage's experiments, and all its `records`. */
export function summarizeTrials(
  lineage: string,
  representatives: readonly RecordedTrial[],
  records: readonly RecordedTrial[],
): TrialsSummary {
  const { clusters, clusterOf, effective, participation, withoutSeries } = effectiveOf(representatives);
  const traded = representatives.filter((trial) => trial.measure === "active return" && trial.outOfSample.length > 1);
  const found = bestOfTrials(
    traded.map((trial) => trial.outOfSample),
    effective,
  );
  const yearly = (trial: RecordedTrial): number => Math.sqrt(sessionsPerYear(Array.from(trial.at, (at) => utcDate(micros(at)))));
  const sharpeOf = new Map(traded.map((trial, i) => [trial.experimentHash, found?.sharpes[i] ?? null]));
  const rows = new Map<string, RecordedTrial[]>();
  for (const trial of records) rows.set(trial.experimentHash, [...(rows.get(trial.experimentHash) ?? []), trial]);
  const experiments = representatives.map((trial, i): TriedExperiment => {
    const own = rows.get(trial.experimentHash) ?? [trial];
    const sharpe = sharpeOf.get(trial.experimentHash) ?? null;
    return {
      label: trial.label,
      family: trial.family,
      study: trial.study,
      experimentHash: trial.experimentHash,
      records: own.length,
      firstAt: Math.min(...own.map((one) => one.recordedAt)),
      lastAt: Math.max(...own.map((one) => one.recordedAt)),
      cluster: clusterOf[i] as number,
      sharpe: sharpe === null ? null : sharpe * yearly(trial),
      sessions: trial.measure === "active return" ? trial.outOfSample.length : 0,
    };
  });
  return { lineage, records: records.length, experiments, clusters, effective, participation, withoutSeries, best: bestFigures() };

  function bestFigures(): TrialsSummary["best"] {
    if (found === null) return null;
    const trial = traded[found.index] as RecordedTrial;
    const { sessions, minimumTrack, deflated, deflatedRobust } = found;
    const scale = yearly(trial);
    return {
      experimentHash: trial.experimentHash,
      label: trial.label,
      sharpe: found.sharpe * scale,
      luck: found.luck * scale,
      deflated,
      deflatedRobust,
      sessions,
      minimumTrack: Number.isFinite(minimumTrack) ? Math.ceil(minimumTrack) : null,
    };
  }
}
