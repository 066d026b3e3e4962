// Filtered historical simulation (Barone-Adesi, Giannopoulos & Vosper 1999): past shocks, each divided by the volatility of its own day, come
// again in any order under the volatility of today. Volatility is GARCH(1,1) about the mean; the law of the shocks is the one that was seen.
import { TruewindError } from "#base/errors.js";
import { type Garch, conditionalVariance, fitGarch } from "#base/garch.js";
import type { Rng } from "#base/rng.js";
import { empiricalTail } from "./empirical-tail.js";
import { type Scenarios, scenariosOf } from "./scenarios.js";
import { type RiskOptions, type TailRisk, horizonOrThrow, knownOrThrow } from "./tail-risk.js";

export interface VolatilityFilter {
  /** Mean return per session, a fraction. */
  readonly mean: number;
  /** Of returns less the mean. */
  readonly garch: Garch;
}

export interface FilteredReturns extends VolatilityFilter {
  /** One per session: what it brought beyond the mean, in units of the deviation that the sessions before it foretold. */
  readonly residuals: Float64Array;
  /** Variance foretold for the session after the last one. */
  readonly nextVariance: number;
}

export interface SimulationOptions {
  /** Sessions ahead, 1 by default. */
  readonly horizon?: number;
  /** Paths to draw; 10,000 by default. Not asked for one session ahead, where every past shock comes once. */
  readonly paths?: number;
  /** Where the paths come from; the same state gives the same figures. */
  readonly rng: Rng;
  /** One fitted before, to save the fit. */
  readonly filter?: VolatilityFilter;
}

/**
 * `returns`: fractions per session. With fewer than 100 the variance is taken as constant. Throws `bad-usage` for fewer than 20, and for one that is
 * not finite.
 */
export function fitFilter(returns: Float64Array): VolatilityFilter {
  knownOrThrow(returns, 20, "returns");
  const mean = returns.reduce((sum, r) => sum + r, 0) / returns.length;
  return { mean, garch: fitGarch(returns.map((r) => r - mean)) };
}

/** A filter of these or of earlier returns, run over them. A series that does not vary has residuals of 0. */
export function filtered({ mean, garch }: VolatilityFilter, returns: Float64Array): FilteredReturns {
  const shocks = returns.map((r) => r - mean);
  const variance = conditionalVariance(garch, shocks);
  const last = shocks.length - 1;
  return {
    mean,
    garch,
    residuals: shocks.map((shock, t) => ((variance[t] as number) > 0 ? shock / Math.sqrt(variance[t] as number) : 0)),
    nextVariance: garch.omega + garch.alpha * (shocks[last] as number) ** 2 + garch.beta * (variance[last] as number),
  };
}

/**
 * Of the portfolio whose returns are given (as held now, fractions per session): the tail of `filteredOutcomes`. Throws `bad-usage` as `fitFilter` does,
 * and for options out of range.
 */
export function filteredHistoricalRisk(returns: Float64Array, options: RiskOptions & SimulationOptions): TailRisk {
  return empiricalTail(filteredOutcomes(returns, options), options.level);
}

/**
 * Returns over the horizon, fractions, each equally likely. One session ahead it is exact: every past residual once, in order. Beyond, paths draw
 * residuals with replacement, each moves the variance of the next session, and returns are compounded; a session cannot lose more than all.
 */
export function filteredOutcomes(returns: Float64Array, options: SimulationOptions): Float64Array {
  knownOrThrow(returns, 1, "returns");
  return simulated([filtered(options.filter ?? fitFilter(returns), returns)], options).values;
}

/**
 * Several assets together, each with a filter of its own: a path draws whole past days, so that residuals keep the dependence between the assets
 * (Barone-Adesi, Giannopoulos & Vosper 1999). `series`: fractions per session, one per asset, of one length. Throws as `filteredHistoricalRisk`.
 */
export function filteredScenarios(series: readonly Float64Array[], options: Omit<SimulationOptions, "filter">): Scenarios {
  return simulated(
    series.map((returns) => filtered(fitFilter(returns), returns)),
    options,
  );
}

function simulated(past: readonly FilteredReturns[], { horizon = 1, paths = 10_000, rng }: SimulationOptions): Scenarios {
  horizonOrThrow({ level: 0.5, horizon });
  const days = past[0]?.residuals.length ?? 0;
  if (past.some(({ residuals }) => residuals.length !== days))
    throw new TruewindError("bad-usage", "Filtered scenarios need series of returns of one length, one per asset.");
  if (horizon === 1) return scenariosOf(past.map((one) => filteredReturns(one)));
  pathsOrThrow(paths);
  const drawn = drawDays(days, horizon, paths, rng);
  const columns = past.map((one) => filteredReturns(one, drawn));
  return scenariosOf(columns);
}

/** Past days of each path, with replacement: `days[path * horizon + session]`. */
export interface DrawnDays {
  readonly horizon: number;
  readonly days: Int32Array;
}

export function drawDays(past: number, horizon: number, paths: number, rng: Rng): DrawnDays {
  return { horizon, days: Int32Array.from({ length: paths * horizon }, () => rng.int(past)) };
}

/** Returns of one asset over the drawn days, path by path; without them one session ahead, every past residual once, in order. */
export function filteredReturns({ mean, garch, residuals, nextVariance }: FilteredReturns, drawn?: DrawnDays): Float64Array {
  if (drawn === undefined) return residuals.map((z) => step(mean, nextVariance, z));
  const { omega, alpha, beta } = garch;
  const { horizon, days } = drawn;
  const returns = new Float64Array(days.length / horizon);
  for (let path = 0; path < returns.length; path++) {
    let wealth = 1;
    let variance = nextVariance;
    for (let at = path * horizon; at < (path + 1) * horizon; at++) {
      const z = residuals[days[at] as number] as number;
      wealth *= 1 + step(mean, variance, z);
      variance = omega + alpha * variance * z * z + beta * variance;
    }
    returns[path] = wealth - 1;
  }
  return returns;
}

function step(mean: number, variance: number, z: number): number {
  return Math.max(-1, mean + Math.sqrt(variance) * z);
}

/** Throws `bad-usage` unless it is a number of paths. */
export function pathsOrThrow(paths: number): void {
  if (!Number.isInteger(paths) || paths < 1)
    throw new TruewindError("bad-usage", `Paths of a simulation are a whole number from 1 on, not ${paths}.`);
}
