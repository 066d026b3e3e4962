// The accounts of a comparison: one per model, measured over equal weight (or cash), which is run once.
import type { AccountSeries, RunResult } from "#domain/run-result.js";
import type { ModelSchedule } from "#ports/model.js";
import type { Experiment } from "../config/experiment.js";
import { type AccountContext, runEqualWeight, runStrategy } from "../modes/accounts.js";
import { type Progress, type StudyData, timersOf } from "../modes/study.js";
import type { Universe } from "../modes/universe.js";
import { createYardstick } from "../modes/yardstick.js";

export interface MeasuredAccount {
  readonly metrics: RunResult["metrics"]["strategy"];
  readonly verdict: RunResult["verdict"];
  readonly series: AccountSeries;
  /** Net return of each session over the yardstick. */
  readonly active: readonly number[];
  readonly orders: RunResult["orders"];
}

export interface Accounts {
  readonly dates: readonly string[];
  readonly equalWeight: RunResult["metrics"]["baseline"];
  /** Of equal weight. */
  readonly baseline: AccountSeries;
  /** What cash earned, per session. */
  readonly cash: readonly number[];
  trade(name: string, models: ModelSchedule): Promise<MeasuredAccount>;
}

export async function openAccounts(
  experiment: Experiment,
  universe: Universe,
  data: StudyData,
  onProgress: Progress,
  signal: AbortSignal | undefined,
): Promise<Accounts> {
  const timers = timersOf(experiment, universe, data.tradingSessions, 0);
  const context = (step: string): AccountContext => ({
    experiment,
    universe,
    timers,
    signal,
    onProgress: (done) => onProgress(step, done),
  });
  const baseline = await runEqualWeight(context("equal weight"));
  const yardstick = createYardstick(experiment, data, baseline);
  return {
    dates: yardstick.dates,
    equalWeight: yardstick.metrics(baseline),
    baseline: yardstick.series(baseline),
    cash: yardstick.cash,
    async trade(name, models) {
      const run = await runStrategy(context(`${name}: account`), models, {});
      return {
        metrics: yardstick.metrics(run),
        verdict: yardstick.verdict(run),
        series: yardstick.series(run),
        active: yardstick.active(run),
        orders: run.orders,
      };
    },
  };
}
