// The accounts that one experiment compares: the strategy, equal weight of the same universe, buy and hold, and (on simulated data) the oracle.
import type { FeatureFrame } from "#domain/frame.js";
import type { Currency } from "#domain/instrument.js";
import type { Session } from "#domain/session.js";
import type { Signals } from "#domain/signal.js";
import type { Journal } from "#ports/journal.js";
import type { ModelSchedule } from "#ports/model.js";
import type { PortfolioBuilder, Strategy } from "#ports/stages.js";
import { createEqualWeight } from "#portfolio/equal-weight.js";
import { createRiskEngine } from "#risk/review.js";
import { createIndifferentStrategy } from "#strategy/no-signals.js";
import { createModelStrategy } from "#strategy/model-strategy.js";
import { DAY_US } from "#domain/time.js";
import { researchRisk } from "../config/risk-limits.js";
import { createBuilder, createExecution, createProtection, createReviewer, toCostModel } from "../config/parts.js";
import type { Experiment } from "../config/experiment.js";
import { venueRules } from "../config/venue-rules.js";
import { type AccountRun, type AccountRunParts, runAccount } from "./account-run.js";
import { quoteFeed, refuseUnquoted } from "./recorded-quotes.js";
import { type ScheduleOptions, tradingSchedule } from "./schedule.js";
import { builderWorld, labelOf } from "./study.js";
import { type Universe, windowOf } from "./universe.js";

export interface AccountContext {
  readonly experiment: Experiment;
  readonly universe: Universe;
  /** Timers of the trading half. */
  readonly timers: ScheduleOptions;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: (done: number) => void;
}

type Varying = Deciding & {
  /** Decisions that the plan remembers. */
  readonly steps?: number;
} & Partial<Pick<AccountRunParts, "references" | "label" | "protection" | "journal" | "onSignals" | "onMark">>;

/** Who looks on; and the limits, where they are not the backtest's. */
interface Watch extends Partial<Pick<Deciding, "builder" | "risk" | "breakers" | "stages">> {
  readonly journal?: Journal;
  readonly onSignals?: (signals: Signals, frame: FeatureFrame) => void;
  readonly onMark?: AccountRunParts["onMark"];
}

/** The strategy's own account. */
export function runStrategy(context: AccountContext, models: ModelSchedule, watch: Watch): Promise<AccountRun> {
  const { experiment, universe } = context;
  const limits = researchRisk(experiment);
  return run(context, {
    references: universe.told,
    plan: universe.createPlan(universe.features, models.steps),
    steps: models.steps,
    strategy: createModelStrategy(models, experiment.label.horizon * DAY_US),
    label: labelOf(experiment, universe),
    builder: createBuilder(experiment, builderWorld(universe), limits.limits),
    protection: createProtection(experiment, universe.instruments),
    risk: createReviewer(limits, builderWorld(universe), universe),
    breakers: limits.breakers,
    stages: limits.stages,
    ...watch,
  });
}

export function runEqualWeight(context: AccountContext): Promise<AccountRun> {
  return run(context, equalWeightParts(context));
}

/** Of an account, all that says how it decides. */
export type Deciding = Pick<AccountRunParts, "plan" | "strategy" | "builder" | "risk" | "breakers" | "stages">;

/** The honest baseline: same universe, days, costs; risk limits wide enough for any number of names. */
export function equalWeightParts({ experiment, universe }: Pick<AccountContext, "experiment" | "universe">): Deciding {
  return {
    plan: universe.createPlan([], 1),
    strategy: createIndifferentStrategy(),
    builder: createEqualWeight({ invested: investedOf(experiment) }),
    risk: createRiskEngine({ ...experiment.risk, maxWeight: 1, maxTurnover: 10, maxOrderNotional: null }),
  };
}

export function runBuyAndHold(context: AccountContext, instrument: number): Promise<AccountRun> {
  return run(context, buyAndHoldParts(context, instrument));
}

/** Buys one instrument on the first decision and keeps it. */
export function buyAndHoldParts({ experiment, universe }: Pick<AccountContext, "experiment" | "universe">, instrument: number): Deciding {
  return {
    plan: universe.createPlan([], 1),
    strategy: createIndifferentStrategy(),
    builder: createHolder(instrument, investedOf(experiment)),
    risk: createRiskEngine({ maxWeight: 1, minCash: 0, maxGross: 1, maxTurnover: 10, maxOrderNotional: null }),
  };
}

/** The strategy's portfolio and costs, fed with the planted truth: what the best possible model would have earned. */
export function runOracle(context: AccountContext, truth: (asOf: number) => Float64Array): Promise<AccountRun> {
  const { experiment, universe } = context;
  const limits = researchRisk(experiment);
  const strategy: Strategy = {
    name: "oracle",
    decide: (frame) => ({
      asOf: frame.asOf,
      expectedReturn: truth(frame.asOf),
      uncertainty: null,
      // It knows: rules that ask for confidence are to let it act.
      confidence: new Float64Array(frame.instruments).fill(1),
      horizonUs: experiment.label.horizon * DAY_US,
      model: "oracle",
    }),
  };
  return run(context, {
    plan: universe.createPlan([], 1),
    strategy,
    builder: createBuilder(experiment, builderWorld(universe), limits.limits),
    protection: createProtection(experiment, universe.instruments),
    risk: createReviewer(limits, builderWorld(universe), universe),
    breakers: limits.breakers,
    stages: limits.stages,
  });
}

async function run({ experiment, universe, timers, signal, onProgress }: AccountContext, varying: Varying): Promise<AccountRun> {
  const { onMark, steps = 1, ...rest } = varying;
  refuseUnquoted(universe.facts.quotes, timers.sessions);
  const first = (timers.sessions[0] as Session).openAt;
  const last = (timers.sessions.at(-1) as Session).closeAt;
  const costs = toCostModel(experiment);
  return runAccount({
    instruments: universe.instruments,
    source: universe.dataset.source(windowOf(universe)),
    quotes: await quoteFeed(universe.facts.quotes, timers.sessions),
    references: universe.dataset.references(),
    // The same for every account that is compared: the way of trading is no part of the idea.
    execution: createExecution(experiment, builderWorld(universe), universe.instruments),
    timers: tradingSchedule(timers, universe.sessions, steps),
    costs,
    rules: venueRules(experiment, universe, costs),
    currency: experiment.account.currency as Currency,
    startingCash: experiment.account.cash,
    signal,
    ...rest,
    onMark: (engine) => {
      onProgress((engine.now - first) / (last - first));
      onMark?.(engine);
    },
  });
}

function investedOf({ portfolio }: Experiment): number {
  return portfolio.kind === "long-short" ? 0.98 : portfolio.invested;
}

function createHolder(instrument: number, invested: number): PortfolioBuilder {
  return {
    build(signals, frame, view) {
      const weights = new Float64Array(frame.instruments).fill(Number.NaN);
      if (frame.fresh[instrument] === 1 && view.lots[instrument] === 0) weights[instrument] = invested;
      return { asOf: signals.asOf, weights };
    },
  };
}
