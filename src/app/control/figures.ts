// The figures of a control, read off the result of a run.
import type { AccountSeries, RunResult } from "#domain/run-result.js";
import { mean, standardDeviation } from "#research/metrics/long-run-variance.js";
import { sessionsPerYear } from "#research/metrics/performance.js";
import type { ControlFigures } from "./control-result.js";

export function figuresOf({ verdict, ic, metrics }: RunResult): ControlFigures {
  return {
    decision: verdict.decision,
    pValue: verdict.pValue,
    rankIc: ic.mean,
    sharpe: metrics.strategy.sharpe,
    information: verdict.activeSharpe,
    excess: verdict.activeReturn,
    turnover: metrics.strategy.annualTurnover,
  };
}

/** Annual information ratio of the oracle over the baseline; null without an oracle. */
export function oracleInformation({ oracle, baseline, dates, verdict }: RunResult): number | null {
  if (oracle === null) return null;
  const over: AccountSeries | null = verdict.over === "equal weight" ? baseline : null;
  const active = oracle.netReturn.map((value, i) => value - (over?.netReturn[i] ?? 0));
  const deviation = standardDeviation(active);
  return deviation > 1e-12 ? (mean(active) / deviation) * Math.sqrt(sessionsPerYear(dates)) : null;
}
