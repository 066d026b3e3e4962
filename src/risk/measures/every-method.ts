// A portfolio's value at risk and shortfall by every method there is, with its positions: one table, the same returns and weights throughout.
import type { Rng } from "#base/rng.js";
import { cornishFisherRisk } from "./cornish-fisher.js";
import { covarianceRisk } from "./covariance-risk.js";
import { filteredScenarios } from "./filtered-historical.js";
import { momentRisk } from "./moment-risk.js";
import { momentsOf } from "./moments.js";
import { drawScenarios } from "./monte-carlo.js";
import { likeliestDegrees } from "./parametric.js";
import type { PortfolioRisk } from "./positions.js";
import { scenarioRisk } from "./scenario-risk.js";
import { historicalScenarios, outcomesOf, scenariosOf } from "./scenarios.js";
import type { TailRisk } from "./tail-risk.js";

export const riskMethods = ["historical", "normal", "student", "cornish-fisher", "monte-carlo", "filtered-historical"] as const;
export type RiskMethod = (typeof riskMethods)[number];

export interface MethodRisk {
  readonly method: RiskMethod;
  readonly horizon: number;
  readonly level: number;
  /** Null where the method has no answer: Cornish-Fisher outside its domain. */
  readonly risk: PortfolioRisk<TailRisk | null> | null;
}

export interface EveryMethodOptions {
  readonly horizons: readonly number[];
  readonly levels: readonly number[];
  /** Paths of Monte Carlo, and of filtered history beyond one session. */
  readonly paths: number;
  /** A stream of its own for each draw. */
  readonly rng: (name: string) => Rng;
}

/**
 * `series`: returns per session, fractions, one per asset, at least 20; `weights`: fractions of the portfolio's value. Student's t has the degrees that
 * are likeliest for the portfolio's returns; Monte Carlo draws from that law. Throws `bad-usage` for what is not known or out of range.
 */
export function everyMethod(series: readonly Float64Array[], weights: Float64Array, options: EveryMethodOptions): readonly MethodRisk[] {
  const returns = outcomesOf(scenariosOf(series), weights);
  const law = { mean: Float64Array.from(series, meanOf), covariance: covarianceOf(series) };
  const student = { ...law, degrees: likeliestDegrees(returns, momentsOf(returns)) };
  return options.horizons.flatMap((horizon) => {
    const { paths, rng } = options;
    const history = historicalScenarios(series, horizon);
    const drawn = drawScenarios(student, { horizon, paths, rng: rng(`monte-carlo ${horizon}`) });
    const filtered = filteredScenarios(series, { horizon, paths, rng: rng(`filtered-historical ${horizon}`) });
    return options.levels.flatMap((level) => {
      const by: Record<RiskMethod, MethodRisk["risk"]> = {
        historical: scenarioRisk(history, weights, level),
        normal: covarianceRisk(law, weights, { level, horizon }),
        student: covarianceRisk(student, weights, { level, horizon }),
        "cornish-fisher": momentRisk(series, weights, (moments) => cornishFisherRisk(moments, { level, horizon })),
        "monte-carlo": scenarioRisk(drawn, weights, level),
        "filtered-historical": scenarioRisk(filtered, weights, level),
      };
      return riskMethods.map((method) => ({ method, horizon, level, risk: by[method] }));
    });
  });
}

const meanOf = (series: Float64Array): number => series.reduce((sum, r) => sum + r, 0) / series.length;

/** Divisor n - 1, row by row. */
function covarianceOf(series: readonly Float64Array[]): Float64Array {
  const n = series.length;
  const rows = series[0]?.length ?? 0;
  const centered = series.map((one) => {
    const mean = meanOf(one);
    return one.map((r) => r - mean);
  });
  const covariance = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let t = 0; t < rows; t++) sum += ((centered[i] as Float64Array)[t] as number) * ((centered[j] as Float64Array)[t] as number);
      covariance[i * n + j] = covariance[j * n + i] = sum / (rows - 1);
    }
  return covariance;
}
