// The portfolio that an optimizer finds at each decision, from signals, past returns, what is held and what trading costs.
import { TruewindError } from "#base/errors.js";
import type { Signals, TargetPortfolio } from "#domain/signal.js";
import type { PortfolioBuilder } from "#ports/stages.js";
import { AnswerLog, joinMemories } from "./builder-memory.js";
import { factorModel } from "./covariance/factor-model.js";
import { type ReturnsPanel, returnsPanel } from "./covariance/panel.js";
import { regular } from "./covariance/regular.js";
import { type Candidates, candidatesOf } from "./candidates.js";
import { blackLitterman, signalViews, type View } from "./optimization/black-litterman.js";
import { sparseMeanVariance } from "./optimization/cardinality.js";
import { type FallbackStep, firstAnswer } from "./optimization/fallback.js";
import { meanCvar } from "./optimization/mean-cvar.js";
import { meanVariance } from "./optimization/mean-variance.js";
import { fadingReturns, multiPeriod } from "./optimization/multi-period.js";
import type { OptimizedPortfolio, PortfolioLimits } from "./optimization/portfolio-problem.js";
import { volatilityScale } from "./optimization/position-scale.js";
import type { RiskModel } from "./optimization/risk-model.js";
import type { ReturnMemory } from "./return-memory.js";
import type { VolumeMemory } from "./volume-memory.js";
import { COVARIANCES, type CovarianceName, factorCount } from "./weight-rule.js";

export const objectiveNames = ["mean-variance", "minimum-variance", "mean-cvar", "minimum-cvar", "black-litterman"] as const;
export const fallbackNames = ["minimum-variance", "equal-weight", "hold"] as const;

export interface OptimizedOptions {
  readonly objective: (typeof objectiveNames)[number];
  readonly covariance: CovarianceName;
  readonly riskAversion: number;
  /** Fraction of equity put to work: the sum of weights, or with `short` the most of the sum of their sizes, which then net to 0. */
  readonly invested: number;
  readonly short: boolean;
  /** Largest weight of one name in size. */
  readonly maxWeight: number;
  /** Standard errors of a signal that are taken off its size. */
  readonly doubt: number;
  readonly maxNames: number | null;
  /** Most that one decision trades, buys and sells together, fraction of equity. */
  readonly maxTurnover: number | null;
  /** And most that is traded between two marks, fraction of the equity at the first, as risk will count it. */
  readonly sessionTurnover: number;
  readonly maxSector: number | null;
  /** Of the portfolio to equal weights of its candidates. */
  readonly beta: readonly [number, number] | null;
  readonly cvarLevel: number;
  /** Deviation a year; what is above it is left in cash. */
  readonly volatilityTarget: number | null;
  /** Periods that are planned for, and in how many of them signals halve; null plans for one. */
  readonly lookahead: { readonly periods: number; readonly halfLife: number } | null;
  readonly fallback: readonly (typeof fallbackNames)[number][];
  /** Of the signals, in steps of the memory. */
  readonly horizon: number;
  /** Signals are returns less the mean over all. */
  readonly excess: boolean;
  /** Cost of a trade, fraction of it, each way; and of being short over the horizon. */
  readonly tradeCost: number;
  readonly shortCost: number;
  readonly stepsPerYear: number;
  /** Of each instrument. */
  readonly sectors: readonly (string | null)[];
}

/** Part of the other costs of a trade. */
const FAINT = 0.1;

/** Of the equilibrium, as in He & Litterman (1999). */
const TAU = 0.05;

/**
 * Candidates are members whose whole window is known and, where signals count, that have an opinion. What else is held is closed, or left as it
 * is where it has no fresh bar or its risk is not known. Drift above a limit forces no trade: it only may not grow. Between decisions nothing but
 * the optimizer trades: it puts to work what pays for its costs, within the budget, and where it has no answer all stays.
 */
export function createOptimized(options: OptimizedOptions, returns: ReturnMemory, volumes?: VolumeMemory): PortfolioBuilder {
  const log = new AnswerLog();
  return {
    memory: joinMemories([returns, log, ...(volumes === undefined ? [] : [volumes])]),
    answers: () => log.all,
    build(signals, frame, view, within): TargetPortfolio {
      const found = candidatesOf(options, signals, frame, view, returns, within);
      const { weights } = found;
      if (found.rows.length === 0) return { asOf: signals.asOf, weights };
      const impact = Float64Array.from(found.rows, (row) => felt(options, volumes?.costOf(row, view) ?? 0));
      const best = firstAnswer(stepsOf(within === undefined ? options : { ...options, fallback: [] }, found, signals, impact));
      const { step, failed } = best;
      log.note(step, failed);
      found.rows.forEach((row, i) => (weights[row] = best.weights?.[i] ?? Number.NaN));
      if (best.weights === null) weights.fill(Number.NaN);
      return { asOf: signals.asOf, weights, answer: { step, failed } };
    },
  };
}

/** An impact that is faint beside the other costs even of the largest trade is passed over: its lines make a large problem slow. */
function felt({ tradeCost, maxWeight }: OptimizedOptions, impact: number): number {
  return impact * Math.sqrt(maxWeight) < FAINT * tradeCost ? 0 : impact;
}

function stepsOf(options: OptimizedOptions, found: Candidates, signals: Signals, impact: Float64Array): readonly FallbackStep[] {
  const panel = returnsPanel(found.series);
  const risk = riskOf(options, panel);
  // Less is invested where the deviation would be above its target, and what to hold of less is asked anew: within the turnover from what is held.
  const calmed = (ask: (limits: PortfolioLimits) => OptimizedPortfolio, limits: PortfolioLimits): OptimizedPortfolio => {
    const one = ask(limits);
    if (one.weights === null || options.volatilityTarget === null) return one;
    const target = options.volatilityTarget * Math.sqrt(options.horizon / options.stepsPerYear);
    const scale = volatilityScale(risk, one.weights, target, 1);
    return scale === 1 ? one : ask(scaledLimits(limits, scale, one.weights, found.held));
  };
  const plain: PortfolioLimits = { low: found.limits.low, high: found.limits.high, budget: found.limits.budget };
  return [
    {
      name: options.objective,
      solve: () => calmed((limits) => solve(options, { ...found, limits }, signals, panel, risk, impact), found.limits),
    },
    ...options.fallback.map((name): FallbackStep => {
      if (name === "hold") return { name, solve: null };
      if (name === "minimum-variance")
        return { name, solve: () => calmed((limits) => meanVariance({ risk, riskAversion: 1, limits }), plain) };
      const weights = new Float64Array(found.rows.length).fill(Math.min(options.maxWeight, found.budget / found.rows.length));
      return { name, solve: () => ({ status: "optimal", weights, objective: 0, gap: 0, iterations: 0, broken: [] }) };
    }),
  ];
}

/** For so much less than `weights` in all, as near to it as the turnover allows. */
function scaledLimits(limits: PortfolioLimits, scale: number, weights: Float64Array, held: Float64Array): PortfolioLimits {
  const total = (values: Float64Array, of: (value: number) => number): number => values.reduce((sum, value) => sum + of(value), 0);
  const reach = limits.turnover ?? Number.POSITIVE_INFINITY;
  const [net, size] = [scale * total(weights, Number), scale * total(weights, Math.abs)];
  const [netHeld, sizeHeld] = [total(held, Number), total(held, Math.abs)];
  return {
    ...limits,
    budget: { low: Math.min(net, netHeld + reach), high: Math.max(net, netHeld - reach) },
    ...(limits.gross === undefined ? {} : { gross: Math.max(size, sizeHeld - reach) }),
  };
}

/** Over the horizon of the signals. */
function riskOf({ covariance, horizon }: OptimizedOptions, panel: ReturnsPanel): RiskModel {
  if (covariance === "factor" && panel.names > 1) {
    const model = factorModel(panel, factorCount(panel.names));
    return {
      ...model,
      factorCovariance: model.factorCovariance.map((value) => horizon * value),
      own: model.own.map((value) => horizon * value),
    };
  }
  const { names, values } = regular(COVARIANCES[covariance](panel));
  return { names, values: values.map((value) => horizon * value) };
}

function solve(
  options: OptimizedOptions,
  found: Candidates,
  signals: Signals,
  panel: ReturnsPanel,
  risk: RiskModel,
  impact: Float64Array,
): OptimizedPortfolio {
  const { objective, riskAversion, horizon } = options;
  const { held, limits, rows } = found;
  const expectedReturn = Float64Array.from(rows, (row) => signals.expectedReturn[row] as number);
  const error = errorsOf(options, signals, rows);
  const costs = {
    buy: options.tradeCost,
    sell: options.tradeCost,
    short: options.shortCost,
    impact,
    ...(options.doubt > 0 ? { doubt: (error as Float64Array).map((value) => options.doubt * value) } : {}),
  };
  const common = { riskAversion, held, limits, costs };
  switch (objective) {
    case "minimum-variance":
      return choose(options, { ...common, risk });
    case "mean-variance":
      if (options.lookahead === null) return choose(options, { ...common, risk, expectedReturn });
      return multiPeriod({
        ...common,
        risk,
        expectedReturns: fadingReturns(expectedReturn, options.lookahead.periods, options.lookahead.halfLife),
      });
    case "black-litterman": {
      const covariance = {
        names: panel.names,
        values: regular(COVARIANCES[options.covariance](panel)).values.map((value) => horizon * value),
      };
      const market = new Float64Array(rows.length).fill(1 / rows.length);
      const views = signalViews(expectedReturn, error as Float64Array).map((view) => (options.excess ? against(view, market) : view));
      const posterior = blackLitterman(covariance, views, { market, riskAversion, tau: TAU });
      return choose(options, { ...common, risk: posterior.covariance, expectedReturn: posterior.expectedReturn });
    }
    case "mean-cvar":
    case "minimum-cvar": {
      const none = objective === "minimum-cvar";
      // Sessions are the scenarios; the deviation of the horizon grows with its root.
      const scenarios = { ...panel, values: panel.values.map((value) => Math.sqrt(horizon) * value) };
      return meanCvar({ ...common, scenarios, level: options.cvarLevel, ...(none ? {} : { expectedReturn }) });
    }
    default:
      return objective satisfies never;
  }
}

function choose({ maxNames }: OptimizedOptions, problem: Parameters<typeof meanVariance>[0]): OptimizedPortfolio {
  return maxNames === null ? meanVariance(problem) : sparseMeanVariance(problem, maxNames);
}

/** A view on a name as one on what it does better than the market. */
function against(view: View, market: Float64Array): View {
  return { ...view, portfolio: Float64Array.from(view.portfolio, (value, i) => value - (market[i] as number)) };
}

function errorsOf({ objective, doubt }: OptimizedOptions, { uncertainty, model }: Signals, rows: readonly number[]): Float64Array | null {
  if (uncertainty !== null)
    return Float64Array.from(rows, (row) => (Number.isFinite(uncertainty[row] as number) ? (uncertainty[row] as number) : 0));
  if (objective !== "black-litterman" && doubt === 0) return null;
  throw new TruewindError(
    "bad-config",
    `The model ${model} gives no standard error, and ${doubt > 0 ? "portfolio.doubt" : "objective black-litterman"} needs one: choose a family that gives it, or set doubt to 0 and another objective.`,
  );
}
