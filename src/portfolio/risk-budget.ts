// A portfolio within a budget of volatility: whatever rule has built it, its new weights are scaled down together until the forecast is within the
// budget, and what is freed stays cash. Never scaled up. The forecast is Ledoit & Wolf's covariance of the steps of `returns`.
import type { PortfolioBuilder } from "#ports/stages.js";
import { joinMemories } from "./builder-memory.js";
import { varianceOf } from "./covariance/covariance.js";
import { ledoitWolf } from "./covariance/ledoit-wolf.js";
import { returnsPanel } from "./covariance/panel.js";
import type { ReturnMemory } from "./return-memory.js";

export interface RiskBudget {
  /** Deviation a year of the whole account, fraction; null only measures. */
  readonly volatility: number | null;
  /** Steps of the memory in a year. */
  readonly stepsPerYear: number;
  /** Past returns that are asked for. */
  readonly window: number;
  /** Told the forecast a year of what is wanted (NaN where none of it has a known past) and the rows that got nothing because their past is not known. */
  readonly onForecast: (volatility: number, unknown: readonly number[]) => void;
}

/** What stays as it is (NaN) counts with what is held of it; where that alone is above the budget, the least risk that the rest allows is taken. */
export function withRiskBudget(builder: PortfolioBuilder, budget: RiskBudget, returns: ReturnMemory): PortfolioBuilder {
  return {
    memory: joinMemories(builder.memory === undefined ? [returns] : [builder.memory, returns]),
    ...(builder.answers === undefined ? {} : { answers: builder.answers }),
    build(signals, frame, view) {
      const weights = Float64Array.from(builder.build(signals, frame, view).weights);
      const held = (i: number): number =>
        view.lots[i] === 0 ? 0 : ((view.lots[i] as number) * (view.lotValue[i] as number)) / view.equity;
      const [rows, series, unknown]: [number[], Float64Array[], number[]] = [[], [], []];
      for (let i = 0; i < weights.length; i++) {
        const weight = Number.isNaN(weights[i]) ? held(i) : (weights[i] as number);
        if (weight === 0) continue;
        const past = new Float64Array(budget.window);
        if (returns.carriedReturns(i, signals.asOf, past, 0, 1)) {
          rows.push(i);
          series.push(past);
        } else if (!Number.isNaN(weights[i]) && budget.volatility !== null) {
          unknown.push(i);
          weights[i] = 0;
        }
      }
      let volatility = Number.NaN;
      if (rows.length > 0) {
        const free = Float64Array.from(rows, (row) => (Number.isNaN(weights[row]) ? 0 : (weights[row] as number)));
        const fixed = Float64Array.from(rows, (row) => (Number.isNaN(weights[row]) ? held(row) : 0));
        const risk = ledoitWolf(returnsPanel(series));
        const variance = (scale: number): number =>
          varianceOf(
            risk,
            free.map((weight, k) => scale * weight + (fixed[k] as number)),
          ) * budget.stepsPerYear;
        const scale = budget.volatility === null ? 1 : largestScale(variance, budget.volatility ** 2);
        rows.forEach((row) => (weights[row] = scale * (weights[row] as number)));
        volatility = Math.sqrt(variance(scale));
      }
      budget.onForecast(volatility, unknown);
      return { asOf: signals.asOf, weights };
    },
  };
}

/** The largest scale up to 1 whose variance, a parabola in it, is at most `most`; that of least variance where none is. */
function largestScale(variance: (scale: number) => number, most: number): number {
  const [none, half, whole] = [variance(0), variance(0.5), variance(1)];
  if (whole <= most) return 1;
  // variance = none + b s + a s^2
  const a = 2 * (whole - 2 * half + none);
  const b = whole - none - a;
  const least = a > 0 ? Math.min(1, Math.max(0, -b / (2 * a))) : none < whole ? 0 : 1;
  const root = b * b - 4 * a * (none - most);
  return a > 0 && root >= 0 ? Math.min(1, Math.max(least, (Math.sqrt(root) - b) / (2 * a))) : least;
}
