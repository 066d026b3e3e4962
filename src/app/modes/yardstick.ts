// What accounts of one experiment are measured with: their sessions, what cash earned meanwhile, and the baseline that they must beat.
import type { AccountMetrics, AccountSeries, Verdict } from "#domain/run-result.js";
import { accountMetrics, sessionsPerYear } from "#research/metrics/performance.js";
import { activeReturns, judge } from "#research/verdict/judge.js";
import { LEVEL } from "#research/verdict/thresholds.js";
import type { Experiment } from "../config/experiment.js";
import { declaredExposure, toCostModel } from "../config/parts.js";
import type { AccountRun } from "./account-run.js";
import { cashReturns } from "./cash-returns.js";
import { toAccountSeries } from "./recorder.js";
import type { StudyData } from "./study.js";

export interface Yardstick {
  /** Of the sessions, `YYYY-MM-DD`. */
  readonly dates: readonly string[];
  /** What cash earned, per session. */
  readonly cash: readonly number[];
  readonly series: (run: AccountRun) => AccountSeries;
  readonly metrics: (run: AccountRun) => AccountMetrics;
  /** Net return of each session over the baseline, or over cash where that is what the portfolio declares. */
  readonly active: (run: AccountRun) => readonly number[];
  /** Over the baseline, no trial counted. */
  readonly verdict: (run: AccountRun) => Verdict;
}

/** All accounts run over the same sessions as the baseline. */
export function createYardstick(experiment: Experiment, { tradingSessions }: StudyData, baseline: AccountRun): Yardstick {
  const dates = tradingSessions.map((session) => session.date as string);
  const marks = baseline.rows.map((row) => row.at);
  const cash = cashReturns(toCostModel(experiment), tradingSessions[0]?.openAt ?? 0, marks);
  const perYear = sessionsPerYear(dates);
  const series = (run: AccountRun): AccountSeries => toAccountSeries(run.rows, experiment.account.cash);
  const { netReturn: baselineReturns } = series(baseline);
  const compared = (run: AccountRun): Parameters<typeof activeReturns>[0] => ({
    strategyReturns: series(run).netReturn,
    baselineReturns,
    cashReturns: cash,
    marketExposure: declaredExposure(experiment),
  });
  return {
    dates,
    cash,
    series,
    active: (run) => activeReturns(compared(run)),
    metrics: (run) => accountMetrics(series(run), cash, perYear),
    verdict: (run) => judge({ ...compared(run), dates, level: LEVEL }),
  };
}
