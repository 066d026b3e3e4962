// The accounts of a comparison: one per model, measured over equal weight (or cash), which is run once.
import type { RunResult } from "#domain/run-result.js";
import type { ModelSchedule } from "#ports/model.js";
import { accountMetrics, sessionsPerYear } from "#research/metrics/performance.js";
import { judge } from "#research/verdict/judge.js";
import { LEVEL } from "#research/verdict/thresholds.js";
import type { Experiment } from "../config/experiment.js";
import { declaredExposure, toCostModel } from "../config/parts.js";
import type { AccountRun } from "../modes/account-run.js";
import { type AccountContext, runEqualWeight, runStrategy } from "../modes/accounts.js";
import { cashReturns } from "../modes/cash-returns.js";
import { toAccountSeries } from "../modes/recorder.js";
import { type Progress, type StudyData, timersOf } from "../modes/study.js";
import type { Universe } from "../modes/universe.js";

export interface MeasuredAccount {
  readonly metrics: RunResult["metrics"]["strategy"];
  readonly verdict: RunResult["verdict"];
  readonly netReturn: readonly number[];
  readonly orders: RunResult["orders"];
}

export interface Accounts {
  readonly dates: readonly string[];
  readonly equalWeight: RunResult["metrics"]["baseline"];
  trade(name: string, models: ModelSchedule): Promise<MeasuredAccount>;
}

export async function openAccounts(
  experiment: Experiment,
  universe: Universe,
  { tradingSessions }: StudyData,
  onProgress: Progress,
  signal: AbortSignal | undefined,
): Promise<Accounts> {
  const timers = timersOf(experiment, universe, tradingSessions, 0);
  const dates = tradingSessions.map((session) => session.date as string);
  const perYear = sessionsPerYear(dates);
  const context = (step: string): AccountContext => ({
    experiment,
    universe,
    timers,
    signal,
    onProgress: (done) => onProgress(step, done),
  });
  const baseline = await runEqualWeight(context("equal weight"));
  const cash = cashReturns(
    toCostModel(experiment),
    tradingSessions[0]?.openAt ?? 0,
    baseline.rows.map((row) => row.at),
  );
  const series = (run: AccountRun) => toAccountSeries(run.rows, experiment.account.cash);
  const theirs = series(baseline);
  return {
    dates,
    equalWeight: accountMetrics(theirs, cash, perYear),
    async trade(name, models) {
      const run = await runStrategy(context(`${name}: account`), models, {});
      const ours = series(run);
      return {
        metrics: accountMetrics(ours, cash, perYear),
        verdict: judge({
          dates,
          strategyReturns: ours.netReturn,
          baselineReturns: theirs.netReturn,
          cashReturns: cash,
          marketExposure: declaredExposure(experiment),
          level: LEVEL,
        }),
        netReturn: ours.netReturn,
        orders: run.orders,
      };
    },
  };
}
