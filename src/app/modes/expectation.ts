// What the backtest of an experiment leads one to expect of a session: the account run over the out-of-sample sessions before it, with the
// models of the run. It sees nothing of the session itself.
import { joined } from "#base/joined.js";
import type { Session } from "#domain/session.js";
import type { ModelSchedule } from "#ports/model.js";
import { BUILDING_SESSIONS, type Expectation, distanceTo, percentilesOf } from "#monitoring/expectation.js";
import { NO_BREAKERS } from "#risk/breakers.js";
import type { RiskLimits } from "#risk/limits.js";
import { createRiskEngine } from "#risk/review.js";
import type { Experiment } from "../config/experiment.js";
import { createBuilder, toCostModel } from "../config/parts.js";
import { type AccountContext, runEqualWeight, runStrategy } from "./accounts.js";
import { cashReturns } from "./cash-returns.js";
import { covers } from "./recorded-quotes.js";
import { toAccountSeries } from "./recorder.js";
import { builderWorld, type Progress, studyDecisions, timersOf } from "./study.js";
import type { Universe } from "./universe.js";

/** Fewer say too little to compare with. */
export const LEAST_SESSIONS = 60;

/** Null when fewer than 60 out-of-sample sessions come before `first`, or the quotes on which orders are filled do not reach over them. */
export async function expectationBefore(
  experiment: Experiment,
  universe: Universe,
  models: ModelSchedule,
  limits: RiskLimits,
  first: Session,
  onProgress: Progress,
  signal?: AbortSignal,
): Promise<Expectation | null> {
  const earlier = universe.sessions.filter((session) => session.openAt < first.openAt);
  const sessions = earlier.slice(studyDecisions(experiment, universe).start);
  if (sessions.length < LEAST_SESSIONS) return null;
  const { quotes } = universe.facts;
  if (quotes !== null && !covers(quotes, sessions)) return null;
  const context: AccountContext = {
    experiment,
    universe: { ...universe, sessions: earlier },
    timers: timersOf(experiment, universe, sessions, 0),
    signal,
    onProgress: (done) => onProgress("what to expect", done),
  };
  const predictions: Float64Array[] = [];
  const held: number[] = [];
  const strategy = await runStrategy(context, models, {
    // The session's own limits. No breaker: it would stay open for years where a person would have looked.
    builder: createBuilder(experiment, builderWorld(universe), limits),
    risk: createRiskEngine(limits),
    breakers: NO_BREAKERS,
    onSignals: ({ expectedReturn }) => predictions.push(Float64Array.from(expectedReturn).filter((value) => !Number.isNaN(value))),
    onMark: ({ account }) => held.push(account.lots.reduce((count, lots) => count + Number(lots !== 0), 0)),
  });
  const baseline = await runEqualWeight(context);
  const { cash } = experiment.account;
  const series = toAccountSeries(strategy.rows, cash);
  const marks = strategy.rows.map(({ at }) => at);
  const invested = held.slice(held.findIndex((count) => count > 0) + BUILDING_SESSIONS);
  const { sent, refused } = strategy.orders;
  const percentiles = percentilesOf(joined(predictions));
  const shifts = percentiles === null ? [] : predictions.map((said) => distanceTo(percentiles, said)).filter((d) => !Number.isNaN(d));
  return {
    from: sessions[0]?.date as string,
    to: sessions.at(-1)?.date as string,
    returns: series.netReturn,
    baseline: toAccountSeries(baseline.rows, cash).netReturn,
    cash: cashReturns(toCostModel(experiment), (sessions[0] as Session).openAt, marks),
    mostTurnover: Math.max(...series.turnover.slice(BUILDING_SESSIONS)),
    leastPositions: Math.min(...invested),
    mostPositions: Math.max(...invested),
    refusedShare: sent + refused === 0 ? 0 : refused / (sent + refused),
    predictions: percentiles,
    mostShift: Math.max(0, ...shifts),
  };
}
