// What an optimized portfolio of an account is the best of: each objective as a problem over its candidates, under limits that are given later.
import { TruewindError } from "#base/errors.js";
import type { Signals } from "#domain/signal.js";
import type { Candidates } from "./candidates.js";
import type { Covariance } from "./covariance/covariance.js";
import { factorModel } from "./covariance/factor-model.js";
import type { ReturnsPanel } from "./covariance/panel.js";
import { regular } from "./covariance/regular.js";
import { blackLitterman, signalViews, type View } from "./optimization/black-litterman.js";
import { discreteWeights } from "./optimization/discrete-weights.js";
import { meanCvar } from "./optimization/mean-cvar.js";
import { meanVariance } from "./optimization/mean-variance.js";
import { mostDiversified } from "./optimization/most-diversified.js";
import { fadingReturns, multiPeriod } from "./optimization/multi-period.js";
import type { OptimizedPortfolio, PortfolioLimits } from "./optimization/portfolio-problem.js";
import type { RiskModel } from "./optimization/risk-model.js";
import type { OptimizedOptions } from "./optimized-options.js";
import { COVARIANCES, factorCount } from "./weight-rule.js";

/** A convex problem that waits for its limits. */
export type Ask = (limits: PortfolioLimits) => OptimizedPortfolio;

/** Of the equilibrium, as in He & Litterman (1999). */
const TAU = 0.05;

/** Over the horizon of the signals. */
export function riskOf(options: OptimizedOptions, panel: ReturnsPanel): RiskModel {
  const { covariance, horizon } = options;
  if (covariance !== "factor" || panel.names === 1) return denseRisk(options, panel);
  const model = factorModel(panel, factorCount(panel.names));
  return {
    ...model,
    factorCovariance: model.factorCovariance.map((value) => horizon * value),
    own: model.own.map((value) => horizon * value),
  };
}

function denseRisk({ covariance, horizon }: OptimizedOptions, panel: ReturnsPanel): Covariance {
  const { names, values } = regular(COVARIANCES[covariance](panel));
  return { names, values: values.map((value) => horizon * value) };
}

/** The same among portfolios of so many names, each worth holding, where the options ask for it. */
export function chosen({ maxNames, minWeight }: OptimizedOptions, held: Float64Array, ask: Ask): Ask {
  if (maxNames === null && minWeight === 0) return ask;
  return (limits) => discreteWeights(ask, { most: maxNames, floor: minWeight, names: held.length, held, limits });
}

export function objectiveOf(
  options: OptimizedOptions,
  found: Candidates,
  signals: Signals,
  panel: ReturnsPanel,
  risk: RiskModel,
  impact: Float64Array,
): Ask {
  const { objective, riskAversion, horizon } = options;
  const { held, rows } = found;
  const error = errorsOf(options, signals, rows);
  // Of a signal that may be off by any amount the worst case is that it says nothing.
  const isDoubtful = (i: number): boolean => options.doubt > 0 && !Number.isFinite((error as Float64Array)[i]);
  const expectedReturn = Float64Array.from(rows, (row, i) => (isDoubtful(i) ? 0 : (signals.expectedReturn[row] as number)));
  const costs = {
    buy: options.tradeCost,
    sell: options.tradeCost,
    short: options.shortCost,
    impact,
    ...(options.doubt > 0 ? { doubt: (error as Float64Array).map((value, i) => (isDoubtful(i) ? 0 : options.doubt * value)) } : {}),
  };
  const common = { riskAversion, held, costs };
  switch (objective) {
    case "minimum-variance":
      return chosen(options, held, (limits) => meanVariance({ ...common, risk, limits }));
    case "mean-variance": {
      const { lookahead } = options;
      if (lookahead === null) return chosen(options, held, (limits) => meanVariance({ ...common, risk, expectedReturn, limits }));
      const expectedReturns = fadingReturns(expectedReturn, lookahead.periods, lookahead.halfLife);
      return chosen(options, held, (limits) => multiPeriod({ ...common, risk, expectedReturns, limits }));
    }
    case "black-litterman": {
      const market = new Float64Array(rows.length).fill(1 / rows.length);
      const views = signalViews(expectedReturn, error as Float64Array).map((view) => (options.excess ? against(view, market) : view));
      const posterior = blackLitterman(denseRisk(options, panel), views, { market, riskAversion, tau: TAU });
      return chosen(options, held, (limits) =>
        meanVariance({ ...common, risk: posterior.covariance, expectedReturn: posterior.expectedReturn, limits }),
      );
    }
    case "mean-cvar":
    case "minimum-cvar": {
      // Sessions are the scenarios; the deviation of the horizon grows with its root.
      const scenarios = { ...panel, values: panel.values.map((value) => Math.sqrt(horizon) * value) };
      const returns = objective === "minimum-cvar" ? {} : { expectedReturn };
      return chosen(options, held, (limits) => meanCvar({ ...common, scenarios, level: options.cvarLevel, ...returns, limits }));
    }
    case "maximum-diversification":
      return diversified(options, found, denseRisk(options, panel));
    default:
      return objective satisfies never;
  }
}

/**
 * A ratio knows no trades: where its best portfolio takes more of them than there may be, the nearest to it is taken that does not, by the variance
 * of the difference.
 */
function diversified(options: OptimizedOptions, { held }: Candidates, risk: Covariance): Ask {
  const { names: n, values } = risk;
  return (limits) => {
    const { turnover = Number.POSITIVE_INFINITY, gross: _, budget, ...rest } = limits;
    const sum = held.reduce((total, weight) => total + weight, 0);
    // Of the ends of a budget one is what is wanted, the other as near to it as the turnover allows.
    const wanted = sum <= budget.low ? budget.high : budget.low;
    const least = chosen(options, held, (within) => meanVariance({ risk, riskAversion: 1, held, limits: within }));
    if (!(wanted > 1e-9)) return least(limits);
    const best = chosen(options, held, (within) => tidied(mostDiversified(risk, within)))({
      ...rest,
      budget: { low: wanted, high: wanted },
    });
    const { weights } = best;
    if (weights === null || weights.reduce((total, weight, i) => total + Math.abs(weight - (held[i] as number)), 0) <= turnover)
      return best;
    const pull = Float64Array.from({ length: n }, (__, i) =>
      weights.reduce((total, weight, j) => total + weight * (values[i * n + j] as number), 0),
    );
    const near = chosen(options, held, (within) => meanVariance({ risk, expectedReturn: pull, riskAversion: 1, held, limits: within }));
    return near(limits);
  };
}

/** Without what a ratio's solution has left of rounding. */
function tidied(found: OptimizedPortfolio): OptimizedPortfolio {
  return found.weights === null ? found : { ...found, weights: found.weights.map((weight) => (Math.abs(weight) < 1e-7 ? 0 : weight)) };
}

/** A view on a name as one on what it does better than the market. */
function against(view: View, market: Float64Array): View {
  return { ...view, portfolio: Float64Array.from(view.portfolio, (value, i) => value - (market[i] as number)) };
}

/** NaN where it is not known. */
function errorsOf({ objective, doubt }: OptimizedOptions, { uncertainty, model }: Signals, rows: readonly number[]): Float64Array | null {
  if (uncertainty !== null) return Float64Array.from(rows, (row) => uncertainty[row] as number);
  if (objective !== "black-litterman" && doubt === 0) return null;
  throw new TruewindError(
    "bad-config",
    `The model ${model} gives no standard error, and ${doubt > 0 ? "portfolio.doubt" : "objective black-litterman"} needs one: choose a family that gives it, as calibrated or an ensemble, or set doubt to 0 and another objective.`,
  );
}
