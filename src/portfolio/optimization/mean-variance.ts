// The portfolio of largest expected return less risk less costs (Markowitz 1952) under the limits of an account. Minimum variance is the same
// with expected returns of 0; the worst case of a box of returns (robust) and fractional Kelly are the same with other inputs.
import type { OptimizedPortfolio, PortfolioCosts, PortfolioLimits } from "./portfolio-problem.js";
import { perName, usage } from "./portfolio-problem.js";
import { portfolioProgram } from "./portfolio-program.js";
import { solveProgram } from "./interior-point.js";
import { addRisk, ownCurve, portfolioVariance, type RiskModel } from "./risk-model.js";
import { ProgramBuilder } from "./quadratic-program.js";

export interface MeanVarianceProblem {
  readonly risk: RiskModel;
  /** Per name, over the horizon of the covariance; left out: 0, which leaves the least variance. */
  readonly expectedReturn?: ArrayLike<number> | undefined;
  /** Above 0. */
  readonly riskAversion: number;
  /** Weights now; left out: nothing is held. */
  readonly held?: ArrayLike<number> | undefined;
  readonly limits: PortfolioLimits;
  readonly costs?: PortfolioCosts | undefined;
}

/**
 * Maximizes return'w - riskAversion / 2 x w'C w - costs(w - held, w). A convex problem: what is found is the best there is, to within `gap`.
 * A factor model is solved in factor form. Throws `bad-usage` on input that is no problem; one that has no solution is answered so.
 */
export function meanVariance(problem: MeanVarianceProblem): OptimizedPortfolio {
  const { risk, riskAversion, limits } = problem;
  const n = risk.names;
  if (!(riskAversion > 0 && Number.isFinite(riskAversion))) throw usage(`The risk aversion is ${riskAversion}: give a number above 0.`);
  const gain = perName("The expected return", problem.expectedReturn ?? 0, n);
  const builder = new ProgramBuilder();
  const { held, costs = {} } = problem;
  const { first, costOf, tidy } = portfolioProgram(builder, { gain, curve: ownCurve(risk, riskAversion), held, limits, costs });
  addRisk(builder, first, risk, riskAversion);
  const { status, x, gap, iterations, broken } = solveProgram(builder.program());
  if (status !== "optimal") return { status, weights: null, objective: Number.NaN, gap, iterations, broken };
  const weights = tidy(x.slice(first, first + n));
  return { status, weights, objective: objectiveOf(problem, gain, weights, costOf), gap, iterations, broken };
}

function objectiveOf(
  { risk, riskAversion }: MeanVarianceProblem,
  gain: Float64Array,
  weights: Float64Array,
  costOf: (weights: Float64Array) => number,
): number {
  let value = -(riskAversion / 2) * portfolioVariance(risk, weights) - costOf(weights);
  weights.forEach((weight, i) => (value += weight * (gain[i] as number)));
  return value;
}
