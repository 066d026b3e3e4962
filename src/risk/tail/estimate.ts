// Every method of `measures` as a prospect for limits: estimated of the same window of returns, for one instrument at a time. What random numbers are asked for
// comes from the same draw at every moment, so that a figure moves because the market did. Nothing is kept but what can be computed again.
import { createRng } from "#base/rng.js";
import { cornishFisherRisk } from "../measures/cornish-fisher.js";
import type { RiskMethod } from "../measures/every-method.js";
import { type DrawnDays, type VolatilityFilter, drawDays, filtered, filteredReturns } from "../measures/filtered-historical.js";
import { compounded } from "../measures/historical.js";
import { momentsOf } from "../measures/moments.js";
import { chiSquare } from "../measures/monte-carlo.js";
import { likeliestDegrees, normalRisk, studentRisk } from "../measures/parametric.js";
import type { TailRisk } from "../measures/tail-risk.js";
import type { Law, Outcomes, Prospect } from "./prospect.js";

/** Of Monte Carlo, and of filtered history beyond one session. */
export const PATHS = 2_000;

export interface TailMethod {
  readonly method: RiskMethod;
  /** In [0.5, 1): shortfall and value at risk of a law are of this. */
  readonly level: number;
  /** Steps ahead. */
  readonly horizon: number;
  /** Returns that are looked at, above the horizon and at least 20. */
  readonly window: number;
}

/** What is known at one moment. */
export interface Past {
  /** The last `window` returns, fractions, oldest first; null where not all are known. The same array each time. */
  returns(instrument: number): Float64Array | null;
  /** Mean of the instruments that are the market, per step; null where none of them is known. */
  readonly market: Float64Array | null;
  /** Of filtered history: fitted once a session. Null where the returns of that time are not known. */
  filter(instrument: number): VolatilityFilter | null;
}

/** Draws are made once for all moments. */
export type Estimator = (past: Past) => Prospect | null;

export function createEstimator(method: TailMethod): Estimator {
  const { window, horizon } = method;
  switch (method.method) {
    case "historical":
      return (past) =>
        outcomes(window - horizon + 1, (i) => {
          const returns = past.returns(i);
          return returns === null ? null : compounded(returns, horizon);
        });
    case "filtered-historical": {
      const drawn: DrawnDays | undefined =
        horizon === 1 ? undefined : drawDays(window, horizon, PATHS, createRng("tail filtered-historical"));
      return (past) =>
        outcomes(drawn === undefined ? window : PATHS, (i) => {
          const returns = past.returns(i);
          const filter = returns === null ? null : past.filter(i);
          return returns === null || filter === null ? null : filteredReturns(filtered(filter, returns), drawn);
        });
    }
    case "monte-carlo": {
      const rng = createRng("tail monte-carlo");
      const shocks = Float32Array.from({ length: PATHS * window }, () => rng.normal());
      return (past) => drawnOutcomes(past, method, shocks);
    }
    case "normal":
      return (past) => lawOf(past, method, normalRisk({ mean: 0, deviation: 1 }, method));
    case "student":
      return (past) => {
        if (past.market === null) return null;
        return lawOf(past, method, studentRisk({ mean: 0, deviation: 1 }, { ...method, degrees: degreesOf(past.market) }));
      };
    case "cornish-fisher":
      return (past) => (past.market === null ? null : lawOf(past, method, bentRisk(past.market, method)));
    default:
      return method.method satisfies never;
  }
}

function outcomes(scenarios: number, column: (instrument: number) => Float64Array | null): Outcomes {
  const known = new Map<number, Float64Array | null>();
  return {
    kind: "outcomes",
    scenarios,
    column(i) {
      let one = known.get(i);
      if (one === undefined) known.set(i, (one = column(i)));
      return one;
    },
  };
}

/**
 * One Student's t for all portfolios: the degrees are the market's. A law whose degrees depended on the positions would promise nothing of the positions that
 * other fills lead to; the same holds for the shape of Cornish-Fisher.
 */
const degreesOf = (market: Float64Array): number => likeliestDegrees(market, momentsOf(market));

/** The market's skewness and kurtosis, and of the two tails the worse: who is short has the other one. Null where the expansion is no law. */
function bentRisk(market: Float64Array, method: TailMethod): TailRisk | null {
  const { skewness, excessKurtosis } = momentsOf(market);
  const [left, right] = [skewness, -skewness].map((s) =>
    cornishFisherRisk({ mean: 0, deviation: 1, skewness: s, excessKurtosis }, method),
  ) as [TailRisk | null, TailRisk | null];
  if (left === null || right === null) return null;
  return {
    valueAtRisk: Math.max(left.valueAtRisk, right.valueAtRisk),
    expectedShortfall: Math.max(left.expectedShortfall, right.expectedShortfall),
  };
}

interface Centered {
  readonly mean: number;
  /** Returns less their mean. */
  readonly apart: Float64Array;
}

function centeredOf(past: Past): (instrument: number) => Centered | null {
  const known = new Map<number, Centered | null>();
  return (i) => {
    let one = known.get(i);
    if (one !== undefined) return one;
    const own = past.returns(i);
    const mean = own === null ? Number.NaN : own.reduce((sum, r) => sum + r, 0) / own.length;
    known.set(i, (one = own === null ? null : { mean, apart: own.map((r) => r - mean) }));
    return one;
  };
}

function lawOf(past: Past, { horizon }: TailMethod, shape: TailRisk | null): Law | null {
  if (shape === null) return null;
  const centered = centeredOf(past);
  const rows = new Map<number, Map<number, number>>();
  return {
    kind: "law",
    ...shape,
    mean: (i) => {
      const mean = centered(i)?.mean;
      return mean === undefined ? null : horizon * mean;
    },
    covariance(one, other) {
      const [first, second] = one < other ? [one, other] : [other, one];
      let row = rows.get(first);
      if (row === undefined) rows.set(first, (row = new Map<number, number>()));
      let value = row.get(second);
      if (value === undefined) row.set(second, (value = covarianceOf(centered(first), centered(second))));
      return value;
    },
  };
}

/** Divisor n - 1. */
function covarianceOf(one: Centered | null, other: Centered | null): number {
  if (one === null || other === null) return Number.NaN;
  let sum = 0;
  for (let t = 0; t < one.apart.length; t++) sum += (one.apart[t] as number) * (other.apart[t] as number);
  return sum / (one.apart.length - 1);
}

/**
 * Student's t with the sample's means and covariances: normal weights on the window's own sessions have that covariance, whatever its rank, and need no
 * factor of it. Over several steps the mixing variables add up, and returns are compounded to second order.
 */
function drawnOutcomes(past: Past, { horizon, window }: TailMethod, shocks: Float32Array): Outcomes | null {
  if (past.market === null) return null;
  const degrees = degreesOf(past.market);
  const rng = createRng("tail mixing");
  const mixing = Float64Array.from({ length: PATHS }, () => {
    let sum = 0;
    for (let t = 0; t < horizon; t++) sum += (degrees - 2) / chiSquare(degrees, rng);
    return sum;
  });
  const centered = centeredOf(past);
  return outcomes(PATHS, (i) => {
    const own = centered(i);
    if (own === null) return null;
    const { mean, apart } = own;
    const variance = covarianceOf(own, own);
    return mixing.map((mix, path) => {
      let sum = 0;
      for (let t = 0; t < window; t++) sum += (apart[t] as number) * (shocks[path * window + t] as number);
      const moved = horizon * mean + Math.sqrt(mix / (window - 1)) * sum;
      return horizon === 1 ? Math.max(-1, moved) : Math.expm1(moved - (mix * variance) / 2);
    });
  });
}
